"""A played body that gives lists, on a real port, and the records it has."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from lxbt.core.months import Month
from lxbt.entitlements.operations import grant_entitlement
from lxbt.exchange import signing
from lxbt.exchange.models import Partner
from lxbt.exchange.operations import partners
from lxbt.exchange.rules import list_records as lr
from lxbt.matching.rules.lists import ListRow, ToldRecord
from lxbt.registry.models import Person
from lxbt.registry.operations import register_person
from lxbt.simulators.federation.faults import Faults
from lxbt.simulators.federation.server import Server
from lxbt.simulators.lists.body import Body
from lxbt.simulators.lists.book import Book
from tests import factories as f

BIRTH = date(1947, 5, 1)


def number(serial: int) -> str:
    """The identity number of the person of that serial."""
    return f.identity_number(birth=BIRTH, serial=serial)


def recipient(serial: int, month: Month, *, on: date) -> Person:
    """Somebody who draws the care subsidy from a month on."""
    made = register_person(
        name="吴德明", sex="male", birth=BIRTH, division_code=f.TOWNSHIP, identity_number=number(serial), by=None, on=on
    )
    grant_entitlement(person_id=made.pk, subsidy="care", since=month, basis="test", by=None, on=on)
    return made


def record(
    kind: str, serial: int, *, record_id: str = "", sequence: int = 1, withdrawn: bool = False, **row: Any
) -> dict[str, Any]:
    """A record as it travels."""
    told = ListRow(sequence, "吴德明", number(serial), **row)
    return lr.write_record(ToldRecord(kind, f.COUNTY, record_id or f"r{serial}", sequence, told, withdrawn))


class Other:
    """Both ends of the line to a body, in one process, over real connections."""

    def __init__(
        self,
        folder: Path,
        our_url: str,
        *,
        answers: str = "",
        lists: Iterable[str] = ("deaths", "destitute"),
        seed: str = "1",
    ) -> None:
        link = {
            "sender_id": "police",
            "partner_id": settings.LXBT_EXCHANGE_ID,
            "secret": "",
            "partner_secret": "shown-to-the-body",
            "partner_url": our_url,
            "admin_secret": "admin",
            "partner_keys": signing.key_set(signing.signing_keys()),
        }
        self.partner, link["secret"] = partners.open_partner(
            sender_id="police",
            name="公安局",
            kind="lister",
            areas=[f.COUNTY],
            lists=lists,
            answers=answers,
            base_url="http://127.0.0.1:1",
            quota=100_000,
            client_secret="shown-to-the-body",
            by=None,
        )
        self.book = Book(None)
        self.body = Body(self.book, link, folder / "keys", faults=Faults(seed))
        self.server = Server(0, self.body)
        Partner.objects.filter(pk=self.partner.pk).update(base_url=f"http://127.0.0.1:{self.server.server_port}")
        self.partner.refresh_from_db()
        partners.set_partner_keys(
            partner=self.partner, keys={self.body.key.key_id: self.body.key.public}, at=datetime.now(UTC), by=None
        )
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.body.start()

    def faults(self, **chances: float) -> None:
        self.body.faults.set(chances)

    def tell(self, *records: dict[str, Any]) -> None:
        self.book.put(records, tell=True)
        self.body.teller.wake.set()

    def close(self) -> None:
        self.body.stop()
        self.server.shutdown()
        self.server.server_close()
        self.body.teller.join(10)
        self.thread.join(10)
