"""Everything goes wrong at once, between real programs: faults of every kind, the link cut, the worker killed.
Afterwards both sides agree.

`LXBT_CHANGES=50000` makes it as long as one likes; 1,500 changes take about a minute.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from lxbt.config import postgres
from lxbt.exchange import signing
from lxbt.simulators.federation.faults import KINDS
from lxbt.simulators.federation.store import Store
from tests.faults.installation import Installation, free_port, kill, wait_for
from tests.faults.serving import living_children

CHANGES = int(os.environ.get("LXBT_CHANGES", "1500"))
PERSONS = 400
ROUNDS = 6
LIMIT = 120 + CHANGES / 20  # seconds

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]


class Both:
    """Two installations: ours, served with its worker, and the Federation's."""

    def __init__(self, folder: Path) -> None:
        self.place, self.folder = Installation(folder), folder / "cdpf"
        self.port, self.their_port = free_port(), free_port()
        self.place.environment |= {
            "LXBT_EXCHANGE_URL": f"http://127.0.0.1:{self.port}/dci",
            "LXBT_EXCHANGE_KEYS": str(folder / "our-keys"),
            "LXBT_PUBLIC_PER_MINUTE": "1000000",
        }
        postgres.url(self.place.data, "lxbt")
        done = self.place.start("migrate", "-v0")
        assert done.wait(LIMIT) == 0, done.communicate()
        self.connect()
        self.served = self.place.start("serve", "--port", str(self.port), "--workers", "1")
        wait_for("pages", lambda: self.answers(f"http://127.0.0.1:{self.port}/health/ready"))
        self.simulator = self.play("--fresh", "--persons", str(PERSONS))

    def connect(self) -> None:
        self.folder.mkdir()
        (self.folder / "secret").write_text("what-we-show-to-the-federation")
        (self.folder / "jwks.json").write_text(json.dumps(signing.key_set(signing.signing_keys(self.folder / "keys"))))
        told = self.place.run(
            "exchange",
            "connect",
            "--sender-id",
            "cdpf",
            "--name",
            "残联库",
            "--url",
            f"http://127.0.0.1:{self.their_port}",
            "--quota",
            "100000",
            "--keys",
            str(self.folder / "jwks.json"),
            "--secret-file",
            str(self.folder / "secret"),
        )
        link = {
            "sender_id": "cdpf",
            "partner_id": "lxbt",
            "secret": told["client_secret"],
            "partner_secret": "what-we-show-to-the-federation",
            "partner_url": f"http://127.0.0.1:{self.port}/dci/dr/v1.0.0",
            "admin_secret": "admin",
            "port": self.their_port,
        }
        (self.folder / "link.json").write_text(json.dumps(link))

    def play(self, *options: str) -> Any:
        made = self.place.start("cdpf-simulator", "--folder", str(self.folder), *options)
        wait_for("the Federation", lambda: self.answers(f"http://127.0.0.1:{self.their_port}/.well-known/jwks.json"))
        return made

    def answers(self, url: str) -> bool:
        try:
            return httpx.get(url, timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def admin(self, path: str, **told: Any) -> dict[str, Any]:
        answer = httpx.post(
            f"http://127.0.0.1:{self.their_port}/admin/{path}",
            json=told,
            headers={"Authorization": "Bearer admin"},
            timeout=60,
            trust_env=False,
        )
        return dict(answer.raise_for_status().json())

    def worker(self) -> psutil.Process | None:
        return next((child for child, line in living_children(self.served.pid) if line[-1:] == ["quick"]), None)

    def kill_worker(self) -> None:
        wait_for("a worker", lambda: self.worker() is not None)
        found = self.worker()
        assert found is not None
        found.kill()

    def theirs(self) -> set[tuple[str, int]]:
        store = Store(self.folder / "data.sqlite", b"")
        rows = store.rows("select handle, sequence from record")
        store.db.close()
        return set(rows)

    def ours(self) -> set[tuple[str, int]]:
        with self.place.connect(autocommit=True) as connection:
            return set(
                connection.execute("select encode(handle, 'hex'), sequence from registry_federationentry").fetchall()
            )

    def close(self) -> None:
        for process in (self.served, self.simulator):
            process.terminate()
            process.wait(30)
        self.place.kill_all()
        postgres.start(self.place.data).cleanup()


@pytest.fixture
def both() -> Iterator[Both]:
    folder = Path(tempfile.mkdtemp(prefix="lxbt-chaos-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when this runs as root
    made = Both(folder)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


def test_after_everything_went_wrong_both_sides_agree_person_by_person(both: Both) -> None:
    both.place.run("exchange", "load")
    assert both.ours() == both.theirs()
    wait_for("subscription", lambda: both.admin("state")["subscriptions"] == 1, 90)
    chances = dict.fromkeys(KINDS, 0.06) | {"slow": 0.02, "slow_seconds": 0.3, "lost": 0.03}
    for number in range(ROUNDS):
        both.admin("faults", **chances)
        both.admin("changes", count=CHANGES // ROUNDS)
        if number % 2 == 0:
            both.admin("faults", down=1)
            threading.Event().wait(2)
        if number in (1, 3):
            both.kill_worker()
        if number == 4:
            kill(both.simulator)
            both.simulator = both.play()
    happened = both.admin("state")["happened"]
    both.admin("faults", **dict.fromkeys(KINDS, 0))
    wait_for("every event told", lambda: both.admin("state")["events"] == 0, LIMIT)
    wait_for(
        "nothing waits",
        lambda: both.place.count("select count(*) from exchange_message where state = 'waiting'") == 0,
        LIMIT,
    )
    first = both.place.run("exchange", "reconcile")
    assert first["left"] == 0
    assert both.ours() == both.theirs()
    assert both.place.run("exchange", "reconcile")["persons_differ"] == 0
    assert happened
    nothing_twice(both.place)


def nothing_twice(place: Installation) -> None:
    """No change stands twice, and the newest record of each person is the one that counts."""
    assert (
        place.count(
            "select count(*) from (select person_id, sequence from registry_federationchange group by 1, 2 "
            "having count(*) > 1) twice"
        )
        == 0
    )
    assert (
        place.count(
            "select count(*) from (select sender_id, message_id from exchange_message group by 1, 2 "
            "having count(*) > 1) twice"
        )
        == 0
    )
    assert (
        place.count(
            "select count(*) from registry_federationentry e where sequence < (select max(c.sequence) "
            "from registry_federationchange c where c.person_id = e.person_id)"
        )
        == 0
    )
