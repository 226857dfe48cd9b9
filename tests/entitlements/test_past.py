"""Months paid before the system, put into a ledger: whatever is added or taken away, the periods stay in order and hold
just those months.
"""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.entitlements.rules.past import GRANTED, PAST, SUSPENDED, Period, grant_outcome, with_past

BASE = Month(2019, 1)
MONTHS = st.integers(0, 40).map(lambda n: BASE + n)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Period]:
    """Periods that do not overlap, of every state; the last may be open."""
    cuts = sorted(draw(st.sets(st.integers(0, 40), max_size=9)))
    found = []
    for a, b in itertools.pairwise(cuts):
        if draw(st.booleans()):
            found.append(Period(BASE + a, BASE + b, draw(st.sampled_from([GRANTED, SUSPENDED, PAST])), (a,)))
    if cuts and draw(st.booleans()):
        found.append(Period(BASE + cuts[-1], None, draw(st.sampled_from([GRANTED, SUSPENDED])), (cuts[-1],)))
    return found


def held(periods: list[Period], *states: str) -> set[Month]:
    last = BASE + 60
    return {m for p in periods if p.state in states for m in p.since.until(p.until or last)}


@given(ledgers(), st.sets(MONTHS), st.sets(MONTHS))
def test_the_past_months_are_those_held_and_added_without_those_removed_or_decided(
    ledger: list[Period], add: set[Month], remove: set[Month]
) -> None:
    found = with_past(ledger, add=add, remove=remove, rest=("new",))
    decided = held(ledger, GRANTED, SUSPENDED)
    assert held(found, PAST) == (held(ledger, PAST) | add) - remove - decided
    assert [p for p in found if p.state != PAST] == [p for p in ledger if p.state != PAST]


@given(ledgers(), st.sets(MONTHS))
def test_periods_stay_in_order_and_never_overlap(ledger: list[Period], add: set[Month]) -> None:
    found = with_past(ledger, add=add)
    for one, other in itertools.pairwise(found):
        assert one.until is not None
        assert one.until <= other.since
        assert not (one.state == other.state == PAST and one.until == other.since)


@given(ledgers(), st.sets(MONTHS))
def test_adding_again_changes_nothing_and_taking_away_what_was_new_restores(
    ledger: list[Period], add: set[Month]
) -> None:
    once = with_past(ledger, add=add)
    assert with_past(once, add=add) == once
    fresh = add - held(ledger, PAST, GRANTED, SUSPENDED)
    back = with_past(once, remove=fresh)
    assert held(back, PAST) == held(ledger, PAST)


@given(ledgers(), st.sets(MONTHS), st.sets(MONTHS))
def test_what_is_left_of_a_past_period_keeps_what_was_written_of_it(
    ledger: list[Period], add: set[Month], remove: set[Month]
) -> None:
    before = {p.rest for p in ledger if p.state == PAST}
    for p in with_past(ledger, add=add, remove=remove, rest=("new",)):
        assert (
            p.state != PAST
            or p.rest in before
            or (p.rest == ("new",) and not (set(p.since.until(p.until or p.since)) & held(ledger, PAST)))
        )


def test_a_right_is_new_the_same_or_was_decided_otherwise() -> None:
    past = Period(BASE, BASE + 3, PAST)
    assert grant_outcome([past], BASE + 3) == "new"
    assert grant_outcome([past, Period(BASE + 3, None, GRANTED)], BASE + 5) == "same"
    assert grant_outcome([past, Period(BASE + 3, BASE + 4, GRANTED)], BASE + 4) == "ended"
    assert grant_outcome([Period(BASE, None, SUSPENDED)], BASE + 4) == "ended"
