"""Amounts, exact."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal

from lxbt.core.money import CENT
from lxbt.core.readers import words
from lxbt.core.readers.text import BadValue, digits_text

MOST_MONEY = Decimal(100_000)  # no payment of these subsidies to one person comes near
_MONEY = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(\.\d*)?", re.ASCII)
_PARTED = re.compile(r"[\d０-９]\s+[\d０-９]")
_MONEY_UNIT = re.compile(r"^(?:RMB|CNY|人民币|[¥￥])|(?:元整|元|圆)?(?:/|每)?(?:人)?(?:/|每)?月?$")


def read_money(cell: object) -> Decimal | None:
    """Yuan with two places, more than nothing."""
    if isinstance(cell, bool | date | time | timedelta):
        raise BadValue("money_form")
    if isinstance(cell, int | float):
        number = _from_number(cell)
    else:
        text = digits_text(cell)
        if isinstance(cell, str) and _PARTED.search(cell):
            raise BadValue("money_form")  # 120 00 is 120.00, or 12000, or two amounts
        if text in words.BLANKS or text in words.NOTHING:
            return None
        number = _from_text(text)
    if number < 0:
        raise BadValue("money_negative")
    if number >= MOST_MONEY:
        raise BadValue("money_large")
    exact = number.quantize(CENT)
    if exact != number:
        raise BadValue("money_places")
    if not exact:
        raise BadValue("money_zero")
    return exact


def _from_number(cell: int | float) -> Decimal:
    """As written, save the noise that a binary fraction brings along after a sum."""
    if not abs(cell) < 1e15:  # also what is no number
        raise BadValue("money_large" if cell == cell and cell > 0 else "money_form")
    near = round(cell, 2)
    return Decimal(str(near if abs(near - cell) <= 1e-9 * max(1.0, abs(cell)) else cell))


def _from_text(text: str) -> Decimal:
    bare = _MONEY_UNIT.sub("", _MONEY_UNIT.sub("", text, count=1), count=1)
    found = _MONEY.fullmatch(bare)
    if not found or len(bare) > 40:
        raise BadValue("money_form")
    number = Decimal(found[1] + found[2].replace(",", "") + (found[3] or ""))
    return (
        _from_number(float(number)) if len(found[3] or "") > 10 else number
    )  # so many places are written by a program only
