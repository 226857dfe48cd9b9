"""What other pages show of suspicions: which are in sight, their months and states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.matching.queries import cases as queries
from lxbt.matching.rules import State
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import Chip
from lxbt.web.matching.words import OUTCOMES, STATES

if TYPE_CHECKING:
    from lxbt.matching.models import Suspicion


HOUSEHOLD = (
    "R05",
    "R06",
    "R07",
    "R08",
    "R09",
    "R17",
    "U02",
)  # tell of income and other benefits: not for who has no need to know


def in_sight(request: OfficialRequest, *, focused: bool = True) -> QuerySet[Suspicion]:
    """The cases that the account may see, of the area looked at."""
    rows = queries.suspicions_in(request.focus if focused else "0" * 12)
    rows = rows.filter(in_scope(request.standing, P.VIEW_SUSPICIONS, focus=request.focus if focused else None))
    return rows if request.standing.may(P.VIEW_HOUSEHOLD) else rows.exclude(rule__in=HOUSEHOLD)


def months_words(case: Suspicion) -> str:
    """2026-07 至 2026-10，8 笔."""
    if case.first_month is None or case.last_month is None:
        return "—"
    first, last = f"{case.first_month:%Y-%m}", f"{case.last_month:%Y-%m}"
    span = first if first == last else _("%(a)s 至 %(b)s") % {"a": first, "b": last}
    return _("%(months)s，%(n)s 笔") % {"months": span, "n": case.month_count}


def state_chip(case: Suspicion) -> Chip:
    """待核实, 待县复核 …, and what was found."""
    word, tone, icon = STATES[case.state]
    if case.outcome and case.state in (State.CONFIRMED, State.CLOSED):
        return Chip(words.told(word, OUTCOMES[case.outcome]), tone, icon)
    return Chip(str(word), tone, icon)


def rights_of(request: OfficialRequest) -> frozenset[str]:
    """What the account does with cases: verify, confirm."""
    pairs = (("verify", P.VERIFY_SUSPICIONS), ("confirm", P.CONFIRM_SUSPICIONS))
    return frozenset(name for name, permission in pairs if request.standing.may(permission))
