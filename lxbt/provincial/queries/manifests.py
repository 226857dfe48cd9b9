"""What this side holds of what a client pushed, by county, month and subsidy, and by person; the differences that are
open.

Money is whole fen. A manifest counts payments that are not void, of the batches that the client's own imports wrote;
nobody with a sum of nothing. What others wrote for the same counties is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from lxbt.core.crypto import sm3
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import span
from lxbt.provincial.models import Client, Code, Comparison, Difference, DifferentPerson, ManifestRow, Pushed

OURS, THEIRS = "ours", "theirs"
TOGETHER = 16  # counties whose lines are in memory at a time
Group = tuple[str, Month, str]  # county, month, subsidy

_BATCHES = (
    "select b.id, b.payer_code, b.month from payments_batch b join provincial_batch p on p.import_id = b.import_id"
    " where p.client_id = %(client)s and not p.sandbox and b.month = any(%(months)s)"
)
_MINE = (
    "with mine as (select i.person_id, b.payer_code county, i.subsidy, (sum(i.amount) * 100)::bigint fen "
    "from payments_item i"
    " join payments_batch b on b.id = i.batch_id where i.right_month = %(month)s and i.batch_id = any(%(batches)s) "
    "and i.void is null"
    " group by 1, 2, 3 having sum(i.amount) <> 0)"
)
_GROUPS = (
    _MINE + " select m.county, m.subsidy, count(*)::int, sum(m.fen)::bigint,"
    " string_agg(encode(h.handle, 'hex') || '|' || m.subsidy || '|' || %(text)s || '|' || m.fen, E'\\n' order by "
    "h.handle)"
    " from mine m join provincial_personhandle h on h.person_id = m.person_id and h.client_id = %(client)s "
    "group by 1, 2 order by 1, 2"
)
_PERSONS = (
    _MINE + " select encode(h.handle, 'hex'), m.fen, m.person_id from mine m "
    "join provincial_personhandle h on h.person_id = m.person_id"
    " and h.client_id = %(client)s where m.subsidy = %(subsidy)s and (%(handles)s::bytea[] is null "
    "or h.handle = any(%(handles)s::bytea[])) order by h.handle"
)
_NAMELESS = (
    _MINE + " select distinct m.person_id from mine m where not exists"
    " (select from provincial_personhandle h where h.person_id = m.person_id and h.client_id = %(client)s) order by 1"
)
_OTHERS = (
    "select b.payer_code, i.subsidy, count(distinct i.person_id)::int, (sum(i.amount) * 100)::bigint "
    "from payments_item i join payments_batch b on b.id = i.batch_id"
    " where i.right_month = %(month)s and i.void is null and b.payer_code >= %(low)s and b.payer_code < %(high)s "
    "and not exists"
    " (select from provincial_batch p where p.import_id = b.import_id and p.client_id = %(client)s "
    "and not p.sandbox) group by 1, 2 having sum(i.amount) <> 0 order by 1, 2"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a manifest: persons, their sum in fen, the digest of their lines (empty where none is made)."""

    county: str
    month: Month
    subsidy: str
    count: int
    fen: int
    digest: str = ""

    @property
    def group(self) -> Group:
        """What it is about."""
        return self.county, self.month, self.subsidy


