"""Which proposals there are, for whom."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from lxbt.accounts.models import User
from lxbt.divisions.rules import ancestors, level_of, span
from lxbt.proposals.kinds import KINDS
from lxbt.proposals.models import Proposal
from lxbt.proposals.rules import State

if TYPE_CHECKING:
    from lxbt.accounts.rules import Standing


def proposals() -> QuerySet[Proposal]:
    """All of them; callers cut to what may be seen."""
    return Proposal.objects.all()


def waiting_for(
    *, person_id: int | None = None, subject_kind: str = "", subject_id: int | None = None, kind: str = ""
) -> QuerySet[Proposal]:
    """What waits for a second person about a person or a thing, the oldest first."""
    rows = Proposal.objects.filter(state=State.WAITING.value)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    if subject_id is not None:
        rows = rows.filter(subject_kind=subject_kind, subject_id=subject_id)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("proposed_at", "pk")


def may_decide(standing: Standing, proposal: Proposal) -> bool:
    """Whether this standing is the second that the kind asks for, leaving aside who the first is."""
    kind = KINDS.get(proposal.kind)
    if kind is None:
        return False
    if kind.decided_above:
        here = level_of(proposal.division_code)
        return any(
            standing.may(right, code) and any(a == code for a in standing.areas(right))
            for right in kind.rights
            for code in ancestors(proposal.division_code)
            if level_of(code) < here
        )
    return any(standing.may(right, proposal.division_code) for right in kind.rights)


def _decidable(standing: Standing) -> Q:
    """A condition for what this standing could decide; kinds decided above leave out the own division."""
    parts: list[Q] = []
    for kind in KINDS.values():
        for area in {area for right in kind.rights for area in standing.areas(right)}:
            low, high = span(area)
            part = Q(kind=kind.key, division_code__gte=low, division_code__lt=high)
            parts.append(part & ~Q(division_code=area) if kind.decided_above else part)
    return reduce(or_, parts, Q(pk__in=[]))


def waiting_to_decide(standing: Standing) -> QuerySet[Proposal]:
    """What waits for this account as the second person: nothing that the same human being proposed, from whichever
    account.
    """
    return (
        Proposal.objects.filter(_decidable(standing), state=State.WAITING.value)
        .exclude(proposed_by_id=standing.user_id)
        .exclude(proposed_by_id__in=User.objects.filter(holder__accounts=standing.user_id).values("pk"))
        .order_by("proposed_at", "pk")
    )


def in_sight(standing: Standing) -> QuerySet[Proposal]:
    """The own ones, and those that the account may decide or might have decided."""
    return Proposal.objects.filter(_decidable(standing) | Q(proposed_by_id=standing.user_id))
