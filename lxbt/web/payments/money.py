"""What came back, what must be taken back, and why an amount is what it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.payments import queries
from lxbt.payments.settling import propose_settlement
from lxbt.registry import queries as registry
from lxbt.standards import queries as standards
from lxbt.web import words
from lxbt.web.imports.words import problem
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page
from lxbt.web.kit.components import Crumb, Explanation, Link, Tab
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sight import sight_of
from lxbt.web.payments import presenters
from lxbt.web.payments.origins import cause_sentences
from lxbt.web.standards.words import amount_words, condition_words


@page(P.CORRECT_ACCOUNTS, P.DRAW_BATCHES)
def failed_items(request: OfficialRequest) -> HttpResponse:
    """Payments that came back and wait for a corrected account, of persons in the own area."""
    lines = list(
        queries.failed_lines_of(accounts.in_scope(request.standing, P.VIEW_PAYMENTS, focus=request.focus))[:200]
    )
    cards = registry.person_cards([line.person_id for line in lines])
    return render(request, "payments/failed.html", {"table": presenters.failed_table(lines, cards)})


@page(P.VIEW_PAYMENTS)
def recoveries(request: OfficialRequest) -> HttpResponse:
    """Money to be taken back from persons of the area."""
    show = request.GET.get("show", "open")
    rows = accounts.scoped(
        queries.recoveries_within(open_only=show == "open"), request.standing, P.VIEW_PAYMENTS, focus=request.focus
    )
    total = queries.recovery_sum(rows)
    found = list(rows.order_by("-batch_id", "person_id")[:200])
    cards = registry.person_cards([r.person_id for r in found])
    tabs = [Tab(_("待追缴"), "?show=open", None, show == "open"), Tab(_("全部"), "?show=all", None, show != "open")]
    table = presenters.recovery_table(found, cards, request.standing.may(P.DRAW_BATCHES))
    return render(request, "payments/recoveries.html", {"table": table, "tabs": tabs, "total": total})


class RecoveryForm(forms.Form):
    outcome = forms.ChoiceField(
        label=lazy("结果"),
        choices=[(k, v[0]) for k, v in presenters.RECOVERY_WORDS.items() if k not in ("open", "lifted")],
    )
    amount = forms.DecimalField(
        label=lazy("本次追回（元）"),
        max_digits=9,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        help_text=lazy("部分追回时填写"),
    )
    basis = forms.CharField(
        label=lazy("凭据"),
        max_length=200,
        help_text=lazy("收据、转账回单或减免文件的名称和编号；由另一人复核后才算了结"),
    )


@page(P.DRAW_BATCHES)
def recovery(request: OfficialRequest, person_id: int, batch_id: int, subsidy: str) -> HttpResponse:
    """Write down what became of money to be taken back."""
    found = queries.get_recovery(person_id, batch_id, subsidy)
    if found is None:
        raise Http404
    must_be_in_scope(request, P.DRAW_BATCHES, found.division_code)
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = propose_settlement(
                person_id=person_id,
                batch_id=batch_id,
                subsidy=subsidy,
                outcome=data["outcome"],
                amount=data["amount"],
                basis=data["basis"],
                by=request.user,
                at=request.now.at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已提出，等另一人复核；复核同意才算了结。"))
            return redirect("proposal", made.pk)
    person = registry.person(person_id)
    crumbs = [Crumb(_("追缴"), reverse("recoveries")), Crumb(person.name if person else "")]
    return render(
        request,
        "payments/recovery.html",
        {
            "form": form,
            "recovery": found,
            "person": person,
            "subsidy": presenters.subsidy_name(subsidy),
            "crumbs": crumbs,
        },
    )


@page(P.VIEW_PAYMENTS)
def explain_item(request: OfficialRequest, person_id: int, subsidy: str, month: str, seq: int) -> HttpResponse:
    """Why an amount: due minus paid before, the standard with its document, the situation then, the batch."""
    person = registry.person(person_id)
    items = queries.person_items(person_id) if person else []
    item = next((i for i in items if i.subsidy == subsidy and f"{i.right_month:%Y-%m}" == month and i.seq == seq), None)
    if person is None or item is None:
        raise Http404
    must_be_in_scope(request, P.VIEW_PAYMENTS, person.division_code)
    explanation = explanation_of(item, items, whole=sight_of(request, person.division_code).rights)
    if getattr(request, "htmx", False):
        return render(request, "payments/_explain.html", {"explanation": explanation})
    crumbs = [Crumb(person.name, reverse("person", args=[person_id])), Crumb(explanation.title)]
    return render(request, "payments/explain.html", {"explanation": explanation, "person": person, "crumbs": crumbs})


def cause_of_item(item: Any, items: list[Any], *, whole: bool) -> str:
    """Why the item is there, in the same sentence as on the batch's list; empty for one that is as the month before."""
    asked = queries.asked_of_items(items, only=item)
    return next(iter(cause_sentences(asked, whole=whole).values()), "")


def explanation_of(item: Any, items: list[Any], *, whole: bool) -> Explanation:
    """The sum as lines: due, less what was drawn for that month before.

    `whole`: with the conditions and reasons, which tell category, grade and economic class.
    """
    month = Month.of(item.right_month)
    before = sum(
        (
            i.amount
            for i in items
            if i.subsidy == item.subsidy and i.right_month == item.right_month and i.seq < item.seq and i.void is None
        ),
        Decimal(0),
    )
    due = item.amount + before
    lines = [((_("%(m)s 历史台账实发") if item.batch_state == "recorded" else _("%(m)s 应发")) % {"m": month}, due)]
    if before:
        lines.append((_("减：%(m)s 已发") % {"m": month}, -before))
    notes = []
    row = standards.get_standard(item.standard_id) if item.standard_id else None
    if said := "" if item.batch_state == "recorded" else cause_of_item(item, items, whole=whole):
        label = {"arrears": _("为何事后才补"), "recovery": _("为何收回")}.get(item.kind, _("与上月不同的原因"))
        notes.append((label, said))
    if row is not None:
        document = " ".join(part for part in (row.document_title, row.document_number, row.clause) if part)
        who = condition_words(row.conditions)
        basis = (
            _("%(document)s（%(who)s：%(amount)s）")
            % {"document": document, "who": who, "amount": amount_words(row.amount)}
            if whole
            else document
        )
        notes.append((_("依据"), basis))
    if item.batch_state == "recorded":
        doubts = words.in_turn(problem(code) for code in (item.reasons or "").split(",") if code) if whole else ""
        notes.append((_("来源"), _("上线前的发放，随历史数据导入，按当时实际保留。")))
        notes += [(_("与当时规定不符"), doubts)] if doubts else []
    if item.void == "failed":
        notes.append((_("结果"), _("退票，不计入；更正账户后由新的一笔重发。")))
    label = {"arrears": _("本次补发"), "recovery": _("本次抵扣"), "regular": _("本次发放")}[item.kind]
    return Explanation(
        title=_("为什么是 %(a)s 元") % {"a": f"{item.amount:,.2f}".replace("-", "−")},
        subtitle=_("%(s)s · 所属 %(m)s · %(b)s 批次")
        % {"s": presenters.subsidy_name(item.subsidy), "m": month, "b": f"{item.batch_month:%Y-%m}"},
        lines=lines,
        total_label=label,
        total=item.amount,
        notes=notes,
        record=Link(_("看这个批次"), reverse("batch", args=[item.batch_id]), "file-search"),
    )
