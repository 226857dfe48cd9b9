"""When an account is changed by one person, and when a second must confirm. Pure.

The money of a disabled person is paid where the account says. Changed by one person alone it may be only to an account
of the person's own name that nobody else is paid into and that was not there before, and not in the days around a draw:
an account swapped before the draw and back after it would leave no trace.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

NEAR_DAYS = 5  # before the day that a draw is expected on, and after one, where no parameter says otherwise
OTHER_HOLDER, NEAR_DRAW, EARLIER, SHARED = "other_holder", "near_draw", "earlier_account", "shared_account"
WINDOW = "window"  # changed beside an application, the paper seen and not scanned
WHY_SECOND = (OTHER_HOLDER, NEAR_DRAW, EARLIER, SHARED, WINDOW)
SELF, INSTITUTION = "self", "institution"
HOLDER_IS = (SELF, "spouse", "parent", "child", "sibling", "other_relative", "guardian", INSTITUTION)


@dataclass(frozen=True)
class AccountChange:
    """What decides: whose name the account bears, and where it was met before."""

    name: str
    holder: str
    had_before: bool  # the person was paid into it, or could be, at an earlier time
    shared: bool  # another person is paid into it
    drawn_on: date | None  # the last draw of the body that pays the person
    at_window: bool = False


def expected_draw(drawn_on: date) -> date:
    """The day of the next draw: that of the last, a month later."""
    year, month = (drawn_on.year, drawn_on.month + 1) if drawn_on.month < 12 else (drawn_on.year + 1, 1)
    return date(year, month, min(drawn_on.day, monthrange(year, month)[1]))


def near_draw(drawn_on: date | None, *, on: date, days: int) -> bool:
    """Whether a draw is less than so many days ago or ahead; one that is overdue is ahead until it comes."""
    if drawn_on is None or days <= 0:
        return False
    return on <= drawn_on + timedelta(days=days) or on >= expected_draw(drawn_on) - timedelta(days=days)


def why_second(change: AccountChange, *, on: date, days: int) -> tuple[str, ...]:
    """Why a second person must confirm; empty: one is enough."""
    told = {
        OTHER_HOLDER: change.holder != change.name,
        NEAR_DRAW: near_draw(change.drawn_on, on=on, days=days),
        EARLIER: change.had_before,
        SHARED: change.shared,
        WINDOW: change.at_window,
    }
    return tuple(code for code in WHY_SECOND if told[code])
