"""One act on the table of standards: opened with its document, worked on, costed, handed over, sent back or
published.
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

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.audit.humans import same_human
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level, covers, level_of
from lxbt.entitlements.costing_revisions import cost_of_revision
from lxbt.standards.operations import revising as acts
from lxbt.standards.operations.ground import StandardRefused
from lxbt.standards.revisions import get_revision, lines_of, rows_of
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page, places
from lxbt.web.kit.components import Confirm, Crumb
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.standards import table as shown
from lxbt.web.standards.forms import PaperForm, RowPage, fits

if TYPE_CHECKING:
    from lxbt.standards.models import Revision, Standard


@page(P.DRAFT_STANDARDS)
def standard_new(request: OfficialRequest) -> HttpResponse:
    """Begin an act: the document and its months; the table follows."""
    form = PaperForm(request.POST or None, divisions=places(request, P.DRAFT_STANDARDS))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = acts.open_revision(
                division_code=data["division"],
                since=data["since"],
                until=data["until"],
                paper=form.paper(),
                by=request.user,
                on=request.today,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("revision", revision_id=made.pk)
    crumbs = [Crumb(_("补贴标准"), reverse("standards")), Crumb(_("起草"))]
    status = 422 if request.method == "POST" else 200
    return render(request, "standards/new.html", {"form": form, "crumbs": crumbs}, status=status)


def revision_in_sight(request: OfficialRequest, revision_id: int) -> Revision:
    """The revision, or "not found": drafts within the own area, what is published also from below."""
    found = get_revision(revision_id)
    if found is None:
        raise Http404
    below = any(covers(found.division_code, area) for area in request.standing.areas(P.VIEW_STANDARDS))
    if not (found.state == "published" and below):
        must_be_in_scope(request, P.VIEW_STANDARDS, found.division_code)
    return found


def own_draft(request: OfficialRequest, revision_id: int) -> Revision:
    """The same for its drafter, while it is a draft."""
    found = revision_in_sight(request, revision_id)
    must_be_in_scope(request, P.DRAFT_STANDARDS, found.division_code)
    if found.state != "draft" or found.drafted_by_id != request.user.pk:
        raise Http404
    return found


def places_of(revision: Revision) -> list[tuple[str, str]]:
    """The places that rows may be for: the drafter's own and those directly below, down to counties."""
    code = revision.division_code
    below = divisions.children(code) if level_of(code) < Level.COUNTY else []
    return [(code, divisions.name_of(code)), *((node.code, node.name) for node in below)]


@page(P.VIEW_STANDARDS)
def revision(request: OfficialRequest, revision_id: int) -> HttpResponse:
    """The table with present amount, draft, difference and how many; what it costs; who must still agree."""
    found = revision_in_sight(request, revision_id)
    if request.method == "POST":
        return _act(request, found)
    return render(request, "standards/revision.html", _context(request, found))


def _context(request: OfficialRequest, found: Revision, form: PaperForm | None = None) -> dict[str, Any]:
    rows = rows_of(found)
    lines = lines_of(found, rows)
    mine = found.state == "draft" and found.drafted_by_id == request.user.pk
    cost = cost_of_revision(found, request.today) if found.state != "published" and (rows or found.ends) else None
    may = found.state == "submitted" and request.standing.may(P.PUBLISH_STANDARDS, found.division_code)
    second = may and not same_human(found.drafted_by_id, request.user.pk)
    names = accounts.names_of([pk for pk in (found.drafted_by_id, found.published_by_id, found.returned_by_id) if pk])
    allowed = [(found.division_code, divisions.name_of(found.division_code))]
    until = f"{found.until:%Y-%m}" if found.until else ""
    initial = {
        **{
            name: getattr(found, name)
            for name in ("document_title", "document_number", "clause", "issued_on", "source")
        },
        "division": found.division_code,
        "since": f"{found.since:%Y-%m}",
        "until": until,
    }
    context: dict[str, Any] = {
        "it": found,
        "mine": mine,
        "place": divisions.name_of(found.division_code),
        "chip": shown.revision_chip(found),
        "form": form or (PaperForm(None, divisions=allowed, initial=initial) if mine else None),
        "lines": shown.shown_lines(lines, cost, published=found.state == "published"),
        "several": len({line.division_code for line in lines}) > 1,
        "cost": cost,
        "names": {key: names.get(pk or 0, "—") for key, pk in _persons(found).items()},
        "own": found.drafted_by_id == request.user.pk,
        "blocked": may and not second,
        "may_recall": found.state == "submitted" and found.drafted_by_id == request.user.pk,
        "late": max(0, Month.of(request.today) - Month.of(found.since)) if found.state != "published" else 0,
        "crumbs": [Crumb(_("补贴标准"), reverse("standards")), Crumb(divisions.name_of(found.division_code))],
    }
    if cost is not None:
        context |= {
            "tiles": shown.cost_tiles(cost),
            "table": shown.county_costs(cost),
            "checks": shown.checks_of(found, rows, lines, cost),
        }
        if second:
            context["confirm"] = _confirm(found, cost)
            context["second"] = True
    return context


