"""Choosing persons and giving each one fault.

Expected months and money are counted here item by item, not by the rules' SQL.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from django.db.models import Q

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import span
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations import resolve_changes
from lxbt.matching.operations.lists import close_list, open_list, take_list_rows
from lxbt.matching.rules.lists import LISTS, ListRow
from lxbt.payments.models import Item
from lxbt.registry.models import Certificate, Identifier, Person, PersonProfile


@dataclass
class Planted:
    """A fault (or a false hit, `real` false): who, which rule should say so from which source, for which months and
    yuan.
    """

    rule: str
    source: str
    person_id: int
    real: bool = True
    months: dict[str, dict[str, str]] = field(default_factory=dict)
    amount: str = "0"
    division: str = ""


@dataclass
class Recipient:
    """Somebody in order: rights that run, paid every month, nothing known against it."""

    person: Person
    number: str
    paid: dict[str, dict[Month, Decimal]]
    economic: str
    certificate: Certificate

    @property
    def subsidies(self) -> tuple[str, ...]:
        """What is drawn."""
        return tuple(sorted(self.paid))


@dataclass
class Ground:
    """Where faults are planted: an area, the last month paid there, the day."""

    area: str
    month: Month
    on: date
    rng: Random
    pool: list[Recipient] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    rows: dict[str, list[ListRow]] = field(default_factory=dict)

    def take(self, fits: Callable[[Recipient], bool] = lambda _r: True) -> Recipient | None:
        """Somebody who fits and has no fault yet."""
        for place, found in enumerate(self.pool):
            if fits(found):
                return self.pool.pop(place)
        return None

    def note(
        self,
        rule: str,
        source: str,
        who: Recipient,
        months: dict[str, dict[Month, Decimal]] | None = None,
        *,
        real: bool = True,
    ) -> None:
        """Remember a fault with the months and money it is worth."""
        kept = {
            subsidy: {str(m): f"{amount:.2f}" for m, amount in sorted(told.items())}
            for subsidy, told in (months or {}).items()
            if told
        }
        amount = sum((Decimal(value) for told in kept.values() for value in told.values()), Decimal(0))
        self.planted.append(Planted(rule, source, who.person.pk, real, kept, f"{amount:.2f}", who.person.division_code))

    def note_place(self, rule: str, source: str, division: str) -> None:
        """Remember a fault of a place: a signal, about nobody."""
        self.planted.append(Planted(rule, source, 0, division=division))

    def list_row(self, kind: str, who: Recipient, **more: Any) -> None:
        """A row of a list about somebody, under the right number."""
        rows = self.rows.setdefault(kind, [])
        rows.append(
            ListRow(
                row=len(rows) + 2,
                name=more.pop("name", who.person.name),
                identity_number=more.pop("number", who.number),
                **more,
            )
        )

    def paid_from(
        self, who: Recipient, since: Month, *, until: Month | None = None, only: tuple[str, ...] = SUBSIDIES
    ) -> dict[str, dict[Month, Decimal]]:
        """What was paid for the months [since, until)."""
        return {
            subsidy: {m: amount for m, amount in told.items() if m >= since and (until is None or m < until)}
            for subsidy, told in who.paid.items()
            if subsidy in only
        }


def recipients(area: str, month: Month, limit: int) -> Iterator[Recipient]:
    """Persons of the area in order: one told stretch, no event, paid as due in each of the last four months, nothing
    taken back.
    """
    low, high = span(area)
    told = {
        row.person_id: row
        for row in PersonProfile.objects.filter(
            division_code__gte=low,
            division_code__lt=high,
            until__isnull=True,
            since=date(1900, 1, 1),
            died_on__isnull=True,
            moved_out_on__isnull=True,
            imprisoned_on__isnull=True,
            frozen_on__isnull=True,
            cancelled_on__isnull=True,
            valid_until__gt=(month + 30).first,
        )
        .select_related("profile")
        .order_by("person_id")
    }
    rights: dict[int, set[str]] = {}
    for person_id, subsidy, until, state in Entitlement.objects.filter(person_id__in=told).values_list(
        "person_id", "subsidy", "until", "state"
    ):
        rights.setdefault(person_id, set()).add(subsidy if until is None and state == "granted" else "broken")
    paid: dict[int, dict[str, dict[Month, Decimal]]] = {}
    broken: set[int] = set()
    for item in Item.objects.filter(person_id__in=told).order_by("right_month", "seq"):
        if item.seq > 1 or item.void or item.kind != "regular":
            broken.add(item.person_id)
        paid.setdefault(item.person_id, {}).setdefault(item.subsidy, {})[Month.of(item.right_month)] = item.amount
    wanted = {month.back(n) for n in range(4)}
    persons = {p.pk: p for p in Person.objects.filter(pk__in=told, joined_to__isnull=True)}
    numbers = {i.person_id: i for i in Identifier.objects.filter(person_id__in=told, kind="id")}
    certificates: dict[int, list[Certificate]] = {}
    for row in Certificate.objects.filter(person_id__in=told).order_by("person_id", "number"):
        certificates.setdefault(row.person_id, []).append(row)
    given = 0
    for person_id, profile in told.items():
        mine = paid.get(person_id, {})
        good = (
            mine
            and person_id not in broken
            and rights.get(person_id) == set(mine)
            and all(wanted <= set(months) for months in mine.values())
        )
        if good and person_id in persons and len(certificates.get(person_id, [])) == 1 and given < limit:
            given += 1
            number = numbers[person_id].number
            yield Recipient(
                persons[person_id], number, mine, profile.profile.facts.get("economic", ""), certificates[person_id][0]
            )


def plant_faults(*, area: str, month: Month, on: date, each: int = 3, seed: int = 1) -> list[Planted]:
    """Plant each kind of fault `each` times among the persons of an area, and give what was planted.

    `month`: the last month paid there. Lists are taken in by the real operations; the registry by its own; what only a
    broken system could do (an altered amount, a cut ledger) by SQL.
    """
    from lxbt.demonstration.faults import kinds, places

    ground = Ground(area, month, on, Random(f"{seed} faults"))
    resolve_changes()
    ground.pool = list(recipients(area, month, 45 * each + 400))
    ground.rng.shuffle(ground.pool)
    for _n in range(each):
        for plant in (*kinds.KINDS, *places.KINDS):
            plant(ground)
    for plant in places.PLACES:
        plant(ground)
    _fill_roster(ground)
    for kind, rows in sorted(ground.rows.items()):
        entry = open_list(
            kind=kind,
            division_code=area,
            received_on=on,
            as_of=month.last if month.last <= on else on,
            name=f"{LISTS[kind].title}.csv",
            by=None,
        )
        take_list_rows(list_id=entry.pk, rows=rows, on=on)
        close_list(list_id=entry.pk, by=None, on=on)
    resolve_changes()
    return ground.planted


def _fill_roster(ground: Ground) -> None:
    """Everybody whose household is told to draw 低保 is on the roster, save those planted as having left it."""
    left = {one.person_id for one in ground.planted if one.rule == "R09"}
    if left:
        low, high = span(ground.area)
        told = PersonProfile.objects.filter(
            Q(until__isnull=True) | Q(until__gt=ground.month.first), since__lte=ground.month.first
        ).filter(division_code__gte=low, division_code__lt=high, profile__facts__economic__in=["dibao", "dibao_margin"])
        economic = dict(told.exclude(person_id__in=left).values_list("person_id", "profile__facts__economic"))
        rows = [
            (row.person_id, row.number)
            for row in Identifier.objects.filter(person_id__in=economic, kind="id").order_by("person_id")
        ]
        rows = [row for row in rows if not row[1].startswith("99")]  # (second numbers that were planted)
        ground.rows["dibao"] = [
            ListRow(
                row=n,
                name="在册人员",
                identity_number=number,
                value=economic[person_id],
                since_month=ground.month.back(12),
            )
            for n, (person_id, number) in enumerate(rows, start=2)
        ]


def write_truth(path: Path, planted: list[Planted]) -> None:
    """Tell what was planted in a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps([asdict(one) for one in planted], ensure_ascii=False, indent=1))


def day_before(month: Month, count: int, number: int = 11) -> date:
    """A day in the month that lies so many months earlier."""
    return month.back(count).first + timedelta(days=number - 1)
