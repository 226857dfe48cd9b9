"""Persons as the pages show them: rows of a search, the story with its month strip."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries as applications
from lxbt.audit import queries as audit
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions import queries as divisions
from lxbt.entitlements import queries as rights
from lxbt.entitlements.waiting import HOLDING
from lxbt.leads import queries as leads
from lxbt.proposals.kinds import KINDS as KINDS_PROPOSED
from lxbt.proposals.queries import waiting_for
from lxbt.registry import queries
from lxbt.registry.queries.duplicates import joined_with
from lxbt.web import words
from lxbt.web.applications.parts import state_chip
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import Chip, Column, Empty, Row, Subsidies, Table
from lxbt.web.kit.components import Person as PersonCell
from lxbt.web.kit.person_facts import confirmed_for, facts_now, source_word
from lxbt.web.kit.sight import Sight, sight_of
from lxbt.web.leads.words import KINDS
from lxbt.web.leads.words import state_chip as state_chip_of_lead
from lxbt.web.matching.parts import in_sight as suspicions_in_sight
from lxbt.web.matching.parts import months_words
from lxbt.web.matching.parts import state_chip as suspicion_chip
from lxbt.web.matching.words import rule_name, source_name
from lxbt.web.registry.story import PersonMoney, money_of
from lxbt.web.registry.timeline import fact_words, timeline_of

SIZE = 50


LOOKS = {
    "person.viewed": lazy("查看本页"),
    "person.looked_up": lazy("窗口查询号码"),
    "nation.asked": lazy("全国查询"),
    "person.revealed": lazy("查看完整号码"),
    "person.printed": lazy("打印明细"),
    "person.exported": lazy("导出"),
}


REVEALED = {
    "id": lazy("身份证号"),
    "certificate": lazy("残疾人证号"),
    "account": lazy("银行账号"),
    "phone": lazy("手机号"),
}


def story_context(request: OfficialRequest, person: Any) -> dict[str, Any]:
    """Everything known of a person, in one page."""
    month, sight = Month.of(request.today), sight_of(request, person.division_code)
    periods = rights.entitlements_of(person.pk)
    known = queries.facts_of(person.pk), queries.certificates_of(person.pk)
    money = (
        money_of(person.pk, periods=periods, known=known, until=month, whole=sight.rights)
        if sight.payments
        else PersonMoney()
    )
    now_held = {
        p.subsidy
        for p in periods
        if p.state != "suspended" and p.since <= month.first and (p.until is None or p.until > month.first)
    }
    held = [s for s in SUBSIDIES if s in now_held]
    told = [money.told[month]] if month in money.told else rights.rights_by_month(person.pk, month, month + 1)
    looks, confirmed = (
        list(audit.looks_at_person(person.pk)[:8]),
        confirmed_for(person.pk, person.division_code, request.today),
    )
    return {
        "person": person,
        "chip": Chip(_("享受中"), "ok") if held else Chip(_("未享受"), "off"),
        "held": Subsidies(held) if held else None,
        "facts": facts_now(
            request,
            person.pk,
            month,
            person=person,
            confirmed=confirmed,
            profile=told[0].profile if told else None,
            known=known,
        ),
        "rights": rights_table(told) if sight.rights else [],
        "money": money,
        "applications": application_table(person.pk) if sight.applications else None,
        "timeline": timeline_of(person.pk, sight, periods, known),
        "suspicions": suspicion_table(request, person.pk)
        if request.standing.may(P.VIEW_SUSPICIONS, person.division_code)
        else None,
        "leads": leads_table(request, person.pk) if sight.applications else None,
        "joined": [
            (x.person_id == person.pk, other_of(x, person.pk), reverse("match", args=[x.match_id]))
            for x in joined_with(person.pk)
        ],
        "confirmed": confirmed,
        "waiting": waiting_about(person.pk),
        "contradictions": contradictions_about(person.pk, sight),
        "looks": [
            (e.at, e.by_name or _("系统"), divisions.name_of(e.by_place) if e.by_place else "", look_words(e), e.why)
            for e in looks
        ],
        "may_edit": request.standing.may(P.EDIT_FACTS, person.division_code),
        "may_decide": request.standing.may(P.DECIDE_APPLICATIONS, person.division_code),
        "may_correct": request.standing.may(P.CORRECT_ACCOUNTS, person.division_code),
    }


def waiting_about(person_id: int) -> list[tuple[str, str, bool]]:
    """What waits for a second person about somebody: (title, address, whether nothing is paid until then)."""
    return [
        (str(KINDS_PROPOSED[row.kind].title), reverse("proposal", args=[row.pk]), row.kind in HOLDING)
        for row in waiting_for(person_id=person_id)
        if row.kind in KINDS_PROPOSED
    ]


def contradictions_about(person_id: int, sight: Sight) -> list[tuple[str, str, str, str]]:
    """What weaker sources said against stronger ones: (said, by whom, what is held, by whom)."""
    return [
        (
            fact_words(SimpleNamespace(key=row.key, value=row.value)),
            source_word(row.source),
            fact_words(SimpleNamespace(key=row.key, value=row.held_value)),
            source_word(row.held_source),
        )
        for row in queries.open_contradictions(person_id)
        if sight.fact(row.key)
    ]


def look_words(event: Any) -> str:
    """查看完整身份证号."""
    if event.action == "person.revealed":
        return _("查看完整%(what)s") % {"what": REVEALED.get(event.subject_kind, "")}
    return str(LOOKS.get(event.action, event.action))


def rights_table(told: list[Any]) -> list[tuple[str, str, Decimal, list[Any], bool]]:
    """(subsidy, name, amount, reasons, whether the ledger grants it) of the current month."""
    if not told:
        return []
    now = told[0]
    return [
        (s, str(words.SUBSIDIES[s]), now.rights[s].amount, list(now.rights[s].reasons), s in now.granted)
        for s in SUBSIDIES
    ]


def application_table(person_id: int) -> Table:
    """All applications of a person."""
    found = list(applications.applications_of(person_id))
    return Table(
        caption=_("申请"),
        columns=[
            Column(_("受理日")),
            Column(_("编号"), phone="lead"),
            Column(_("补贴")),
            Column(_("状态"), phone="first"),
        ],
        rows=[
            Row(
                cells=[a.applied_on, a.number, Subsidies([x.subsidy for x in a.asked.all()]), state_chip(a)],
                url=reverse("application", args=[a.number]),
                action=_("查看"),
            )
            for a in found
        ],
        empty=Empty(_("没有申请记录"), icon="files"),
    )


def other_of(joining: Any, person_id: int) -> str:
    """The address of the other entry of a joining."""
    return reverse("person", args=[joining.other_id if joining.person_id == person_id else joining.person_id])


def suspicion_table(request: OfficialRequest, person_id: int) -> Table | None:
    """The person's suspicions and what came of them, the latest first; those that the account may see."""
    found = list(
        suspicions_in_sight(request, focused=False).filter(person_id=person_id).order_by("-raised_on", "-id")[:50]
    )
    if not found:
        return None
    columns = [
        Column(_("状态"), phone="first"),
        Column(_("预警"), phone="lead"),
        Column(_("月份")),
        Column(_("来源")),
        Column(_("产生")),
    ]
    rows = [
        Row(
            [
                suspicion_chip(x),
                PersonCell(rule_name(x.rule), url=reverse("alert", args=[x.pk])),
                months_words(x),
                source_name(x.source),
                x.raised_on,
            ],
            url=reverse("alert", args=[x.pk]),
        )
        for x in found
    ]
    return Table(caption=_("预警"), columns=columns, rows=rows)


def leads_table(request: OfficialRequest, person_id: int) -> Table | None:
    """What the person was or is to be reminded of; None without any."""
    found = leads.leads_of(person_id)
    if not found:
        return None
    return Table(
        caption=_("主动服务"),
        columns=[
            Column(_("推送日期"), phone="first"),
            Column(_("情形"), phone="lead"),
            Column(_("补贴"), phone="end"),
            Column(_("提醒次数"), "num"),
            Column(_("状态")),
        ],
        rows=[
            Row(
                [
                    x.opened_on,
                    str(KINDS[x.kind]),
                    Subsidies(x.subsidies),
                    x.reminders,
                    state_chip_of_lead(x, request.today),
                ],
                url=reverse("lead", args=[x.pk]),
                action=_("查看"),
            )
            for x in found
        ],
    )
