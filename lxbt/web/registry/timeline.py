"""A person's story month by month: what was decided, became known, changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.applications import queries as applications
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions import queries as divisions
from lxbt.entitlements import queries as rights
from lxbt.payments.cause_words import basis_words
from lxbt.web import words
from lxbt.web.imports.words import problem as words_of_import
from lxbt.web.kit.components import Event
from lxbt.web.kit.person_facts import certificate_words, source_word
from lxbt.web.kit.sight import Sight


def _basis(text: str) -> str:
    """What a step of the ledger rests on; nothing where nothing was written."""
    return basis_words(text) if text else ""


def timeline_of(
    person_id: int, sight: Sight, periods: Sequence[Any], known: tuple[list[Any], list[Any]]
) -> list[Event]:
    """What became known, latest first: the day it counts from, and when and from whom it came."""
    events: list[tuple[date, Event]] = []
    for fact in known[0]:
        if fact.key in ("birth", "sex") or not sight.fact(fact.key):
            continue
        label = fact_words(fact)
        on = fact.since or fact.received_on
        late = fact.since is not None and (fact.received_on - fact.since).days > 62
        note = _("%(source)s，%(day)s 收到") % {"source": source_word(fact.source), "day": fact.received_on}
        events.append((on, Event(f"{fact.since:%Y-%m}" if fact.since else fact.received_on, label, note, late)))
    for certificate in known[1] if sight.disability else ():
        on = certificate.issued_on or certificate.received_on
        title = _("残疾人证 %(what)s，有效至 %(until)s") % {
            "what": certificate_words(certificate),
            "until": certificate.valid_until or "—",
        }
        events.append(
            (
                on,
                Event(
                    on,
                    title,
                    _("%(source)s，%(day)s 收到")
                    % {"source": source_word(certificate.source), "day": certificate.received_on},
                ),
            )
        )
    suspended = {s: {p.since for p in periods if p.subsidy == s and p.state == "suspended"} for s in SUBSIDIES}
    for period in periods:
        name = words.SUBSIDIES_SHORT[period.subsidy]
        if period.state == "past":
            events.append(past_event(period, name))
            continue
        if period.state == "suspended":
            events.append(
                (
                    period.since,
                    Event(
                        f"{period.since:%Y-%m}",
                        _("暂停%(name)s") % {"name": name},
                        _basis(period.basis),
                    ),
                )
            )
            continue
        events.append(
            (
                period.since,
                Event(
                    f"{period.since:%Y-%m}",
                    _("给予%(name)s") % {"name": name},
                    _("%(day)s 审定") % {"day": period.granted_on},
                ),
            )
        )
        if period.until is not None and period.until not in suspended[period.subsidy]:
            events.append(
                (
                    period.until,
                    Event(
                        f"{period.until:%Y-%m}",
                        _("停发%(name)s") % {"name": name},
                        _basis(period.end_basis),
                    ),
                )
            )
    events += [past_change(change) for change in rights.past_changes_of(person_id)] if sight.rights else []
    events += (
        [elsewhere(told) for told in applications.recorded_applications_of(person_id)] if sight.applications else []
    )
    return [event for _on, event in sorted(events, key=lambda pair: pair[0], reverse=True)]


def past_event(period: Any, name: Any) -> tuple[date, Event]:
    """上线前已发护理补贴，2016-01 至 2019-06，共 42 个月."""
    since, until = Month.of(period.since), Month.of(period.until)
    count = len(list(since.until(until)))
    months = _("%(since)s 至 %(until)s，共 %(n)d 个月，据历史台账") % {
        "since": since,
        "until": until.back(1),
        "n": count,
    }
    return period.since, Event(f"{since}", _("上线前已发%(name)s") % {"name": name}, months)


def past_change(change: Any) -> tuple[date, Event]:
    """A change that the books of the time tell: 提标，60 → 80."""
    title = _("上线前%(change)s（%(name)s）") % {
        "change": PAST_CHANGES[change.kind],
        "name": words.SUBSIDIES_SHORT[change.subsidy],
    }
    values = " → ".join(value for value in (change.old_value, change.new_value) if value)
    decided = _("%(day)s 审定") % {"day": change.decided_on} if change.decided_on else ""
    doubts = words.in_turn(words_of_import(code) for code in change.doubts)
    return change.month, Event(
        f"{change.month:%Y-%m}",
        title,
        words.listed(part for part in (values, change.reason, decided) if part),
        bool(doubts),
        doubts,
    )


def elsewhere(told: Any) -> tuple[date, Event]:
    """An application dealt with in another system: 在省级系统申请护理补贴，同意，2026-02-20 审定."""
    title = _("在其他系统申请%(name)s：%(decision)s") % {
        "name": words.SUBSIDIES_SHORT[told.subsidy],
        "decision": DECISIONS[told.decision],
    }
    decided = _("%(day)s 审定") % {"day": told.decided_on} if told.decided_on else ""
    return told.applied_on, Event(told.applied_on, title, words.listed(part for part in (told.reason, decided) if part))


DECISIONS = {"pending": lazy("办理中"), "granted": lazy("同意"), "refused": lazy("不同意"), "withdrawn": lazy("已撤回")}


PAST_CHANGES = {
    "new": lazy("新增"),
    "stop": lazy("停发"),
    "rise": lazy("提标"),
    "grade": lazy("等级变更"),
    "suspend": lazy("暂停"),
    "resume": lazy("恢复"),
    "move_in": lazy("迁入"),
    "move_out": lazy("迁出"),
    "other": lazy("其他变更"),
}


LABELS = {
    "division": lazy("户籍"),
    "economic": lazy("家庭经济"),
    "area": lazy("户口性质"),
    "employment": lazy("就业"),
    "self_care": lazy("自理能力"),
    "care_setting": lazy("照护方式"),
    "household": lazy("特殊家庭"),
    "other_benefits": lazy("其他待遇"),
    "income_ratio": lazy("收入与低保标准之比"),
    "own_income": lazy("本人月收入"),
    "long_term_care": lazy("长期照护"),
    "died_on": lazy("死亡"),
    "moved_out_on": lazy("户籍迁出"),
    "imprisoned_on": lazy("服刑"),
    "certificate": lazy("残疾人证"),
}


VALUES: dict[str, dict[Any, Any]] = {
    "economic": words.ECONOMIC,
    "area": words.AREAS,
    "employment": words.EMPLOYMENT,
    "self_care": words.SELF_CARE,
    "care_setting": words.CARE_SETTINGS,
}


def fact_words(fact: Any) -> str:
    """家庭经济：低保边缘."""
    value: Any = fact.value
    if fact.key == "certificate":
        days = [str(value[name]) for name in ("issued_on", "valid_until", "frozen_on", "cancelled_on") if name in value]
        value = words.listed([certificate_words(SimpleNamespace(**value)), *days])
    elif fact.key in VALUES:
        value = VALUES[fact.key].get(value, value)
    elif fact.key == "division":
        value = divisions.name_of(str(value))
    elif isinstance(value, bool):
        value = _("是") if value else _("否")
    elif isinstance(value, list):
        value = words.listed(str(words.HOUSEHOLD.get(v, v)) for v in value)
    elif isinstance(value, dict):
        value = words.listed(
            f"{words.BENEFITS.get(k, k)}{'' if v is True else f' {v}'}" for k, v in value.items()
        ) or _("无")
    return words.told(LABELS.get(fact.key, fact.key), value if value is not None else _("无"))
