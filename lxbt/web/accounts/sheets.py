"""Many accounts from one sheet: template, upload, what each row would do, progress, the rows that came back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.operations import sheets as operations
from lxbt.accounts.queries import managing, sheets
from lxbt.accounts.rules import Permission
from lxbt.accounts.rules.sheet import COLUMNS, FAULTS
from lxbt.audit.operations import record_event
from lxbt.core import crypto
from lxbt.core.refusal import Refusal
from lxbt.documents.apart import read_lines_apart
from lxbt.documents.rules.workbooks import SENTENCES, Unfit
from lxbt.web.accounts import workbooks
from lxbt.web.accounts.forms import SheetForm
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Page, Progress, Row, Tab, Table
from lxbt.web.kit.formats import day
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import MEDIA
from lxbt.web.words import listed, translated

ROWS_SHOWN = 200
STATES = {
    "open": (lazy("将开通"), "run"),
    "same": (lazy("已有且相同"), "off"),
    "error": (lazy("有误"), "bad"),
    "opened": (lazy("已开通"), "ok"),
}
SHEETS = {
    "planned": (lazy("待确认"), "warn"),
    "opening": (lazy("正在开通"), "run"),
    "done": (lazy("已完成"), "ok"),
    "dropped": (lazy("已放弃"), "off"),
}


@page(Permission.MANAGE_ACCOUNTS)
def account_sheets(request: OfficialRequest) -> HttpResponse:
    """Send a sheet; those sent before."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            lines = read_lines_apart(content)
            sheet = operations.plan_sheet(
                lines=lines, name=upload.name, digest=crypto.sm3(content), by=request.user, on=request.today
            )
        except Unfit as unfit:
            form.add_error("file", translated(SENTENCES[unfit.fault]))
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("account_sheet", sheet_id=sheet.pk)
    sent = list(sheets.sheets_of(request.user)[:20])
    counts = sheets.counts_of_sheets([sheet.pk for sheet in sent])
    table = Table(
        caption=_("上传过的表格"),
        columns=[
            Column(_("上传"), phone="first"),
            Column(_("文件"), phone="lead"),
            Column(_("行"), "num"),
            Column(_("已开通"), "num"),
            Column(_("有误"), "num"),
            Column(_("状态")),
        ],
        rows=[
            Row(
                cells=[
                    sheet.sent_at,
                    sheet.name,
                    sum(counts.get(sheet.pk, {}).values()),
                    counts.get(sheet.pk, {}).get("opened", 0),
                    counts.get(sheet.pk, {}).get("error", 0),
                    chip(SHEETS, sheet.state),
                ],
                url=reverse("account_sheet", args=[sheet.pk]),
                action=_("查看"),
            )
            for sheet in sent
        ],
        empty=Empty(_("还没有上传过"), _("下载模板，填好后上传。"), icon="file-spreadsheet"),
    )
    return render(request, "accounts/sheets.html", {"form": form, "table": table, "crumbs": crumbs()})


def crumbs(last: str = "") -> list[Crumb]:
    """The way back."""
    way = [Crumb(_("账号与授权"), reverse("accounts"))]
    return (
        [*way, Crumb(_("批量开通"), reverse("account_sheets")), Crumb(last)] if last else [*way, Crumb(_("批量开通"))]
    )


def chip(words: dict[str, tuple[Any, str]], state: str) -> Chip:
    """A state as a chip."""
    word, tone = words[state]
    return Chip(str(word), tone)  # type: ignore[arg-type]


@page(Permission.MANAGE_ACCOUNTS)
def account_template(request: OfficialRequest) -> HttpResponse:
    """The workbook to fill in, with the administrator's own places and roles."""
    places = [(node.code, node.name) for node in managing.places_managed_by(request.standing)]
    roles = sorted({key for role in request.standing.roles() for key in role.grants})
    response = HttpResponse(workbooks.template(places, roles), content_type=MEDIA)
    response["Content-Disposition"] = 'attachment; filename="lxbt-accounts.xlsx"'
    return response


