"""Workbooks that go out: the template of a kind, and the sender's own rows with what is wrong with them.

Their titles and words are Chinese whatever the reader's language: they come back and are read.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

import xlsxwriter

from lxbt.imports.reading.layout import Layout
from lxbt.imports.reading.passing import ADDED, ADDED_TITLES, ANSWER, EXAMPLE
from lxbt.imports.reading.recognition import MARK, Titles
from lxbt.imports.rules.conflicts import WORDS as SENTENCES
from lxbt.imports.rules.faults import Fault
from lxbt.imports.rules.kinds import INSTEAD, Column, Kind, plain_title
from lxbt.imports.rules.values import text_of

LISTS = "_lists"
FILLED_ROWS = 200  # rows that have the division filled in beforehand
LAST_ROW = 1_048_575
ROWS_OF_A_SHEET = 1_000_000
MOST_COMMENTS = 5_000  # comments are kept in memory until the end; the cells are marked all the same
AS_TEXT = frozenset(
    {"identity", "certificate", "account", "phone", "month", "day", "past", "division", "name", "text", "bank"}
)
WORDS: Mapping[str, tuple[str, ...]] = {
    "subsidy": ("生活补贴", "护理补贴"),
    "economic": ("低保", "城市低保", "农村低保", "低保边缘", "低收入", "支出型困难", "特困", "无"),
    "category": ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"),
    "grade": ("一级", "二级", "三级", "四级"),
    "area": ("城镇", "农村"),
    "change": ("新增", "停发", "提标", "等级变更", "迁入", "迁出", "暂停", "恢复", "其他"),
    "state": ("有效", "冻结", "注销", "过期"),
    "sex": ("男", "女"),
    "yes_no": ("是", "否"),
    "employment": ("无业", "已就业", "在校学生"),
    "self_care": ("能自理", "部分不能自理", "基本不能自理", "完全不能自理"),
    "care_setting": ("居家", "机构托养"),
    "pension": ("未享受", "城乡居民养老保险", "职工养老保险"),
    "de_facto_orphan": ("全额", "部分", "无"),
}
WIDTHS: Mapping[str, int] = {
    "identity": 22,
    "certificate": 24,
    "account": 24,
    "division": 28,
    "text": 20,
    "bank": 24,
    "phone": 15,
    "past": 13,
    "day": 13,
}
LINES = (
    "一行写一个人的一项补贴；带 * 的列必填，其余有就填。标题行可以删减列，不要改字。",
    "身份证号、残疾人证号、银行账号的列已设为文本格式。从别处粘贴时用“只粘贴数值”，不要变成数字。",
    "灰色的示例行不会导入，可以留着。空行、合计行也不会导入。",
    "有下拉列表的列从列表里选。所在区划不填的，按导入时选定的区划。",
    "传上来先看计划，确认后才写入。同一文件传两次，已写入的不会重复。",
)
LEFT_OUT = frozenset({"living_amount", "care_amount"}) | {
    key for keys in INSTEAD.values() for key in keys
}  # other ways to write what the template asks for


def template(
    kind: Kind,
    *,
    division_code: str = "",
    division_name: str = "",
    divisions: Sequence[tuple[str, str]] = (),
    values: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """The template of a kind as XLSX: notes, drop-down lists, an example row, the division filled in.

    `divisions`: code and name of those offered; `values`: for a kind of column other words to offer than the usual
    ones.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    head = book.add_format({"bold": True, "bg_color": "#F4F3EF", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    grey = book.add_format({"font_color": "#9A9FA8", "italic": True, "num_format": "@"})
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
    sheet, told, lists, mark = (
        book.add_worksheet(kind.title[:31]),
        book.add_worksheet("填表说明"),
        book.add_worksheet(LISTS),
        book.add_worksheet(MARK),
    )
    mark.write_string(0, 0, kind.key)
    mark.write_string(0, 1, str(kind.version))
    lists.hide()
    mark.hide()
    columns = [column for column in kind.columns if column.key not in LEFT_OUT]
    needed = {column.key for column in columns if column.required} | {group[0] for group in kind.one_of}
    default = f"{division_code} {division_name}".strip()
    offered: dict[str, Sequence[str]] = {
        **WORDS,
        **(values or {}),
        "division": [f"{code} {name}" for code, name in divisions] or ([default] if default else []),
    }
    sources = _write_lists(lists, {column.kind: offered[column.kind] for column in columns if offered.get(column.kind)})
    for at, column in enumerate(columns):
        sheet.set_column(
            at,
            at,
            WIDTHS.get(column.kind, 14),
            text if column.kind in AS_TEXT else money if column.kind == "money" else None,
        )
        sheet.write_string(0, at, column.title + ("*" if column.key in needed else ""), head)
        if column.note:
            sheet.write_comment(0, at, column.note, {"x_scale": 1.6, "y_scale": 0.8})
        example = (
            EXAMPLE + column.example
            if column.key == "name"
            else default
            if column.key == "division"
            else column.example
        )
        sheet.write_string(1, at, example, grey)
        if column.kind in sources:
            sheet.data_validation(
                1,
                at,
                LAST_ROW,
                at,
                {
                    "validate": "list",
                    "source": sources[column.kind],
                    "error_type": "warning",
                    "error_title": column.title,
                    "error_message": "请从下拉列表选择",
                },
            )
        if column.key == "division" and default:
            for row in range(2, FILLED_ROWS + 2):
                sheet.write_string(row, at, default, text)
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 1)
    _write_notes(told, columns, needed, head, book.add_format({"text_wrap": True, "valign": "top"}))
    book.close()
    return out.getvalue()


def _write_lists(lists: Any, words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    sources = {}
    for at, (kind, offered) in enumerate(words.items()):
        for row, word in enumerate(offered):
            lists.write_string(row, at, word)
        letter = chr(65 + at)
        sources[kind] = f"={LISTS}!${letter}$1:${letter}${max(1, len(offered))}"
    return sources


def _write_notes(told: Any, columns: Sequence[Column], needed: set[str], head: Any, wrapped: Any) -> None:
    told.set_column(0, 0, 20, wrapped)
    told.set_column(1, 1, 8, wrapped)
    told.set_column(2, 2, 70, wrapped)
    told.set_column(3, 3, 28, wrapped)
    for number, line in enumerate(LINES):
        told.merge_range(number, 0, number, 3, f"{number + 1}. {line}", wrapped)
    below = len(LINES) + 1
    for at, title in enumerate(("列名", "必填", "怎么填", "示例")):
        told.write_string(below, at, title, head)
    for number, column in enumerate(columns, start=below + 1):
        for at, line in enumerate((column.title, "是" if column.key in needed else "", column.note, column.example)):
            told.write_string(number, at, line, wrapped)


def error_workbook(
    kind: Kind,
    layout: Layout,
    rows: Iterable[tuple[int, Sequence[Any], Sequence[Fault]]],
    out: BinaryIO,
    *,
    asked: bool = False,
) -> None:
    """The sender's own rows, in order, each with what is wrong and how to mend it; the cells at fault are marked. In
    constant memory.

    Mended and sent again it is read like the first file: the two added columns in front are passed over. `asked`: some
    rows were only asked about; a last column takes the answers.
    """
    book = xlsxwriter.Workbook(
        out,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    pen = _Pen(book)
    at_of = {key: at for at, key in layout.mapping.items()}
    titles = _titles(kind, layout)
    gone = _unfolded(layout)  # what was unfolded stands in columns of its own now
    kept = [at for at, title in enumerate(titles) if plain_title(title) not in ADDED_TITLES and at not in gone]
    sheet, number, comments, sheets = None, 0, 0, 0
    for row_no, cells, faults in rows:
        if sheet is None or number >= ROWS_OF_A_SHEET:
            sheets, number = sheets + 1, 0
            sheet = _begin(book, pen, f"未通过的行{sheets if sheets > 1 else ''}", kind, layout, titles, kept, asked)
        number += 1
        wrong: dict[int, Fault] = {}
        for fault in faults:
            wrong.setdefault(at_of.get(fault.column, -1), fault)
        name, row = layout.where(row_no)
        said = f"第 {row} 行{f'（{name}）' if layout.also else ''} " + "；".join(
            _problem(kind, fault) for fault in faults
        )
        sheet.write_string(number, 0, said, pen.why)
        sheet.write_string(number, 1, "；".join(dict.fromkeys(SENTENCES[fault.code].mend for fault in faults)), pen.why)
        for place, at in enumerate(kept, start=len(ADDED)):
            pen.write(sheet, number, place, cells[at] if at < len(cells) else None, at in wrong)
            if at in wrong and comments < MOST_COMMENTS:
                comments += 1
                words = SENTENCES[wrong[at].code]
                sheet.write_comment(number, place, f"{words.problem}。{words.mend}。")
    if sheet is None:
        _begin(book, pen, "未通过的行", kind, layout, titles, kept, asked)
    book.close()


def _problem(kind: Kind, fault: Fault) -> str:
    title = kind.column(fault.column).title + "：" if kind.has(fault.column) else ""
    return title + SENTENCES[fault.code].problem


def _titles(kind: Kind, layout: Layout) -> list[str]:
    """The sender's titles; the kind's own where the sender's would not be understood alone."""
    known = Titles(kind, None)
    width = max([len(layout.titles), *(at + 1 for at in layout.mapping), *(len(line) for line in layout.samples)])
    titles = [layout.titles[at] if at < len(layout.titles) else "" for at in range(width)]
    for at, key in layout.mapping.items():
        if key not in known.candidates(plain_title(titles[at]))[0]:
            titles[at] = kind.column(key).title
    return titles


def _unfolded(layout: Layout) -> set[int]:
    """Columns of the sender that were unfolded into others, and those that tell of them together."""
    found: set[int] = set()
    for part in layout.parts:
        how = part.unfolding
        if how is None:
            continue
        places = {*(column.at for column in how.columns), how.count, how.total if how.columns else -1} - {-1}
        found |= {at for at, place in enumerate(part.places) if place in places and at not in layout.mapping}
    return found


def _begin(
    book: Any,
    pen: _Pen,
    name: str,
    kind: Kind,
    layout: Layout,
    titles: Sequence[str],
    kept: Sequence[int],
    asked: bool,
) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 1, 36)
    for place, title in enumerate(ADDED):
        sheet.write_string(0, place, title, pen.head)
    for place, at in enumerate(kept, start=len(ADDED)):
        key = layout.mapping.get(at)
        column = kind.column(key) if key else None
        sheet.set_column(
            place,
            place,
            WIDTHS.get(column.kind, 14) if column else 14,
            pen.text if column and column.kind in AS_TEXT else None,
        )
        sheet.write_string(0, place, titles[at], pen.head)
    if asked:
        sheet.write_string(0, len(ADDED) + len(kept), ANSWER, pen.head)
        sheet.write_comment(0, len(ADDED) + len(kept), "只是问到、确认无误的行，写“照收”。")
    sheet.freeze_panes(1, 0)
    return sheet


class _Pen:
    """Formats, and how a cell is written as it was."""

    def __init__(self, book: Any) -> None:
        red = {"bg_color": "#FBE7E5", "border": 1, "border_color": "#A11D1D"}
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F4F3EF"})
        self.why = book.add_format({"font_color": "#A11D1D"})
        self.text, self.wrong_text = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", **red})
        self.number, self.wrong_number = book.add_format({}), book.add_format(red)
        self.day, self.wrong_day = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "yyyy-mm-dd", **red}),
        )

    def write(self, sheet: Any, row: int, place: int, cell: Any, wrong: bool) -> None:
        """Numbers stay numbers, those too that lost their last digits: they come back as they stood, and are refused
        again.

        Text is never taken for a formula.
        """
        if isinstance(cell, date) and cell.year >= 1900:
            sheet.write_datetime(row, place, cell, self.wrong_day if wrong else self.day)
        elif isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < 1e300:
            sheet.write_number(row, place, cell, self.wrong_number if wrong else self.number)
        else:
            sheet.write_string(row, place, text_of(cell)[:32_767], self.wrong_text if wrong else self.text)
