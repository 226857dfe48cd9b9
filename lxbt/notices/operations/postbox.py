"""Posting a notice in the transaction of what it tells of, and reading it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.core.clock import beijing_day
from lxbt.notices.models import Notice, Receipt
from lxbt.notices.queries import unread_for


@dataclass(frozen=True)
class Post:
    """A notice to be posted."""

    division_code: str
    kind: str
    organ: str = ""
    role: str = ""
    person_id: int | None = None
    user_id: int | None = None
    params: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def post_notices(*, posts: Iterable[Post], at: datetime | None) -> None:
    """Put notices into the postboxes of their offices."""
    Notice.objects.bulk_create(
        [
            Notice(
                division_code=p.division_code,
                kind=p.kind,
                organ=p.organ,
                role=p.role,
                person_id=p.person_id,
                user_id=p.user_id,
                params=p.params,
                posted_at=at or Now(),
            )
            for p in posts
        ]
    )


@transaction.atomic
def read_notices(*, notice_ids: Iterable[int] | None, by: User, at: datetime) -> int:
    """Note that the account has read these, or all of its own; those of other offices are passed over.

    Gives how many were unread.
    """
    rows = unread_for(standing_of(by, on=beijing_day(at)))
    if notice_ids is not None:
        rows = rows.filter(pk__in=list(notice_ids))
    receipts = [Receipt(notice_id=pk, user_id=by.pk, read_at=at) for pk in rows.values_list("pk", flat=True)[:1000]]
    Receipt.objects.bulk_create(receipts, ignore_conflicts=True)
    return len(receipts)
