"""Reading a sheet of accounts to open: its columns, its rows, what is wrong with a row.

Pure; the caller knows places and accounts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from lxbt.accounts.rules import BY_KEY, Organ, conflicts
from lxbt.core.idnumber import is_valid, mask, normalise

ROWS = 2_000  # accounts in one sheet
COLUMNS: Mapping[str, str] = {
    "name": "姓名",
    "username": "用户名",
    "organ": "部门",
    "place": "所在区划",
    "role1": "角色",
    "role2": "角色二",
    "role3": "角色三",
    "last_day": "有效期最后一天",
    "phone": "办公电话",
    "identity_number": "身份证号",
}
NEEDED = ("name", "identity_number", "organ", "place", "role1")
EXAMPLE = "（示例）"  # a row whose name begins so is passed over
EXAMPLE_ROW: Mapping[str, str] = {
    "name": EXAMPLE + "王敏",
    "username": "420102_wangm",
    "identity_number": "11010519491231002X",
    "organ": "民政",
    "role1": "民政审定",
    "last_day": "2027-12-31",
    "phone": "027-12345678",
}
ORGAN_WORDS: Mapping[str, Organ] = {
    "民政": Organ.CIVIL_AFFAIRS,
    "残联": Organ.FEDERATION,
    "财政": Organ.FINANCE,
    "审计": Organ.AUDIT,
}
ROLE_WORDS: Mapping[str, str] = {role.label: role.key for role in BY_KEY.values()}
USERNAME = re.compile(r"[a-z0-9_.-]{3,40}")


class SheetState(StrEnum):
    """Where a sheet stands."""

    PLANNED = "planned"
    OPENING = "opening"
    DONE = "done"
    DROPPED = "dropped"


class RowState(StrEnum):
    """What would come of a row, and what came."""

    OPEN = "open"  # would open an account
    SAME = "same"  # the account is there, just so
    ERROR = "error"
    OPENED = "opened"


FAULTS: Mapping[str, str] = {
    "name_missing": "没有填姓名",
    "name_long": "姓名超过 40 个字",
    "username_form": "用户名只能用小写字母、数字和 _ . -，3 至 40 位",
    "username_twice": "表内另一行已用这个用户名",
    "username_taken": "这个用户名已被使用，请换一个",
    "username_unmade": "姓名没有拼音可用，请自己填写用户名",
    "account_differs": "这个账号已开通，但姓名、部门、区划或角色不同，请在账号页变更",
    "number_wrong": "身份证号不对，请照身份证核对 18 位号码",
    "number_twice": "表内另一行是同一人在同一单位的账号",
    "number_own": "不能给自己开通账号",
    "number_taken": "此人在这个单位已有账号，或担任了不能兼任的角色",
    "organ_unknown": "部门请填民政、残联、财政或审计",
    "place_unknown": "这个区划不在您可以开通账号的范围，请从下拉列表选择",
    "place_ambiguous": "有同名区划，请从下拉列表选择带代码的一项",
    "role_missing": "至少填一个角色",
    "role_unknown": "没有这个角色，请从下拉列表选择",
    "role_organ": "这个角色不属于所填部门",
    "role_apart": "这些角色不能由同一账号兼任",
    "role_not_yours": "您不能在这个区划授予这个角色",
    "day_unreadable": "日期写法不对，请写成 2027-12-31",
    "day_past": "有效期已过",
    "day_beyond": "有效期超过您自己的授权期限",
}


class Headless(ValueError):
    """The sheet has no line of column titles."""


@dataclass
class Wanted:
    """One row as read. `fault` and `column` are empty when nothing is wrong with it in itself."""

    row_no: int
    cells: list[str]
    name: str = ""
    username: str = ""
    identity_number: str = ""
    organ: Organ | None = None
    place_code: str = ""
    place_name: str = ""
    roles: list[str] = field(default_factory=list)
    until: date | None = None
    phone: str = ""
    column: str = ""
    fault: str = ""

    def wrong(self, column: str, fault: str) -> None:
        """Note the first fault only: one cure at a time is easier than a list."""
        if not self.fault:
            self.column, self.fault = column, fault


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a fraction, days as written by hand."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    return str(cell).strip()


def day_of(text: str) -> date | None:
    """2027-12-31, 2027/12/31 or 20271231; None when it is no day."""
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00:00)?", text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def read_sheet(
    lines: Sequence[Sequence[Any]], *, place_names: Mapping[str, Sequence[str]], place_codes: Mapping[str, str]
) -> list[Wanted]:
    """The rows below the line of titles, which is looked for in the first twelve.

    `place_names`: name -> codes, `place_codes`: code -> name, of the places that the administrator opens accounts in.
    Raises Headless when no line has the titles.
    """
    for number, line in enumerate(lines[:12]):
        titles = [text_of(cell).rstrip("*＊ ") for cell in line]
        if all(COLUMNS[key] in titles for key in NEEDED):
            at = {key: titles.index(title) for key, title in COLUMNS.items() if title in titles}
            below = lines[number + 1 :]
            return [
                read_row(row, number + 2 + n, at, place_names, place_codes)
                for n, row in enumerate(below)
                if filled(row)
            ]
    raise Headless


def filled(row: Sequence[Any]) -> bool:
    """Whether anything stands in a row that is not the example."""
    first = next((text for cell in row if (text := text_of(cell))), "")
    return bool(first) and not first.startswith(EXAMPLE)


def read_row(
    row: Sequence[Any],
    row_no: int,
    at: Mapping[str, int],
    place_names: Mapping[str, Sequence[str]],
    place_codes: Mapping[str, str],
) -> Wanted:
    """One row, with its first fault."""
    cells = {key: text_of(row[place]) if place < len(row) else "" for key, place in at.items()}
    found = Wanted(
        row_no,
        [mask(cells.get(key, "")) if key == "identity_number" else cells.get(key, "") for key in COLUMNS],
        name=cells["name"],
        username=cells.get("username", "").lower(),
        phone=cells.get("phone", "")[:40],
        identity_number=normalise(cells["identity_number"])[:60],
    )
    if not found.name:
        found.wrong("name", "name_missing")
    if len(found.name) > 40:
        found.wrong("name", "name_long")
    if found.username and not USERNAME.fullmatch(found.username):
        found.wrong("username", "username_form")
    if not is_valid(found.identity_number):
        found.wrong("identity_number", "number_wrong")
    found.organ = ORGAN_WORDS.get(cells["organ"])
    if found.organ is None:
        found.wrong("organ", "organ_unknown")
    _read_place(found, cells["place"], place_names, place_codes)
    _read_roles(found, [cells.get(key, "") for key in ("role1", "role2", "role3")])
    if cells.get("last_day"):
        last = day_of(cells["last_day"])
        if last is None:
            found.wrong("last_day", "day_unreadable")
        else:
            found.until = last + timedelta(days=1)
    return found


def _read_place(found: Wanted, text: str, names: Mapping[str, Sequence[str]], codes: Mapping[str, str]) -> None:
    code = re.match(r"\d{12}", text)
    candidates = [code.group()] if code else list(names.get(text, ()))
    if len(candidates) > 1:
        found.wrong("place", "place_ambiguous")
    elif not candidates or candidates[0] not in codes:
        found.wrong("place", "place_unknown")
    else:
        found.place_code, found.place_name = candidates[0], codes[candidates[0]]


def _read_roles(found: Wanted, texts: Sequence[str]) -> None:
    given = [(column, text) for column, text in zip(("role1", "role2", "role3"), texts, strict=True) if text]
    if not given:
        found.wrong("role1", "role_missing")
    for column, text in given:
        key = ROLE_WORDS.get(text)
        if key is None:
            found.wrong(column, "role_unknown")
        elif found.organ is not None and found.organ not in BY_KEY[key].organs:
            found.wrong(column, "role_organ")
        elif key not in found.roles:
            found.roles.append(key)
    if conflicts(set(found.roles)):
        found.wrong("role2", "role_apart")
