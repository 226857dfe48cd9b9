"""Lists paged by key: the last row's key goes into the address, so that a new row never shifts a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from lxbt.core.readers.whole import whole_number
from lxbt.web.kit.components import Page

M = TypeVar("M", bound=Model)
SIZE = 50


def changed_query(query: QueryDict, **changes: object) -> str:
    """`?…` with `changes` put in, a None taken away; `?` alone when nothing is left."""
    query = query.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


def page_by_date(
    rows: QuerySet[M], after: str, *, day: str, descending: bool = False, unit: str = "", total: int | None = None
) -> tuple[list[M], Page]:
    """Rows ordered by a date field and id; `after` is `YYYY-MM-DD.id`, rows without the date come last."""
    counted = rows.count() if total is None else total
    sign = "lt" if descending else "gt"
    first, _dot, last = after.partition(".")
    ident, moment = whole_number(last), day_or_none(first)
    if ident is not None and (moment is not None or not first):
        if moment is None:
            rows = rows.filter(**{f"{day}__isnull": True, f"id__{sign}": ident})
        else:
            later = Q(**{f"{day}__{sign}": moment}) | Q(**{day: moment, f"id__{sign}": ident})
            rows = rows.filter(later | Q(**{f"{day}__isnull": True}))
    order = ["-" + day, "-id"] if descending else [day, "id"]
    found = list(rows.order_by(*order)[: SIZE + 1])
    return cut(found, counted, lambda row: f"{getattr(row, day) or ''}.{row.pk}", paged=bool(after), unit=unit)


def day_or_none(text: str) -> date | None:
    """The day written YYYY-MM-DD, from 1900 to 2099; None for anything else."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and 1900 <= day.year < 2100 else None


def cut(found: Sequence[M], total: int | None, key: Any, *, paged: bool, unit: str) -> tuple[list[M], Page]:
    """The page's rows (one more than a page was asked for) and where the next one begins."""
    shown = list(found[:SIZE])
    return shown, Page(len(shown), total, unit, next_key=key(shown[-1]) if len(found) > SIZE else "", paged=paged)
