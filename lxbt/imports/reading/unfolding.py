"""Which columns of a table are months, which cells hold several, and how its rows are unfolded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxbt.imports.reading.frames import NO_TICKS, TICKS, months_of_range
from lxbt.imports.reading.parts import MonthColumn, Unfolding
from lxbt.imports.reading.recognition import _CARE, _LIVING
from lxbt.imports.reading.tables import Table
from lxbt.imports.rules.doubts import COUNT_TITLE
from lxbt.imports.rules.kinds import Kind, plain_title
from lxbt.imports.rules.kinds.turns import Months, months_of_title
from lxbt.imports.rules.once import said_in
from lxbt.imports.rules.values import text_of

_TOTAL_TITLE = re.compile(r".*(?:合计|总计|总额|小计|全年|累计|共计).*|总金额|年度金额|年金额")
_MONEY_KEYS = ("amount", "living_amount", "care_amount")
Found = tuple[int, Months, str]  # column, its months, its subsidy


def month_columns(table: Table) -> list[Found]:
    """The columns whose titles name a month or a quarter."""
    found: list[Found] = []
    for at, title in enumerate(table.header.titles):
        if table.sure.get(at) in ("by_hand", "remembered"):
            continue
        upper, _space, lower = title.rpartition(" ")
        subsidy = "生活补贴" if plain_title(upper) in _LIVING else "护理补贴" if plain_title(upper) in _CARE else ""
        months = months_of_title(lower if subsidy else title)
        if months is None and upper:
            months = months_of_title(lower)
            if months is not None and not months.year and (year := said_in(upper).year):
                months = Months(int(year), months.months)
        if months is not None:
            found.append((at, months, subsidy))
    return found


def constant_months(table: Table, kind: Kind) -> bool:
    """Whether months stand across, so that rows tell month and amount by their columns."""
    return kind.has("month") and kind.has("amount") and len(month_columns(table)) > 0


def unfolding_of(
    table: Table,
    kind: Kind,
    said: Mapping[str, tuple[str, str]],
    wish: Any,
    column: Callable[[str, str], int],
    columns: Sequence[Any],
) -> tuple[Unfolding | None, tuple[str, ...], list[tuple[str, str]]]:
    """How the rows of a table are unfolded, what is lacking for it, what is to be said of it."""
    found = month_columns(table) if kind.has("amount") else []
    at = {key: place for place, key in table.mapping.items()}
    if kind.has("paid_month"):
        return _one_of(table, found, at, said, columns)
    if not kind.has("month"):
        return None, (), []
    if found and (len(found) > 1 or "amount" not in at):
        return _across(table, found, at, wish, column, columns)
    return _ranges(table, at, column)


def _across(
    table: Table,
    found: list[Found],
    at: Mapping[str, int],
    wish: Any,
    column: Callable[[str, str], int],
    columns: Sequence[Any],
) -> tuple[Unfolding | None, tuple[str, ...], list[tuple[str, str]]]:
    year = next(
        (
            said.year
            for _origin, text in [*table.texts, ("", table.sheet), ("", wish.name)]
            if (said := said_in(text)).year
        ),
        "",
    )
    if not year and (known := wish.settings.get("year", "")):
        year = known
    lacks: tuple[str, ...] = ()
    if "year" not in at and not year and any(not months.year for _at, months, _subsidy in found):
        lacks = ("month",)
    place = at.get("amount", -1)
    totals = [n for n, title in enumerate(table.header.titles) if _TOTAL_TITLE.fullmatch(plain_title(title))]
    if place >= 0 and place not in {column_at for column_at, _months, _subsidy in found}:
        totals = [place, *totals]
    for spot in (place, *(spot for spot, _months, _subsidy in found)):
        if spot >= 0 and spot in table.mapping:  # what was taken for the amount is one of the months, or their total
            key = table.mapping.pop(spot)
            table.sure.pop(spot, None)
            for one in columns:
                if one.key == key:
                    one.key = one.sure = ""
    cells = [line[spot] for line in table.samples for spot, _months, _subsidy in found if spot < len(line)]
    texts = [text_of(cell).strip().upper() for cell in cells if cell not in ("", None)]
    ticks = bool(texts) and all(text in TICKS or text in NO_TICKS for text in texts)
    standard = at.get("standard_amount", -1)
    months = tuple(
        MonthColumn(
            spot,
            tuple(
                f"{told.year or (('0000') if 'year' in at else year) or '0000'}-{number:02d}" for number in told.months
            ),
            subsidy,
        )
        for spot, told, subsidy in found
    )
    to_subsidy = column("subsidy", "unfolded") if any(subsidy for _at, _months, subsidy in found) else -1
    names = "、".join(table.header.titles[spot] for spot, _months, _subsidy in found)
    return (
        Unfolding(
            months,
            ticks,
            column("month", "unfolded"),
            column("amount", "unfolded"),
            to_subsidy,
            standard,
            at.get("year", -1),
            totals[0] if totals and len({subsidy for _a, _m, subsidy in found}) == 1 else -1,
        ),
        lacks,
        [("unfolded", f"{table.sheet} {names}".strip())],
    )


def _ranges(
    table: Table, at: Mapping[str, int], column: Callable[[str, str], int]
) -> tuple[Unfolding | None, tuple[str, ...], list[tuple[str, str]]]:
    spot = at.get("month", -1)
    if spot < 0:
        return None, (), []
    cells = [line[spot] for line in table.samples if spot < len(line)]
    if not any(months_of_range(cell, "2020") for cell in cells):
        return None, (), []
    count = next(
        (
            n
            for n, title in enumerate(table.header.titles)
            if n not in table.mapping and COUNT_TITLE.fullmatch(plain_title(title))
        ),
        -1,
    )
    money = tuple(column(key, "title") for key in _MONEY_KEYS if key in at)
    how = Unfolding(
        to_month=column("month", "title"),
        standard=at.get("standard_amount", -1),
        year=at.get("year", -1),
        month=spot,
        money=money,
        count=count,
    )
    return how, (), [("unfolded", f"{table.sheet} {table.header.titles[spot]}".strip())]


def _one_of(
    table: Table, found: list[Found], at: Mapping[str, int], said: Mapping[str, tuple[str, str]], columns: Sequence[Any]
) -> tuple[Unfolding | None, tuple[str, ...], list[tuple[str, str]]]:
    """Of several months side by side, the one that is paid now is the amount; which one that is, the file must say."""
    if not found or "amount" in at:
        return None, (), []
    spot = at.get("paid_month", -1)
    told = {text_of(line[spot]) for line in table.samples if 0 <= spot < len(line) and line[spot] not in ("", None)}
    if not told and "paid_month" in said:
        told = {said["paid_month"][0]}
    numbers = {said_in(text).month[-2:] or text[-2:] for text in told}
    fitting = [
        place
        for place, months, _subsidy in found
        if len(numbers) == 1 and [f"{n:02d}" for n in months.months] == sorted(numbers)
    ]
    if len(found) == 1 and not fitting and not told:
        fitting = [found[0][0]]
    if len(fitting) != 1:
        return None, ("amount",), []
    place = fitting[0]
    table.mapping[place], table.sure[place] = "amount", "month"
    if place < len(columns):
        columns[place].key, columns[place].sure = "amount", "month"
    return None, (), []
