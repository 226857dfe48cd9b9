"""Batches: list, draw, look at, approve by another person, send back."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.entitlements import holding as held
from lxbt.payments import operations, queries
from lxbt.payments.queries.first_draw import Kept, kept_by, payers_with_books
from lxbt.statistics.operations import count_stale
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page
from lxbt.web.kit.components import Crumb, Page, Tab
from lxbt.web.kit.paging import changed_query, cut, day_or_none, page_by_date
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sight import sight_of
from lxbt.web.payments import batch_presenters, presenters
from lxbt.web.payments.changed_accounts import changed_table
from lxbt.web.payments.origins import origin_lines
from lxbt.web.payments.parts import BATCH_CHIPS, batch_name, batch_table, chip_of

if TYPE_CHECKING:
    from lxbt.payments.models import Batch

SIZE = 50
SHOWS = {
    "different": (lazy("与上月不同"), ("started", "stopped", "changed", "arrears", "recovery")),
    "started": (lazy("新增"), ("started",)),
    "stopped": (lazy("停发"), ("stopped",)),
    "changed": (lazy("变更"), ("changed",)),
    "arrears": (lazy("补发"), ("arrears",)),
    "recovery": (lazy("抵扣"), ("recovery",)),
    "all": (lazy("全部"), ("started", "stopped", "changed", "arrears", "recovery", "same")),
}


class DrawForm(forms.Form):
    """Which body draws which month."""

    payer = forms.ChoiceField(label=lazy("发放单位"))
    month = forms.CharField(label=lazy("发放月份"), max_length=7, help_text=lazy("如 2026-11"))

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"].strip())
        except ValueError:
            raise forms.ValidationError(lazy("月份请写成 2026-11 的样子。")) from None


def payer_choices(request: OfficialRequest, *rights: P) -> list[tuple[str, str]]:
    """The bodies that pay where the account holds one of the rights, each once."""
    areas = dict.fromkeys(code for right in rights for code in request.standing.areas(right))
    return list({node.code: node.name for code in areas for node in divisions.counties_in(code)}.items())


def batch_in_scope(request: OfficialRequest, batch_id: int, permission: P = P.VIEW_PAYMENTS) -> Batch:
    """The batch, or "not found" when its payer is out of scope."""
    found = queries.get_batch(batch_id)
    if found is None:
        raise Http404
    must_be_in_scope(request, permission, found.payer_code)
    return found


@page(P.VIEW_PAYMENTS)
def batches(request: OfficialRequest) -> HttpResponse:
    """Batches of the payers in the area, by month and state, the latest first."""
    rows = accounts.scoped(
        queries.batches_within(), request.standing, P.VIEW_PAYMENTS, field="payer_code", focus=request.focus
    )
    state = request.GET.get("state", "")
    counts = queries.batch_counts(rows)
    recorded = counts.pop("recorded", 0)  # a county's history since 2016 would hide the rest: shown when asked for
    rows = rows.filter(state=state) if state else rows.exclude(state="recorded")
    after = request.GET.get("after", "")
    if state == "recorded":
        shown, paging = page_by_date(rows, after, day="month", descending=True, unit=_("批"), total=recorded)
    else:
        found = list(
            (rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows).order_by("-pk")[
                : SIZE + 1
            ]
        )
        total = counts.get(state, 0) if state else sum(counts.values())
        shown, paging = cut(found, total, lambda row: str(row.pk), paged=bool(after), unit=_("批"))
    tabs = [Tab(_("全部"), "?", sum(counts.values()), not state)]
    tabs += [
        Tab(str(BATCH_CHIPS[s][0]), f"?state={s}", counts.get(s, 0), state == s) for s in BATCH_CHIPS if s != "recorded"
    ]
    tabs += [Tab(str(BATCH_CHIPS["recorded"][0]), "?state=recorded", recorded, state == "recorded")] if recorded else []
    table = batch_table(shown, page=paging, acting=request.standing.may(P.APPROVE_BATCHES))
    return render(
        request,
        "payments/batches.html",
        {
            "table": table,
            "tabs": tabs,
            "may_draw": request.standing.may(P.DRAW_BATCHES),
            "may_try": request.standing.may(P.DRAW_BATCHES) or request.standing.may(P.APPROVE_BATCHES),
        },
    )


@page(P.DRAW_BATCHES)
def draw(request: OfficialRequest) -> HttpResponse:
    """Draw a month. Drawing again adds only what has changed since."""
    form = DrawForm(request.POST or None, initial={"month": str(Month.of(request.today))})
    form.fields["payer"].choices = payer_choices(request, P.DRAW_BATCHES)  # type: ignore[attr-defined]
    first = first_kept(form) if request.method == "POST" and form.is_valid() else None
    if first is not None and first.changed and request.POST.get("seen") != str(first.changed):
        pass  # the first draw of those who came by file: shown before, and drawn when it was seen
    elif request.method == "POST" and form.is_valid():
        first = None
        try:
            batch = operations.draw_batch(
                payer_code=form.cleaned_data["payer"],
                month=form.cleaned_data["month"],
                by=request.user,
                on=request.today,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            if batch is not None:
                messages.success(request, _("已编制，请由另一人复核。"))
                return redirect("batch", batch_id=batch.pk)
            messages.success(request, _("这个月没有新的差额，不用再编制。"))
            return redirect("batches")
    crumbs = [Crumb(_("发放批次"), reverse("batches")), Crumb(_("编制"))]
    return render(request, "payments/draw.html", {"form": form, "crumbs": crumbs, "first": first})


def first_kept(form: DrawForm) -> Kept | None:
    """What the first draw of a body would change for those who came by file; None when it has drawn before."""
    payer = form.cleaned_data["payer"]
    if not payers_with_books([payer]):
        return None
    return kept_by(payer, form.cleaned_data["month"])


@page(P.VIEW_PAYMENTS)
def batch(request: OfficialRequest, batch_id: int) -> HttpResponse:
    """One batch before anybody signs: the sum, why it differs from last month, every changed row, who signs."""
    found = batch_in_scope(request, batch_id)
    names = accounts.names_of([pk for pk in (found.drawn_by_id, found.approved_by_id, found.sent_by_id) if pk])
    order = None if found.state in ("recorded", "returned") else queries.order_of(found)
    context = {
        **figures_of(request, found, order),
        "name": batch_name(found),
        "chip": chip_of(BATCH_CHIPS, found.state),
        "place": divisions.name_of(found.payer_code),
        "shares": batch_presenters.share_rows(found),
        "changed_accounts": changed_table(request, found),
        "since": batch_presenters.news_since(found),
        "approval": batch_presenters.approval(request, found, names, order),
        "origins": origin_lines(found),
        "held_back": held.groups_of(held.held().filter(payer_code=found.payer_code)),
        "lines": presenters.line_summary(found),
        "files": list(queries.files_of_batch(found)),
        "may_send": found.state == "approved" and request.standing.may(P.DRAW_BATCHES, found.payer_code),
        "may_take": found.state in ("sent", "settled") and request.standing.may(P.DRAW_BATCHES, found.payer_code),
        "unmatched": list(queries.unmatched_rows(found)[:20]),
        "may_close": request.standing.may(P.DRAW_BATCHES, found.payer_code),
        "crumbs": [Crumb(_("发放批次"), reverse("batches")), Crumb(batch_name(found))],
        "typed": request.session.pop("typed", ""),
    }
    return render(request, "payments/batch.html", context)


def figures_of(
    request: OfficialRequest, found: Batch, order: queries.Order | None, *, explained: bool = True
) -> dict[str, Any]:
    """The figures, the bridge and the rows of a batch; `explained` False for one that will be gone."""
    bridged = queries.bridge_of(found.payer_code, Month.of(found.month))
    counts = queries.batch_item_counts(found)
    show = request.GET.get("show", "different" if any(counts.get(c) for c in SHOWS["different"][1]) else "all")

    def at(key: str) -> str:
        return changed_query(request.GET, after=None, show=key)

    tabs = [
        Tab(str(label), at(key), sum(counts.get(c, 0) for c in changes), show == key)
        for key, (label, changes) in SHOWS.items()
    ]
    return {
        "batch": found,
        "tiles": batch_presenters.batch_tiles(found, bridged, order, held=at("held")),
        "bridge": batch_presenters.bridge(found, bridged),
        "totals": batch_presenters.totals_table(found),
        "tabs": [*tabs, Tab(_("暂缓"), at("held"), found.held_count, show == "held")],
        "items": rows_of(request, found, show, counts, explained=explained),
    }


def rows_of(
    request: OfficialRequest, found: Batch, show: str, counts: dict[str, int], *, explained: bool = True
) -> object:
    """The table under the tabs; `explained` False: without links to the items, which will be gone."""
    if show == "held":
        return presenters.held_table(queries.held_back(found.payer_code, Month.of(found.month)))
    changes = SHOWS.get(show, SHOWS["all"])[1]
    after = request.GET.get("after", "").split(".")
    number, day = whole_number(after[0]), day_or_none(after[-1])
    point = (number, after[1], day.isoformat()) if len(after) == 3 and number is not None and day else None
    rows = queries.batch_item_rows(found, changes=changes, after=point, limit=SIZE + 1)
    shown = rows[:SIZE]
    following = f"{shown[-1].person_id}.{shown[-1].subsidy}.{shown[-1].right_month}" if len(rows) > SIZE else ""
    return batch_presenters.item_table(
        found,
        shown,
        Page(len(shown), sum(counts.get(c, 0) for c in changes), _("笔"), following, point is not None),
        whole=sight_of(request, found.payer_code).rights,
        explained=explained,
    )


@require_POST
@page(P.APPROVE_BATCHES, P.DRAW_BATCHES)
def batch_act(request: OfficialRequest, batch_id: int) -> HttpResponse:
    """Approve with the sum typed, send back with a reason typed, or take an own one back."""
    act = request.POST.get("act")
    if act not in ("approve", "return"):
        raise Http404
    right = P.APPROVE_BATCHES if act == "approve" or request.standing.may(P.APPROVE_BATCHES) else P.DRAW_BATCHES
    found = batch_in_scope(request, batch_id, right)
    try:
        if act == "approve":
            operations.approve_batch(
                batch_id=found.pk, control_total=typed_sum(request), by=request.user, on=request.today
            )
            messages.success(request, _("已复核并锁定，可以导出银行文件。"))
        else:
            operations.return_batch(
                batch_id=found.pk,
                reason=request.POST.get("reason", ""),
                by=request.user,
                on=request.today,
                at=request.now.at,
            )
            messages.success(request, _("已退回编制，其中各笔不再计入，可重新编制。"))
        count_stale()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("batch", batch_id=batch_id)


def typed_sum(request: OfficialRequest) -> Decimal:
    """The sum that the approver typed; something that is no sum agrees with nothing."""
    text = request.POST.get("typed", "").replace(",", "").replace("−", "-").strip()
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("-0.001")
