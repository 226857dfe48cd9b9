"""Whatever rows a file holds: every one is accounted for, and what was accepted reads back as the file told it."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.core.idnumber import is_valid
from lxbt.entitlements.models import Entitlement
from lxbt.imports.models import KeptRow, Tally
from lxbt.imports.rules.conflicts import WORDS
from lxbt.payments.models import Batch, Item
from lxbt.registry.models import Identifier, Person
from tests.imports.county import chunks_of, identity, make_county, opened, paid, passed, recipient, undone, write_csv

pytestmark = pytest.mark.django_db
FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ODD = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["", "0", "-5", "8o", "2019-13", "420102", "李四", "护理", "1e9", "=1+1", "无", "12.345"]),
)


@st.composite
def rows(draw: st.DrawFn, make: Any, titles: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of few persons and months, so that they meet; here and there a cell that makes no sense."""
    found = []
    for _n in range(draw(st.integers(1, 12))):
        row = make(draw(st.integers(1, 4)))
        if "年月" in row:
            row["年月"] = f"20{draw(st.integers(16, 26))}-{draw(st.integers(1, 12)):02d}"
        for title in titles:
            if draw(st.integers(0, 9)) == 0:
                row[title] = draw(ODD)
        row["补贴类型"] = draw(st.sampled_from([row["补贴类型"], "生活补贴"]))
        found.append(row)
    return found


def sound() -> None:
    """What any table may hold: valid numbers, money of two places, batches and tallies that are the sum of their items,
    every month once.
    """
    for number in Identifier.objects.filter(kind="id"):
        assert is_valid(number.number)
    items = list(Item.objects.all())
    assert all(item.amount > 0 and item.amount == item.amount.quantize(Decimal("0.01")) for item in items)
    assert len({(item.person_id, item.subsidy, item.right_month) for item in items}) == len(items)
    for batch in Batch.objects.all():
        own = [item.amount for item in items if item.batch_id == batch.pk]
        assert (batch.item_count, batch.total) == (len(own), sum(own))
    assert sum(row.amount for row in Tally.objects.all()) == sum(item.amount for item in items)
    for item in items:
        covering = Entitlement.objects.filter(
            person_id=item.person_id, subsidy=item.subsidy, since__lte=item.right_month
        ).exclude(until__lte=item.right_month)
        assert covering.count() == 1
    assert not Person.objects.exclude(division_code__startswith="420102").exists()


@pytest.mark.parametrize("size", [3, 100])
@FEW
@given(st.data())
def test_every_row_of_recipients_and_history_is_accounted_for_and_undone_nothing_is_left(
    size: int, data: st.DataObject
) -> None:
    recipients = data.draw(
        rows(
            recipient,
            ("姓名", "身份证号", "残疾人证号", "补贴类型", "行政区划", "低保类别", "发放月份", "发放金额", "账号"),
        )
    )
    history = data.draw(rows(paid, ("姓名", "身份证号", "年月", "补贴类型", "金额", "行政区划")))
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder, chunks_of(size):
        make_county()
        entries = []
        for kind, told in (("recipients", recipients), ("history", history)):
            path = write_csv(Path(folder) / f"{kind}.csv", told)
            entry = opened(path, kind)
            planned = passed(entry, path, "plan").counts
            entry = passed(entry, path)
            assert sum(entry.counts.values()) + entry.effects.get("skipped", 0) == len(told)
            assert sum(planned.values()) == sum(entry.counts.values())
            assert all(code in WORDS for code in (*entry.reasons, *entry.remarks)), (entry.reasons, entry.remarks)
            assert KeptRow.objects.filter(importing=entry, outcome__in=["error", "conflict", "left"]).count() == sum(
                entry.counts.get(name, 0) for name in ("error", "conflict", "left")
            )
            sound()
            entries.append(entry)
        for entry in reversed(entries):
            undone(entry)
        assert not Person.objects.exists()
        assert not Item.objects.exists()
        assert not Entitlement.objects.exists()
        transaction.set_rollback(True)


def test_the_same_person_in_numbers_of_fifteen_and_eighteen_is_one() -> None:
    number = identity(5)
    with tempfile.TemporaryDirectory() as folder:
        make_county()
        path = write_csv(Path(folder) / "a.csv", [paid(5), paid(5, "2019-04", 身份证号=number[:6] + number[8:17])])
        entry = passed(opened(path, "history"), path)
    assert (entry.counts, Person.objects.count(), entry.remarks["identity_old"]) == ({"new": 2}, 1, 1)
