"""Files: the bank file out, the result file in, the list as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.payments import operations, queries
from lxbt.registry import queries as registry
from lxbt.statistics.operations import count_stale
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.kit.sight import sight_of
from lxbt.web.payments.batch_presenters import CHANGE_CHIPS, asked_of
from lxbt.web.payments.changed_accounts import changed_sheet
from lxbt.web.payments.origins import cause_sentences
from lxbt.web.payments.parts import batch_name, batch_table
from lxbt.web.payments.views import SHOWS, batch_in_scope

if TYPE_CHECKING:
    from lxbt.payments.models import Batch

LARGEST = 64 * 2**20  # bytes of a result file


class ResultForm(forms.Form):
    """A bank's result file for a batch that was sent."""

    batch = forms.ChoiceField(label=lazy("批次"))
    file = forms.FileField(
        label=lazy("回盘文件"), help_text=lazy("CSV，GBK 或 UTF-8；列：序号、账号、户名、金额、状态、原因")
    )


@require_POST
@page(P.DRAW_BATCHES)
def bank_file(request: OfficialRequest, batch_id: int) -> HttpResponse:
    """Make the bank file of an approved batch (once) and hand it out; asked again, the same file."""
    found = batch_in_scope(request, batch_id, P.DRAW_BATCHES)
    try:
        stored = operations.send_batch(
            batch_id=found.pk, encoding=request.POST.get("encoding", "gbk"), by=request.user, on=request.today
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("batch", batch_id=batch_id)
    count_stale()
    record_event(
        by=request.user,
        action="batch.file_taken",
        subject_kind="batch",
        subject_id=batch_id,
        division_code=found.payer_code,
        details={"file": stored.pk},
    )
    response = HttpResponse(queries.file_content(stored), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{stored.name}"'
    return response


@page(P.DRAW_BATCHES)
def results(request: OfficialRequest) -> HttpResponse:
    """Take in a result file. The same file twice changes nothing."""
    waiting = (
        accounts.scoped(queries.batches_within(), request.standing, P.DRAW_BATCHES, field="payer_code")
        .filter(state__in=["sent", "settled"])
        .order_by("state", "-pk")[:100]
    )
    form = ResultForm(request.POST or None, request.FILES or None)
    form.fields["batch"].choices = [(b.pk, f"{divisions.name_of(b.payer_code)} {batch_name(b)}") for b in waiting]  # type: ignore[attr-defined]
    taken = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        found = batch_in_scope(request, int(form.cleaned_data["batch"]), P.DRAW_BATCHES)
        if upload.size > LARGEST:
            form.add_error("file", _("文件超过 64 MB，请按批次分开导入。"))
        else:
            try:
                taken = operations.record_results(
                    batch_id=found.pk, content=upload.read(), name=upload.name, by=request.user, on=request.today
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                count_stale()
                said = (
                    _("这个文件已经导入过，没有变化。")
                    if taken.again
                    else _("已导入：成功 %(p)d 笔，退票 %(f)d 笔，对不上 %(u)d 行。")
                    % {"p": taken.paid, "f": taken.failed, "u": taken.unmatched}
                )
                messages.success(request, said)
                return redirect("batch", batch_id=found.pk)
    table = batch_table([b for b in waiting if b.state == "sent"], page=None, acting=False)
    return render(request, "payments/results.html", {"form": form, "table": table})


@page(P.VIEW_PAYMENTS)
def export(request: OfficialRequest, batch_id: int) -> HttpResponse:
    """The rows that the page shows, all of them, masked, as a workbook."""
    found = batch_in_scope(request, batch_id)
    show = request.GET.get("show", "all")
    if show not in SHOWS:
        raise Http404
    return send_sheet(request, batch_sheet(request, found, show))


def batch_sheet(
    request: OfficialRequest,
    found: Batch,
    show: str,
    *,
    title: str = "",
    action: str = "batch.exported",
    subject: str = "batch",
) -> Sheet:
    """The rows of a tab of a batch, masked; `subject` is what the record names: a division, for one not kept."""
    rows = queries.batch_item_rows(found, changes=SHOWS[show][1], limit=200_000)
    cards = registry.person_cards([r.person_id for r in rows])
    heads = [
        _("姓名"),
        _("身份证号"),
        _("乡镇（街道）"),
        _("补贴"),
        _("所属月"),
        _("本次（元）"),
        _("上月（元）"),
        _("变动"),
        _("原因"),
    ]
    whole = sight_of(request, found.payer_code).rights
    causes = {} if found.state == "recorded" else cause_sentences(asked_of(found, rows), whole=whole)
    cells = [
        [
            r.name,
            cards[r.person_id].masked_id,
            divisions.name_of(r.division_code),
            words.SUBSIDIES[r.subsidy],
            f"{r.right_month:%Y-%m}",
            r.amount,
            r.before,
            CHANGE_CHIPS[r.change][0],
            causes.get((r.person_id, r.subsidy, r.right_month, r.seq or 0), ""),
        ]
        for r in rows
    ]
    said = {"month": f"{found.month:%Y-%m}", "show": show}
    return Sheet(
        title or _("发放名册"),
        heads,
        cells,
        action,
        subject,
        found.pk if subject == "batch" else found.payer_code,
        found.payer_code,
        said,
        persons=[r.person_id for r in rows],
    )


@page(P.VIEW_PAYMENTS)
def changed_accounts_export(request: OfficialRequest, batch_id: int) -> HttpResponse:
    """The accounts changed since the last batch, masked, as a workbook."""
    found = batch_in_scope(request, batch_id)
    if not request.standing.may(P.VIEW_BANK_ACCOUNTS, found.payer_code):
        raise Http404
    return send_sheet(request, changed_sheet(found))
