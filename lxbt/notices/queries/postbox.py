"""Reads of the postbox."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from lxbt.accounts.rules import Standing
from lxbt.notices.models import Notice, Receipt

MANY = 100  # unread ones are counted up to here


def addressed_to(standing: Standing) -> Q:
    """The condition for notices to the offices that this account works in."""
    parts = [Q(division_code=a.division_code) & Q(role__in=["", a.role]) for a in standing.appointed]
    own = Q(user_id=standing.user_id)
    return own | (reduce(or_, parts) & Q(organ__in=["", standing.organ.value], user_id__isnull=True)) if parts else own


def notices_for(standing: Standing) -> QuerySet[Notice]:
    """Notices to this account's offices, the latest first."""
    return Notice.objects.filter(addressed_to(standing)).order_by("-id")


def unread_for(standing: Standing) -> QuerySet[Notice]:
    """Of these, what the account has not read."""
    return notices_for(standing).filter(
        ~Exists(Receipt.objects.filter(notice=OuterRef("pk"), user_id=standing.user_id))
    )


def read_by(user_id: int, notice_ids: list[int]) -> set[int]:
    """Which of these notices the account has read."""
    return set(Receipt.objects.filter(user_id=user_id, notice_id__in=notice_ids).values_list("notice_id", flat=True))


def unread_count(standing: Standing) -> int:
    """How many this account has not read, at most MANY."""
    if not standing.appointed:
        return 0
    return unread_for(standing).order_by()[:MANY].count()


def readers_of(notice_ids: list[int]) -> dict[int, list[int]]:
    """The accounts that read each notice."""
    found: dict[int, list[int]] = {}
    for notice, user in (
        Receipt.objects.filter(notice_id__in=notice_ids).order_by("read_at").values_list("notice_id", "user_id")
    ):
        found.setdefault(notice, []).append(user)
    return found