def _persons(found: Revision) -> dict[str, int | None]:
    return {"drafter": found.drafted_by_id, "publisher": found.published_by_id, "returned": found.returned_by_id}


def _confirm(found: Revision, cost: Any) -> Confirm:
    """What the second person must read and type before it is in force."""
    return Confirm(
        id="publish",
        title=_("发布 %(document)s？") % {"document": found.document_number or found.document_title},
        act=_("复核并发布"),
        url=reverse("revision", args=[found.pk]),
        consequences=[
            (_("执行"), _("%(month)s 起") % {"month": f"{found.since:%Y-%m}"}),
            (
                _("变动"),
                _("增加 %(more)s，减少 %(fewer)s（人·项）") % {"more": f"{cost.more:,}", "fewer": f"{cost.fewer:,}"},
            ),
            (_("每月增减"), _("%(sum)s 元") % {"sum": f"{cost.monthly:,.2f}"}),
            (_("以前月份补发或抵扣"), _("%(sum)s 元，%(n)d 个月") % {"sum": f"{cost.past:,.2f}", "n": cost.late}),
            (_("以后"), _("发布后不能修改，只能由新标准接替")),
        ],
        typed=cost.monthly,
        typed_label=_("输入每月增减金额以确认"),
        fields=(("act", "publish"), ("version", str(found.version))),
    )


def typed(text: str) -> Decimal | None:
    """A number as typed; None for nothing, a Refusal's sentence is the caller's for what is none."""
    text = text.replace(",", "").replace("−", "-").replace("%", "").strip()
    return Decimal(text) if text else None


def _amounts(request: OfficialRequest, found: Revision) -> None:
    """The column of drafts as it was filled in, or raised by one number for all."""
    lines = lines_of(found)
    more, percent = typed(request.POST.get("more", "")), typed(request.POST.get("percent", ""))
    raise_all = request.POST.get("act") == "raise"
    if raise_all and (more is None) == (percent is None):
        raise StandardRefused(_("统一上调请只填一项：加多少元，或上调百分之几。"))
    amounts: dict[tuple[str, int], Decimal | None] = {}
    for line in lines:
        key = (line.division_code, line.row.pk)
        field = f"amount-{line.division_code}-{line.row.pk}"
        if field in request.POST:
            amounts[key] = typed(request.POST[field])
        if raise_all and line.present is not None and not line.ended:
            raised = shown.raised(line.present, more, percent)
            if raised is not None:
                amounts[key] = raised
    ends = [int(pk) for pk in request.POST.getlist("ends") if pk.isdecimal()]
    acts.set_amounts(
        revision_id=found.pk,
        version=_version(request),
        amounts=amounts,
        ends=ends,
        by=request.user,
        on=request.today,
    )


