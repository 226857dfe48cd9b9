"""How the lines to other systems are: for the administrators of the nation. No person is named here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.core.clock import this_moment
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import NATION
from lxbt.exchange import queries
from lxbt.exchange.client import NoAnswer, SaysNo
from lxbt.exchange.operations import applying, demonstration, reconciling, syncing
from lxbt.web.exchange.words import CHANGES, MESSAGES
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page
from lxbt.web.kit.components import Confirm, Crumb, Tile

if TYPE_CHECKING:
    pass
from lxbt.web.exchange.presenters import counts_words, failures_table, latest_table, lines_table, lists_table, tiles


def of_the_nation(request: OfficialRequest) -> None:
    """Who looks after the system, or its security, for the whole country."""
    if not any(request.standing.may(permission, NATION) for permission in (P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY)):
        raise Http404


@page(P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY)
def exchange(request: OfficialRequest) -> HttpResponse:
    """Lines, queues, failures."""
    of_the_nation(request)
    now, counts = request.now.at, queries.queue_counts()
    failed = counts["failed_in"] + counts["failed_out"]
    context = {
        "tiles": tiles(counts, now),
        "lines": lines_table(now),
        "lists": lists_table(now),
        "failures": failures_table(counts),
        "latest": latest_table(now),
        "failed": failed,
        "replay": Confirm(
            id="replay-all",
            title=_("把失败的消息全部重试"),
            act=_("全部重试"),
            url=reverse("exchange_act"),
            fields=[("act", "replay")],
            consequences=[
                (_("重试"), _("%(n)s 条失败的消息将重新处理或发送") % {"n": failed}),
                (_("重复"), _("已经取得的记录不会重复登记，较早的不会覆盖较新的")),
            ],
        ),
        "playing": demonstration.is_playing(),
        "has_federation": queries.federation() is not None,
    }
    return render(request, "exchange/exchange.html", context)


@require_POST
@page(P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY)
def exchange_act(request: OfficialRequest) -> HttpResponse:
    """Try failed messages again, fetch, or compare."""
    of_the_nation(request)
    now, act = request.now.at, request.POST.get("act")
    try:
        if act == "replay":
            done = applying.replay(by=request.user, at=now)
            messages.success(
                request, _("已重新排队：收 %(a)s 条，发 %(b)s 条。") % {"a": done["incoming"], "b": done["outgoing"]}
            )
        elif act == "sync":
            fetched = syncing.synchronise(at=now, on=request.today, clock=this_moment)
            messages.success(
                request,
                _("取数完成：%(n)s 条记录，%(what)s。") % {"n": fetched.records, "what": counts_words(fetched.counts)},
            )
        elif act == "compare":
            found = reconciling.reconcile(at=now, on=request.today)
            messages.success(
                request,
                _("核对完成：%(c)s 个县，差异 %(n)s 人，已补齐 %(h)s 人。")
                % {"c": found.counties, "n": found.persons, "h": found.healed},
            )
        else:
            raise Http404
    except NoAnswer:
        messages.error(request, _("对方没有应答，已取得的部分已保存，系统会自动重试。"))
    except SaysNo as no:
        messages.error(request, _("对方拒绝了请求（%(why)s），请核对双方的编号、密钥和授权。") % {"why": no})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("exchange")


class AsideForm(forms.Form):
    reason = forms.CharField(
        label=lazy("搁置理由"), max_length=200, min_length=4, help_text=lazy("搁置后不再重试，消息仍可查到。")
    )


@page(P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY)
def exchange_message(request: OfficialRequest, direction: str, message_id: int) -> HttpResponse:
    """One failed message: try it again, or put it aside with the reason."""
    of_the_nation(request)
    rows: Any = {"in": queries.failures_in, "out": queries.failures_out}.get(direction)
    found = rows().filter(pk=message_id).first() if rows else None
    if found is None:
        raise Http404
    form = AsideForm(request.POST if request.POST.get("act") == "aside" else None)
    if request.POST.get("act") == "replay":
        applying.replay(
            by=request.user, at=request.now.at, incoming=direction == "in", outgoing=direction == "out", pks=[found.pk]
        )
        messages.success(request, _("已重新排队。"))
        return redirect("exchange")
    if form.is_bound and form.is_valid():
        applying.put_aside(
            pk=found.pk,
            incoming=direction == "in",
            by=request.user,
            reason=form.cleaned_data["reason"],
            at=request.now.at,
        )
        messages.success(request, _("已搁置。"))
        return redirect("exchange")
    moment = found.received_at if direction == "in" else found.made_at
    facts = [
        (_("消息"), str(MESSAGES.get(found.action, found.action))),
        (_("对接方"), found.partner.name),
        (_("编号"), found.message_id),
        (_("时间"), f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"),
        (_("次数"), found.attempts),
        (_("原因"), found.why or "—"),
    ]
    return render(
        request,
        "exchange/message.html",
        {"facts": facts, "form": form, "crumbs": [Crumb(_("数据对接"), reverse("exchange")), Crumb(_("失败的消息"))]},
    )


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(label=lazy("变更"), choices=list(CHANGES.items()))
    number = forms.CharField(label=lazy("身份证号"), required=False, max_length=18, help_text=lazy("留空则任选一人。"))


@page(P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY)
def exchange_demo(request: OfficialRequest) -> HttpResponse:
    """The switch: a certificate changes at the played Federation, and arrives here by itself.

    In a demonstration only.
    """
    must_be_in_scope(
        request, P.MANAGE_ACCOUNTS if request.standing.may(P.MANAGE_ACCOUNTS) else P.MANAGE_SECURITY, NATION
    )
    if not demonstration.is_playing():
        raise Http404
    form = ChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = demonstration.change_certificate(
                kind=form.cleaned_data["kind"],
                identity_number=form.cleaned_data["number"].strip().upper(),
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            what = {"name": made.name, "number": made.masked, "n": made.sequence}
            messages.success(
                request,
                _("残联库（模拟）已变更 %(name)s（%(number)s）的残疾人证，序号 %(n)s；几秒内到达本系统。") % what,
            )
            return redirect("exchange_demo")
    told = demonstration.state()
    shown = [
        Tile(_("模拟库人数"), f"{told.get('persons', 0):,}", icon="users"),
        Tile(_("变更序号"), f"{told.get('sequence', 0):,}", icon="hash"),
        Tile(_("未送出的变更"), f"{told.get('events', 0):,}", icon="send"),
        Tile(_("已送出的变更"), f"{told.get('told', 0):,}", icon="checks"),
    ]
    since = request.now.at - timedelta(hours=1)
    context = {
        "form": form,
        "tiles": shown if told else [],
        "latest": latest_table(request.now.at),
        "received": queries.received_since(since),
        "crumbs": [Crumb(_("数据对接"), reverse("exchange")), Crumb(_("演示变更"))],
    }
    return render(request, "exchange/demo.html", context)
