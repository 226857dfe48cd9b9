"""A whole table of standards as a sheet: its template with the present rows, and the rows read back with what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from lxbt.accounts.rules import Permission as P
from lxbt.core.money import ROUNDINGS as MONEY_ROUNDINGS
from lxbt.core.money import plain
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.documents.apart import read_lines_apart
from lxbt.documents.rules.workbooks import SENTENCES, Unfit
from lxbt.standards.operations import revising as acts
from lxbt.standards.revisions import lines_of
from lxbt.standards.rules.rows import FORMS, number_of
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.sheets import download, workbook
from lxbt.web.standards.conditions import (
    LABELS,
    YES_NO,
    condition_initial,
    condition_names,
    condition_table,
    kind_of,
    words_of,
)
from lxbt.web.standards.forms import KINDS, SheetForm
from lxbt.web.standards.revisions import own_draft
from lxbt.web.standards.words import ROUNDINGS, condition_words

if TYPE_CHECKING:
    from lxbt.standards.models import Revision

PLACE, SUBSIDY, FORM, NUMBER, ROUND, FLOOR = "地区", "补贴", "金额形式", "金额", "取整", "下级最低标准"
ANY_WORDS = ("", "不限", "任何", "任何人", "全部", "—", "-")
SHORT = {"fixed": "固定", "yearly": "按年", "percent_of_dibao": "低保百分比", "top_up_to_dibao": "补差到低保"}
SUBSIDIES = {"生活补贴": "living", "护理补贴": "care", "困难残疾人生活补贴": "living", "重度残疾人护理补贴": "care"}
PARTS = {"category": "多重残疾中有一类是", "grade": "这一类的等级"}


def conditions_in_sheet() -> list[tuple[str, str]]:
    """(field, title) of each condition that a sheet has a column for, titles in Chinese whatever the reader's language."""
    found = []
    with override("zh-hans"):
        for name in condition_names():
            if kind_of(name) == "parts":
                found += [(f"{name}.{part}", title) for part, title in PARTS.items()]
            else:
                found.append((name, str(LABELS.get(name, name))))
    return found


def heads() -> list[str]:
    """The titles of the columns."""
    return [PLACE, SUBSIDY, *(title for _name, title in conditions_in_sheet()), FORM, NUMBER, ROUND, FLOOR]


def _cell(field: str, value: Any) -> str:
    name, _dot, part = field.partition(".")
    with override("zh-hans"):
        if part:
            return "、".join(str((words.GRADES if part == "grade" else words.CATEGORIES).get(v, v)) for v in value)
        if kind_of(name) in ("grades", "words"):
            return "、".join(str(words_of(name).get(v, v)) for v in value)
        if kind_of(name) == "flags":
            return "、".join(str(YES_NO[v]) for v in value)
    return str(value)


def template(revision: Revision) -> tuple[list[list[Any]], int]:
    """The table as it stands, to be filled in; and how many rows a sheet cannot say."""
    rows, left = [], 0
    for line in lines_of(revision):
        row, told = line.row, number_of(line.row.amount)
        if "any_of" in row.conditions or row.amount.get("adjust"):
            left += 1
            continue
        shown = condition_initial(row.conditions)
        form = told[0] if told else next((one for one in FORMS if one in row.amount), FORMS[0])
        with override("zh-hans"):
            rounding = str(ROUNDINGS.get(row.amount.get("round", "cent"), ""))
        rows.append(
            [
                divisions.name_of(line.division_code),
                "生活补贴" if row.subsidy == "living" else "护理补贴",
                *(_cell(field, shown[field]) if field in shown else "" for field, _title in conditions_in_sheet()),
                SHORT.get(form, form),
                told[1] if told else "",
                rounding,
                "是" if row.floor else "",
            ]
        )
    return rows, left


class SheetFaults(Exception):
    """Rows that cannot be read: (row, column, what) each."""

    def __init__(self, faults: list[tuple[int, str, str]]) -> None:
        super().__init__()
        self.faults = faults