def _version(request: OfficialRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _change(request: OfficialRequest, found: Revision) -> HttpResponse | None:
    form = PaperForm(request.POST, divisions=[(found.division_code, divisions.name_of(found.division_code))])
    if form.is_valid():
        data = form.cleaned_data
        try:
            acts.change_revision(
                revision_id=found.pk,
                since=data["since"],
                until=data["until"],
                paper=form.paper(),
                by=request.user,
                on=request.today,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return None
    return render(request, "standards/revision.html", _context(request, found, form), status=422)


def _act(request: OfficialRequest, found: Revision) -> HttpResponse:
    """One of the acts of the page; each operation looks at who may."""
    act = "drop" if "drop" in request.POST else request.POST.get("act", "")
    by, at, on, pk = request.user, request.now.at, request.today, found.pk
    version = _version(request)

    def submit() -> None:
        if any(name.startswith("amount-") for name in request.POST):
            _amounts(request, found)  # what was filled in and not saved is handed over too
            found.refresh_from_db(fields=["version"])
        acts.submit_revision(revision_id=pk, version=max(version, found.version), by=by, at=at)

    def publish() -> None:
        monthly = typed(request.POST.get("typed", ""))
        if monthly is None:
            raise StandardRefused(_("请填写每月增减金额。"))
        acts.publish_revision(revision_id=pk, version=version, monthly=monthly, by=by, at=at)

    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "amounts": (lambda: _amounts(request, found), _("已保存，右侧已重新测算。")),
        "raise": (lambda: _amounts(request, found), _("已统一上调，右侧已重新测算。")),
        "drop": (
            lambda: acts.drop_rows(
                revision_id=pk, row_ids=[int(v) for v in request.POST.getlist("drop") if v.isdecimal()], by=by, on=on
            ),
            _("已删去。"),
        ),
        "submit": (
            submit,
            _("已送审，等另一人复核发布。"),
        ),
        "recall": (lambda: acts.recall_revision(revision_id=pk, by=by, on=on), _("已撤回送审，可以再改。")),
        "return": (
            lambda: acts.return_revision(
                revision_id=pk, version=version, reason=request.POST.get("reason", ""), by=by, at=at
            ),
            _("已退回，起草人会看到原因。"),
        ),
        "publish": (publish, _("已发布。已发月份的差额随下一批次自动补发。")),
        "withdraw": (lambda: acts.withdraw_revision(revision_id=pk, by=by, on=on), _("草案已撤回。")),
    }
    if act == "paper":
        answer = _change(request, found)
        if answer is not None:
            return answer
        messages.success(request, _("已保存。"))
    elif act in deeds:
        deed, said = deeds[act]
        try:
            deed()
        except InvalidOperation:
            messages.error(request, _("金额请只填数字，如 130 或 130.50，没有保存。"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
            if act == "withdraw":
                return redirect("standards")
    else:
        raise Http404
    return redirect("revision", revision_id=pk)


@page(P.DRAFT_STANDARDS)
def revision_row(request: OfficialRequest, revision_id: int, standard_id: int = 0) -> HttpResponse:
    """A row with all that it may say, from lists in words: a new one, or one of the draft."""
    found = own_draft(request, revision_id)
    row: Standard | None = None
    if standard_id:
        row = next((one for one in rows_of(found) if one.pk == standard_id), None)
        if row is None or not fits(row.conditions, row.amount):
            raise Http404
    told: dict[str, Any] = {"divisions": [found.division_code]}
    if row is not None:
        told = {
            "subsidy": row.subsidy,
            "when": row.conditions,
            "amount": row.amount,
            "floor": row.floor,
            "divisions": [row.division_code],
        }
    forms = RowPage(request.POST or None, places_of(found), told)
    if request.method == "POST" and forms.is_valid():
        try:
            if row is not None:
                acts.change_row(
                    revision_id=found.pk, row_id=row.pk, rows=forms.tables(), by=request.user, on=request.today
                )
            else:
                acts.put_rows(revision_id=found.pk, rows=forms.tables(), by=request.user, on=request.today)
        except Refusal as refusal:
            show_refusal(forms.row, refusal)
        else:
            messages.success(request, _("已保存，右侧已重新测算。"))
            return redirect("revision", revision_id=found.pk)
    crumbs = [
        Crumb(_("补贴标准"), reverse("standards")),
        Crumb(found.document_number or found.document_title, reverse("revision", args=[found.pk])),
        Crumb(_("标准行")),
    ]
    context = {"forms": forms, "it": found, "row": row, "crumbs": crumbs}
    return render(request, "standards/row.html", context, status=422 if request.method == "POST" else 200)
