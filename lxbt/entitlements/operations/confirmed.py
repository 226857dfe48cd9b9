"""Facts that move money: proposed by one with a paper, shown with the months and yuan they move, confirmed by another.

Death, custody and moving out are always confirmed, told, moved or taken back; while one waits, the person is not paid
(`entitlements.waiting`), for stopping is safe. Of other facts those are confirmed that would pay more than now; what
pays less holds at once. Decision: docs/decisions/0038.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.core.months import Month
from lxbt.core.profile import EVENTS, Custody, read_value, write_value
from lxbt.core.reading import Unreadable
from lxbt.documents.operations import store_document
from lxbt.entitlements.due import Movement, movement
from lxbt.entitlements.fact_words import SUBSIDIES, title_of, value_of
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations import settle_custody
from lxbt.entitlements.operations.ledger import _record, _rewrite
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect
from lxbt.registry.operations import RegistryRefused, desk_of, record_facts
from lxbt.registry.operations.facts import check_event, settle_contradictions
from lxbt.registry.operations.ground import place_of
from lxbt.registry.operations.held import benefits_held, contradicts, custody_of, held_at
from lxbt.registry.rules.benefits import merged
from lxbt.registry.rules.custody import CUSTODY_KEYS, as_json, told_next
from lxbt.registry.rules.sources import CONFIRMED

EVENT_KINDS = {"died_on": "registry.death", "moved_out_on": "registry.moved_out", "imprisoned_on": "registry.custody"}
FACTS = "registry.facts"
CUSTODY = frozenset(CUSTODY_KEYS)
ENDED_BY_DEATH = ("federation died",)  # what `leads` keeps as the reason


def money_lines(moved: Movement) -> list[tuple[str, str, str]]:
    """What moves of each subsidy, in words."""
    words = _("截至本月应发 %(n)d 个月、%(y)s 元")
    return [
        (
            str(SUBSIDIES[one.subsidy]),
            words % {"n": one.months_before, "y": f"{one.yuan_before:.2f}"},
            words % {"n": one.months_after, "y": f"{one.yuan_after:.2f}"},
        )
        for one in moved.subsidies
    ]


def _write(
    person_id: int, values: Mapping[str, object], since: Month | None, basis: str, by: User | None, on: date
) -> None:
    """Record what two persons stand behind; a death taken back or moved gives back what it had ended."""
    record_facts(person_id=person_id, values=values, since=since, source=CONFIRMED, received_on=on, by=by)
    if "died_on" in values:
        reopen_rights(person_id=person_id, basis=basis, by=by, on=on)
    if not CUSTODY.isdisjoint(values):
        settle_custody([person_id])
    settle_contradictions(person_id=person_id, keys=values, on=on)


def _effect(
    person_id: int, values: Mapping[str, object], since: Month | None, by: User | None, on: date
) -> tuple[Effect, Movement]:
    lines = []
    for key, value in sorted(values.items()):
        start = None if key in (*EVENTS, "custody") else since
        then = value
        if key in CUSTODY:
            before: Any = as_json(custody_of(person_id))
            then = as_json(told_next(custody_of(person_id), key, value))
        elif isinstance(value, Mapping):
            before = benefits_held(person_id, start)
            then = merged(before, {name: item or None for name, item in value.items()})
        else:
            held = held_at(person_id, key, start)
            before = held.value if held else None
        what = title_of(key) + (_("（%(month)s起）") % {"month": start} if start else "")
        lines.append((what, value_of(key, before), value_of(key, then)))
    moved = movement(
        person_id,
        lambda: _write(person_id, values, since, "effect", by, on),
        on=max(on, since.first) if since else on,
    )
    return Effect(tuple(lines + money_lines(moved)), 1, moved.months, moved.yuan), moved


def effect_of(proposal: Proposal, on: date) -> Effect:
    """What a proposal would change, as of a day."""
    assert proposal.person_id is not None
    return _effect(proposal.person_id, *_told(proposal), None, on)[0]


def carry_out(proposal: Proposal, *, by: User, at: datetime, on: date) -> None:
    """Do what was proposed, in the second person's name and with the first's paper."""
    assert proposal.person_id is not None
    values, since = _told(proposal)
    _write(proposal.person_id, values, since, f"proposal {proposal.pk}", by, on)


def _told(proposal: Proposal) -> tuple[dict[str, object], Month | None]:
    since = proposal.payload.get("since")
    return proposal.payload["values"], Month.parse(since) if since else None


def ended_by_death(period: Entitlement) -> bool:
    """Whether a right was ended because the person was said to have died."""
    return period.until is not None and (
        period.end_basis in ENDED_BY_DEATH
        or (period.end_basis.startswith("suspicion ") and period.end_basis.endswith(" R01"))
    )


@transaction.atomic
def reopen_rights(*, person_id: int, basis: str, by: User | None, on: date) -> int:
    """Give back the rights that a death had ended, as if it had not: the day of death itself says which months are
    paid.
    """
    done = 0
    for period in [p for p in Entitlement.objects.filter(person_id=person_id) if ended_by_death(p)]:
        rows = list(Entitlement.objects.filter(person_id=person_id, subsidy=period.subsidy).order_by("since"))
        if rows[-1].since != period.since:
            continue  # something was granted since then: that is the newer decision
        last = rows[-1]
        since = Month.of(last.until) if last.until else Month.of(on)
        last.until, last.end_basis, last.ended_on, last.ended_by_id = None, "", None, None
        _record("reopened", person_id, period.subsidy, since, basis, by, _rewrite(person_id, period.subsidy, rows))
        done += 1
    return done


@transaction.atomic
def propose_event(
    *, person_id: int, key: str, day: date | None, reason: str, paper: bytes, by: User, at: datetime, on: date
) -> Proposal:
    """Propose that somebody died, moved out or is in custody since a day; None: that it was wrong.

    RegistryRefused for a day that cannot be, without a paper, or when nothing would change. Until it is decided nothing
    is paid to the person.
    """
    if key not in EVENT_KINDS:
        raise RegistryRefused(_("不认识的情况项目 %(key)s。") % {"key": key})
    place = must_edit(person_id, by, on)
    if day is not None:
        check_event(person_id, key, day, on=on)
    if key == "imprisoned_on":
        times = custody_of(person_id)
        now = times[-1].since if times and times[-1].until is None else None
        same = day == now if day else not times
    else:
        held = held_at(person_id, key, None)
        same = (held.value if held else None) == (day.isoformat() if day else None)
    if same:
        raise RegistryRefused(
            _("系统里登记的就是这个日期，没有要改的。") if day else _("系统里没有登记这件事，不需要撤销。"),
            field="happened_on",
        )
    return propose(
        kind=EVENT_KINDS[key],
        division_code=place,
        payload={"values": {key: day.isoformat() if day else None}, "told_by": desk_of(by)},
        reason=reason,
        by=by,
        at=at,
        on=on,
        person_id=person_id,
        document_id=keep_paper(paper, person_id, place, by),
    )


@transaction.atomic
def propose_custody(
    *,
    person_id: int,
    since: date | None,
    until: date,
    reason: str,
    paper: bytes,
    by: User,
    at: datetime,
    on: date,
) -> Proposal:
    """Propose the day of release, and with `since` also the day that the custody began; without, that of the last one
    held.

    Times in custody that ended before stay as they are.
    """
    place = must_edit(person_id, by, on)
    held = custody_of(person_id)
    begun = since or (held[-1].since if held else None)
    if begun is None:
        raise RegistryRefused(_("系统里没有登记服刑，请同时填写服刑起始日期。"), field="happened_on")
    check_event(person_id, "imprisoned_on", begun, on=on)
    if until < begun:
        raise RegistryRefused(_("释放日期不能早于服刑起始日期。"), field="released_on")
    kept = [one for one in held if one.until is not None and one.until < begun]
    times = as_json((*kept, Custody(begun, until)))
    if times == as_json(held):
        raise RegistryRefused(_("系统里登记的就是这个日期，没有要改的。"), field="released_on")
    return propose(
        kind=EVENT_KINDS["imprisoned_on"],
        division_code=place,
        payload={"values": {"custody": times}, "told_by": desk_of(by)},
        reason=reason,
        by=by,
        at=at,
        on=on,
        person_id=person_id,
        document_id=keep_paper(paper, person_id, place, by),
    )


@transaction.atomic
def change_facts(
    *,
    person_id: int,
    values: Mapping[str, object],
    since: Month,
    reason: str,
    paper: bytes,
    by: User,
    at: datetime,
    on: date,
) -> Proposal | None:
    """Record what changed from a month on; what would pay more than now, or contradicts a stronger source, is proposed
    to a second person.
    """
    place = must_edit(person_id, by, on)
    if set(values) & set(EVENTS):
        raise ValueError(values)
    if since > Month.of(on) + 1:
        raise RegistryRefused(_("月份不能晚于下个月。"), field="since")
    if len(reason.strip()) < 4:
        raise RegistryRefused(_("请写明依据（至少 4 个字）。"), field="reason")
    told: dict[str, Any] = {}
    for key, raw in values.items():
        try:
            told[key] = raw if key == "other_benefits" else write_value(key, read_value(key, raw, key))
        except Unreadable as error:
            raise RegistryRefused(_("填写有误：%(fault)s") % {"fault": error}, field=key) from None
    _seen, moved = _effect(person_id, told, since, by, on)
    if not moved.pays and not contradicts(person_id, told, since=since, source=desk_of(by)):
        if paper:
            keep_paper(paper, person_id, place, by)
        record_facts(person_id=person_id, values=values, since=since, source=desk_of(by), received_on=on, by=by)
        return None
    return propose(
        kind=FACTS,
        division_code=place,
        payload={"values": told, "since": str(since), "told_by": desk_of(by)},
        reason=reason,
        by=by,
        at=at,
        on=on,
        person_id=person_id,
        document_id=keep_paper(paper, person_id, place, by),
    )


def must_edit(person_id: int, by: User, on: date) -> str:
    """The place of a person whose facts the account may change; RegistryRefused as if there were nobody."""
    place = place_of(person_id)
    if not standing_of(by, on=on).may(Permission.EDIT_FACTS, place):
        raise RegistryRefused(_("没有这个人，请刷新页面。"))
    return place


def keep_paper(paper: bytes, person_id: int, place: str, by: User) -> int:
    """Keep the paper that the second person judges by."""
    if not paper:
        raise RegistryRefused(_("请上传证明材料：另一人要据此复核。"), field="paper")
    return store_document(content=paper, person_id=person_id, division_code=place, by=by).pk


def register_kinds() -> None:
    """Called when the program starts."""
    titles = {
        "registry.death": lazy("登记、更正或撤销死亡"),
        "registry.moved_out": lazy("登记、更正或撤销户籍迁出"),
        "registry.custody": lazy("登记、更正或撤销服刑"),
        FACTS: lazy("登记会多发补贴的情况变化"),
    }
    for key, title in titles.items():
        register(Kind(key, title, Permission.EDIT_FACTS, effect_of, carry_out))
