"""Lists paged by key: the last row's key goes into the address, so that a new row never shifts a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from lxbt.web.components import Page

M = TypeVar("M", bound=Model)
SIZE = 50


def page_by_date(
    rows: QuerySet[M], after: str, *, day: str, descending: bool = False, unit: str = "", total: int | None = None
) -> tuple[list[M], Page]:
    """Rows ordered by a date field and id; `after` is `YYYY-MM-DD.id`, rows without the date come last."""
    counted = rows.count() if total is None else total
    sign = "lt" if descending else "gt"
    point = after.split(".")
    if len(point) == 2 and point[1].isdigit():
        ident = int(point[1])
        if point[0] == "":
            rows = rows.filter(**{f"{day}__isnull": True, f"id__{sign}": ident})
        else:
            moment = date.fromisoformat(point[0])
            later = Q(**{f"{day}__{sign}": moment}) | Q(**{day: moment, f"id__{sign}": ident})
            rows = rows.filter(later | Q(**{f"{day}__isnull": True}))
    order = ["-" + day, "-id"] if descending else [day, "id"]
    found = list(rows.order_by(*order)[: SIZE + 1])
    return cut(found, counted, lambda row: f"{getattr(row, day) or ''}.{row.pk}", paged=bool(after), unit=unit)


def cut(found: Sequence[M], total: int | None, key: Any, *, paged: bool, unit: str) -> tuple[list[M], Page]:
    """The page's rows (one more than a page was asked for) and where the next one begins."""
    shown = list(found[:SIZE])
    return shown, Page(len(shown), total, unit, next_key=key(shown[-1]) if len(found) > SIZE else "", paged=paged)
