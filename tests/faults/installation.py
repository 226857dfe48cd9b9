"""A real installation in a folder of its own: its PostgreSQL, its database, and its command line as processes that can
be killed.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from lxbt.config import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 180.0  # seconds that anything may take before the test fails: a machine may have other things to do
MAIN, BASE, TWIN = "lxbt", "lxbt_base", "lxbt_twin"
PAYER_LOCK = 7_301_003  # the draw's advisory lock of a payer

OUTCOME = {
    "items": "select person_id, subsidy, right_month, seq, amount, kind, "
    "void, reasons, account_number from payments_item",
    "batches": "select payer_code, month, number, state, item_count, total, recovery_total, held_count, line_count, "
    "line_total from payments_batch",
    "lines": "select b.payer_code, b.month, person_id, subsidy, row_no, amount, l.state, reason, bank_reason "
    "from payments_line l join payments_batch b on b.id = batch_id",
    "files": "select direction, digest, state, row_count, total, outcome::text from payments_bankfile",
    "unmatched": "select row_no, masked_account, why from payments_unmatchedrow",
    "accounts": "select person_id, number, state, reason from registry_bankaccount",
    "payers": "select payer_code, drawn_until, change_id from payments_payerstate",
    "marks": "select person_id, division_code, since from entitlements_stale",
    "events": "select action, division_code, count(*) from audit_event group by 1, 2",
}


def wait_for(what: str, seen: Callable[[], object], limit: float = LIMIT) -> None:
    """Look until it is seen; fail when `limit` seconds are over."""
    deadline = time.monotonic() + limit
    while not seen():
        assert time.monotonic() < deadline, f"{what}: not seen within {limit:.0f} s"
        time.sleep(0.02)


class Installation:
    """Paths, environment and database of the installation under test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "var" / "postgres"
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "LXBT_EMBEDDED", "LXBT_KEYS")
        }
        self.environment = {
            **kept,
            "LXBT_VAR": str(folder / "var"),
            "LXBT_ENVIRONMENT": "test",
            "LXBT_PUBLIC_PER_MINUTE": "1000000",  # the readers ask as fast as they can
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "lxbt.config.settings",
        }
        self.started: list[subprocess.Popen[str]] = []

    def url(self, database: str = MAIN) -> str:
        return f"postgresql://postgres:@/{database}?host={self.socket_folder}"

    @property
    def socket_folder(self) -> str:
        return postgres.start(self.data).get_postmaster_info().socket_dir.as_posix()  # type: ignore[union-attr]

    def connect(self, database: str = MAIN, **options: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(database), **options)

    def fill(self, *names: str) -> None:
        """Run the filling of the base database as a process of its own."""
        subprocess.run(
            [sys.executable, "-m", "tests.faults.filling", *names],
            env={**self.environment, "DATABASE_URL": self.url(BASE)},
            cwd=ROOT,
            check=True,
        )

    def renew(self, database: str = MAIN) -> None:
        """The database as the filling left it."""
        with self.connect("postgres", autocommit=True) as connection:
            connection.execute(f"drop database if exists {database} with (force)")
            connection.execute(f"create database {database} template {BASE}")
            connection.execute(
                "checkpoint"
            )  # else a copied sequence falls back when the server is killed: its next 32 numbers are not logged anew

    def start(self, *arguments: str, database: str = MAIN) -> subprocess.Popen[str]:
        """`lxbt` with these arguments, in a process group of its own."""
        environment = self.environment if database == MAIN else {**self.environment, "DATABASE_URL": self.url(database)}
        with ExitStack() as opened:  # what serves writes a line a page: a pipe that nobody reads would fill
            serves = arguments[0] == "serve"
            told = opened.enter_context((self.folder / "serve.log").open("ab")) if serves else subprocess.PIPE
            process = subprocess.Popen(
                [sys.executable, "-m", "lxbt.config.command_line", *arguments],
                env=environment,
                cwd=self.folder,
                text=True,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def run(self, *arguments: str, database: str = MAIN) -> dict[str, Any]:
        """The same to its end; gives its JSON answer."""
        return self.answer(self.start(*arguments, "--json", database=database))

    def answer(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """The JSON answer of a command that succeeds."""
        out, errors = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, errors
        return dict(json.loads(out))

    def kill_all(self) -> None:
        """End what a failed test left behind."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.started.clear()

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster."""
        server = postgres.postmaster(self.data)
        assert server is not None
        server.kill()
        psutil.wait_procs([server], LIMIT)

    def count(self, query: str, *params: object) -> int:
        """A number, through another connection."""
        with self.connect(autocommit=True) as connection:
            return int(connection.execute(query, params).fetchone()[0])  # type: ignore[index, arg-type]

    def waiting(self) -> int:
        """How many of the database's connections wait for a lock."""
        return self.count(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )

    @contextmanager
    def holding(self, statement: str, *params: object) -> Iterator[None]:
        """Hold what the statement locks, until the block ends; nothing of it is kept."""
        connection = self.connect()
        try:
            connection.execute(statement, params)  # type: ignore[arg-type]
            yield
        finally:
            connection.close()

    def outcome(self, database: str = MAIN) -> dict[str, list[Any]]:
        """Everything that payments wrote, ids of batches and files left out, for they are given as they come."""
        with self.connect(database, autocommit=True) as connection:
            return {name: sorted(map(repr, connection.execute(query).fetchall())) for name, query in OUTCOME.items()}  # type: ignore[arg-type]

    def is_sound(self) -> None:
        """Totals are the sum of their items, nothing is half-done, and nobody waits for anything."""
        with self.connect(autocommit=True) as connection:
            wrong = connection.execute(
                "select b.id from payments_batch b left join (select batch_id, count(*) n, sum(amount) s "
                "from payments_item group by 1) i on i.batch_id = b.id"
                " where b.item_count <> coalesce(i.n, 0) or b.total <> coalesce(i.s, 0)"
            ).fetchall()
            assert wrong == []
            orphans = connection.execute(
                "select count(*) from payments_item where batch_id not in (select id from payments_batch)"
            ).fetchone()
            assert orphans == (0,)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9, by its number."""
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=LIMIT)
