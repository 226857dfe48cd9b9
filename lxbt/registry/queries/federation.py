"""What is held of the Federation's records: sums for comparing both sides, and how fresh a person's facts are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lxbt.core.roster import digest_of_sum
from lxbt.divisions.rules import span
from lxbt.registry.models import FederationAgreed, FederationEntry


@dataclass(frozen=True)
class CountyDigest:
    """How many records are held of a county, and the digest of them."""

    division_code: str
    count: int
    digest: str


@dataclass(frozen=True)
class PersonDigest:
    """A record held: the person's handle (hexadecimal) and the running number."""

    handle: str
    sequence: int


def digests_by_county(area: str) -> list[CountyDigest]:
    """What is held, by county, in the order of codes."""
    low, high = span(area)
    with connection.cursor() as cursor:
        cursor.execute(
            "select county_code, count(*), sum(mark) from registry_federationentry where county_code >= %s "
            "and county_code < %s group by 1 order by 1",
            [low, high],
        )
        return [CountyDigest(code, count, digest_of_sum(int(total))) for code, count, total in cursor.fetchall()]


def digests_by_person(county: str) -> list[PersonDigest]:
    """What is held of the persons of a county."""
    rows = FederationEntry.objects.filter(county_code=county).values_list("handle", "sequence")
    return sorted(
        (PersonDigest(bytes(handle).hex(), sequence) for handle, sequence in rows), key=lambda row: row.handle
    )


@dataclass(frozen=True)
class Freshness:
    """When the Federation last told of a person or was found to agree, and what does not fit in what it told."""

    confirmed_at: datetime
    doubts: tuple[str, ...]


def freshness_of(person_ids: Iterable[int]) -> dict[int, Freshness]:
    """By person, for those whom the Federation knows, in two statements."""
    rows = list(
        FederationEntry.objects.filter(person_id__in=list(person_ids)).values_list(
            "person_id", "county_code", "confirmed_at", "doubts"
        )
    )
    agreed = (
        dict(
            FederationAgreed.objects.filter(county_code__in={row[1] for row in rows}).values_list(
                "county_code", "agreed_at"
            )
        )
        if rows
        else {}
    )
    found: dict[int, Freshness] = {}
    for person_id, county, confirmed_at, doubts in rows:
        at = max(confirmed_at, agreed.get(county, confirmed_at))
        known = found.get(person_id)
        found[person_id] = Freshness(
            max(at, known.confirmed_at) if known else at, (known.doubts if known else ()) + tuple(doubts)
        )
    return found


def changes_wait() -> bool:
    """Whether changes of the Federation wait to be followed, or changed persons to have their months told anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from registry_federationchange) or exists (select 1 from registry_change)"
        )
        return bool(cursor.fetchone()[0])
