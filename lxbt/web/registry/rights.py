"""Stopping, suspending and resuming a right by hand: what it will cost is shown first, then it is done.

Reasons: 停发 rules of 国发〔2015〕52号 and its provincial rules. What is known as an event (death, move, prison) is
registered as such and stops the months by itself; here is what only a decision can do.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.entitlements import queries
from lxbt.entitlements.operations import end_entitlement, resume_entitlement, suspend_entitlement
from lxbt.payments.queries import paid_by_month
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.formats import money
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.registry.views import person_in_scope

ACTS = {
    "end": (end_entitlement, lazy("停发")),
    "suspend": (suspend_entitlement, lazy("暂停")),
    "resume": (resume_entitlement, lazy("恢复")),
}
BASES = {
    "own_wish": lazy("本人或监护人自愿放弃"),
    "missing": lazy("宣告失踪"),
    "not_confirmed": lazy("资格认定或复核未通过"),
    "false_papers": lazy("提供虚假材料"),
    "not_found": lazy("联系不上，暂停待核"),
    "cleared": lazy("暂停原因已消除"),
    "other": lazy("其他（写明）"),
}


class RightForm(forms.Form):
    act = forms.ChoiceField(label=lazy("办理"), choices=[(key, label) for key, (_do, label) in ACTS.items()])
    subsidy = forms.ChoiceField(label=lazy("补贴"), choices=list(words.SUBSIDIES.items()))
    since = forms.CharField(
        label=lazy("从哪个月起"), max_length=7, help_text=lazy("如 2026-03；停发和暂停为不再发放的第一个月")
    )
    basis = forms.ChoiceField(label=lazy("依据"), choices=list(BASES.items()))
    note = forms.CharField(label=lazy("说明"), max_length=80, required=False, help_text=lazy("文号、谈话记录、公告等"))

    def clean_since(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["since"].strip())
        except ValueError:
            raise forms.ValidationError(_("月份请写成 2026-03 的样子。")) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("basis") == "other" and len(data.get("note", "").strip()) < 4:
            self.add_error("note", _("选择其他依据的，请写明不少于 4 个字。"))
        return data

    def basis_in_words(self) -> str:
        """What is kept in the ledger."""
        note = self.cleaned_data["note"].strip()
        return f"{BASES[self.cleaned_data['basis']]}" + (_("：") + note if note else "")


@page(P.DECIDE_APPLICATIONS)
def person_right(request: OfficialRequest, person_id: int) -> HttpResponse:
    """First the form, then what it will do, then the deed."""
    found = person_in_scope(request, person_id, P.DECIDE_APPLICATIONS)
    held = queries.entitlements_of(found.pk)
    open_ones = [e for e in held if e.state != "past" and (e.until is None or e.until > request.today)]
    form = RightForm(
        request.POST or None,
        initial={"since": str(Month.of(request.today) + 1), "subsidy": open_ones[0].subsidy if open_ones else ""},
    )
    context: dict[str, Any] = {
        "person": found,
        "form": form,
        "held": [(words.SUBSIDIES[e.subsidy], e) for e in held if e.state != "past"],
    }
    if request.method == "POST" and form.is_valid():
        if request.POST.get("step") == "do":
            try:
                act(request, found.pk, form)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("已办理，从该月起重新计算；已发的差额随下一批次追缴或补发。"))
                return redirect("person", person_id=found.pk)
        elif request.POST.get("step") == "look":
            context |= {"consequences": consequences(found.pk, form), "act": ACTS[form.cleaned_data["act"]][1]}
    context["crumbs"] = [
        Crumb(_("人员查询"), reverse("persons")),
        Crumb(found.name, reverse("person", args=[found.pk])),
        Crumb(_("停发、暂停、恢复")),
    ]
    return render(request, "registry/right.html", context)


def act(request: OfficialRequest, person_id: int, form: RightForm) -> None:
    """Do it."""
    data = form.cleaned_data
    do = ACTS[data["act"]][0]
    do(
        person_id=person_id,
        subsidy=data["subsidy"],
        since=data["since"],
        basis=form.basis_in_words(),
        by=request.user,
        on=request.today,
    )


def consequences(person_id: int, form: RightForm) -> list[tuple[str, str]]:
    """What changes, in words: from when, and what was paid from that month on."""
    data = form.cleaned_data
    since, subsidy = data["since"], data["subsidy"]
    paid = {
        month: yuan
        for (kind, month), yuan in paid_by_month(person_id).items()
        if kind == subsidy and month >= since and yuan > 0
    }
    total = sum(paid.values(), Decimal(0))
    said = [
        (_("从"), str(since)),
        (str(words.SUBSIDIES[subsidy]), str(ACTS[data["act"]][1])),
        (_("依据"), form.basis_in_words()),
    ]
    if data["act"] == "resume":
        return [*said, (_("资金"), _("从该月起按当月规定计算，应补的月份随下一批次补发"))]
    if paid:
        money_words = _("该月及以后已发 %(n)d 个月、%(y)s 元，随下一批次抵扣或追缴") % {
            "n": len(paid),
            "y": money(total),
        }
        return [*said, (_("资金"), money_words)]
    return [*said, (_("资金"), _("该月及以后没有发放过，不产生追缴"))]
