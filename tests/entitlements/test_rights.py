"""The published policy situations, and properties that must hold for any scheme."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.cases.situations import Case, answer, differences, load_yaml, read_rights_file
from lxbt.core.months import Month
from lxbt.core.profile import Certificate, Profile, read_profile
from lxbt.core.reading import Unreadable
from lxbt.entitlements.rules import REASONS, rights
from lxbt.standards.rules.conditions import read_condition, write_condition
from lxbt.standards.rules.rows import read_standard
from lxbt.standards.rules.scheme import Scheme, read_scheme

FOLDER = Path(__file__).parent.parent / "cases" / "rights"
CASES = [
    pytest.param(case, scheme, id=f"{path.stem}: {case.name}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for scheme, cases in [read_rights_file(load_yaml(path))]
    for case in cases
]
MAY = Month(2024, 5)
PERSON = {
    "division": "420102001000",
    "economic": "dibao",
    "area": "urban",
    "birth": date(1980, 1, 1),
    "sex": "male",
    "long_term_care": True,
    "certificate": {"category": "physical", "grade": 1, "issued_on": date(2018, 1, 1), "valid_until": date(2028, 1, 1)},
}


def living(amount: object, when: object = None, **more: object) -> dict[str, object]:
    return {
        "division": "420000000000",
        "subsidy": "living",
        "since": "2020-01",
        "when": when or {},
        "amount": amount,
        **more,
    }


def care(amount: object, when: object = None, **more: object) -> dict[str, object]:
    return {**living(amount, when, **more), "subsidy": "care"}


def scheme_of(*rows: object, dibao: object = (), parameters: object = None) -> Scheme:
    return read_scheme({"standards": list(rows), "dibao": list(dibao), "parameters": parameters or {}}, "scheme")  # type: ignore[call-overload]


def paid(scheme: Scheme, month: Month = MAY, subsidy: str = "living", **changes: object) -> Decimal | list[str]:
    right = rights(read_profile({**PERSON, **changes}, "profile"), scheme, month)[subsidy]
    return [reason.code for reason in right.reasons] or right.amount


@pytest.mark.parametrize(("case", "scheme"), CASES)
def test_a_published_situation_has_its_answer(case: Case, scheme: Scheme) -> None:
    assert differences(case, answer(case, scheme)) == []


@pytest.mark.parametrize(("case", "scheme"), CASES)
def test_the_order_of_rows_makes_no_difference(case: Case, scheme: Scheme) -> None:
    turned = Scheme(scheme.standards[::-1], scheme.dibao[::-1], scheme.parameters[::-1])
    assert [(r.amount, r.reasons) for r in answer(case, turned).values()] == [
        (r.amount, r.reasons) for r in answer(case, scheme).values()
    ]


def test_amounts_are_worked_out_exactly_and_rounded_once() -> None:
    assert paid(scheme_of(living({"yearly": "800", "adjust": [{"multiply": "1.5"}]}))) == Decimal("100.00")
    assert paid(scheme_of(living({"yearly": "0.06"}))) == Decimal("0.01")  # half a cent goes up
    assert paid(scheme_of(living({"fixed": "80.01", "round": "yuan_up"}))) == Decimal("81.00")
    assert paid(scheme_of(living({"fixed": "80.00", "round": "yuan_up"}))) == Decimal("80.00")


def test_adjustments_follow_their_order() -> None:
    steps = [{"multiply": "1.5"}, {"add": "200"}]
    assert paid(scheme_of(living({"fixed": "100", "adjust": steps}))) == Decimal("350.00")
    assert paid(scheme_of(living({"fixed": "100", "adjust": steps[::-1]}))) == Decimal("450.00")


def test_a_top_up_is_clamped_before_it_is_adjusted() -> None:
    dibao = [{"division": "420000000000", "area": "any", "since": "2020-01", "amount": "700"}]
    scheme = scheme_of(living({"top_up_to_dibao": True, "adjust": [{"add": "20"}]}), dibao=dibao)
    assert paid(scheme, own_income="900") == Decimal("20.00")
    assert paid(scheme, own_income="650.5") == Decimal("69.50")
    assert paid(scheme) == Decimal("720.00")


def test_a_floor_of_any_height_is_never_undercut() -> None:
    rows = (
        living({"fixed": "300"}, {"economic": ["dibao"]}, division="000000000000", floor=True),
        living({"fixed": "900"}, {"economic": ["dibao"]}),  # of the province, replaced by the city's
        living({"fixed": "50"}, {"grade": [1]}, division="420100000000"),
    )
    assert paid(scheme_of(*rows)) == Decimal("300.00")
    assert paid(scheme_of(*rows), economic="none") == Decimal("50.00")
    assert paid(scheme_of(*rows), division="420202001000") == Decimal("900.00")


def test_a_division_with_rows_for_nobody_still_replaces_those_above() -> None:
    rows = (living({"fixed": "80"}), living({"fixed": "90"}, {"sex": ["female"]}, division="420100000000"))
    assert paid(scheme_of(*rows)) == ["not_covered"]


def test_a_row_that_has_ended_does_not_decide() -> None:
    rows = (living({"fixed": "80"}), living({"fixed": "90"}, division="420100000000", until="2024-05"))
    assert paid(scheme_of(*rows)) == Decimal("80.00")
    assert paid(scheme_of(*rows), Month(2024, 4)) == Decimal("90.00")


def test_a_dibao_row_of_a_nearer_division_for_another_area_is_passed_over() -> None:
    dibao = [
        {"division": "420100000000", "area": "rural", "since": "2020-01", "amount": "500"},
        {"division": "420000000000", "area": "any", "since": "2020-01", "amount": "400"},
    ]
    assert paid(scheme_of(living({"percent_of_dibao": 10}), dibao=dibao)) == Decimal("40.00")


@pytest.mark.parametrize("event", ["died_on", "moved_out_on", "imprisoned_on"])
@pytest.mark.parametrize(("stop", "last_paid"), [("next_month", Month(2024, 5)), ("same_month", Month(2024, 4))])
def test_an_event_stops_the_right_as_the_parameter_says(event: str, stop: str, last_paid: Month) -> None:
    scheme = scheme_of(living({"fixed": "80"}), parameters={"stop": stop})
    assert paid(scheme, last_paid, **{event: date(2024, 5, 31)}) == Decimal("80.00")
    assert isinstance(paid(scheme, last_paid + 1, **{event: date(2024, 5, 31)}), list)


@pytest.mark.parametrize("event", ["valid_until", "frozen_on", "cancelled_on"])
@pytest.mark.parametrize(("stop", "last_paid"), [("next_month", Month(2024, 5)), ("same_month", Month(2024, 4))])
def test_the_end_of_a_certificate_stops_the_right_likewise(event: str, stop: str, last_paid: Month) -> None:
    scheme = scheme_of(living({"fixed": "80"}), parameters={"stop": stop})
    certificate = {"category": "physical", "grade": 1, "issued_on": date(2018, 1, 1), event: date(2024, 5, 1)}
    assert paid(scheme, last_paid, certificate=certificate) == Decimal("80.00")
    assert isinstance(paid(scheme, last_paid + 1, certificate=certificate), list)


def test_the_parameters_say_what_excludes_what() -> None:
    rows = (living({"fixed": "80"}), care({"fixed": "100"}))
    hurt = {"other_benefits": {"work_injury_care": "10"}}
    assert paid(scheme_of(*rows), **hurt) == ["work_injury_care"]
    assert paid(scheme_of(*rows, parameters={"work_injury_care": ["care"]}), **hurt) == Decimal("80.00")
    assert paid(scheme_of(*rows, parameters={"imprisoned": []}), imprisoned_on=date(2020, 1, 1)) == Decimal("80.00")
    cadre = {"other_benefits": {"retired_cadre": True}}
    assert paid(scheme_of(*rows), subsidy="care", **cadre) == Decimal("100.00")
    assert paid(scheme_of(*rows, parameters={"retired_cadre": ["living", "care"]}), subsidy="care", **cadre) == [
        "retired_cadre"
    ]
    elder = {"other_benefits": {"elderly_care": "500"}}
    assert paid(scheme_of(*rows), subsidy="care", **elder) == ["higher_other_benefit"]
    assert paid(scheme_of(*rows, parameters={"elderly_care_higher_of": False}), subsidy="care", **elder) == Decimal(
        "100.00"
    )


def test_a_benefit_of_nothing_is_not_received() -> None:
    benefits = {"work_injury_care": "0", "elderly_care": 0, "orphan": False}
    assert paid(scheme_of(care({"fixed": "100"})), subsidy="care", other_benefits=benefits) == Decimal("100.00")


def test_the_higher_other_benefit_is_looked_at_only_when_a_standard_matches() -> None:
    scheme = scheme_of(care({"fixed": "100"}, {"grade": [2]}))
    assert paid(scheme, subsidy="care", other_benefits={"elderly_care": "500"}) == ["not_covered"]


def test_a_condition_on_an_unknown_value_does_not_hold() -> None:
    for when in (
        {"employment": ["none"]},
        {"income_ratio_at_most": 2},
        {"household": ["several_disabled"]},
        {"self_care": ["able"]},
    ):
        assert paid(scheme_of(living({"fixed": "80"}, when))) == ["not_covered"]
    for when in ({"age_from": 0}, {"age_below": 200}):
        assert paid(scheme_of(living({"fixed": "80"}, when)), birth=None) == ["not_covered"]


def test_an_empty_list_of_alternatives_is_met_by_nobody() -> None:
    assert paid(scheme_of(living({"fixed": "80"}, {"any_of": []}))) == ["not_covered"]
    assert paid(scheme_of(living({"fixed": "80"}, {"any_of": [{}]}))) == Decimal("80.00")


def test_who_was_born_on_29_february_comes_of_age_in_march_of_a_common_year() -> None:
    scheme = scheme_of(living({"fixed": "100"}, {"age_below": 18}), living({"fixed": "60"}, {"age_from": 18}))
    assert paid(scheme, Month(2026, 2), birth=date(2008, 2, 29)) == Decimal("100.00")
    assert paid(scheme, Month(2026, 3), birth=date(2008, 2, 29)) == Decimal("60.00")
    assert paid(scheme, Month(2022, 2), birth=date(2004, 2, 28)) == Decimal("60.00")


def test_every_reason_has_a_document_and_a_sentence() -> None:
    assert all(reason.basis and reason.sentence.endswith("。") for reason in REASONS.values())


def test_conditions_are_the_same_whatever_the_order() -> None:
    one = {"grade": [2, 1], "any_of": [{"area": ["urban"]}, {"sex": ["male", "female"], "age_from": 16}]}
    two = {"any_of": [{"age_from": 16, "sex": ["female", "male"]}, {"area": ["urban"]}], "grade": [1, 2]}
    assert write_condition(read_condition(one, "when")) == write_condition(read_condition(two, "when"))
    assert read_condition(write_condition(read_condition(one, "when")), "when") == read_condition(two, "when")


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (living({"fixed": "80"}, {"colour": ["red"]}), "row.when.colour"),
        (living({"fixed": "80"}, {"grade": [5]}), "row.when.grade"),
        (living({"fixed": "80", "yearly": "3"}), "row.amount"),
        (living({"fixed": "viel"}), "row.amount.fixed"),
        (living({"fixed": "80"}, since="2020-13"), "row.since"),
        (living({"fixed": "80"}, division="42"), "row.division"),
    ],
)
def test_a_faulty_row_names_its_key(row: object, where: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_standard(row, "row")
    assert caught.value.where == where


MONTHS = st.builds(Month, st.integers(2016, 2040), st.integers(1, 12))
AMOUNTS = st.decimals(0, 5000, places=2)


@given(own=AMOUNTS, floor=AMOUNTS, month=MONTHS)
def test_no_amount_lies_below_a_matching_floor(own: Decimal, floor: Decimal, month: Month) -> None:
    rows = (
        living({"fixed": own}, since="2010-01", division="420100000000"),
        living({"fixed": floor}, since="2010-01", floor=True),
    )
    profile = Profile("420102001000", economic="dibao", certificate=Certificate("vision", 1))
    assert rights(profile, scheme_of(*rows), month)["living"].amount == max(own, floor)


@given(percent=st.integers(1, 200), dibao=AMOUNTS)
def test_rounding_up_never_falls_below_the_exact_share(percent: int, dibao: Decimal) -> None:
    rows = [{"division": "420000000000", "area": "any", "since": "2010-01", "amount": dibao}]
    up = paid(scheme_of(living({"percent_of_dibao": percent, "round": "yuan_up"}), dibao=rows))
    cent = paid(scheme_of(living({"percent_of_dibao": percent}), dibao=rows))
    exact = dibao * percent / 100
    assert isinstance(up, Decimal)
    assert isinstance(cent, Decimal)
    assert exact <= up < exact + 1
    assert abs(cent - exact) <= Decimal("0.005")


@given(month=MONTHS, died=st.dates(date(2015, 1, 1), date(2041, 1, 1)))
def test_a_death_never_gives_back_a_right(month: Month, died: date) -> None:
    scheme = scheme_of(living({"fixed": "80"}, since="2010-01"))
    profile = Profile("420102001000", certificate=Certificate("vision", 1), died_on=died)
    now, later = (rights(profile, scheme, m)["living"].amount for m in (month, month + 1))
    assert later <= now
    assert rights(replace(profile, died_on=None), scheme, month)["living"].amount >= now
