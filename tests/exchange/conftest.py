"""A played Federation on a real port, and the line to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from lxbt.core.roster import handle_of
from lxbt.exchange import signing
from lxbt.exchange.models import Partner
from lxbt.exchange.operations import partners
from lxbt.registry.models import FederationEntry
from lxbt.simulators.federation.clock import Clock, population
from lxbt.simulators.federation.faults import Faults
from lxbt.simulators.federation.server import Federation, Server
from lxbt.simulators.federation.store import Store
from tests import factories as f


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: Any) -> None:
    settings.LXBT_EXCHANGE_KEYS = tmp_path / "our-keys"


@pytest.fixture
def wake_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker: tests take what waits themselves."""
    monkeypatch.setattr("lxbt.exchange.operations.sending.wake", lambda task: None)


class Line:
    """Both ends of the line in one process, over real connections."""

    def __init__(self, folder: Path, our_url: str, *, persons: int = 60, seed: str = "1") -> None:
        places = [f.TOWNSHIP, "420102003000", f.OTHER_TOWNSHIP]
        self.store = Store(None, settings.LXBT_ROSTER_KEY)
        self.store.put(population(seed, places, persons, datetime.now(UTC)), tell=False)
        link = {
            "sender_id": "cdpf",
            "partner_id": settings.LXBT_EXCHANGE_ID,
            "secret": "",
            "partner_secret": "shown-to-the-federation",
            "partner_url": our_url,
            "admin_secret": "admin",
            "partner_keys": signing.key_set(signing.signing_keys()),
        }
        self.partner, link["secret"] = partners.open_partner(
            sender_id="cdpf",
            name="残联库",
            kind="federation",
            base_url="http://127.0.0.1:1",
            quota=100_000,
            client_secret="shown-to-the-federation",
            by=None,
        )
        self.federation = Federation(
            self.store, link, folder / "keys", faults=Faults(seed), clock=Clock(self.store, seed, places)
        )
        self.server = Server(0, self.federation)
        Partner.objects.filter(pk=self.partner.pk).update(base_url=f"http://127.0.0.1:{self.server.server_port}")
        self.partner.refresh_from_db()
        partners.set_partner_keys(
            partner=self.partner,
            keys={self.federation.key.key_id: self.federation.key.public},
            at=datetime.now(UTC),
            by=None,
        )
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.federation.start()

    def close(self) -> None:
        self.federation.stop()
        self.server.shutdown()
        self.server.server_close()
        self.federation.teller.join(10)
        self.thread.join(10)

    def theirs(self) -> dict[str, int]:
        return dict(self.store.rows("select identity_number, sequence from record"))

    def ours(self) -> dict[str, int]:
        numbers = {handle_of(number, settings.LXBT_ROSTER_KEY): number for number in self.theirs()}
        return {
            numbers[bytes(handle)]: sequence
            for handle, sequence in FederationEntry.objects.values_list("handle", "sequence")
        }

    def agrees(self) -> bool:
        return self.theirs() == self.ours()


@pytest.fixture
def line(transactional_db: None, tmp_path: Path, live_server: Any, wake_nobody: None, settings: Any) -> Iterator[Line]:
    settings.LXBT_EXCHANGE_URL = f"{live_server.url}/dci"
    f.load_places()
    made = Line(tmp_path, f"{live_server.url}/dci/dr/v1.0.0")
    yield made
    made.close()


def wait_for(what: str, seen: Callable[[], object], limit: float = 20.0) -> None:
    """Look until it is seen."""
    deadline = time.monotonic() + limit
    while not seen():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.02)
