"""How a county and a province stand, as a table of situations; and what must hold for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.rollout.operations.planning import shipped_plan
from lxbt.rollout.rules.figures import County, Sum, months_expected, months_held, sum_of, together
from lxbt.rollout.rules.judging import Heard, State, Verdict, Why, judge_area, judge_connection, judge_county, worst
from lxbt.rollout.rules.plan import TERMS, Connection, Task, Term, Window, may_remark, problem_of, stage_of

FIRST = Window(date(2018, 12, 12), date(2019, 1, 12))
HISTORY = "1" * 35  # 2016-01 to 2018-11, all that comes before the window's month


def county(code: str = "420102000000", **changes: object) -> County:
    """A county that has done everything; the day before, somebody was at work."""
    done = County(
        code,
        places=12,
        places_ready=12,
        people=40,
        trained=40,
        declared=1000,
        entered=1000,
        matched=1000,
        paid=1000,
        months=HISTORY,
        active_on=date(2019, 3, 12),
    )
    return replace(done, **changes)  # type: ignore[arg-type]


DAY = date(2019, 1, 21)  # nine days after the first window closed, fifty days before its history is due
SITUATIONS = [
    ("all done", {}, DAY, State.NORMAL, []),
    ("roster overdue, little missing", {"matched": 970}, DAY, State.ATTENTION, [(Why.OVERDUE, Task.ROSTER, 9)]),
    ("roster overdue, much missing", {"matched": 880}, DAY, State.BLOCKED, [(Why.OVERDUE, Task.ROSTER, 9)]),
    ("the last day is in time", {"matched": 970}, date(2019, 1, 12), State.NORMAL, []),
    (
        "due today and much missing",
        {"matched": 700},
        date(2019, 1, 12),
        State.ATTENTION,
        [(Why.DUE_SOON, Task.ROSTER, 0)],
    ),
    ("due in a week", {"matched": 700}, date(2019, 1, 5), State.ATTENTION, [(Why.DUE_SOON, Task.ROSTER, 7)]),
    ("due in eight days and with the time", {"matched": 700}, date(2019, 1, 4), State.NORMAL, []),
    (
        "behind the time that has gone",
        {"matched": 300},
        date(2019, 1, 2),
        State.ATTENTION,
        [(Why.BEHIND, Task.ROSTER, 10)],
    ),
    (
        "nothing declared, overdue",
        {"declared": None, "matched": 0},
        DAY,
        State.BLOCKED,
        [(Why.OVERDUE, Task.ROSTER, 9)],
    ),
    (
        "nothing declared, due soon",
        {"declared": None, "matched": 0},
        date(2019, 1, 10),
        State.ATTENTION,
        [(Why.DUE_SOON, Task.ROSTER, 2), (Why.UNDECLARED, Task.ROSTER, 2)],
    ),
    ("declared as nobody", {"declared": 0, "entered": 0, "matched": 0}, DAY, State.NORMAL, []),
    ("accounts missing on the day of opening", {"places_ready": 11}, date(2018, 12, 12), State.NORMAL, []),
    (
        "many accounts missing on the day of opening",
        {"places_ready": 6},
        date(2018, 12, 12),
        State.ATTENTION,
        [(Why.DUE_SOON, Task.ACCOUNTS, 0)],
    ),
    (
        "accounts missing after it",
        {"places_ready": 6},
        date(2018, 12, 13),
        State.BLOCKED,
        [(Why.OVERDUE, Task.ACCOUNTS, 1)],
    ),
    ("accounts missing long before", {"places_ready": 0}, date(2018, 11, 1), State.NORMAL, []),
    (
        "accounts missing shortly before",
        {"places_ready": 6},
        date(2018, 11, 27),
        State.ATTENTION,
        [(Why.NOT_READY, Task.ACCOUNTS, 15)],
    ),
    ("training overdue stops nobody", {"trained": 3}, DAY, State.ATTENTION, [(Why.OVERDUE, Task.TRAINING, 26)]),
    ("nobody to train", {"people": 0, "trained": 0}, DAY, State.NORMAL, []),
    (
        "history overdue",
        {"months": "1" * 20 + "0" * 15},
        date(2019, 3, 13),
        State.BLOCKED,
        [(Why.OVERDUE, Task.HISTORY, 1)],
    ),
    ("history with the time", {"months": "1" * 20 + "0" * 15}, date(2019, 2, 1), State.NORMAL, []),
    (
        "months other than declared, when history is due",
        {"differing": 2},
        date(2019, 3, 20),
        State.ATTENTION,
        [(Why.DIFFERS, Task.HISTORY, 8)],
    ),
    (
        "nobody at work though not done",
        {"months": "1" * 34 + "0", "active_on": date(2018, 12, 12)},
        DAY,
        State.ATTENTION,
        [(Why.IDLE, None, 40)],
    ),
    ("nobody at work, all done", {"active_on": date(2018, 12, 12)}, DAY, State.NORMAL, []),
    ("eight years later", {"matched": 100}, date(2026, 11, 24), State.BLOCKED, [(Why.OVERDUE, Task.ROSTER, 2873)]),
]


@pytest.mark.parametrize(
    ("changes", "on", "state", "reasons"), [row[1:] for row in SITUATIONS], ids=[row[0] for row in SITUATIONS]
)
def test_a_county_stands_as_the_rule_says(
    changes: dict[str, object], on: date, state: State, reasons: list[tuple[Why, Task | None, int]]
) -> None:
    changes = {"active_on": on, **changes}
    verdict = judge_county(county(**changes), FIRST, on)
    assert verdict.state == state
    assert [(f.why, f.task, f.days) for f in verdict.findings] == reasons


def test_without_a_window_a_county_waits_for_one() -> None:
    assert judge_county(county(), None, DAY).state == State.PENDING


def test_one_blocked_county_of_many_makes_a_province_amber_and_over_a_tenth_of_them_red() -> None:
    bad, good = {"matched": 0}, [county(f"4201{n:02}000000") for n in range(20)]
    one = judge_area([county("420201000000", **bad), *good], FIRST, DAY)
    assert one.verdict.state == State.ATTENTION
    assert one.verdict.findings[0].counties == ("420201000000",)
    three = judge_area([county(f"42020{n}000000", **bad) for n in range(3)] + good, FIRST, DAY)
    assert three.verdict.state == State.BLOCKED
    assert three.count(State.BLOCKED) == 3


def test_the_counties_behind_a_reason_are_those_that_have_it_themselves() -> None:
    judged = judge_area(
        [county("420101000000", matched=950), county("420102000000"), county("420103000000", places_ready=1)],
        FIRST,
        DAY,
    )
    for finding in judged.verdict.findings:
        own = tuple(
            c.code
            for c, v in judged.counties
            if any((f.why, f.task) == (finding.why, finding.task) for f in v.findings)
        )
        assert finding.counties == own


def test_an_interface_never_heard_or_silent_for_days_speaks_against_the_province() -> None:
    now = datetime(2019, 1, 21, 12, tzinfo=UTC)
    assert judge_connection(Connection.DIRECT, None, FIRST, now) == []
    assert [f.why for f in judge_connection(Connection.INTERFACE, None, FIRST, now)] == [Why.UNHEARD]
    assert judge_connection(Connection.INTERFACE, Heard(now - timedelta(hours=1)), FIRST, now) == []
    silent = judge_connection(Connection.INTERFACE, Heard(now - timedelta(hours=30)), FIRST, now)
    assert [(f.why, f.state) for f in silent] == [(Why.SILENT, State.ATTENTION)]
    longer = judge_connection(Connection.INTERFACE, Heard(now - timedelta(hours=80)), FIRST, now)
    assert [(f.why, f.state) for f in longer] == [(Why.SILENT, State.BLOCKED)]


def test_the_terms_of_the_notice_fall_on_its_days() -> None:
    second = Window(date(2019, 1, 13), date(2019, 2, 13))
    assert TERMS[Task.ROSTER].due_on(FIRST) == date(2019, 1, 12)
    assert TERMS[Task.HISTORY].due_on(FIRST) == date(2019, 3, 12)
    assert TERMS[Task.ROSTER].due_on(second) == date(2019, 2, 13)
    assert Term(1, 0).due_on(Window(date(2019, 1, 31), date(2019, 3, 1))) == date(2019, 2, 28)


def test_the_shipped_plan_is_that_of_the_notice() -> None:
    plan = shipped_plan()
    sizes = [sum(place.batch == batch for place in plan) for batch in (1, 2, 3, None)]
    assert sizes == [11, 11, 9, 1]
    assert {place.batch: place.window for place in plan} == {
        1: FIRST,
        2: Window(date(2019, 1, 13), date(2019, 2, 13)),
        3: Window(date(2019, 2, 14), date(2019, 3, 13)),
        None: None,
    }
    assert [place.province for place in plan if place.batch is None] == ["340000000000"]
    assert next(place for place in plan if place.province == "660000000000").batch == 2


def test_a_window_says_where_it_stands() -> None:
    assert stage_of(FIRST, date(2019, 1, 21)).days == 9
    second = stage_of(Window(date(2019, 1, 13), date(2019, 2, 13)), date(2019, 1, 21))
    assert (second.phase, second.days, second.workdays) == ("open", 9, 6)
    assert stage_of(FIRST, date(2018, 12, 1)).phase == "before"
    assert stage_of(FIRST, date(2030, 1, 1)).phase == "over"


def test_history_is_counted_up_to_the_month_before_the_window_opens() -> None:
    assert months_expected(FIRST) == len(HISTORY)
    assert months_held("1" * 100, FIRST) == 35
    assert months_held("", FIRST) == 0
    assert months_expected(Window(date(2016, 1, 1), date(2016, 2, 1))) == 0


def test_a_window_that_ends_before_it_begins_or_lasts_over_a_year_is_none() -> None:
    assert problem_of(Window(date(2019, 1, 2), date(2019, 1, 1))) == "order"
    assert problem_of(Window(date(2019, 1, 1), date(2020, 6, 1))) == "long"
    assert problem_of(FIRST) == ""


def test_only_who_answers_for_an_area_gives_its_reason() -> None:
    assert may_remark(["420000000000"], "420100000000")
    assert not may_remark(["420000000000"], "430000000000")
    assert not may_remark(["000000000000"], "420000000000")


@st.composite
def counties(draw: st.DrawFn) -> County:
    """Any figures that can be counted."""
    places, people = draw(st.integers(2, 30)), draw(st.integers(0, 50))
    entered, declared = draw(st.integers(0, 500)), draw(st.none() | st.integers(0, 500))
    return County(
        f"42{draw(st.integers(1, 20)):02}{draw(st.integers(1, 60)):02}000000",
        places,
        draw(st.integers(0, places)),
        people,
        draw(st.integers(0, people)),
        None,
        declared,
        entered,
        0 if declared is None else draw(st.integers(0, min(entered, declared))),
        draw(st.integers(0, 500)),
        f"{draw(st.integers(0, 2**60)):b}",
        draw(st.integers(0, 4)),
        draw(st.none() | st.dates(date(2018, 12, 1), date(2026, 1, 1))),
    )


DAYS = st.dates(date(2018, 10, 1), date(2027, 1, 1))


@given(st.lists(counties(), max_size=8), DAYS)
def test_a_sum_is_the_sum_of_its_parts_however_it_is_cut(found: list[County], on: date) -> None:
    for cut in range(len(found) + 1):
        assert together([sum_of(found[:cut], FIRST), sum_of(found[cut:], FIRST)]) == sum_of(found, FIRST)


@given(st.lists(counties(), min_size=1, max_size=8), DAYS)
def test_a_state_is_the_worst_of_its_reasons_and_no_province_is_worse_than_its_worst_county(
    found: list[County], on: date
) -> None:
    judged = judge_area(found, FIRST, on)
    verdicts: list[Verdict] = [judged.verdict, *(v for _c, v in judged.counties)]
    for verdict in verdicts:
        assert verdict.state == worst(f.state for f in verdict.findings)
    order = (State.BLOCKED, State.ATTENTION, State.NORMAL)
    assert order.index(judged.verdict.state) >= min(order.index(v.state) for _c, v in judged.counties)


@given(counties(), DAYS, st.integers(1, 400))
def test_entering_more_never_makes_a_county_worse(found: County, on: date, more: int) -> None:
    if found.declared is None:
        return
    better = replace(found, matched=min(found.declared, found.matched + more), entered=found.entered + more)
    order = (State.BLOCKED, State.ATTENTION, State.NORMAL)
    assert order.index(judge_county(better, FIRST, on).state) >= order.index(judge_county(found, FIRST, on).state)


@given(counties())
def test_shares_lie_between_nothing_and_all(found: County) -> None:
    figures: Sum = sum_of([found], FIRST)
    for task in Task:
        assert 0 <= figures.share(task) <= 1
        if figures.done(task):
            assert figures.share(task) == 1
    assert Month(2016, 1) + months_expected(FIRST) == Month(2018, 12)