def read_rows(lines: Sequence[Sequence[Any]], revision: Revision) -> list[dict[str, Any]]:
    """The rows of a sheet as the rule reads them; SheetFaults names every cell at fault, and then nothing is taken."""
    texts = [[_text(cell) for cell in line] for line in lines]
    top = next((n for n, line in enumerate(texts) if SUBSIDY in line and NUMBER in line), None)
    if top is None:
        raise SheetFaults([(1, "", _("没有找到标题行：须有“补贴”和“金额”两列，请用下载的表格填写。"))])
    titles = {title: at for at, title in enumerate(texts[top]) if title}
    known = {PLACE, SUBSIDY, FORM, NUMBER, ROUND, FLOOR, *(title for _f, title in conditions_in_sheet())}
    faults = [(top + 1, title, _("没有这一列，请删去或改成表格里的标题")) for title in titles if title not in known]
    places = _places(revision)
    found = []
    for number, line in enumerate(texts[top + 1 :], start=top + 2):
        cells = {title: line[at] if at < len(line) else "" for title, at in titles.items()}
        if not any(cells.values()) or cells.get(SUBSIDY, "") in ("合计", "说明"):
            continue
        row = _row(number, cells, places, faults)
        if row is not None:
            found.append(row)
    if not found and not faults:
        faults.append((top + 2, "", _("表里没有标准行。")))
    if faults:
        raise SheetFaults(faults)
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _places(revision: Revision) -> dict[str, str]:
    """Names and codes of the places that rows may be for."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for node in divisions.divisions_in(revision.division_code).filter(level__lte=3):
        for key in (node.name, node.code, node.code[:6]):
            if found.get(key, node.code) != node.code:
                twice.add(key)
            found[key] = node.code
    own = divisions.name_of(revision.division_code)
    return {key: code for key, code in found.items() if key not in twice} | {
        "": revision.division_code,
        own: revision.division_code,
    }


def _row(
    number: int, cells: Mapping[str, str], places: Mapping[str, str], faults: list[tuple[int, str, str]]
) -> dict[str, Any] | None:
    before = len(faults)

    def against(title: str, what: str) -> None:
        faults.append((number, title, what))

    place = places.get(cells.get(PLACE, ""))
    if place is None:
        against(PLACE, _("“%(text)s”不是起草地区内的地区，请写全称或区划代码") % {"text": cells.get(PLACE, "")})
    subsidy = SUBSIDIES.get(cells.get(SUBSIDY, ""))
    if subsidy is None:
        against(SUBSIDY, _("请写生活补贴或护理补贴"))
    told: dict[str, Any] = {}
    for field, title in conditions_in_sheet():
        text = cells.get(title, "")
        if text in ANY_WORDS:
            continue
        value = _condition(field, text)
        if value is None:
            against(title, _("看不懂“%(text)s”；可写：%(words)s") % {"text": text, "words": _offered(field)})
        else:
            told[field] = value
    form = next((key for key, word in SHORT.items() if word == cells.get(FORM, "")), "" if cells.get(FORM) else "fixed")
    amount: dict[str, Any] = {}
    if not form:
        against(FORM, _("请写：%(words)s") % {"words": "、".join(SHORT.values())})
    elif form == "top_up_to_dibao":
        amount[form] = True
    else:
        money = _number(cells.get(NUMBER, ""))
        if money is None:
            against(NUMBER, _("请写数字，如 130 或 130.50"))
        else:
            amount[form] = plain(money)
    with override("zh-hans"):
        roundings = {str(ROUNDINGS.get(name, name)): name for name in MONEY_ROUNDINGS}
    rounding = roundings.get(cells.get(ROUND, ""), "cent" if not cells.get(ROUND) else "")
    if not rounding:
        against(ROUND, _("请写：%(words)s") % {"words": "、".join(roundings)})
    if len(faults) > before:
        return None
    amount["round"] = rounding
    floor = cells.get(FLOOR, "") in ("是", "√", "Y", "y", "1")
    return {"division": place, "subsidy": subsidy, "when": condition_table(told), "amount": amount, "floor": floor}


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("，", "").replace("元", "").replace("%", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None


def _names(field: str) -> dict[str, Any]:
    """What may be written in a column of words, and what it means."""
    name, _dot, part = field.partition(".")
    with override("zh-hans"):
        if part:
            table: Mapping[Any, Any] = words.GRADES if part == "grade" else words.CATEGORIES
        elif kind_of(name) == "flags":
            table = YES_NO
        else:
            table = words_of(name)
        found = {str(word): value for value, word in table.items()}
    if name == "grade" or part == "grade":
        found |= {f"{n}": n for n in range(1, 5)} | {f"{n}级": n for n in range(1, 5)}
    return found


def _offered(field: str) -> str:
    name, _dot, part = field.partition(".")
    if not part and kind_of(name) in ("whole", "number"):
        return _("数字")
    return "、".join(_names(field))


def _condition(field: str, text: str) -> Any:
    name, _dot, part = field.partition(".")
    kind = "" if part else kind_of(name)
    if kind in ("whole", "number"):
        number = _number(text.replace("岁", ""))
        return None if number is None else int(number) if kind == "whole" else number
    if kind == "free":
        return text
    names, found = _names(field), []
    for word in re.split(r"[、,，;；/和及 ]+", text):
        if word and word not in names:
            return None
        found += [names[word]] if word else []
    return found


@page(P.DRAFT_STANDARDS)
def revision_sheet(request: OfficialRequest, revision_id: int) -> HttpResponse:
    """Download the table, fill it in, send it back: every row of it becomes a row of the draft."""
    found = own_draft(request, revision_id)
    if request.GET.get("template"):
        rows, _left = template(found)
        note = _("一行一条标准；空着的条件为不限；几个词用顿号隔开。上传后逐行核对，有一格看不懂就一行也不收。")
        return download(workbook(_("补贴标准"), heads(), rows, note=note), request.today)
    form = SheetForm(request.POST or None, request.FILES or None)
    faults: list[tuple[int, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows_read = read_rows(read_lines_apart(form.cleaned_data["file"].read()), found)
            acts.put_rows(revision_id=found.pk, rows=rows_read, by=request.user, on=request.today)
        except Unfit as unfit:
            form.add_error("file", words.translated(SENTENCES[unfit.fault]))
        except SheetFaults as bad:
            faults = bad.faults
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("已收 %(n)d 行，右侧已重新测算。") % {"n": len(rows_read)})
            return redirect("revision", revision_id=found.pk)
    crumbs = [
        Crumb(_("补贴标准"), reverse("standards")),
        Crumb(found.document_number or found.document_title, reverse("revision", args=[found.pk])),
        Crumb(_("用表格填")),
    ]
    complex_rows = [condition_words(line.row.conditions) for line in lines_of(found) if "any_of" in line.row.conditions]
    context = {"form": form, "faults": faults[:100], "count": len(faults), "it": found, "crumbs": crumbs}
    context |= {"complex": complex_rows, "kinds": KINDS}
    return render(request, "standards/sheet.html", context, status=422 if request.method == "POST" else 200)
