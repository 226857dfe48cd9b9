"""The registry filled from the Federation's files over HTTP, against COPY of the same rows into the same tables."""

from __future__ import annotations

import os
import secrets
import tempfile
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from bench.ground import Stopwatch, copied_again
from lxbt.core.clock import this_moment
from lxbt.divisions.models import Division
from lxbt.exchange import signing
from lxbt.exchange.models import Partner
from lxbt.exchange.operations import partners
from lxbt.exchange.operations.syncing import load_files
from lxbt.simulators.federation.clock import Clock, population
from lxbt.simulators.federation.faults import Faults
from lxbt.simulators.federation.server import Federation, Server
from lxbt.simulators.federation.store import Store

TABLES = (
    "registry_person",
    "registry_identifier",
    "registry_certificate",
    "registry_fact",
    "registry_federationentry",
    "registry_change",
    "audit_event",
)
DAY = date(2026, 3, 2)


def measure_exchange_load(rows: int) -> dict[str, Any]:
    """Persons a second from the bulk route into an empty registry, the files fetched over the loopback from the played
    Federation.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings.LXBT_EXCHANGE_KEYS = folder / "ours"
        federation, server = played(folder, rows)
        try:
            with Stopwatch() as ours:
                fetched = load_files(at=this_moment(), on=DAY, clock=lambda: this_moment())
        finally:
            federation.stop()
            server.shutdown()
            server.server_close()
    assert fetched.faults == [], fetched.faults[:3]
    assert fetched.records == rows
    plain = copied_again(TABLES)
    if os.environ.get("BENCH_VERBOSE"):
        print(f"  ours {ours.seconds:.1f} s, COPY {plain:.1f} s, {fetched.counts}")
    return {
        "ours": rows / ours.seconds,
        "limit": rows / plain,
        "unit": "persons/s",
        "ratio": plain / ours.seconds,
        "rows": rows,
    }


def played(folder: Path, rows: int) -> tuple[Federation, Server]:
    """The Federation with invented persons of a province, on a port of its own, and the line to it."""
    places = list(
        Division.objects.filter(level=4, code__startswith="42").order_by("code").values_list("code", flat=True)
    )
    store = Store(folder / "data.sqlite", settings.LXBT_ROSTER_KEY)
    store.put(population("bench", places, rows, datetime(2026, 1, 1, tzinfo=UTC)), tell=False)
    shown = secrets.token_urlsafe(24)
    partner, secret = partners.open_partner(
        sender_id="cdpf",
        name="残联库",
        kind="federation",
        base_url="http://127.0.0.1:1",
        quota=100_000,
        client_secret=shown,
        by=None,
    )
    link = {
        "sender_id": "cdpf",
        "partner_id": settings.LXBT_EXCHANGE_ID,
        "secret": secret,
        "partner_secret": shown,
        "partner_url": "http://127.0.0.1:1",
        "admin_secret": "admin",
        "partner_keys": signing.key_set(signing.signing_keys()),
    }
    federation = Federation(store, link, folder / "keys", faults=Faults("1"), clock=Clock(store, "1", places))
    server = Server(0, federation)
    Partner.objects.filter(pk=partner.pk).update(base_url=f"http://127.0.0.1:{server.server_port}")
    partners.set_partner_keys(
        partner=partner, keys={federation.key.key_id: federation.key.public}, at=this_moment(), by=None
    )
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    federation.start()
    return federation, server
