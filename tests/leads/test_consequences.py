"""What follows from a change at the Federation, by the local rules. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.leads.rules import Following, Kind, read_following
from lxbt.leads.rules.consequences import Act, Situation, Told, consequences
from lxbt.standards.rules.parameters import Parameters

A, B, ELSEWHERE = "420102002000", "420103001000", "330106001000"
NONE: frozenset[str] = frozenset()
BOTH = frozenset({"living", "care"})
BEFORE = Told("physical", 2, date(2016, 3, 1), date(2026, 2, 28), "valid", None, A, None)
ON = date(2026, 3, 10)


def situation(after: Told, before: Told | None = BEFORE, **more: Any) -> Situation:
    told: dict[str, Any] = {
        "granted": BOTH,
        "suspended": NONE,
        "possible": BOTH,
        "on": ON,
        "parameters": Parameters(),
        **more,
    }
    return Situation(before=before, after=after, **told)


def acts(s: Situation) -> list[tuple[str, str, str]]:
    return [(act.act, act.subsidy, str(act.since)) for act in consequences(s).acts]


def test_death_ends_every_right_from_the_month_after() -> None:
    s = situation(replace(BEFORE, died_on=date(2026, 2, 20), state="cancelled", state_on=date(2026, 3, 1)))
    assert acts(s) == [("end", "living", "2026-03"), ("end", "care", "2026-03")]
    assert [notice.kind for notice in consequences(s).notices] == ["died"]


def test_where_the_month_of_the_event_is_the_first_not_paid_death_ends_from_it() -> None:
    s = situation(replace(BEFORE, died_on=date(2026, 2, 20)), parameters=Parameters(stop="same_month"))
    assert acts(s)[0] == ("end", "living", "2026-02")


def test_a_death_told_before_is_not_told_again() -> None:
    dead = replace(BEFORE, died_on=date(2026, 2, 20), state="cancelled")
    assert consequences(situation(dead, dead)) == consequences(situation(BEFORE, BEFORE, granted=NONE))


def test_freezing_and_expiry_suspend_from_the_next_month_and_cancelling_ends() -> None:
    assert acts(situation(replace(BEFORE, valid_until=date(2030, 1, 1), state="frozen", state_on=date(2026, 3, 5))))[
        0
    ] == ("suspend", "living", "2026-04")
    assert acts(situation(replace(BEFORE, state="expired", state_on=ON)))[0] == ("suspend", "living", "2026-03")
    assert acts(situation(replace(BEFORE, state="cancelled", state_on=date(2026, 3, 5))))[0] == (
        "end",
        "living",
        "2026-04",
    )


def test_where_lapses_keep_the_ledger_only_the_township_is_told() -> None:
    s = situation(replace(BEFORE, state="expired", state_on=ON), following=Following(lapsed="keep"))
    assert acts(s) == []
    assert [lead.kind for lead in consequences(s).leads] == [Kind.EXPIRED]


def test_unfreezing_resumes_what_was_suspended() -> None:
    frozen = replace(BEFORE, valid_until=date(2030, 1, 1), state="frozen", state_on=date(2026, 1, 5))
    s = situation(replace(frozen, state="valid", state_on=ON), frozen, granted=NONE, suspended=frozenset({"care"}))
    assert acts(s) == [("resume", "care", "2026-03")]


def test_a_new_certificate_after_a_gap_waits_for_an_application_or_is_paid_from_the_issue_as_the_place_says() -> None:
    expired = replace(BEFORE, valid_until=date(2025, 12, 31), state="expired", state_on=date(2026, 1, 1))
    renewed = replace(BEFORE, issued_on=date(2026, 3, 2), valid_until=date(2036, 3, 1))
    waits = situation(renewed, expired, granted=NONE, suspended=BOTH)
    assert acts(waits) == []
    assert [(lead.kind, lead.subsidies) for lead in consequences(waits).leads] == [(Kind.RENEWED, ("living", "care"))]
    paid = replace(waits, parameters=Parameters(recertified_basis="issue"))
    assert acts(paid) == [("renew", "living", "2026-03"), ("renew", "care", "2026-03")]


def test_a_renewal_in_time_changes_nothing() -> None:
    assert (
        consequences(
            situation(
                replace(BEFORE, issued_on=date(2026, 2, 20), valid_until=date(2036, 2, 19)),
                replace(BEFORE, valid_until=date(2026, 4, 1)),
            )
        ).acts
        == ()
    )


def test_a_grade_that_no_standard_covers_suspends_that_subsidy_when_the_new_certificate_counts() -> None:
    before = replace(BEFORE, valid_until=date(2026, 12, 31))
    after = replace(before, grade=3, issued_on=date(2026, 3, 9))
    s = situation(after, before, possible=frozenset({"living"}))
    assert consequences(s).acts == (Act("suspend", "care", Month(2026, 4), "class_changed", "民发〔2021〕70号"),)


def test_a_grade_that_opens_a_right_is_a_lead() -> None:
    before = replace(BEFORE, grade=3, valid_until=date(2026, 12, 31))
    found = consequences(
        situation(replace(before, grade=2, issued_on=date(2026, 3, 9)), before, granted=frozenset({"living"}))
    )
    assert [(lead.kind, lead.subsidies) for lead in found.leads] == [(Kind.GAINED, ("care",))]


def test_a_move_inside_the_province_goes_along_and_out_of_it_the_right_ends_and_the_new_township_invites() -> None:
    valid = replace(BEFORE, valid_until=date(2030, 1, 1))
    inside = consequences(situation(replace(valid, division=B, state="moved", state_on=date(2026, 3, 5)), valid))
    assert (inside.acts, inside.leads) == ((), ())
    assert [(n.kind, n.to_former) for n in inside.notices] == [("moved_in", False), ("moved_out", True)]
    out = situation(replace(valid, division=ELSEWHERE, state="moved", state_on=date(2026, 3, 5)), valid)
    assert acts(out)[0] == ("end", "living", "2026-04")
    assert [lead.kind for lead in consequences(out).leads] == [Kind.MOVED_IN]
    assert acts(replace(out, following=Following(moved_province="keep"))) == []


def test_a_first_certificate_is_a_lead_for_what_a_right_would_exist_to() -> None:
    new = replace(BEFORE, issued_on=date(2026, 3, 1), valid_until=date(2036, 2, 28))
    found = consequences(situation(new, None, granted=NONE, possible=frozenset({"care"})))
    assert [(lead.kind, lead.subsidies, lead.about_on) for lead in found.leads] == [
        (Kind.NEW, ("care",), date(2026, 3, 1))
    ]
    assert consequences(situation(new, None, granted=NONE, possible=NONE)).leads == ()


@pytest.mark.parametrize("value", [None, 3, {"lapsed": "x", "expiry_months": "6", "lead_days": -1}, {}])
def test_a_parameter_that_cannot_be_read_leaves_the_default(value: object) -> None:
    assert read_following(value) == Following()


TOLD = st.builds(
    Told,
    st.sampled_from(["physical", "mental"]),
    st.integers(1, 4),
    st.dates(date(2015, 1, 1), date(2026, 3, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2036, 1, 1)),
    st.sampled_from(["valid", "expired", "frozen", "cancelled", "moved"]),
    st.none() | st.dates(date(2024, 1, 1), date(2026, 3, 1)),
    st.sampled_from([A, B, ELSEWHERE]),
    st.none() | st.dates(date(2024, 1, 1), date(2026, 3, 1)),
)
SUBSETS = st.frozensets(st.sampled_from(["living", "care"]))


@given(before=st.none() | TOLD, after=TOLD, granted=SUBSETS, suspended=SUBSETS, possible=SUBSETS)
def test_no_act_is_on_a_subsidy_that_is_not_held_and_everything_cites_its_document(
    before: Told | None, after: Told, granted: frozenset[str], suspended: frozenset[str], possible: frozenset[str]
) -> None:
    found = consequences(situation(after, before, granted=granted, suspended=suspended - granted, possible=possible))
    for act in found.acts:
        assert (
            act.subsidy
            in {"suspend": granted, "end": granted | suspended, "resume": suspended, "renew": suspended}[act.act]
        )
        assert "发〔" in act.basis
    assert all("发〔" in lead.basis and lead.subsidies for lead in found.leads)
    assert after.died_on is None or found.leads == ()
