"""One person anywhere in the nation: a number and a reason in, the least that helps out.

The number never stands in an address.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.accounts.rules.looking import NATION_REASONS, REASONS
from lxbt.core import idnumber
from lxbt.payments.operations.asking import Answer, AskingRefused, ask_nation
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Empty, Row, Table
from lxbt.web.kit.formats import month as month_words

STATES = {"granted": (lazy("享受中"), "ok"), "suspended": (lazy("暂停"), "warn")}


@page(P.QUERY_NATION)
def nation(request: OfficialRequest) -> HttpResponse:
    """The form, and after a question the answer beside it."""
    context: dict[str, Any] = {
        "reasons": [(reason, words.translated(reason)) for reason in (*NATION_REASONS, *REASONS)]
    }
    if request.method != "POST":
        return render(request, "registry/nation.html", context)
    number, reason = (
        request.POST.get("number", ""),
        request.POST.get("other", "").strip() or request.POST.get("reason", "").strip(),
    )
    context["chosen"] = request.POST.get("reason", "")
    try:
        found = ask_nation(number=number, reason=reason, by=request.user, at=request.now.at)
    except AskingRefused as refusal:
        return render(request, "registry/nation.html", {**context, "refused": str(refusal)}, status=422)
    context |= {"asked": idnumber.mask(idnumber.normalise(number)), "found": found, "at": request.now.at}
    if found is not None:
        context |= {"rights": rights_table(found), "received": received_table(found), "url": url_of(request, found)}
    return render(request, "registry/nation.html", context)


def url_of(request: OfficialRequest, found: Answer) -> str:
    """The person's page, for those in whose area the person lives."""
    return (
        reverse("person", args=[found.person_id]) if request.standing.may(P.VIEW_PERSONS, found.division_code) else ""
    )


def rights_table(found: Answer) -> Table:
    """What the person has a right to."""
    rows = [
        Row(
            [
                str(words.SUBSIDIES[r.subsidy]),
                Chip(str(STATES[r.state][0]), STATES[r.state][1]),  # type: ignore[arg-type]
                month_words(r.since),
                month_words(r.until),
            ]
        )
        for r in found.rights
    ]
    columns = [Column(_("补贴"), phone="lead"), Column(_("状态")), Column(_("享受起")), Column(_("停发月"))]
    return Table(
        _("待遇"),
        columns,
        rows,
        empty=Empty(_("没有在享待遇"), _("此人目前在全国没有享受两项补贴的待遇。"), icon="circle-check"),
    )


def received_table(found: Answer) -> Table:
    """The last months that were paid, and where."""
    rows = [Row([month_words(r.month), str(words.SUBSIDIES[r.subsidy]), r.county]) for r in found.received]
    columns = [Column(_("月份"), phone="lead"), Column(_("补贴")), Column(_("发放县"))]
    return Table(
        _("最近发放"), columns, rows, empty=Empty(_("近期没有发放"), _("最近三个月和本月没有发放记录。"), icon="cash")
    )
