"""A suspicion as its page shows it: steps, months, evidence of both sides, history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.matching.catalogue import RULES
from lxbt.matching.queries import cases as queries
from lxbt.matching.rules import State
from lxbt.matching.rules.lists import LISTS
from lxbt.payments import queries as payments
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import (
    Chip,
    Column,
    Empty,
    Event,
    Fact,
    Lane,
    Person,
    Row,
    Step,
    Strip,
    StripMonth,
    Subsidies,
    Table,
)
from lxbt.web.kit.person_facts import facts_now
from lxbt.web.matching.words import (
    ACTS,
    EVIDENCE,
    LAPSES,
    MATCHED,
    MEASURES,
    OUTCOME_NOTES,
    OUTCOMES,
    SEVERITIES,
    WAYS,
    evidence_words,
    rule_name,
    source_name,
    value_words,
)
from lxbt.web.words import translated

if TYPE_CHECKING:
    from lxbt.matching.models import Suspicion

SHOWN = 12  # months of the strip
ICONS = {"true": "check", "partly": "adjustments", "false": "x", "unverifiable": "help-circle"}


def basis_of(case: Suspicion) -> str:
    """The document that the rule rests on."""
    return RULES[case.rule].basis if case.rule in RULES else ""


def compares(case: Suspicion) -> str:
    """What the rule compares."""
    return translated(RULES[case.rule].compares) if case.rule in RULES else ""


def severity_chip(case: Suspicion) -> Chip:
    """The rule's name, coloured by how much hangs on it; a hit by likelihood says so."""
    return Chip(rule_name(case.rule), SEVERITIES[case.severity][1], "alert-triangle")


def step_line(case: Suspicion, today: date) -> list[Step]:
    """Raised, dispatched, verified, confirmed, closed: who, when, what comes."""
    township, county = divisions.name_of(case.division_code), divisions.name_of(case.county_code)
    state, order = State(case.state), [State.RAISED, State.DISPATCHED, State.CONCLUDED, State.CONFIRMED, State.CLOSED]
    reached = {State.VERIFYING: 1, State.LAPSED: 4}.get(state, order.index(state) if state in order else 0)
    current = {State.RAISED: 1, State.DISPATCHED: 2, State.VERIFYING: 2, State.CONCLUDED: 3, State.CONFIRMED: 4}.get(
        state
    )

    def step(place: int, name: str, who: str, on: date | None, note: str = "") -> Step:
        kind: Any = "current" if place == current else "done" if place <= reached else "future"
        return Step(
            name, kind, who, f"{on:%m-%d}" if on and kind != "future" else "", note=note if kind == "current" else ""
        )

    due = _("限 %(day)s") % {"day": f"{case.due_on:%m-%d}"} if case.due_on else ""
    return [
        step(0, _("比对产生"), source_name(case.source), case.raised_on),
        step(1, _("派发"), _("%(name)s民政") % {"name": county}, case.dispatched_on),
        step(2, _("乡镇核实"), township, case.concluded_on, due),
        step(3, _("县级复核"), _("%(name)s民政") % {"name": county}, case.confirmed_on),
        step(4, _("销号"), "", case.closed_on, _("可抽查；追缴结清后销号")),
    ]


def strip_of(case: Suspicion) -> Strip | None:
    """The last months: what was paid, and which of it is claimed."""
    claimed = {subsidy: {Month.parse(m): Decimal(a) for m, a in told.items()} for subsidy, told in case.months.items()}
    paid = payments.paid_by_month(case.person_id)
    months = sorted({m for told in claimed.values() for m in told} | {m for _s, m in paid})
    if not months:
        return None
    last = months[-1]
    first = max(months[0], last.back(SHOWN - 1))
    lanes = []
    for subsidy in sorted({s for s, _m in paid} | set(claimed), key=lambda s: s != "living"):
        lanes.append(
            Lane(
                subsidy,
                [
                    strip_month(case, subsidy, month, paid.get((subsidy, month)), claimed.get(subsidy, {}).get(month))
                    for month in first.until(last + 1)
                ],
            )
        )
    event = (
        Month.of(case.since_month).back(1) if case.since_month and first < Month.of(case.since_month) <= last else None
    )
    return Strip(
        id="claimed",
        lanes=lanes,
        sentence=_("%(a)s 至 %(b)s 逐月发放和疑似月份") % {"a": first, "b": last},
        event_month=event.first if event else None,
    )


