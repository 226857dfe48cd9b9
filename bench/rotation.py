"""Every number sealed anew with a new key, while officials look at persons and see numbers in full, and clerks register
others.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from bench.ground import Stopwatch
from bench.population import make_recipients
from lxbt.accounts.operations.appointing import open_account
from lxbt.accounts.operations.signing_in import take_session
from lxbt.accounts.rules import Organ
from lxbt.config.rotation import COLUMNS, left_to_seal
from lxbt.core import crypto
from lxbt.core.idnumber import check_digit
from lxbt.divisions.models import Division
from lxbt.registry import queries
from lxbt.registry.operations import register_person

MOST = 100_000  # persons
COUNTY, TOWNSHIP, PORT = "420102000000", "420102002000", 8097
LOOKERS = 12  # accounts; each may see some dozens of numbers in full within an hour
DAY = date(2026, 3, 2)


@dataclass
class Seen:
    """What the users met."""

    answers: int = 0
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, status: int, right: bool = True) -> None:
        with self.lock:
            self.answers += 1
            if status != 200 or not right:
                self.errors.append(f"{what}: {status}")


def measure_rotation(rows: int) -> dict[str, Any]:
    """Values sealed anew a second, against a bare UPDATE of the same values; fails when a user met an error or a value
    does not read.
    """
    rows = min(rows, MOST)
    make_recipients(rows)
    numbers = seal_numbers(rows)
    total = sum(left_to_seal(column, settings.LXBT_KEYRING.current + 1) for column in COLUMNS)
    with connection.cursor() as cursor, Stopwatch() as plain:
        cursor.execute("update registry_identifier set sealed = sealed || ''::bytea")
        cursor.execute("update registry_bankaccount set sealed = sealed || ''::bytea")
        cursor.execute("update registry_person set phone = phone || ''::bytea where phone is not null")
    call_command("collectstatic", interactive=False, verbosity=0)
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "lxbt.config.command_line",
            "serve",
            "--port",
            str(PORT),
            "--no-worker",
            "--workers",
            "1",
        ]
    )
    stop, seen = threading.Event(), Seen()
    try:
        wait_for_server()
        cookies = [log_in(n) for n in range(LOOKERS)]
        threads = [
            threading.Thread(target=look, args=(cookies, numbers, seen, stop)),
            threading.Thread(target=register, args=(seen, stop)),
        ]
        for thread in threads:
            thread.start()
        with Stopwatch() as ours:
            done = subprocess.run(
                [sys.executable, "-m", "lxbt.config.command_line", "keys", "rotate", "--json"],
                capture_output=True,
                text=True,
                check=True,
            )
        stop.set()
        for thread in threads:
            thread.join()
    finally:
        stop.set()
        server.terminate()
        server.wait(30)
    told = json.loads(done.stdout)
    assert told["left"] == 0, told
    assert seen.errors == [], seen.errors[:5]
    assert seen.answers > 0
    check_all(numbers, told["current"])
    if os.environ.get("BENCH_VERBOSE"):
        print(
            f"  {told['sealed']:,} values in {ours.seconds:.1f} s, plain {plain.seconds:.1f} s, {seen.answers} "
            "answers to users, no error"
        )
    return {
        "ours": told["sealed"] / ours.seconds,
        "limit": total / plain.seconds,
        "unit": "values/s",
        "ratio": plain.seconds / ours.seconds,
        "rows": rows,
    }


def number_of(person_id: int) -> str:
    """An identity number for a person of the benchmark."""
    first = f"420102{19300101 + person_id // 1000 % 28 + 100 * (person_id // 28_000 % 12):08d}{person_id % 1000:03d}"
    return first + check_digit(first)


def seal_numbers(rows: int) -> dict[int, str]:
    """Identity numbers, accounts and phones for every person, sealed with the current key; gives the identity
    numbers.
    """
    ring = settings.LXBT_KEYRING
    key_id = ring.current
    key = ring[key_id]
    numbers = {n: number_of(n) for n in range(1, rows + 1)}
    with connection.cursor() as cursor:
        with cursor.copy("copy registry_identifier (kind, index, person_id, sealed) from stdin") as copy:
            for person_id, number in numbers.items():
                copy.write_row(
                    (
                        "id",
                        queries.identifier_index("id", number),
                        person_id,
                        crypto.seal(number, key, key_id),
                    )
                )
        cursor.execute("create temporary table told (person_id bigint, account bytea, phone bytea)")
        with cursor.copy("copy told from stdin") as copy:
            for person_id in numbers:
                copy.write_row(
                    (
                        person_id,
                        crypto.seal(f"6222{person_id:015d}", key, key_id),
                        crypto.seal(f"138{person_id:08d}", key, key_id),
                    )
                )
        cursor.execute(
            "update registry_bankaccount b set sealed = t.account from told t where t.person_id = b.person_id"
        )
        cursor.execute(
            "update registry_person p set phone = t.phone, division_code = %s from told t "
            "where t.person_id = p.person_id",
            [TOWNSHIP],
        )
        cursor.execute("drop table told")
        cursor.execute(
            "select setval(pg_get_serial_sequence('registry_person', 'person_id'), (select max(person_id) "
            "from registry_person))"
        )
        cursor.execute("vacuum analyze registry_identifier, registry_bankaccount, registry_person")
    return numbers


def wait_for_server() -> None:
    """Until the server answers."""
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{PORT}/login/", timeout=5)
            return
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def log_in(n: int) -> dict[str, str]:
    """The session cookie of a decider of the county."""
    user, _first = open_account(
        username=f"bench_looker_{n}",
        name="经办",
        organ=Organ.CIVIL_AFFAIRS,
        place=Division.objects.get(code=COUNTY),
        roles=["decider"],
        by=None,
        on=DAY,
    )
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    client = Client()
    client.force_login(user)
    take_session(user=user, session_key=client.session.session_key or "")
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def look(cookies: list[dict[str, str]], numbers: dict[int, str], seen: Seen, stop: threading.Event) -> None:
    """Open persons and see their identity numbers in full, by one account after another."""
    clients = [httpx.Client(base_url=f"http://127.0.0.1:{PORT}", cookies=cookie, timeout=30) for cookie in cookies]
    ids = list(numbers)
    for turn in range(10**9):
        if stop.is_set():
            break
        person_id = ids[turn * 7919 % len(ids)]
        client = clients[turn % len(clients)]
        page = client.get(f"/persons/{person_id}/")
        seen.note("page", page.status_code)
        if turn < 50 * len(clients) and turn % 3 == 0:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
            if token is None:
                seen.note("no token", 0)
                continue
            answer = client.post(
                f"/persons/{person_id}/reveal/id/", data={"reason": "来电核身"}, headers={"X-CSRFToken": token[1]}
            )
            seen.note("number in full", answer.status_code, numbers[person_id] in answer.text)
    for client in clients:
        client.close()


def register(seen: Seen, stop: threading.Event) -> None:
    """Register persons the whole time: their numbers are sealed with whatever key is current."""
    serial = 0
    while not stop.is_set():
        first = f"420103{19500101 + serial // 900 % 28:08d}{100 + serial % 900}"
        register_person(
            name="李新",
            sex="male",
            birth=date(1950, 1, 1),
            division_code=TOWNSHIP,
            identity_number=first + check_digit(first),
            phone="13900000000",
            by=None,
            on=DAY,
        )
        seen.note("registered", 200)
        serial += 1
    connections.close_all()


def check_all(numbers: dict[int, str], current: int) -> None:
    """Every value reads, and is under the new key."""
    with connection.cursor() as cursor:
        cursor.execute("select person_id, sealed from registry_identifier where kind = 'id' order by person_id")
        rows = cursor.fetchall()
    for person_id, sealed in rows:
        assert crypto.sealed_with(bytes(sealed)) == current
        opened = crypto.unseal(bytes(sealed), settings.LXBT_KEYRING)
        assert person_id not in numbers or numbers[person_id] == opened
    for column in COLUMNS:
        assert left_to_seal(column, current) == 0
