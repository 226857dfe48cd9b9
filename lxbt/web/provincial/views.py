"""Whose programs may push into the system: opened, given keys, changed, closed; what they pushed and what
became of it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.core import signing
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.provincial import queries
from lxbt.provincial.operations import clients as operations
from lxbt.provincial.operations import going_live
from lxbt.provincial.queries.watching import standings
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Confirm, Crumb, Tab
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.provincial.forms import ChangeForm, KeyForm, OpenForm
from lxbt.web.provincial.presenters import batches_table, clients_table, counts_of, keys_table, results_table, tiles_of
from lxbt.web.provincial.words import KINDS, STATES, chip_of, client_chip

if TYPE_CHECKING:
    from lxbt.provincial.models import Client

SHOWN = 10  # batches on the page of a client


def client_of(request: OfficialRequest, client_pk: int) -> Client:
    """A client of the account's own area; anything else is not found."""
    found = queries.clients_within(in_scope(request.standing, P.MANAGE_INTERFACE)).filter(pk=client_pk).first()
    if found is None:
        raise Http404
    return found


@page(P.MANAGE_INTERFACE)
def provinces(request: OfficialRequest) -> HttpResponse:
    """The clients of the area."""
    found = list(queries.clients_within(in_scope(request.standing, P.MANAGE_INTERFACE, focus=request.focus)))
    return render(
        request, "provincial/clients.html", {"table": clients_table(found, standings(found, at=request.now.at))}
    )