def months_held(client: Client) -> list[Month]:
    """The months of which the client pushed payments that were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct b.month from payments_batch b join provincial_batch p on p.import_id = b.import_id "
            "where p.client_id = %s and not p.sandbox order by 1",
            [client.pk],
        )
        return [Month.of(row[0]) for row in cursor.fetchall()]


def batches_held(client: Client, months: Iterable[Month]) -> dict[Month, dict[str, list[int]]]:
    """The client's batches by month and county."""
    found: dict[Month, dict[str, list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BATCHES, {"client": client.pk, "months": [month.first for month in months]})
        for pk, county, month in cursor.fetchall():
            found.setdefault(Month.of(month), {}).setdefault(county, []).append(pk)
    return found


def nameless(client: Client, month: Month, batches: Sequence[int]) -> list[int]:
    """Persons in these batches whose handle is not known yet."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMELESS, {"client": client.pk, "month": month.first, "batches": list(batches)})
        return [row[0] for row in cursor.fetchall()]


def lines_of(client: Client, month: Month, by_county: Mapping[str, Sequence[int]]) -> Iterator[Line]:
    """The rows of a month; some counties at a time are in memory."""
    counties = sorted(by_county)
    for begin in range(0, len(counties), TOGETHER):
        batches = [pk for county in counties[begin : begin + TOGETHER] for pk in by_county[county]]
        with connection.cursor() as cursor:
            cursor.execute(_GROUPS, {"client": client.pk, "month": month.first, "text": str(month), "batches": batches})
            for county, subsidy, count, fen, told in cursor.fetchall():
                yield Line(county, month, subsidy, count, fen, sm3(told.encode()).hex())


def persons_of(client: Client, group: Group, handles: Iterable[str] | None = None) -> list[tuple[str, int, int]]:
    """(handle, fen, person) of a row of the manifest, in the order of handles; of these handles alone, if any are
    named.
    """
    county, month, subsidy = group
    batches = batches_held(client, [month]).get(month, {}).get(county, [])
    asked = None if handles is None else [bytes.fromhex(handle) for handle in handles]
    told: dict[str, Any] = {
        "client": client.pk,
        "month": month.first,
        "batches": batches,
        "subsidy": subsidy,
        "handles": asked,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, told)
        return list(cursor.fetchall())


def others_of(client: Client, month: Month) -> list[Line]:
    """What others wrote for the client's area: counts and sums only."""
    low, high = span(client.division_code)
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"client": client.pk, "month": month.first, "low": low, "high": high})
        return [Line(county, month, subsidy, count, fen) for county, subsidy, count, fen in cursor.fetchall()]


def kept_lines(client: Client, day: date, side: str, months: Iterable[Month] | None = None) -> list[Line]:
    """The rows of a day that are kept."""
    rows = ManifestRow.objects.filter(client=client, day=day, side=side).order_by("month", "county_code", "subsidy")
    if months is not None:
        rows = rows.filter(month__in=[month.first for month in months])
    return [Line(row.county_code, Month.of(row.month), row.subsidy, row.count, row.fen, row.digest) for row in rows]


@dataclass(frozen=True)
class Words:
    """A client's words for counties and subsidies: read theirs, tell theirs where just one of them is ours."""

    counties: Mapping[str, str]
    subsidies: Mapping[str, str]

    def county(self, told: str) -> str:
        """Ours for what the client says; as it is said where it is no code of the client's."""
        return self.counties.get(told, told)

    def subsidy(self, told: str) -> str:
        """Ours; empty when it is none."""
        found = self.subsidies.get(told, told)
        return found if found in SUBSIDIES else ""

    def told(self, group: Group) -> tuple[str, str, str]:
        """A group in the client's words."""
        county, month, subsidy = group
        return _only(self.counties, county), str(month), _only(self.subsidies, subsidy)


def _only(words: Mapping[str, str], ours: str) -> str:
    found = [theirs for theirs, own in words.items() if own == ours]
    return found[0] if len(found) == 1 else ours


def words_of(client: Client) -> Words:
    """The client's words as they are kept."""
    told: dict[str, dict[str, str]] = {"division": {}, "subsidy": {}}
    for table, theirs, ours in Code.objects.filter(client=client, table__in=list(told)).values_list(
        "table", "theirs", "ours"
    ):
        told[table][theirs] = ours
    return Words(told["division"], told["subsidy"])


def open_differences(clients: Iterable[Client]) -> QuerySet[Difference]:
    """What differs now, the newest months first."""
    rows = Difference.objects.select_related("client").filter(client__in=list(clients), closed_at__isnull=True)
    return rows.order_by("-month", "county_code", "subsidy")


def difference_named(difference_id: int) -> Difference | None:
    """One difference, open or closed."""
    return Difference.objects.select_related("client").filter(pk=difference_id).first()


def different_persons(difference: Difference) -> QuerySet[DifferentPerson]:
    """Who differs, as far as the client told."""
    return DifferentPerson.objects.filter(difference=difference).order_by("handle")


def last_comparison(client: Client) -> Comparison | None:
    """The last comparison of manifests."""
    return Comparison.objects.filter(client=client).order_by("-compared_at").first()


def refs_of(client: Client, person_ids: Iterable[int], month: Month, subsidy: str) -> dict[int, str]:
    """The client's own numbers of the payments of some persons, by person; the last where there are several."""
    rows = Pushed.objects.filter(
        client_id=client.pk,
        kind="payments",
        person_id__in=list(person_ids),
        month=month.first,
        subsidy__in=["", subsidy],
    )
    return dict(rows.order_by("ref").values_list("person_id", "ref"))
