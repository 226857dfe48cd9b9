"""Reads of written notices. Whom one is for is computed from who stands where; no row is kept for an addressee."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from lxbt.accounts.rules import Permission, Standing
from lxbt.core.readers.whole import whole_number
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import ancestors, span
from lxbt.documents.models import OfficeFile
from lxbt.notices.models import Circular, CircularPaper, CircularReceipt
from lxbt.notices.queries.postbox import MANY, unread_for
from lxbt.notices.rules import OPEN, SENT, Addressees, CircularKind, CircularState

# The offices (division and organ) that a notice reaches on a day, with their accounts: whoever is appointed there now.
OFFICES = """
select division_code, organ, count(*) accounts from (
select distinct a.division_code, u.organ, u.id
from accounts_appointment a join accounts_user u on u.id = a.user_id
    join divisions_division d on d.code = a.division_code
where a.division_code >= %(low)s and a.division_code < %(high)s and u.is_active and a.since <= %(on)s
    and (a.until is null or a.until > %(on)s)
    and ((d.level = any(%(levels)s) and not d.acts_as_county) or (d.acts_as_county and 3 = any(%(levels)s)))
    and (%(organ)s = '' or u.organ = %(organ)s) and (%(role)s = '' or a.role = %(role)s)
) one group by 1, 2
"""


def reaching(standing: Standing) -> Q:
    """The condition for notices to the offices that this account works in: those of its own area and every one above,
    for its level.
    """
    parts = [
        Q(area__in=ancestors(a.division_code))
        & Q(levels__contains=[divisions.tier_of(a.division_code)])
        & Q(to_role__in=["", a.role])
        for a in dict.fromkeys(standing.appointed)
    ]
    return (
        reduce(or_, parts) & Q(to_organ__in=["", standing.organ.value]) & Q(state__in=sorted(SENT))
        if parts
        else Q(pk__in=[])
    )


def circulars_for(standing: Standing) -> QuerySet[Circular]:
    """Those sent to this account, the latest first."""
    return Circular.objects.filter(reaching(standing)).order_by("-published_at", "-id")


def after_key(one: Circular) -> str:
    """Where the page after this one begins."""
    return f"{one.published_at.timestamp():.6f}.{one.pk}" if one.published_at else ""


def circulars_after(rows: QuerySet[Circular], key: str) -> QuerySet[Circular]:
    """Those that come after a key in the order of publishing; all for a key that is none."""
    whole, _dot, ident = key.rpartition(".")
    try:
        moment = datetime.fromtimestamp(float(whole), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return rows
    return (
        rows.filter(Q(published_at__lt=moment) | Q(published_at=moment, pk__lt=number))
        if (number := whole_number(ident)) is not None
        else rows
    )


def places_of(standing: Standing) -> list[str]:
    """The divisions that the account works in."""
    return list(dict.fromkeys(a.division_code for a in standing.appointed))


def unread_circulars(standing: Standing) -> QuerySet[Circular]:
    """Of these, what holds and the account has not read, or its office owes a receipt for."""
    own = CircularReceipt.objects.filter(circular=OuterRef("pk"), user_id=standing.user_id)
    given = CircularReceipt.objects.filter(
        circular=OuterRef("pk"),
        division_code__in=places_of(standing),
        organ=standing.organ.value,
        received_at__isnull=False,
    )
    owing = Q(receipt_due_on__isnull=False) & ~Exists(given)
    return circulars_for(standing).filter(~Exists(own) | owing, state=CircularState.PUBLISHED)


def urgent_for(standing: Standing) -> QuerySet[Circular]:
    """Urgent ones among these."""
    return unread_circulars(standing).filter(urgent=True)


def own_offices(standing: Standing) -> Q:
    """The condition for what the account's own offices wrote and it may deal with."""
    return Q(from_code__in=standing.areas(Permission.SEND_NOTICES), from_organ=standing.organ.value)


def circulars_by(standing: Standing) -> QuerySet[Circular]:
    """What the account's offices wrote, drafts included, the latest first."""
    return Circular.objects.filter(own_offices(standing)).order_by("-id")