@page(Permission.MANAGE_ACCOUNTS)
def account_sheet(request: OfficialRequest, sheet_id: int) -> HttpResponse:
    """What each row would do, or did; start it or let it be. While it runs, the page asks for its progress."""
    sheet = sheets.sheet_of(request.user, sheet_id)
    if sheet is None:
        raise Http404
    if request.method == "POST":
        try:
            if request.POST.get("act") == "start":
                operations.start_sheet(sheet_id=sheet.pk, by=request.user, at=request.now.at)
            elif request.POST.get("act") == "drop":
                operations.drop_sheet(sheet_id=sheet.pk, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("account_sheet", sheet_id=sheet.pk)
    counts = sheets.row_counts(sheet.pk)
    progress = progress_of(sheet, counts)
    if getattr(request, "htmx", False):
        response = render(request, "accounts/_progress.html", {"progress": progress})
        if sheet.state != "opening":
            response["HX-Refresh"] = "true"
        return response
    show = request.GET.get("show", "")
    rows = sheets.rows_of(sheet)
    shown = list((rows.filter(state=show) if show in STATES else rows)[:ROWS_SHOWN])
    context = {
        "sheet": sheet,
        "chip": chip(SHEETS, sheet.state),
        "counts": counts,
        "progress": progress if sheet.state in ("opening", "done") else None,
        "table": row_table(shown, counts.get(show, sum(counts.values()))),
        "opens": counts.get("open", 0),
        "errors": counts.get("error", 0),
        "slips": sheets.slips_of_sheet(sheet),
        "tabs": [Tab(_("全部"), "?", sum(counts.values()), show not in STATES)]
        + [
            Tab(str(word), f"?show={state}", counts[state], show == state)
            for state, (word, _tone) in STATES.items()
            if counts.get(state)
        ],
        "crumbs": crumbs(sheet.name),
    }
    return render(request, "accounts/sheet.html", context)


def progress_of(sheet: Any, counts: dict[str, int]) -> Progress:
    """How far the opening has come."""
    return Progress(
        total=sum(counts.values()),
        written=counts.get("opened", 0),
        unchanged=counts.get("same", 0),
        rejected=counts.get("error", 0),
        url=reverse("account_sheet", args=[sheet.pk]),
        running=sheet.state == "opening",
        started_at=sheet.started_at,
    )


def row_table(rows: list[Any], total: int) -> Table:
    """Rows of the sheet with what is wrong with each, and in which cell."""
    return Table(
        caption=_("每一行"),
        columns=[
            Column(_("行"), "num"),
            Column(_("姓名"), phone="lead"),
            Column(_("用户名")),
            Column(_("所在区划")),
            Column(_("角色")),
            Column(_("结果"), phone="first"),
            Column(_("问题")),
        ],
        rows=[
            Row(
                cells=[
                    row.row_no,
                    row.cells[0] or "—",
                    row.wanted["username"] or "—",
                    row.cells[3] or "—",
                    listed(cell for cell in row.cells[4:7] if cell) or "—",
                    chip(STATES, row.state),
                    problem(row),
                ]
            )
            for row in rows
        ],
        page=Page(len(rows), total, _("行")),
        empty=Empty(_("没有这样的行"), icon="file-spreadsheet"),
    )


def problem(row: Any) -> str:
    """角色：这个角色不属于所填部门."""
    if not row.reason:
        return ""
    return _("%(column)s：%(fault)s") % {
        "column": translated(COLUMNS.get(row.column, "")),
        "fault": translated(FAULTS[row.reason]),
    }


@page(Permission.MANAGE_ACCOUNTS)
def account_sheet_errors(request: OfficialRequest, sheet_id: int) -> HttpResponse:
    """The sender's own rows that are wrong, with the reasons."""
    sheet = sheets.sheet_of(request.user, sheet_id)
    if sheet is None:
        raise Http404
    rows = list(sheets.rows_of(sheet).filter(state="error"))
    record_event(
        by=request.user,
        action="accounts.errors_exported",
        subject_kind="account_sheet",
        subject_id=sheet.pk,
        division_code=sheet.place_code,
        details={"rows": len(rows)},
    )
    response = HttpResponse(
        workbooks.errors((sheets.cells_of(row), row.column, problem(row)) for row in rows), content_type=MEDIA
    )
    response["Content-Disposition"] = f'attachment; filename="lxbt-accounts-{day(request.today)}.xlsx"'
    return response