@page(P.MANAGE_INTERFACE)
def province_new(request: OfficialRequest) -> HttpResponse:
    """Open a client for the area that is shown, in the sandbox. What is secret is shown once."""
    if not request.standing.may(P.MANAGE_INTERFACE, request.focus):
        raise Http404
    form = OpenForm(request.POST or None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        private, public = key_pair(told)
        try:
            opened = operations.open_client_with_key(
                **{name: told[name] for name in ("client_id", "name", "quota", "certificate", "key_id", "algorithm")},
                public_key=public,
                division_code=request.focus,
                by=request.user,
                at=request.now.at,
            )
            return _told_once(request, opened.client, told["key_id"], private, opened.handle_key)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return render(
        request,
        "provincial/new.html",
        {"form": form, "place": divisions.name_of(request.focus), "crumbs": _crumbs(_("开通接口"))},
    )


def _crumbs(*words: str) -> list[Crumb]:
    return [Crumb(_("省级接口"), reverse("provinces")), *(Crumb(word) for word in words)]


def key_pair(told: Mapping[str, Any]) -> tuple[str, bytes]:
    """The public key of a form, and the private half as Base64 when the pair is made here."""
    if told["public_key"]:
        return "", told["public_key"]
    private, public = signing.new_pair(told["algorithm"])
    return base64.b64encode(private).decode(), public


def _told_once(
    request: OfficialRequest, client: Client, key_id: str, private: str, handle_key: str = ""
) -> HttpResponse:
    context = {
        "client": client,
        "key_id": key_id,
        "private": private,
        "handle_key": handle_key,
        "crumbs": _crumbs(client.name),
    }
    return render(request, "provincial/told_once.html", context)


@page(P.MANAGE_INTERFACE)
def province(request: OfficialRequest, client_pk: int) -> HttpResponse:
    """One client: what it may, its keys, what it pushed last."""
    client, now = client_of(request, client_pk), request.now.at
    change = ChangeForm(
        request.POST if request.POST.get("act") == "change" else None,
        initial={
            "name": client.name,
            "quota": client.quota,
            "certificate": client.certificate,
            "sandbox": client.sandbox,
        },
    )
    key = KeyForm(
        request.POST if request.POST.get("act") == "key" else None, initial={"key_id": f"{request.today:%Y-%m}"}
    )
    if request.method == "POST" and (done := _act(request, client, change, key)) is not None:
        return done
    keys = queries.keys_of(client)
    live = [one for one in keys if one.until_at is None]
    batches = list(queries.batches_of(client)[: SHOWN + 1])
    context = {
        "client": client,
        "place": divisions.name_of(client.division_code),
        "chip": client_chip(closed=client.closed_at is not None, sandbox=client.sandbox),
        "tiles": tiles_of(standings([client], at=now)[client.pk], client, now),
        "keys": keys_table(keys, now),
        "live": live,
        "batches": batches_table(batches[:SHOWN]),
        "more": len(batches) > SHOWN,
        "change": change,
        "key": key,
        "crumbs": _crumbs(client.name),
        "close": Confirm(
            id="close-client",
            title=_("停用“%(name)s”") % {"name": client.name},
            act=_("停用"),
            url=reverse("province", args=[client.pk]),
            fields=[("act", "close")],
            consequences=[(_("推送"), _("从现在起不再接受它的任何请求")), (_("数据"), _("已经推送的记录保留不变"))],
            reason_label=_("停用原因"),
            danger=True,
        ),
    }
    return render(request, "provincial/client.html", context)


def _act(request: OfficialRequest, client: Client, change: ChangeForm, key: KeyForm) -> HttpResponse | None:
    """Do what was asked; None when a form is to be shown again."""
    act, at = request.POST.get("act"), request.now.at
    form = change if act == "change" else key
    try:
        if act == "change" and change.is_valid():
            told = dict(change.cleaned_data)
            reason = told.pop("reason")
            live = client.sandbox and not told["sandbox"]
            with transaction.atomic():
                operations.change_client(
                    client=client, by=request.user, at=at, **told | {"sandbox": told["sandbox"] or live}
                )
                if live:
                    going_live.ask_to_go_live(client=client, reason=reason, by=request.user, at=at, on=request.today)
            messages.success(request, _("已提交，上一级同意后转为正式接入。") if live else _("已保存。"))
        elif act == "key" and key.is_valid():
            told = key.cleaned_data
            private, public = key_pair(told)
            if not client.sandbox:
                going_live.ask_for_key(
                    client=client,
                    key_id=told["key_id"],
                    algorithm=told["algorithm"],
                    public_key=public,
                    reason=told["reason"],
                    by=request.user,
                    at=at,
                    on=request.today,
                )
                if private:
                    return _told_once(request, client, told["key_id"], private)
                messages.success(request, _("已提交，上一级同意后启用这把公钥。"))
                return redirect("province", client.pk)
            operations.add_key(
                client=client,
                key_id=told["key_id"],
                algorithm=told["algorithm"],
                public_key=public,
                replacing=True,
                by=request.user,
                at=at,
            )
            if private:
                return _told_once(request, client, told["key_id"], private)
            messages.success(request, _("已登记公钥，原有的密钥 5 分钟后停用。"))
        elif act == "end":
            operations.end_key(client=client, key_id=request.POST.get("key", ""), by=request.user, at=at)
            messages.success(request, _("已停用这把密钥。"))
        elif act == "close":
            operations.close_client(client=client, reason=request.POST.get("reason", "")[:200], by=request.user, at=at)
            messages.success(request, _("已停用这个接入系统。"))
        else:
            return None
    except Refusal as refusal:
        if act in ("change", "key"):
            show_refusal(form, refusal)
            return None
        messages.error(request, str(refusal))
    return redirect("province", client.pk)


@page(P.MANAGE_INTERFACE)
def province_batches(request: OfficialRequest, client_pk: int) -> HttpResponse:
    """All that a client pushed, by kind."""
    client = client_of(request, client_pk)
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    rows = queries.batches_of(client)
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    total = rows.count()
    found = list(
        (rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows).order_by("-pk")[: SIZE + 1]
    )
    shown, paging = cut(found, total, lambda row: str(row.pk), paged=bool(after), unit=_("批"))
    tabs = [
        Tab(_("全部"), "?", None, kind not in KINDS),
        *(Tab(str(word), f"?kind={key}", None, kind == key) for key, word in KINDS.items()),
    ]
    crumbs = [
        Crumb(_("省级接口"), reverse("provinces")),
        Crumb(client.name, reverse("province", args=[client.pk])),
        Crumb(_("推送批次")),
    ]
    return render(
        request,
        "provincial/batches.html",
        {"client": client, "table": batches_table(shown, paging), "tabs": tabs, "crumbs": crumbs},
    )


@page(P.MANAGE_INTERFACE)
def province_batch(request: OfficialRequest, client_pk: int, pushed_id: int) -> HttpResponse:
    """One batch: its counts, and the rows that were not taken or are doubtful (or all)."""
    client = client_of(request, client_pk)
    batch = queries.batch_of(client, pushed_id)
    if batch is None:
        raise Http404
    every, after = request.GET.get("rows") == "all", request.GET.get("after", "")
    found = queries.results_of(
        batch, after=whole_number(after, most=2**31 - 1) or 0, problems=not every, limit=SIZE + 1
    )
    shown, paging = cut(found, None, lambda row: str(row.row_no), paged=bool(after), unit=_("行"))
    counts = queries.outcomes_of(batch)
    crumbs = [
        Crumb(_("省级接口"), reverse("provinces")),
        Crumb(client.name, reverse("province", args=[client.pk])),
        Crumb(_("批次 %(n)s") % {"n": batch.pk}),
    ]
    context = {
        "client": client,
        "batch": batch,
        "kind": str(KINDS[batch.kind]),
        "chip": chip_of(STATES[queries.state_of(batch)]),
        "counts": counts_of(counts),
        "table": results_table(shown, paging),
        "crumbs": crumbs,
        "tabs": [
            Tab(_("未通过或存疑"), "?", None, not every),
            Tab(_("全部行"), "?rows=all", sum(counts.values()), every),
        ],
    }
    return render(request, "provincial/batch.html", context)
