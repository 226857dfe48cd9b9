"""Counting attempts in the database, so that all web processes count together.

One statement a count, nobody waits long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from lxbt.accounts.models import Tally
from lxbt.core import crypto

HIT = """
insert into accounts_tally (key, count, until_at) values (%(key)s, 1, %(until)s)
on conflict (key) do update set
  count = case when accounts_tally.until_at <= %(at)s then 1 else accounts_tally.count + 1 end,
  until_at = case when accounts_tally.until_at <= %(at)s then excluded.until_at else accounts_tally.until_at end
returning count, until_at
"""


@dataclass(frozen=True)
class Tallied:
    """How many within the stretch that runs, and when it ends."""

    count: int
    until_at: datetime


def tally_key(*parts: object) -> bytes:
    """The key of what is counted: a keyed digest, for what people type as a user name is at times their password."""
    return crypto.index_of("tally", "\0".join(map(str, parts)), settings.LXBT_INDEX_KEY)


def count_hit(*, key: bytes, seconds: int, at: datetime) -> Tallied:
    """Count one more; a new stretch of `seconds` begins with the first hit after the last one ended."""
    with connection.cursor() as cursor:
        cursor.execute(HIT, {"key": key, "at": at, "until": at + timedelta(seconds=seconds)})
        return Tallied(*cursor.fetchone())


def tallied(*, key: bytes, at: datetime) -> Tallied:
    """How many there are, without counting."""
    found = Tally.objects.filter(key=key, until_at__gt=at).first()
    return Tallied(found.count, found.until_at) if found else Tallied(0, at)


def hold_tally(*, key: bytes, until: datetime) -> None:
    """Let the stretch that runs end at `until`."""
    Tally.objects.filter(key=key).update(until_at=until)


def clear_tally(*, key: bytes) -> None:
    """Begin from nothing."""
    Tally.objects.filter(key=key).delete()


def forget_tallies(*, at: datetime) -> int:
    """Take away what has ended."""
    return Tally.objects.filter(until_at__lte=at).delete()[0]