def may_manage(standing: Standing, circular: Circular) -> bool:
    """Whether the account may change, publish, correct, withdraw this one and see its receipts: it was written by its
    own office.
    """
    wanted = (
        Permission.SEND_NOTICES,
        *((Permission.PUBLISH_BULLETINS,) if circular.kind == CircularKind.BULLETIN else ()),
    )
    return circular.from_organ == standing.organ and all(
        circular.from_code in standing.areas(permission) for permission in wanted
    )


def circular_seen_by(standing: Standing, circular_id: int) -> Circular | None:
    """One that the account may open: sent to it, written by its office, or sent by an office of its area whose sending
    it looks over.
    """
    found = Circular.objects.filter(pk=circular_id).select_related("corrects", "pdf").first()
    if found is None:
        return None
    if may_manage(standing, found) or Circular.objects.filter(reaching(standing), pk=circular_id).exists():
        return found
    return (
        found
        if found.state not in OPEN
        and found.from_organ == standing.organ
        and standing.may(Permission.SEND_NOTICES, found.from_code)
        else None
    )


def circular(circular_id: int) -> Circular | None:
    """One, whoever may see it."""
    return Circular.objects.filter(pk=circular_id).first()


def circulars_by_id(ids: Iterable[int]) -> dict[int, Circular]:
    """Several by number."""
    return Circular.objects.in_bulk(set(ids))


def newer_of(circular_id: int) -> Circular | None:
    """The version that took the place of this one."""
    return Circular.objects.filter(corrects=circular_id, state__in=sorted(SENT)).first()


def papers_of(circular_id: int) -> list[OfficeFile]:
    """The papers that go with a notice, in the order they were added."""
    return [
        paper.file for paper in CircularPaper.objects.filter(circular=circular_id).select_related("file").order_by("id")
    ]


def own_receipt(circular_id: int, user_id: int) -> CircularReceipt | None:
    """That the account read it."""
    return CircularReceipt.objects.filter(circular=circular_id, user_id=user_id).first()


def office_receipt(circular_id: int, standing: Standing) -> CircularReceipt | None:
    """The receipt that somebody of the account's office gave."""
    rows = CircularReceipt.objects.filter(
        circular=circular_id,
        division_code__in=places_of(standing),
        organ=standing.organ.value,
        received_at__isnull=False,
    )
    return rows.order_by("received_at").first()


def read_circulars(user_id: int, ids: list[int]) -> set[int]:
    """Which of these the account has read."""
    return set(
        CircularReceipt.objects.filter(user_id=user_id, circular_id__in=ids).values_list("circular_id", flat=True)
    )


def owing_among(standing: Standing, ids: list[int]) -> set[int]:
    """For which of these the account's office has not given the receipt."""
    if not ids:
        return set()
    given = CircularReceipt.objects.filter(
        circular_id__in=ids,
        division_code__in=places_of(standing),
        organ=standing.organ.value,
        received_at__isnull=False,
    )
    return set(ids) - set(given.values_list("circular_id", flat=True))


def due_circulars(at: object) -> list[int]:
    """Those whose moment has come."""
    return list(
        Circular.objects.filter(state=CircularState.SCHEDULED, publish_at__lte=at)
        .order_by("publish_at")
        .values_list("pk", flat=True)[:100]
    )


@dataclass(frozen=True)
class Reach:
    """How many offices and accounts a notice comes to."""

    offices: int
    accounts: int


def told_of(to: Addressees, on: date) -> dict[str, Any]:
    """The values of OFFICES."""
    low, high = span(to.area)
    return {"low": low, "high": high, "levels": list(to.levels), "organ": to.organ, "role": to.role, "on": on}


def addressees_of(one: Circular) -> Addressees:
    """Whom it is for."""
    return Addressees(one.area, tuple(one.levels), one.to_organ, one.to_role)


def reach_of(to: Addressees, on: date) -> Reach:
    """Counted from who stands where on the day."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*), coalesce(sum(accounts), 0) from ({OFFICES}) o", told_of(to, on))
        offices, accounts = cursor.fetchone()
    return Reach(int(offices), int(accounts))


def bell_count(standing: Standing) -> int:
    """How much waits to be read: notices of events and written ones together, counted up to MANY in one statement."""
    if not standing.appointed:
        return 0
    events = unread_for(standing).order_by().values("pk")[:MANY]
    written = unread_circulars(standing).order_by().values("pk")[:MANY]
    return min(events.union(written, all=True).count(), MANY)
