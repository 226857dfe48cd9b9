"""Payments as a client's pushes leave them, without the pushing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from lxbt.core.months import Month
from lxbt.imports.models import Import
from lxbt.payments.models import Batch as PaidBatch
from lxbt.payments.models import Item
from lxbt.payments.operations.recorded import prepare_months
from lxbt.provincial.models import Batch, Client
from lxbt.registry.models import Person
from lxbt.registry.operations import register_person
from tests import factories as b

OCTOBER = Month(2026, 10)


def person(name: str = "张三", division: str = b.FIRST_TOWNSHIP) -> tuple[Person, str]:
    number = b.fresh_identity_number()
    made = register_person(
        name=name, sex="male", birth=date(1980, 1, 1), division_code=division, identity_number=number, by=None, on=b.DAY
    )
    return made, number


def pushed(
    client: Client,
    paid: Iterable[tuple[Person, str, str]],
    *,
    month: Month = OCTOBER,
    county: str = b.COUNTY,
    mark: bytes = b"1",
) -> PaidBatch:
    """A batch of the client with payments of a month: (person, subsidy, yuan)."""
    prepare_months(month)
    entry = Import.objects.create(
        kind="history",
        version=1,
        division_code=client.division_code,
        name="x",
        digest=mark * 32,
        size=1,
        client_id=client.pk,
        state="done",
    )
    Batch.objects.create(
        client=client, importing=entry, kind="payments", digest=mark * 32, sandbox=False, received_at=datetime.now(UTC)
    )
    number = PaidBatch.objects.filter(payer_code=county, month=month.first).count() + 1
    batch = PaidBatch.objects.create(
        payer_code=county,
        month=month.first,
        number=number,
        state="recorded",
        drawn_on=date(2026, 11, 1),
        import_id=entry.pk,
    )
    for who, subsidy, yuan in paid:
        seq = Item.objects.filter(person_id=who.pk, subsidy=subsidy, right_month=month.first).count() + 1
        Item.objects.create(
            person_id=who.pk,
            batch_id=batch.pk,
            right_month=month.first,
            amount=Decimal(yuan),
            seq=seq,
            subsidy=subsidy,
            kind="regular",
            division_code=b.FIRST_TOWNSHIP,
        )
    return batch
