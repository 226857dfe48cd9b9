"""Proposing an act, and deciding on what another person proposed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import NATION, ancestors
from lxbt.notices.operations import Post, post_notices
from lxbt.proposals.kinds import KINDS, Kind, register
from lxbt.proposals.models import Proposal
from lxbt.proposals.queries import may_decide
from lxbt.proposals.rules import DAYS, LEAST_REASON, Effect, State, digest_of

__all__ = [
    "Kind",
    "ProposalRefused",
    "ProposalStale",
    "accept",
    "lapse",
    "propose",
    "refuse",
    "register",
    "withdraw",
]


class ProposalRefused(Refusal):
    """The act cannot be proposed or decided so."""


class ProposalStale(ProposalRefused):
    """What would happen now differs from what the second person was shown; nothing was done."""


def _record(proposal: Proposal, act: str, by: User | None, reason: str = "") -> None:
    record_event(
        by=by,
        action=f"proposal.{act}",
        subject_kind="proposal",
        subject_id=proposal.pk,
        person_id=proposal.person_id,
        division_code=proposal.division_code,
        reason=reason,
        details={
            "kind": proposal.kind,
            "proposed_by": proposal.proposed_by_id,
            "digest": proposal.digest,
            "persons": proposal.effect.get("persons", 0),
            "months": proposal.effect.get("months", 0),
            "yuan": proposal.effect.get("yuan", "0.00"),
        },
    )


def _tell(proposal: Proposal, kind: Kind, event: str, division_code: str, role: str, at: datetime) -> None:
    params = {"proposal": proposal.pk, "title": str(kind.title), "by": proposal.proposed_by_name}
    if proposal.decided_by_name:
        params["second"] = proposal.decided_by_name
    post_notices(posts=[Post(division_code, event, role=role, params=params)], at=at)


def _kind(key: str) -> Kind:
    kind = KINDS.get(key)
    if kind is None:
        raise ProposalRefused(_("这个版本的系统不认识这种事项，请联系运维人员。"))
    return kind


@transaction.atomic
def propose(
    *,
    kind: str,
    division_code: str,
    payload: Mapping[str, Any],
    reason: str,
    by: User,
    at: datetime,
    on: date | None = None,
    person_id: int | None = None,
    subject_kind: str = "",
    subject_id: int | None = None,
    document_id: int | None = None,
) -> Proposal:
    """Keep an act with its effect until a second person decides; ProposalRefused without a reason or when it waits
    already.

    The caller has checked that `by` may propose it. `on` is the day that the effect is computed for, Beijing's of `at`
    when left out.
    """
    known = _kind(kind)
    if len(reason.strip()) < LEAST_REASON:
        raise ProposalRefused(_("请写明理由（至少 4 个字），另一人要据此复核。"), field="reason")
    proposal = Proposal(
        kind=kind,
        division_code=division_code,
        person_id=person_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        document_id=document_id,
        payload=dict(payload),
        reason=reason.strip()[:200],
        proposed_by_id=by.pk,
        proposed_by_name=by.name,
        proposed_at=at,
        expires_at=at + timedelta(days=DAYS),
    )
    effect = known.effect(proposal, on or beijing_day(at))
    proposal.effect, proposal.digest = effect.as_json(), digest_of(kind, proposal.payload, effect)
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as error:
        if "waits_once" not in str(error):
            raise
        raise ProposalRefused(_("同一事项已经有人提出，正等另一人复核。请先办结那一件，或由提出人撤回。")) from None
    _record(proposal, "proposed", by, proposal.reason)
    _tell(proposal, known, "proposal_waiting", division_code, "", at)
    if (known.decided_above or known.also) and division_code != NATION:
        _tell(proposal, known, "proposal_waiting", (ancestors(division_code)[1:2] or [NATION])[0], "administrator", at)
    return proposal


def _locked(proposal_id: int, at: datetime) -> Proposal:
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise ProposalRefused(_("没有这件待复核的事项。"))
    if proposal.state != State.WAITING.value:
        raise ProposalRefused(
            _("这件事项已由%(who)s办结，没有再改动。") % {"who": proposal.decided_by_name or proposal.proposed_by_name}
        )
    if proposal.expires_at <= at:
        raise ProposalRefused(_("这件事项超过 30 天没有复核，已经失效，请提出人重新提出。"))
    return proposal


def _must_be_second(proposal: Proposal, by: User, on: date) -> None:
    if not may_decide(standing_of(by, on=on), proposal):
        raise ProposalRefused(_("这件事项须由有权限的人复核。"))
    if same_human(proposal.proposed_by_id, by.pk):
        raise ProposalRefused(_("提出人不能复核自己提出的事项，须由另一个人办理。"))


def _decide(proposal: Proposal, state: State, by: User | None, at: datetime, opinion: str = "") -> None:
    proposal.state, proposal.decided_at, proposal.opinion = state.value, at, opinion.strip()[:200]
    if by is not None:
        proposal.decided_by_id, proposal.decided_by_name = by.pk, by.name
    proposal.save()


@transaction.atomic
def accept(*, proposal_id: int, digest: str, by: User, at: datetime, on: date) -> Proposal:
    """Carry the act out, as the second human being; ProposalStale when its effect is no longer what `digest` stands
    for.
    """
    proposal = _locked(proposal_id, at)
    kind = _kind(proposal.kind)
    _must_be_second(proposal, by, on)
    effect = kind.effect(proposal, on)
    current = digest_of(proposal.kind, proposal.payload, effect)
    if current != digest:
        raise ProposalStale(_("情况有了变化，现在办理的结果和您看到的不一样，没有办理。请看清新的结果再决定。"))
    proposal.effect, proposal.digest = effect.as_json(), current
    _decide(proposal, State.ACCEPTED, by, at)
    kind.carry_out(proposal, by=by, at=at, on=on)
    _record(proposal, "accepted", by)
    if kind.above:
        for code in ancestors(proposal.division_code)[1:2] or [NATION]:
            _tell(proposal, kind, "proposal_accepted_below", code, "", at)
    return proposal


@transaction.atomic
def refuse(*, proposal_id: int, opinion: str, by: User, at: datetime, on: date | None = None) -> Proposal:
    """Refuse it with a reason; nothing happens but that the first person can read why."""
    proposal = _locked(proposal_id, at)
    _must_be_second(proposal, by, on or beijing_day(at))
    if len(opinion.strip()) < LEAST_REASON:
        raise ProposalRefused(_("不同意时请写明原因（至少 4 个字）。"), field="opinion")
    _decide(proposal, State.REFUSED, by, at, opinion)
    _record(proposal, "refused", by, proposal.opinion)
    return proposal


@transaction.atomic
def withdraw(*, proposal_id: int, by: User, at: datetime) -> Proposal:
    """Take an own proposal back before it is decided."""
    proposal = _locked(proposal_id, at)
    if proposal.proposed_by_id != by.pk:
        raise ProposalRefused(_("只有提出人能撤回。"))
    _decide(proposal, State.WITHDRAWN, by, at)
    _record(proposal, "withdrawn", by)
    return proposal


def lapse(*, at: datetime) -> int:
    """End what nobody decided on in time; gives how many."""
    done = 0
    for ident in Proposal.objects.filter(state=State.WAITING.value, expires_at__lte=at).values_list("pk", flat=True)[
        :500
    ]:
        with transaction.atomic():
            proposal = Proposal.objects.select_for_update(skip_locked=True).filter(pk=ident, state="waiting").first()
            if proposal is not None:
                _decide(proposal, State.EXPIRED, None, at)
                _record(proposal, "expired", None)
                done += 1
    return done


def effect_now(proposal: Proposal, on: date) -> tuple[Effect, str]:
    """What would happen if it were accepted today, and the mark that acceptance must carry."""
    kind = _kind(proposal.kind)
    effect = kind.effect(proposal, on)
    return effect, digest_of(proposal.kind, proposal.payload, effect)
