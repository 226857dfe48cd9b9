"""Bulletins by a plan: the plans of the own office, one with its issues, planning and changing, a draft at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.rollout.operations import bulletins as operations
from lxbt.rollout.queries import bulletins as queries
from lxbt.rollout.rules.bulletins import (
    ABOUT,
    FIRST_TEXT,
    FIRST_TITLE,
    PARTS,
    PLACES,
    Figures,
    lines_of,
    said,
    words_of,
)
from lxbt.web.bulletins.forms import INTERVALS, BulletinForm
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Person, Row, Table
from lxbt.web.kit.fields import version_of
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.notices.words import first_words, state_chip
from lxbt.web.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxbt.rollout.models import Bulletin, BulletinIssue


def when(bulletin: Bulletin) -> str:
    """每周 周一 09:00."""
    word, at = str(INTERVALS[bulletin.interval]), f"{bulletin.at:%H:%M}"
    if bulletin.interval == "weekly":
        days = {1: _("周一"), 2: _("周二"), 3: _("周三"), 4: _("周四"), 5: _("周五"), 6: _("周六"), 7: _("周日")}
        return f"{word} {days[bulletin.day]} {at}"
    return f"{word} {_('%(n)s 日') % {'n': bulletin.day}} {at}" if bulletin.interval == "monthly" else f"{word} {at}"


def active_chip(bulletin: Bulletin) -> Chip:
    """启用, 停用."""
    return Chip(_("启用"), "ok") if bulletin.active else Chip(_("停用"), "off", "player-pause")


@page(P.PUBLISH_BULLETINS)
def bulletins(request: OfficialRequest) -> HttpResponse:
    """The plans, the next due first, and the latest issues of all."""
    rows = list(queries.bulletins_of(request.standing)[:100])
    table = Table(
        caption=_("通报计划"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("标题"), phone="lead"),
            Column(_("周期")),
            Column(_("下一期"), phone="corner"),
            Column(_("发布方式")),
        ],
        rows=[
            Row(
                [
                    active_chip(one),
                    Person(one.title, second=divisions.name_of(one.area), url=reverse("bulletin", args=[one.pk])),
                    when(one),
                    f"{timezone.localtime(one.next_due_at):%m-%d %H:%M}" if one.active else "—",
                    _("自动") if one.automatic else _("看过再发"),
                ],
                url=reverse("bulletin", args=[one.pk]),
                action=_("打开"),
            )
            for one in rows
        ],
        empty=Empty(_("还没有定期通报"), _("写好模板和周期，到时按最新数字生成。"), icon="report"),
    )
    issues = queries.issues_of([one.pk for one in rows], 20)
    return render(
        request, "bulletins/bulletins.html", {"table": table, "issues": issue_table(issues) if issues else None}
    )


def issue_table(rows: Sequence[BulletinIssue]) -> Table:
    """Issues with where they stand."""
    return Table(
        caption=_("各期通报"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("通报"), phone="lead"),
            Column(_("应发"), phone="corner"),
            Column(_("数字截至")),
            Column(_("收文单位"), "num"),
        ],
        rows=[
            Row(
                [
                    state_chip(one.circular.state) if one.circular else Chip(_("已删除"), "off"),
                    Person(
                        one.circular.title if one.circular else _("第 %(n)s 期") % {"n": one.number},
                        second=one.circular.number if one.circular else "",
                        url=reverse("circular", args=[one.circular_id]) if one.circular_id else "",
                    ),
                    f"{timezone.localtime(one.due_at):%m-%d %H:%M}",
                    one.figures["as_of"] or "—",
                    one.circular.offices if one.circular else None,
                ],
                url=reverse("circular", args=[one.circular_id]) if one.circular_id else "",
                action=_("打开") if one.circular_id else "",
            )
            for one in rows
        ],
        empty=Empty(_("还没有生成过"), icon="report"),
    )


def sending_office(request: OfficialRequest) -> str:
    """The office that the account publishes for: the one looked at, else its first."""
    areas = request.standing.areas(P.PUBLISH_BULLETINS)
    return request.focus if request.focus in areas else areas[0]


def words_offered(figures: Figures) -> dict[str, Any]:
    """The words that can stand in a text with their values of now, and the lines for tables and charts."""
    return {
        "places": [
            (f"{{{word}}}", said(figures.values[key]) if key in figures.values else "—") for word, key in PLACES.items()
        ],
        "about": listed(words_of(ABOUT)),
        "parts": lines_of(PARTS),
    }


@page(P.PUBLISH_BULLETINS)
def bulletin_new(request: OfficialRequest) -> HttpResponse:
    """Plan one."""
    code = sending_office(request)
    initial = {
        **first_words(code, request.standing.organ),
        "title": FIRST_TITLE,
        "text": FIRST_TEXT,
        "interval": "monthly",
        "at": "09:00",
    }
    form = BulletinForm(request.POST or None, from_code=code, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.plan_bulletin(plan=form.plan(), from_code=code, by=request.user, at=request.now.at)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, _("已保存，下一期 %(at)s。") % {"at": f"{timezone.localtime(made.next_due_at):%Y-%m-%d %H:%M}"}
            )
            return redirect("bulletin", bulletin_id=made.pk)
    crumbs = [Crumb(_("定期通报"), reverse("bulletins")), Crumb(_("新计划"))]
    context = {
        "form": form,
        "crumbs": crumbs,
        "bulletin": None,
        **words_offered(queries.figures_of(code, at=request.now.at)),
    }
    return render(request, "bulletins/plan.html", context)


def found_bulletin(request: OfficialRequest, bulletin_id: int) -> Bulletin:
    """One of the own office, else not found."""
    one = queries.bulletin_of(request.standing, bulletin_id)
    if one is None:
        raise Http404
    return one


@page(P.PUBLISH_BULLETINS)
def bulletin(request: OfficialRequest, bulletin_id: int) -> HttpResponse:
    """A plan and its issues; changed here."""
    one = found_bulletin(request, bulletin_id)
    names = (
        "title",
        "number",
        "issuer",
        "addressee",
        "text",
        "interval",
        "day",
        "at",
        "area",
        "to_organ",
        "receipt_days",
        "automatic",
    )
    initial = {**{name: getattr(one, name) for name in names}, "levels": [str(level) for level in one.levels]}
    form = BulletinForm(request.POST or None, from_code=one.from_code, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_bulletin(
                bulletin_id=one.pk,
                version=version_of(request),
                plan=form.plan(),
                by=request.user,
                at=request.now.at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存，从下一期起生效。"))
            return redirect("bulletin", bulletin_id=one.pk)
    context = {
        "bulletin": one,
        "form": form,
        "chip": active_chip(one),
        "when": when(one),
        "issues": issue_table(queries.issues_of([one.pk])),
        "crumbs": [Crumb(_("定期通报"), reverse("bulletins")), Crumb(one.title)],
        **words_offered(queries.figures_of(one.area, at=request.now.at)),
    }
    return render(request, "bulletins/plan.html", context)


@require_POST
@page(P.PUBLISH_BULLETINS)
def bulletin_act(request: OfficialRequest, bulletin_id: int) -> HttpResponse:
    """A draft at once; rest; go on."""
    one = found_bulletin(request, bulletin_id)
    told: dict[str, Any] = {"bulletin_id": one.pk, "by": request.user, "at": request.now.at}
    try:
        if request.POST.get("act") == "issue":
            issue = operations.issue_now(**told)
            messages.success(request, _("已按现在的数字生成草稿，请核对后发布。"))
            return redirect("circular", circular_id=issue.circular_id)
        if request.POST.get("act") in ("pause", "resume"):
            operations.switch_bulletin(active=request.POST["act"] == "resume", **told)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("bulletin", bulletin_id=one.pk)
