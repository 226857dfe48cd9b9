"""Who has read a written notice and who has not: offices by area, counted in SQL from those addressed and the few rows
of readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import span
from lxbt.notices.models import Circular
from lxbt.notices.queries.circulars import OFFICES, addressees_of, told_of

TOLD = """
select division_code, organ, count(*) readers, min(read_at) read_at, min(received_at) received_at, max(reply) reply,
    array_agg(user_id order by read_at) users
from notices_circularreceipt where circular_id = %(circular)s group by 1, 2
"""
JOINED = f"with office as materialized ({OFFICES}), told as materialized ({TOLD})"
SHOW = {
    "all": "true",
    "unread": "t.read_at is null",
    "owing": "t.received_at is null",
    "read": "t.read_at is not null",
    "received": "t.received_at is not null",
}


@dataclass(frozen=True)
class AreaReceipts:
    """Offices and accounts of an area that a notice is for, and how many of them read it and gave the receipt."""

    code: str
    name: str
    offices: int = 0
    read: int = 0
    received: int = 0
    accounts: int = 0
    readers: int = 0


@dataclass(frozen=True)
class OfficeReceipt:
    """One office."""

    division_code: str
    organ: str
    accounts: int
    readers: int
    read_at: datetime | None
    received_at: datetime | None
    reply: str
    users: tuple[int, ...]


def narrowed(one: Circular, code: str, on: date) -> dict[str, Any]:
    """Those of the notice, narrowed to an area within (or around) its own."""
    told = told_of(addressees_of(one), on)
    low, high = span(code)
    return {**told, "low": max(str(told["low"]), low), "high": min(str(told["high"]), high), "circular": one.pk}


def receipts_in(one: Circular, code: str, on: date) -> tuple[AreaReceipts, list[AreaReceipts]]:
    """An area, and its own offices and each part directly below: those with offices addressed."""
    nodes = divisions.children(code)
    own = divisions.name_of(code)
    parts = [(code, code, code + "0")] + [
        (node.code, *span(node.code)) for node in nodes
    ]  # the own offices alone, then what lies below
    with connection.cursor() as cursor:
        cursor.execute(
            f"{JOINED} select c.code, count(*), count(t.read_at), count(t.received_at), sum(o.accounts), "
            "coalesce(sum(t.readers), 0)"
            " from office o join unnest(%(codes)s::text[], %(lows)s::text[], %(highs)s::text[]) c (code, low, high)"
            " on o.division_code >= c.low and o.division_code < c.high left join told t using (division_code, organ) "
            "group by 1 order by 1",
            {
                **narrowed(one, code, on),
                "codes": [p[0] for p in parts],
                "lows": [p[1] for p in parts],
                "highs": [p[2] for p in parts],
            },
        )
        found = {row[0]: tuple(map(int, row[1:])) for row in cursor.fetchall()}
    names = {node.code: node.name for node in nodes} | {code: own}
    rows = [AreaReceipts(part, names[part], *found[part]) for part, _low, _high in parts if part in found]
    sums = [sum(values) for values in zip(*found.values(), strict=True)] if found else [0] * 5
    return AreaReceipts(code, own, *sums), rows


def offices_in(
    one: Circular, code: str, on: date, *, show: str = "all", after: str = "", limit: int | None = None
) -> Iterator[OfficeReceipt]:
    """The offices of an area in the order of codes; `after` is `code.organ` of the last one shown."""
    place, _dot, organ = after.partition(".")
    with connection.cursor() as cursor:
        cursor.execute(
            f"{JOINED} select o.division_code, o.organ, o.accounts, coalesce(t.readers, 0), t.read_at, "
            "t.received_at, coalesce(t.reply, ''), t.users"
            f" from office o left join told t using (division_code, organ) where {SHOW[show]} "
            "and (o.division_code, o.organ) > (%(place)s, %(past)s)"
            " order by 1, 2 limit %(limit)s",
            {**narrowed(one, code, on), "place": place, "past": organ, "limit": limit},
        )
        for division_code, office, accounts, readers, read_at, received_at, reply, users in cursor.fetchall():
            yield OfficeReceipt(
                division_code, office, accounts, readers, read_at, received_at, reply, tuple(users or ())
            )