def strip_month(
    case: Suspicion, subsidy: str, month: Month, paid: Decimal | None, claimed: Decimal | None
) -> StripMonth:
    """One month of the strip."""
    told = {"month": month, "paid": f"{paid or 0:,.2f}", "claimed": f"{claimed or 0:,.2f}"}
    if claimed is not None and case.side == "over":
        return StripMonth(
            month.first, "overpaid", paid or claimed, _("%(month)s 已发 %(paid)s，疑似多发 %(claimed)s") % told
        )
    if claimed is not None:
        return StripMonth(month.first, "waiting", claimed, _("%(month)s 已发 %(paid)s，疑似少发 %(claimed)s") % told)
    if paid:
        return StripMonth(month.first, "paid", paid, _("%(month)s 已发 %(paid)s") % told)
    return StripMonth(month.first, "none", None, _("%(month)s 没有发放") % told)


def evidence_table(request: OfficialRequest, case: Suspicion) -> Table:
    """What the other side says, what this side says, and what else lists say of the person: happened on, received on,
    how matched.
    """
    rows, seen = [], set()
    for row in case.evidence:
        if "list" in row:
            seen.add((row["list"], row.get("row")))
            kind = LISTS.get(str(row.get("kind", "")))
            rows.append(
                Row(
                    [
                        translated(kind.title) if kind else source_name(case.source),
                        content_words(row),
                        source_words(row),
                        day_words(row.get("event_on")),
                        day_words(row.get("received_on")),
                        match_chip(str(row.get("matched", "")), str(row.get("name", "")), case),
                    ]
                )
            )
        else:
            rows.append(
                Row(
                    [
                        source_name(case.source),
                        evidence_words(row) or "—",
                        _("本系统"),
                        "—",
                        "—",
                        Chip(_("本系统"), "ok"),
                    ]
                )
            )
    if request.standing.may(P.VIEW_HOUSEHOLD, case.division_code):
        for entry, kept in queries.entries_about(case.person_id):
            if (kept.pk, entry.row) not in seen and entry.kind in (
                "deaths",
                "cremations",
                "moves",
                "life_signs",
                "prison",
            ):
                content = content_words({"value": entry.value, "amount": entry.amount})
                rows.append(
                    Row(
                        [
                            translated(LISTS[entry.kind].title),
                            content,
                            kept.source,
                            day_words(entry.event_on),
                            day_words(kept.received_on),
                            match_chip(entry.matched, entry.name, case),
                        ]
                    )
                )
    return Table(
        caption=_("证据"),
        columns=[
            Column(_("证据"), phone="lead"),
            Column(_("内容")),
            Column(_("来源")),
            Column(_("发生日")),
            Column(_("收到日")),
            Column(_("匹配")),
        ],
        rows=rows,
        empty=Empty(_("没有证据"), icon="file-search"),
    )


def source_words(row: Mapping[str, Any]) -> object:
    """The body that says it; of an answer, when it was asked and answered."""
    source = str(row.get("source", "—"))
    if row.get("asked_at"):
        return Person(
            source,
            second=_("%(asked)s 查询，%(answered)s 回复")
            % {"asked": day_words(row["asked_at"]), "answered": day_words(row.get("answered_at"))},
        )
    return Person(source, second=_("接口告知")) if row.get("channel") == "interface" else source


def day_words(day: object) -> str:
    """A day, or a dash."""
    return str(day)[:10] if day else "—"


def content_words(row: Mapping[str, Any]) -> str:
    """What a row of a list says beside its day."""
    kept = {key: row[key] for key in ("value", "since", "until", "amount") if row.get(key) not in (None, "")}
    return (
        words.in_turn(
            value_words(key, value) if key == "value" else words.told(EVIDENCE[key], value_words(key, value))
            for key, value in kept.items()
        )
        or "—"
    )


def match_chip(matched: str, name: str, case: Suspicion) -> Chip:
    """By number; or by likelihood, which a person must make sure of."""
    if matched == "name" or case.fuzzy:
        return Chip(str(MATCHED["name"]), "warn", "alert-circle")
    return Chip(str(MATCHED["number"]), "ok")


def proofs(case: Suspicion) -> list[dict[str, Any]]:
    """Photographs and papers with their addresses."""
    return [
        {
            "url": reverse("alert_proof", args=[case.pk, one.pk]),
            "label": _("照片") if one.kind == "photo" else _("证明材料"),
            "at": timezone.localtime(one.added_at),
            "placed": f"{one.latitude}, {one.longitude}"
            if one.latitude is not None and one.longitude is not None
            else "",
            "note": one.note,
        }
        for one in queries.proofs_of(case.pk)
    ]


