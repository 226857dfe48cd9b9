"""One import: its columns, what it would do, how far it is, what it did; pausing, stopping, taking back; the rows that
came back.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.core.clock import this_moment
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.imports import queries
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.intake import EVERYTHING, finished_import, halt_import, resume_import, start_pass
from lxbt.imports.operations.planned import figures_of
from lxbt.imports.operations.undoing import moves_money, start_undo
from lxbt.imports.states import DONE, PAUSED, PLANNED, RUNNING, STOPPED, UNDOING, WRITING
from lxbt.web.imports import columns, confirming, layouts, presenters, words
from lxbt.web.imports.errors import send_errors
from lxbt.web.imports.totals import may_see
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.paging import SIZE, cut

if TYPE_CHECKING:
    from lxbt.imports.models import Import


def found(request: OfficialRequest, import_id: int) -> Import:
    """The import, or "not found" when its area is out of scope."""
    entry = queries.import_named(import_id)
    if entry is None:
        raise Http404
    must_be_in_scope(request, P.IMPORT_FILES, entry.division_code)
    return entry


@page(P.IMPORT_FILES)
def import_page(request: OfficialRequest, import_id: int) -> HttpResponse:
    """All of one import. While it runs, the page asks for how far it is."""
    entry = found(request, import_id)
    if getattr(request, "htmx", False):
        response = render(request, "imports/_live.html", live(entry))
        if entry.state not in RUNNING:
            response["HX-Refresh"] = "true"
        return response
    context = {
        "entry": entry,
        "title": _("导入%(kind)s") % {"kind": words.kind_name(entry.kind)},
        "chip": words.state_chip(entry.state),
        "place": divisions.name_of(entry.division_code),
        "steps": presenters.steps_of(entry),
        **live(entry),
        **rows_of(request, entry),
        "crumbs": [
            Crumb(_("数据导入"), reverse("imports")),
            Crumb(words.kind_name(entry.kind), reverse("imports") + f"?kind={entry.kind}"),
            Crumb(entry.name),
        ],
        "before": finished_import(entry) if entry.state != DONE else None,
        "fault": words.fault_of_file(entry.fault) if entry.state == "refused" else "",
        "editing": presenters.may_be_planned(entry) and bool(entry.titles),
        "lines": columns.lines_of(entry) if entry.titles else [],
        **layouts.layout_context(entry),
        "missing": words.missing_names(kind_of(entry.kind), entry.missing),
        "remarks": presenters.remark_lines(entry),
        **(choice := asked(request, entry)),
        **confirming.confirming_of(request, entry, choice["writing"].accepts if choice else None),
        "checked": presenters.checked(entry, lambda code: may_see(request, code))
        if entry.state in (DONE, STOPPED)
        else None,
        "may": {
            "pause": entry.state in ("planning", WRITING),
            "resume": entry.state == PAUSED,
            "stop": entry.state in ("planning", PLANNED, WRITING, PAUSED),
            "go_on": entry.state == STOPPED and entry.before_pause == WRITING,
            "undo": entry.state == DONE or (entry.state == STOPPED and bool(entry.effects)),
        },
        "stop_dialog": presenters.stop_dialog(entry),
        "undo_dialog": presenters.undo_dialog(entry),
    }
    return render(request, "imports/import.html", context)


def live(entry: Any) -> dict[str, Any]:
    """The part of the page that moves."""
    return {
        "entry": entry,
        "running": entry.state in RUNNING,
        "progress": presenters.progress_of(entry, this_moment()) if entry.state in presenters.MOVING else None,
        "undoing": entry.state == UNDOING,
        "said": presenters.said(entry) if entry.state in RUNNING else "",
        "compared": presenters.compared(entry) if entry.planned or entry.counts else None,
        "effects": presenters.effects_of(entry),
    }


def rows_of(request: OfficialRequest, entry: Any) -> dict[str, Any]:
    """A page of the rows that stay with the sender, or of those with a remark."""
    code, show, after = request.GET.get("code", ""), request.GET.get("show", ""), request.GET.get("after", "")
    rows = queries.remarked_rows(entry.pk, code=code) if show == "remarked" else queries.kept_rows(entry.pk, code=code)
    read = list((rows.filter(row_no__gt=point) if (point := whole_number(after)) is not None else rows)[: SIZE + 1])
    total = None if show == "remarked" else entry.reasons.get(code, 0) if code else presenters.kept(entry.counts)
    shown, paging = cut(read, total, lambda row: str(row.row_no), paged=bool(after), unit=_("行"))
    return {
        "rows": presenters.fault_lines(entry, shown, code),
        "rows_page": paging,
        "rows_show": show,
        "rows_code": words.problem(code) if code else "",
        "tabs": presenters.reason_tabs(entry, code, show),
        "kept": presenters.kept(entry.counts) if entry.state != "undone" else 0,
    }


def asked(request: OfficialRequest, entry: Any) -> dict[str, Any]:
    """What the user chose to write, and whether it is to be confirmed now."""
    if entry.state != PLANNED and not (entry.state == STOPPED and presenters.may_be_planned(entry) and entry.planned):
        return {}
    chosen = (
        [name for name in EVERYTHING if name in request.GET.getlist("accept")]
        if "ask" in request.GET
        else list(EVERYTHING)
    )
    return {"writing": presenters.writing_of(entry, chosen), "confirming": request.GET.get("ask") == "write"}


def plan(request: OfficialRequest, entry: Any) -> str:
    """The columns as they were set, then what each row would do; another sheet is looked at first."""
    before = (entry.sheet, entry.settings)
    told = columns.keep(request, entry)
    if (entry.sheet, entry.settings) != before:
        return told
    start_pass(import_id=entry.pk, act="plan", accepts=EVERYTHING, by=request.user, at=request.now.at)
    return ""


def write(request: OfficialRequest, entry: Any) -> str:
    """Begin to write, or go on; what moves money waits for another person first."""
    going_on = entry.state == STOPPED and entry.before_pause == WRITING
    accepts = None if going_on else [name for name in EVERYTHING if name in request.POST.getlist("accept")]
    if accepts is not None and figures_of(entry, accepts).moved:
        return confirming.ask_write(request, entry, accepts)
    start_pass(import_id=entry.pk, act="write", accepts=accepts, by=request.user, at=request.now.at)
    return ""


def halt(request: OfficialRequest, entry: Any) -> str:
    """Pause or stop."""
    halt_import(import_id=entry.pk, act=request.POST["act"], by=request.user, at=request.now.at)
    return _("已暂停，可以随时继续。") if request.POST["act"] == "pause" else _("已停止。已写入的行都在。")


def resume(request: OfficialRequest, entry: Any) -> str:
    """Go on."""
    resume_import(import_id=entry.pk, by=request.user, at=request.now.at)
    return ""


def undo(request: OfficialRequest, entry: Any) -> str:
    """Take it back, once the number is typed."""
    wanted = presenters.undo_dialog(entry).typed
    if wanted is not None and typed(request.POST.get("typed", "")) != wanted:
        raise Refusal(_("输入的行数与已写入的不符，没有撤销。"))
    if moves_money(entry):
        return confirming.ask_undo(request, entry)
    start_undo(import_id=entry.pk, by=request.user, at=request.now.at)
    return ""


def typed(text: str) -> Decimal | None:
    """A number as typed."""
    try:
        return Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None


ACTS: dict[str, Callable[[OfficialRequest, Any], str]] = {
    "columns": columns.keep,
    "answer": layouts.answer,
    "forget": layouts.forget,
    "mend": layouts.mend,
    "plan": plan,
    "write": write,
    "pause": halt,
    "stop": halt,
    "resume": resume,
    "undo": undo,
    "door": confirming.ask_door,
}


@require_POST
@page(P.IMPORT_FILES)
def import_act(request: OfficialRequest, import_id: int) -> HttpResponse:
    """One step forward, or back."""
    entry = found(request, import_id)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        if done := act(request, entry):
            messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("import", import_id=entry.pk)


@page(P.IMPORT_FILES)
def import_errors(request: OfficialRequest, import_id: int) -> HttpResponse:
    """The sender's own rows that were not taken, with what is wrong."""
    return send_errors(request, found(request, import_id))
