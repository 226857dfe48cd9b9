"""The template that accounts are opened from, and the user's own rows with what is wrong with them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from lxbt.accounts.rules.sheet import COLUMNS, EXAMPLE_ROW, NEEDED, ORGAN_WORDS, ROLE_WORDS, ROWS

LISTS = "_lists"
WIDTHS = {
    "name": 14,
    "username": 20,
    "organ": 10,
    "place": 30,
    "role1": 16,
    "role2": 16,
    "role3": 16,
    "last_day": 16,
    "phone": 18,
    "identity_number": 22,
}


def notes() -> list[str]:
    """What the template says to whoever fills it in."""
    return [
        _("1. 一行一个账号；带 * 的必填。标题行不要改。"),
        _("2. 用户名可以不填，系统按“区划代码_姓名拼音”取名；重名时请自己填写。"),
        _(
            "3. 身份证号是本人的：领密码第二段时核对；同一人的几个账号按一人计。部门、所在区划、角色从下拉列表选择；"
            "一个账号最多三个角色，不能兼任的角色会被退回。"
        ),
        _("4. 有效期最后一天可以不填，不填则与您自己的授权同时到期。"),
        _("5. 名字以“（示例）”开头的行不会开通。"),
        _("6. 上传后先预览，确认后才开通；同一文件传两次，已开通的不会重复开通。"),
    ]


def template(places: Sequence[tuple[str, str]], roles: Sequence[str]) -> bytes:
    """A workbook with drop-down lists of the administrator's own places and roles, an example row and notes.

    Titles and values of the sheet are Chinese whatever the reader's language: that is what comes back.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#F4F3EF", "bottom": 1})
    text, grey = book.add_format({"num_format": "@"}), book.add_format({"font_color": "#656B76", "num_format": "@"})
    sheet, told, lists = book.add_worksheet(_("账号")), book.add_worksheet(_("填写说明")), book.add_worksheet(LISTS)
    for number, line in enumerate(notes()):
        told.write_string(number, 0, line)
    told.set_column(0, 0, 90)
    labels = [f"{code} {name}" for code, name in places]
    words = [label for label, key in ROLE_WORDS.items() if key in roles]
    sources = {"place": labels, "organ": list(ORGAN_WORDS), "role1": words}
    for column, (key, values) in enumerate(sources.items()):
        for row, value in enumerate(values):
            lists.write_string(row, column, value)
        sources[key] = [f"={LISTS}!${chr(65 + column)}$1:${chr(65 + column)}${max(1, len(values))}"]
    lists.hide()
    example = {**EXAMPLE_ROW, "place": labels[0] if labels else ""}
    for column, (key, title) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, WIDTHS[key], text)
        sheet.write_string(0, column, title + ("*" if key in NEEDED else ""), head)
        sheet.write_string(1, column, example.get(key, ""), grey)
        source = sources.get("role1" if key.startswith("role") else key)
        if source:
            sheet.data_validation(1, column, ROWS + 1, column, {"validate": "list", "source": source[0]})
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def errors(rows: Iterable[tuple[Sequence[str], str, str]]) -> bytes:
    """The sender's own rows that are wrong, each with the column and the reason; mended, it can be sent again
    as it is.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    head, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    wrong, why = book.add_format({"num_format": "@", "bg_color": "#FBE7E5"}), book.add_format({"font_color": "#A11D1D"})
    sheet = book.add_worksheet(_("账号"))
    titles: list[Any] = [*COLUMNS.values(), _("问题")]
    for column, title in enumerate(titles):
        sheet.set_column(column, column, [*WIDTHS.values(), 50][column])
        sheet.write_string(0, column, title, head)
    for number, (cells, wrong_key, reason) in enumerate(rows, start=1):
        for place, (key, cell) in enumerate(zip(COLUMNS, cells, strict=False)):
            sheet.write_string(number, place, cell, wrong if key == wrong_key else text)
        sheet.write_string(number, len(COLUMNS), reason, why)
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()
