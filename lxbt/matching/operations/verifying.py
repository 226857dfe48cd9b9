"""From dispatch to closing: who verifies concludes, another confirms, those above sample.

Every act is kept with its opinion.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.core.transitions import move
from lxbt.core.workdays import add_workdays
from lxbt.divisions import queries as divisions
from lxbt.documents.operations import store_document
from lxbt.matching.catalogue import RULES
from lxbt.matching.models import Act, Proof, Suspicion
from lxbt.matching.operations.measures import carry_out
from lxbt.matching.queries.settings import setting_at
from lxbt.matching.rules import FITTING, TRANSITIONS, WAYS, WITH_MONTH, Measure, Outcome, State

AGAIN = 5  # working days for a case that was given back


class SuspicionRefused(Refusal):
    """The act is not possible so."""


class SuspicionChanged(SuspicionRefused):
    """Somebody else has acted on it since the page was read."""


def _find(ident: int, version: int, by: User, at: datetime, permission: Permission) -> Suspicion:
    case = Suspicion.objects.select_for_update().filter(pk=ident).first()
    if case is None or not standing_of(by, on=beijing_day(at)).may(permission, case.division_code):
        raise SuspicionRefused(_("没有这条预警，或您没有办理它的权限。"))
    if case.version != version:
        raise SuspicionChanged(_("这条预警刚被他人办理或有新的比对结果，请看过最新情况再办。"))
    return case


def _done(
    case: Suspicion,
    act: str,
    before: str,
    by: User | None,
    at: datetime,
    opinion: str = "",
    details: Mapping[str, Any] | None = None,
) -> Suspicion:
    case.version += 1
    case.save()
    Act.objects.create(
        suspicion=case,
        person_id=case.person_id,
        act=act,
        at=at,
        by_id=by.pk if by else None,
        by_name=by.name if by else "",
        place_code=by.place_code if by else "",
        opinion=opinion[:500],
        details=dict(details or {}),
    )
    record_event(
        by=by,
        action=f"suspicion.{act}",
        subject_kind="suspicion",
        subject_id=case.pk,
        person_id=case.person_id,
        division_code=case.division_code,
        reason=opinion,
        details={"rule": case.rule, "source": case.source, **(details or {})},
        changes={"state": (before, case.state)},
    )
    return case


def _move(case: Suspicion, act: str) -> str:
    before = case.state
    case.state = move(TRANSITIONS, State(case.state), act, sentence=_("这条预警现在不能这样办理，请刷新页面。"))
    return before


def _written(text: str, least: int, field: str, sentence: str) -> str:
    text = text.strip()
    if len(text) < least:
        raise SuspicionRefused(sentence, field=field)
    return text


@transaction.atomic
def dispatch_suspicion(*, suspicion_id: int, version: int, by: User, at: datetime) -> Suspicion:
    """The county sends a suspicion to its township; from this day the working days count."""
    case = _find(suspicion_id, version, by, at, Permission.CONFIRM_SUSPICIONS)
    before = _move(case, "dispatch")
    days = (
        setting_at(RULES[case.rule], case.division_code, Month.of(beijing_day(at))).days if case.rule in RULES else 10
    )
    case.dispatched_on, case.due_on = (
        beijing_day(at),
        add_workdays(beijing_day(at), days, divisions.workday_overrides()),
    )
    return _done(case, "dispatch", before, by, at)


@transaction.atomic
def begin_verification(*, suspicion_id: int, version: int, by: User, at: datetime) -> Suspicion:
    """Somebody of the township takes it up."""
    case = _find(suspicion_id, version, by, at, Permission.VERIFY_SUSPICIONS)
    return _done(case, "begin", _move(case, "begin"), by, at)


@transaction.atomic
def add_proof(
    *,
    suspicion_id: int,
    kind: str,
    content: bytes,
    by: User,
    at: datetime,
    latitude: str = "",
    longitude: str = "",
    note: str = "",
) -> Proof:
    """Keep a photograph or paper with a suspicion, with the place it was taken at, if told (degrees)."""
    case = Suspicion.objects.select_for_update().filter(pk=suspicion_id).first()
    if case is None or not standing_of(by, on=beijing_day(at)).may(Permission.VERIFY_SUSPICIONS, case.division_code):
        raise SuspicionRefused(_("没有这条预警，或您没有办理它的权限。"))
    if case.state not in (State.DISPATCHED, State.VERIFYING):
        raise SuspicionRefused(_("这条预警不在核实中，不能再加凭据。"))
    place = (_degrees(latitude, 90), _degrees(longitude, 180))
    stored = store_document(content=content, person_id=case.person_id, division_code=case.division_code, by=by)
    proof = Proof.objects.create(
        suspicion=case,
        person_id=case.person_id,
        kind=kind if kind in ("photo", "paper") else "paper",
        document_id=stored.pk,
        latitude=place[0],
        longitude=place[1],
        note=note.strip()[:100],
        added_at=at,
        added_by_id=by.pk,
    )
    record_event(
        by=by,
        action="suspicion.proof",
        subject_kind="suspicion",
        subject_id=case.pk,
        person_id=case.person_id,
        division_code=case.division_code,
        details={"document": stored.pk, "kind": proof.kind, "placed": None not in place},
    )
    return proof


def _degrees(text: str, most: int) -> Decimal | None:
    try:
        value = Decimal(text.strip()) if text.strip() else None
    except InvalidOperation:
        return None
    return round(value, 5) if value is not None and value.is_finite() and abs(value) <= most else None


@transaction.atomic
def conclude_suspicion(
    *,
    suspicion_id: int,
    version: int,
    outcome: str,
    measure: str,
    way: str,
    opinion: str,
    basis: str = "",
    measure_month: Month | None = None,
    by: User,
    at: datetime,
) -> Suspicion:
    """What was found and what should be done; the county confirms it. SuspicionRefused says what is missing.

    A way of verifying and a proof are needed, save where data alone settle it or nothing could be verified.
    """
    case = _find(suspicion_id, version, by, at, Permission.VERIFY_SUSPICIONS)
    if outcome not in list(Outcome):
        raise SuspicionRefused(_("请选择核实结论。"), field="outcome")
    if measure not in list(Measure) or Measure(measure) not in FITTING[outcome]:
        raise SuspicionRefused(_("这种处理不适合所选结论，请重选。"), field="measure")
    if way not in WAYS:
        raise SuspicionRefused(_("请选择核实方式。"), field="way")
    if measure in WITH_MONTH and measure_month is None:
        raise SuspicionRefused(_("请填写从哪个月起处理。"), field="measure_month")
    opinion = _written(opinion, 4, "opinion", _("请写明核实情况，不少于 4 个字。"))
    if measure == Measure.NONE:
        basis = _written(
            basis or (opinion if outcome == Outcome.FALSE else ""), 4, "basis", _("不作处理须写明依据，不少于 4 个字。")
        )
    if way != "data" and outcome != Outcome.UNVERIFIABLE and not Proof.objects.filter(suspicion=case).exists():
        raise SuspicionRefused(_("请至少上传一份凭据（照片、证明）。"), field="file")
    before = _move(case, "conclude")
    case.outcome, case.measure, case.way, case.basis = outcome, measure, way, basis[:200]
    case.measure_month = measure_month.first if measure_month and measure in WITH_MONTH else None
    if outcome == Outcome.PARTLY and case.measure_month:
        _only_from(case, case.measure_month)
    case.concluded_by_id, case.concluded_on = by.pk, beijing_day(at)
    details = {
        "outcome": outcome,
        "measure": measure,
        "month": str(measure_month) if case.measure_month else None,
        "way": way,
    }
    return _done(case, "conclude", before, by, at, opinion, details)


def _only_from(case: Suspicion, first: date) -> None:
    """Of the months claimed, only those from `first` on were found to be so."""
    kept = {
        subsidy: {month: amount for month, amount in told.items() if month >= f"{first:%Y-%m}"}
        for subsidy, told in case.months.items()
    }
    case.months = {subsidy: told for subsidy, told in kept.items() if told}
    months = sorted(month for told in case.months.values() for month in told)
    case.amount = sum((Decimal(amount) for told in case.months.values() for amount in told.values()), Decimal(0))
    case.month_count = len(months)
    case.first_month = Month.parse(months[0]).first if months else None
    case.last_month = Month.parse(months[-1]).first if months else None


@transaction.atomic
def return_suspicion(*, suspicion_id: int, version: int, opinion: str, by: User, at: datetime) -> Suspicion:
    """The county gives a conclusion back to the township, saying what is missing."""
    case = _find(suspicion_id, version, by, at, Permission.CONFIRM_SUSPICIONS)
    opinion = _written(opinion, 4, "opinion", _("退回时请写明需补充什么，不少于 4 个字。"))
    before = _move(case, "return")
    case.due_on = add_workdays(beijing_day(at), AGAIN, divisions.workday_overrides())
    return _done(case, "return", before, by, at, opinion)


@transaction.atomic
def confirm_suspicion(*, suspicion_id: int, version: int, opinion: str = "", by: User, at: datetime) -> Suspicion:
    """The county confirms and the measure is carried out at once, by the operations it belongs to.

    Never by the one who concluded.
    """
    case = _find(suspicion_id, version, by, at, Permission.CONFIRM_SUSPICIONS)
    if same_human(case.concluded_by_id, by.pk):
        raise SuspicionRefused(_("不能复核自己作出的核实结论，请由另一人复核。"))
    before = _move(case, "confirm")
    case.confirmed_by_id, case.confirmed_on = by.pk, beijing_day(at)
    done = carry_out(case, by=by, on=beijing_day(at))
    return _done(case, "confirm", before, by, at, opinion.strip(), {"done": done})


@transaction.atomic
def sample_suspicion(
    *, suspicion_id: int, version: int, agree: bool, opinion: str, by: User, at: datetime
) -> Suspicion:
    """Somebody above looks at a confirmed case: content, or it is verified again."""
    case = _find(suspicion_id, version, by, at, Permission.SUPERVISE_SUSPICIONS)
    if same_human(case.concluded_by_id, by.pk) or same_human(case.confirmed_by_id, by.pk):
        raise SuspicionRefused(_("不能抽查自己办理过的预警。"))
    if not agree:
        opinion = _written(opinion, 4, "opinion", _("不认可时请写明理由，不少于 4 个字。"))
    before = _move(case, "agree" if agree else "object")
    case.sampled_on = beijing_day(at)
    if not agree:
        case.due_on = add_workdays(beijing_day(at), AGAIN, divisions.workday_overrides())
    return _done(case, "agree" if agree else "object", before, by, at, opinion.strip())


@transaction.atomic
def close_suspicion(*, suspicion_id: int, version: int, by: User, at: datetime) -> Suspicion:
    """The county closes a confirmed case by hand, before its time for samples has passed.

    Never who concluded or confirmed it, unless somebody above has looked at it: else one person alone would take it out
    of the sight of those who sample.
    """
    case = _find(suspicion_id, version, by, at, Permission.CONFIRM_SUSPICIONS)
    own = same_human(case.concluded_by_id, by.pk) or same_human(case.confirmed_by_id, by.pk)
    last = Act.objects.filter(suspicion=case, act__in=("confirm", "agree")).order_by("-pk").first()
    if own and (last is None or last.act != "agree"):
        raise SuspicionRefused(
            _("抽查期没有过，不能由核实人或复核人自己销号：请由本级另一位审定人员办理，或到期自动销号。")
        )
    before = _move(case, "close")
    case.closed_on = beijing_day(at)
    return _done(case, "close", before, by, at)
