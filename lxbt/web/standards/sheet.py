"""A whole table of standards as a sheet: the present rows to be filled in, and what is wrong with what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from lxbt.accounts.rules import Permission as P
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.documents.apart import read_lines_apart
from lxbt.documents.rules.workbooks import SENTENCES, Unfit
from lxbt.standards.operations import revising as acts
from lxbt.standards.revisions import lines_of
from lxbt.standards.rules import tables
from lxbt.standards.rules.vocabulary import condition_names, kind_of
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.sheets import download, workbook
from lxbt.web.standards.conditions import words_of, words_of_part
from lxbt.web.standards.forms import SheetForm
from lxbt.web.standards.revisions import own_draft
from lxbt.web.standards.words import condition_words

if TYPE_CHECKING:
    from lxbt.standards.models import Revision

FAULTS = {
    "head": lazy("没有找到标题行：须有“补贴”和“金额”两列，请用下载的表格填写。"),
    "column": lazy("没有这一列，请删去，或改成表格里的标题。"),
    "place": lazy("“%(text)s”不是起草地区内的地区，请写全称或区划代码。"),
    "subsidy": lazy("请写生活补贴或护理补贴。"),
    "word": lazy("看不懂“%(text)s”。可以写：%(words)s。"),
    "form": lazy("看不懂“%(text)s”。可以写：%(words)s。"),
    "base": lazy("按基数百分比的，请写明是哪个基数。"),
    "number": lazy("请写数字，如 130 或 130.50。"),
    "round": lazy("看不懂“%(text)s”。可以写：%(words)s。"),
    "empty": lazy("表里没有标准行。"),
}


def chinese_words() -> dict[str, dict[Any, str]]:
    """The words of the conditions in Chinese: a sheet comes back as it went, whatever the reader's language."""
    with override("zh-hans"):
        found = {
            name: {v: str(w) for v, w in words_of(name).items()}
            for name in condition_names()
            if kind_of(name) in ("grades", "words")
        }
        found |= {part: {v: str(w) for v, w in words_of_part(part).items()} for part in ("grade", "category")}
    return found


def filled(revision: Revision) -> list[list[Any]]:
    """The table as it stands, a line for each row that a line can say."""
    told, found = chinese_words(), []
    for line in lines_of(revision):
        row = line.row
        if tables.fits(row.conditions, row.amount):
            table = {"subsidy": row.subsidy, "when": row.conditions, "amount": row.amount, "floor": row.floor}
            found.append(tables.line_of(table, divisions.name_of(line.division_code), told))
    return found


def places_by_name(revision: Revision) -> dict[str, str]:
    """Names and codes of the places that rows may be for; a name that two places bear is none."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for node in divisions.divisions_in(revision.division_code).filter(level__lte=3):
        for key in (node.name, node.code, node.code[:6]):
            if found.setdefault(key, node.code) != node.code:
                twice.add(key)
    own = {"": revision.division_code, divisions.name_of(revision.division_code): revision.division_code}
    return {key: code for key, code in found.items() if key not in twice} | own


def read_lines(lines: Any, revision: Revision) -> list[dict[str, Any]]:
    """The rows of a sheet that came back; TableFaults where a cell cannot be read."""
    return tables.read_table(lines, places_by_name(revision), chinese_words())


@page(P.DRAFT_STANDARDS)
def revision_sheet(request: OfficialRequest, revision_id: int) -> HttpResponse:
    """Download the table, fill it in, send it back: every line of it becomes a row of the draft."""
    found = own_draft(request, revision_id)
    if request.GET.get("template"):
        note = _("一行一条标准；空着的条件为不限；几个词用顿号隔开。上传后逐行核对，有一格看不懂就一行也不收。")
        return download(workbook(_("补贴标准"), tables.heads(), filled(found), note=note), request.today)
    form = SheetForm(request.POST or None, request.FILES or None)
    faults: list[tables.Fault] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_lines(read_lines_apart(form.cleaned_data["file"].read()), found)
            acts.put_rows(revision_id=found.pk, rows=rows, by=request.user, on=request.today)
        except Unfit as unfit:
            form.add_error("file", words.translated(SENTENCES[unfit.fault]))
        except tables.TableFaults as bad:
            faults = bad.faults
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("已收 %(n)d 行，右侧已重新测算。") % {"n": len(rows)})
            return redirect("revision", revision_id=found.pk)
    crumbs = [
        Crumb(_("补贴标准"), reverse("standards")),
        Crumb(found.document_number or found.document_title, reverse("revision", args=[found.pk])),
        Crumb(_("用表格填")),
    ]
    left = [line.row for line in lines_of(found) if not tables.fits(line.row.conditions, line.row.amount)]
    shown = [(one.row, one.title, FAULTS[one.key] % {"text": one.text, "words": one.words}) for one in faults[:100]]
    context = {"form": form, "faults": shown, "count": len(faults), "it": found, "crumbs": crumbs}
    context["complex"] = words.in_turn(condition_words(row.conditions) for row in left)
    return render(request, "standards/sheet.html", context, status=422 if request.method == "POST" else 200)
