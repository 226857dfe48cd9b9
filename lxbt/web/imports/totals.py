"""History against the books: what a paying body declared for each month beside what was imported; above it, who is how
far.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import covers
from lxbt.imports import queries
from lxbt.imports.rules.values import BadValue, read_cell
from lxbt.payments.queries import payer_of
from lxbt.rollout.operations.declaring import declare_totals
from lxbt.web.imports.words import MONTHS, month_chip
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Crumb, Empty, Page, Person, Row, Subsidies, Tab, Table, Tile
from lxbt.web.kit.formats import signed, whole
from lxbt.web.kit.paging import SIZE
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.words import SUBSIDIES_SHORT

MOST_LINES = 400


class Unreadable(Refusal):
    """A line of declared totals is not one."""


class DeclareForm(forms.Form):
    """Many months at once, a line each, as copied from a spreadsheet."""

    lines = forms.CharField(
        label=lazy("申报合计"),
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "placeholder": lazy("2019-03 护理补贴 1204 72240.00")}
        ),
        help_text=lazy(
            "一行一个月的一项补贴：月份、补贴、人数、金额（元），用空格隔开；可以从表格里复制粘贴多行。再报会替换原来的，两次都有记录。"
        ),
    )


def read_lines(text: str, until: Month) -> Iterator[tuple[Month, str, int, Decimal]]:
    """Month, subsidy, persons, yuan of every line; Unreadable with the number of the line that is not one."""
    lines = [line for line in text.replace("\t", " ").replace(_("，"), " ").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Unreadable(_("一次最多 %(n)d 行，请分几次。") % {"n": MOST_LINES}, field="lines")
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        try:
            month, subsidy, persons, amount = parts
            told, what = read_cell("month", month, on=until.last), read_cell("subsidy", subsidy, on=until.last)
            yield (
                cast("Month", told),
                cast("str", what),
                int(persons.replace(",", "")),
                Decimal(amount.replace(",", "")),
            )
        except (ValueError, InvalidOperation, BadValue):
            raise Unreadable(
                _("第 %(n)d 行读不懂：%(line)s。应为“月份 补贴 人数 金额”。")
                % {"n": number, "line": line.strip()[:40]},
                field="lines",
            ) from None


def asked(request: OfficialRequest) -> str:
    """The area of the address, in scope."""
    code = request.GET.get("code") or request.POST.get("code") or request.focus
    if not may_see(request, code) or divisions.division(code) is None:
        raise Http404
    return code


def may_see(request: OfficialRequest, code: str) -> bool:
    """Whether the account counts for this area: by figures, or because it imports there."""
    return request.standing.may(P.VIEW_STATISTICS, code) or request.standing.may(P.IMPORT_FILES, code)


@page(P.IMPORT_FILES, P.VIEW_STATISTICS)
def import_totals(request: OfficialRequest, form: DeclareForm | None = None) -> HttpResponse:
    """A paying body: month by month, with what was typed when it could not be taken. Above it: how far each is."""
    code = asked(request)
    payer = payer_of(code)
    own = payer is not None and payer.code == code
    context: dict[str, Any] = {
        "code": code,
        "name": divisions.name_of(code),
        "own": own,
        "below": payer is not None and not own,
        "crumbs": [Crumb(n.name, f"?code={n.code}" if may_see(request, n.code) else "") for n in divisions.trail(code)],
    }
    if own:
        context |= months_of(request, code)
        context["may_declare"] = request.standing.may(P.IMPORT_FILES, code)
        context["form"] = form or DeclareForm(initial={"lines": prefilled(request)})
    elif payer is None:
        context["table"] = below_table(code)
    return render(request, "imports/totals.html", context)


def prefilled(request: OfficialRequest) -> str:
    """The month that was chosen in the table, as the beginning of a line."""
    month, subsidy = request.GET.get("month", ""), request.GET.get("subsidy", "")
    return f"{month} {SUBSIDIES_SHORT[subsidy]} " if subsidy in SUBSIDIES_SHORT and len(month) == 7 else ""


def months_of(request: OfficialRequest, code: str) -> dict[str, Any]:
    """The months of a paying body, narrowed by year and state."""
    every = queries.declared_and_recorded(code, until=Month.of(request.today))
    years = [str(y) for y in range(request.today.year, queries.FIRST_MONTH.year - 1, -1)]
    year, state = (
        request.GET.get(name, "") if request.GET.get(name) in known else ""
        for name, known in (("year", years), ("state", MONTHS))
    )
    wanted = [
        m
        for m in every
        if (not year or str(m.month.year) == year) and (m.state == state if state else m.state != "none")
    ]
    counts = {key: sum(m.state == key and (not year or str(m.month.year) == year) for m in every) for key in MONTHS}
    base = f"?code={code}" + (f"&year={year}" if year else "")
    after = request.GET.get("after", "")
    begin = next((n for n, m in enumerate(wanted, start=1) if key_of(m) == after), 0)
    shown, following = (
        wanted[begin : begin + SIZE],
        key_of(wanted[begin + SIZE - 1]) if len(wanted) > begin + SIZE else "",
    )
    paging = Page(len(shown), len(wanted), _("月次"), following, bool(after))
    return {
        "table": month_table(code, shown, paging, request.standing.may(P.IMPORT_FILES, code)),
        "tabs": [Tab(_("有数据"), base, sum(counts.values()) - counts["none"], not state)]
        + [Tab(str(word), f"{base}&state={key}", counts[key], state == key) for key, (word, _t) in MONTHS.items()],
        "years": [(y, y == year) for y in years],
        "state": state,
        "tiles": tiles(every),
    }


def key_of(month: queries.MonthOfCounty) -> str:
    """2019-03.care."""
    return f"{month.month}.{month.subsidy}"


def tiles(every: list[queries.MonthOfCounty]) -> list[Tile]:
    """The figures over the months."""
    agree, declared, differ = (sum(m.state == s for m in every) for s in ("agrees", "missing", "differs"))
    doubtful = sum(m.doubtful for m in every)
    return [
        Tile(
            _("已一致"),
            whole(agree),
            _("月次"),
            _("每月两项补贴各算一次，共 %(n)s") % {"n": whole(len(every))},
            tone="ok" if agree else "",
        ),
        Tile(_("不一致"), whole(differ), _("月次"), _("须补导或更正申报"), tone="bad" if differ else ""),
        Tile(_("有数据、未申报"), whole(declared), _("月次"), _("须从账册申报合计"), tone="warn" if declared else ""),
        Tile(
            _("已导入发放"),
            whole(sum(m.recorded for m in every)),
            _("笔"),
            _("%(n)s 元") % {"n": f"{sum((m.recorded_amount for m in every), Decimal(0)):,.2f}"},
        ),
        Tile(_("与当时规定不符"), whole(doubtful), _("笔"), _("按实际保留，供比对"), tone="warn" if doubtful else ""),
    ]


def month_table(code: str, shown: list[queries.MonthOfCounty], paging: Page, may_declare: bool) -> Table:
    """Declared beside recorded."""
    rows = []
    for m in shown:
        difference = m.recorded_amount - m.declared_amount if m.declared_amount is not None else None
        url = f"?code={code}&month={m.month}&subsidy={m.subsidy}#declare" if may_declare else ""
        rows.append(
            Row(
                [
                    month_chip(m.state),
                    str(m.month),
                    Subsidies([m.subsidy]),
                    m.declared,
                    m.declared_amount,
                    m.recorded or None,
                    m.recorded_amount if m.recorded else None,
                    signed(difference) if difference else "—",
                    m.doubtful or "—",
                ],
                url=url,
                action=(_("去申报") if m.declared is None else _("更正"))
                if may_declare and m.state != "agrees"
                else "",
            )
        )
    return Table(
        caption=_("每月申报与导入"),
        columns=[
            Column(_("核对"), phone="first"),
            Column(_("所属月"), phone="lead"),
            Column(_("补贴"), phone="end"),
            Column(_("申报人数"), "num"),
            Column(_("申报金额（元）"), "num"),
            Column(_("导入笔数"), "num"),
            Column(_("导入金额（元）"), "num"),
            Column(_("相差（元）"), "num"),
            Column(_("与规定不符"), "num"),
        ],
        rows=rows,
        page=paging,
        empty=Empty(_("没有这一类的月份"), _("换一个标签或年份看。"), icon="calendar-month"),
    )


def rolled(code: str) -> list[tuple[Any, int, int, int, int, int, int]]:
    """What lies directly below: node, paying bodies, months declared, agreeing, differing, payments, in doubt."""
    told = queries.progress_by_payer(code)
    payers = [node.code for node in divisions.counties_in(code)]
    found = []
    for node in divisions.children(code):
        own = [p for p in told if covers(node.code, p.code)]
        sums = [sum(getattr(p, name) for p in own) for name in ("declared", "agree", "differ", "payments", "doubtful")]
        found.append((node, sum(covers(node.code, p) for p in payers), *sums))
    return found


def below_table(code: str) -> Table:
    """One row for each area below, down to the paying body."""
    return Table(
        caption=_("各地进度"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("发放单位"), "num"),
            Column(_("已申报（月次）"), "num"),
            Column(_("一致（月次）"), "num"),
            Column(_("不一致（月次）"), "num"),
            Column(_("已导入（笔）"), "num"),
            Column(_("与规定不符（笔）"), "num"),
        ],
        rows=[
            Row([Person(node.name, url=f"?code={node.code}"), *numbers], url=f"?code={node.code}")
            for node, *numbers in rolled(code)
        ],
        empty=Empty(_("下面没有地区"), icon="map-pin"),
    )


@require_POST
@page(P.IMPORT_FILES)
def declare(request: OfficialRequest) -> HttpResponse:
    """Take what was typed; all lines or none."""
    code = asked(request)
    form = DeclareForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                told = list(read_lines(form.cleaned_data["lines"], Month.of(request.today)))
                for month, subsidy, persons, amount in told:
                    declare_totals(
                        payer_code=code,
                        month=month,
                        subsidy=subsidy,
                        persons=persons,
                        amount=amount,
                        by=request.user,
                        at=request.now.at,
                    )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, ngettext("已申报 %(n)d 项合计。", "已申报 %(n)d 项合计。", len(told)) % {"n": len(told)}
            )
            return redirect(reverse("import_totals") + f"?code={code}")
    return import_totals(request, form=form)


@page(P.IMPORT_FILES, P.VIEW_STATISTICS)
def export(request: OfficialRequest) -> HttpResponse:
    """The table as a workbook."""
    code = asked(request)
    payer = payer_of(code)
    if payer is not None and payer.code == code:
        heads = [
            _("所属月"),
            _("补贴"),
            _("申报人数"),
            _("申报金额（元）"),
            _("导入笔数"),
            _("导入金额（元）"),
            _("与规定不符"),
            _("核对"),
        ]
        cells: list[list[Any]] = [
            [
                str(m.month),
                str(SUBSIDIES_SHORT[m.subsidy]),
                m.declared,
                m.declared_amount,
                m.recorded,
                m.recorded_amount,
                m.doubtful,
                month_chip(m.state).word,
            ]
            for m in queries.declared_and_recorded(code, until=Month.of(request.today))
        ]
    else:
        heads = [
            _("代码"),
            _("地区"),
            _("发放单位"),
            _("已申报（月次）"),
            _("一致（月次）"),
            _("不一致（月次）"),
            _("已导入（笔）"),
            _("与规定不符（笔）"),
        ]
        cells = [[node.code, node.name, *numbers] for node, *numbers in (rolled(code) if payer is None else [])]
    return send_sheet(
        request,
        Sheet(_("历史数据核对"), heads, cells, "imports.totals_exported", "division", code, code, personal=False),
    )