def history(case: Suspicion) -> list[Event]:
    """What was done, latest first; that it was raised at the end."""
    events = []
    for act in queries.acts_of(case.pk):
        who = (
            _("%(place)s · %(name)s") % {"place": divisions.name_of(act.place_code), "name": act.by_name}
            if act.by_name
            else _("系统")
        )
        told = [who, words.in_turn(said_of(act.details)), act.opinion]
        events.append(
            Event(
                beijing_day(act.at),
                str(ACTS.get(act.act, act.act)),
                _("，").join(part for part in told if part),
            )
        )
    if case.stopped_month:
        events.append(
            Event(
                case.raised_on,
                _("按当地参数自动暂停"),
                _("自 %(month)s 起，核实不属实即恢复") % {"month": f"{case.stopped_month:%Y-%m}"},
            )
        )
    events.append(Event(case.raised_on, _("比对产生"), source_name(case.source)))
    return events


def said_of(details: Mapping[str, Any]) -> list[str]:
    """The outcome and measure of an act."""
    found = [
        str(table[details[key]])
        for key, table in (("outcome", OUTCOMES), ("measure", MEASURES))
        if details.get(key) in table
    ]
    if details.get("month"):
        found.append(_("自 %(month)s 起") % {"month": details["month"]})
    if details.get("reason") in LAPSES:
        found.append(str(LAPSES[details["reason"]]))
    return found


def said(case: Suspicion) -> list[tuple[str, str]]:
    """The conclusion, ready to be confirmed."""
    if not case.outcome:
        return []
    found = [
        (_("结论"), str(OUTCOMES[case.outcome])),
        (_("处理"), str(MEASURES[case.measure])),
        (_("核实方式"), str(WAYS.get(case.way, case.way))),
    ]
    if case.measure_month:
        found.append((_("自哪月起"), f"{case.measure_month:%Y-%m}"))
    if case.basis:
        found.append((_("依据"), case.basis))
    return found


def outcome_cards(form: forms.Form) -> list[tuple[str, str, str, str, str, bool]]:
    """(value, title, note, icon, key, whether chosen) of the four outcomes."""
    chosen = form["outcome"].value()
    return [
        (key, str(label), str(OUTCOME_NOTES[key]), ICONS[key], str(n), key == chosen)
        for n, (key, label) in enumerate(OUTCOMES.items(), start=1)
    ]


def others_table(request: OfficialRequest, case: Suspicion) -> Table | None:
    """Other cases of the person."""
    from lxbt.web.matching.parts import in_sight, months_words, state_chip

    rows = in_sight(request).filter(person_id=case.person_id).exclude(pk=case.pk).order_by("-raised_on")[:10]
    shown = [
        Row(
            [
                state_chip(o),
                Person(rule_name(o.rule), url=reverse("alert", args=[o.pk])),
                months_words(o),
                Subsidies(sorted(o.months)) if o.months else "—",
            ]
        )
        for o in rows
    ]
    if not shown:
        return None
    columns = [
        Column(_("状态"), phone="first"),
        Column(_("预警"), phone="lead"),
        Column(_("月份")),
        Column(_("补贴"), phone="end"),
    ]
    return Table(caption=_("此人其他预警"), columns=columns, rows=shown)


def facts(request: OfficialRequest, case: Suspicion) -> list[Fact]:
    """What the registry knows now, with source and day received."""
    return facts_now(request, case.person_id, Month.of(request.today))


def recoveries(request: OfficialRequest, case: Suspicion) -> Table | None:
    """Money that is taken back from the person."""
    rows = payments.recoveries_within(open_only=False).filter(person_id=case.person_id).order_by("-opened_on")
    may = request.standing.may(P.DRAW_BATCHES, case.division_code)
    shown = [
        Row(
            [Subsidies([r.subsidy]), r.amount, r.recovered, r.opened_on],
            url=reverse("recovery", args=[r.person_id, r.batch_id, r.subsidy]) if may else "",
            action=_("查看") if may else "",
        )
        for r in rows
    ]
    if not shown:
        return None
    return Table(
        caption=_("追缴"),
        columns=[
            Column(_("补贴"), phone="lead"),
            Column(_("应追缴（元）"), "num"),
            Column(_("已追回（元）"), "num"),
            Column(_("开出日")),
        ],
        rows=shown,
    )
