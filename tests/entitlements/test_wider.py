"""The wider vocabulary: what the published situations do not try, and what holds of every scheme and profile."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.core.profile import read_profile, write_value
from lxbt.core.reading import Unreadable
from lxbt.entitlements.rules import rights
from lxbt.registry.queries import facts_text, interned
from lxbt.standards.rules.conditions import read_condition, write_condition
from lxbt.standards.rules.scheme import read_scheme
from tests import wider

MARCH = Month(2026, 3)
PLACE = "420102001000"
CERTIFICATE = {"category": "physical", "grade": 2, "issued_on": "2020-01-01"}


def answer(subsidy: str, when: dict[str, Any], profile: dict[str, Any], **scheme: Any) -> object:
    """The amount of the only row, or the codes of the reasons."""
    row = {"subsidy": subsidy, "since": "2020-01", "when": when, "amount": scheme.pop("amount", {"fixed": "80"})}
    told = {"division": "420000000000", "standards": [row], **scheme}
    known = {"division": PLACE, "certificate": CERTIFICATE, "long_term_care": True, **profile}
    right = rights(read_profile(known, "profile"), read_scheme(told, "scheme"), MARCH)[subsidy]
    return right.amount if not right.reasons else {reason.code for reason in right.reasons}


PAID, NOT_COVERED = Decimal("80.00"), {"not_covered"}


@pytest.mark.parametrize(
    ("when", "profile", "found"),
    [
        ({"pension": ["none"]}, {"pension": "none"}, PAID),
        ({"pension": ["none"]}, {}, NOT_COVERED),
        ({"pension": ["none"]}, {"pension": "employees"}, NOT_COVERED),
        ({"steady_income": [True, False]}, {}, NOT_COVERED),
        ({"steady_income": [True]}, {"steady_income": True}, PAID),
        ({"own_income_at_most": "1800"}, {"own_income": "1800"}, PAID),
        ({"own_income_at_most": "1800"}, {"own_income": "1800.01"}, NOT_COVERED),
        ({"own_income_at_most": "1800"}, {}, NOT_COVERED),
        ({"own_income_ratio_at_most": "1"}, {"own_income": "0"}, NOT_COVERED),  # nobody set a 低保 standard here
        ({"marks": ["a", "b"]}, {"marks": ["c", "b"]}, PAID),
        ({"marks": ["a", "b"]}, {"marks": ["c"]}, NOT_COVERED),
        ({"marks": ["a"]}, {}, NOT_COVERED),
        ({"component": {"grade": [2]}}, {}, PAID),  # its own only component
        ({"component": {"category": ["physical"]}}, {}, PAID),
        ({"component": {"category": ["vision"], "grade": [2]}}, {}, NOT_COVERED),
        ({"credential": ["disabled"]}, {}, PAID),
        ({"credential": ["veteran"]}, {"certificate": {"kind": "veteran", "grade": 8}}, PAID),
        ({"credential": ["veteran"], "grade": [8]}, {"certificate": {"kind": "veteran", "grade": 8}}, PAID),
        (
            {"any_of": [{"credential": ["police"]}, {"grade": [1, 2]}]},
            {"certificate": {"kind": "veteran", "grade": 1}},
            {"not_covered", "certificate_missing"},
        ),
        ({}, {"certificate": {"kind": "police", "grade": 1}}, {"not_covered", "certificate_missing"}),
        (
            {"credential": ["veteran"]},
            {"certificate": {"kind": "police", "grade": 1}},
            {"not_covered", "certificate_missing"},
        ),
    ],
)
def test_conditions(when: dict[str, Any], profile: dict[str, Any], found: object) -> None:
    assert answer("living", when, profile) == found


def test_one_and_the_same_component_meets_all_that_is_named() -> None:
    multiple = {
        **CERTIFICATE,
        "category": "multiple",
        "components": [{"category": "mental", "grade": 3}, {"category": "vision", "grade": 2}],
    }
    assert (
        answer("care", {"component": {"category": ["mental"], "grade": [2]}}, {"certificate": multiple}) == NOT_COVERED
    )
    assert answer("care", {"component": {"category": ["mental"], "grade": [3]}}, {"certificate": multiple}) == PAID


@pytest.mark.parametrize(
    ("how", "yuan"), [("cent", "62.50"), ("yuan", "63.00"), ("yuan_up", "63.00"), ("yuan_down", "62.00")]
)
def test_rounding_to_the_whole_yuan(how: str, yuan: str) -> None:
    assert answer("living", {}, {}, amount={"fixed": "62.5", "round": how}) == Decimal(yuan)
    assert answer("living", {}, {}, amount={"fixed": "62.49", "round": "yuan"}) == Decimal("62.00")


def test_a_share_of_a_named_base() -> None:
    share = {"percent": "22", "of": "mean", "round": "yuan"}
    rows = [
        {"name": "mean", "since": "2020-01", "amount": "500"},
        {"name": "mean", "since": "2026-01", "amount": "557.3"},
        {"name": "mean", "division": "420100000000", "area": "rural", "since": "2020-01", "amount": "600"},
    ]
    assert answer("living", {}, {}, amount=share, bases=rows) == Decimal("123.00")
    assert answer("living", {}, {"area": "rural"}, amount=share, bases=rows) == Decimal("132.00")
    assert answer("living", {}, {}, amount={**share, "of": "minimum"}, bases=rows) == NOT_COVERED
    dibao = [{"since": "2020-01", "amount": "700"}]
    assert answer("living", {}, {}, amount={"percent": "10", "of": "dibao"}, dibao=dibao) == Decimal("70.00")


@pytest.mark.parametrize(
    ("rule", "yuan", "living", "care"),
    [
        ("excludes", "1", {"other_benefit"}, PAID),
        ("excludes", "0", PAID, PAID),
        ("higher_of", "79.99", PAID, PAID),
        ("higher_of", "80", {"higher_other_benefit"}, PAID),
    ],
)
def test_allowances_by_name(rule: str, yuan: str, living: object, care: object) -> None:
    said = [{"name": "allowances", "value": {"孤困儿童": {"against": ["living"], "rule": rule}}}]
    held = {"other_benefits": {"allowances": {"孤困儿童": yuan, "取暖": "500"}}}
    assert answer("living", {}, held, parameters=said) == living
    assert answer("care", {}, held, parameters=said) == care
    uncovered = answer("living", {"sex": ["male"]}, held, parameters=said)
    assert isinstance(uncovered, set)
    assert "higher_other_benefit" not in uncovered


def test_a_dated_parameter_of_the_nearest_division_holds_within_its_months() -> None:
    gone = {"died_on": "2026-03-02"}
    said = [
        {"name": "stop", "value": "same_month", "division": "420100000000", "since": "2026-03", "until": "2026-04"},
        {"name": "stop", "value": "next_month"},
    ]
    assert answer("living", {}, gone, parameters=said) == {"deceased"}
    assert answer("living", {}, gone, parameters=said[1:]) == PAID
    assert answer("living", {}, gone, parameters=[{**said[0], "since": "2026-04", "until": "2026-05"}]) == PAID


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([{"since": "2026-02-28"}], {"imprisoned"}),
        ([{"since": "2026-03-01"}], PAID),
        ([{"since": "2026-01-05", "until": "2026-03-01"}], PAID),
        ([{"since": "2026-01-05", "until": "2026-04-01"}], {"imprisoned"}),
        ([{"since": "2026-01-05", "until": "2026-03-01"}, {"since": "2026-02-05"}], {"imprisoned"}),
        ([{"since": "2026-01-05", "until": "2026-03-01"}, {"since": "2026-03-05"}], PAID),
    ],
)
def test_custody_that_ends(times: list[dict[str, str]], found: object) -> None:
    assert answer("living", {}, {"custody": times}) == found


@pytest.mark.parametrize(
    "scheme",
    [
        {"amount": {"percent": "25"}},
        {"amount": {"fixed": "25", "of": "dibao"}},
        {"amount": {"fixed": "25", "round": "up"}},
        {"bases": [{"since": "2020-01", "amount": "4"}]},
        {"bases": [{"name": "dibao", "since": "2020-01", "amount": "4"}]},
        {"parameters": [{"name": "stop"}]},
        {"parameters": [{"value": "same_month"}]},
        {"parameters": [{"name": "stop", "value": "same_month", "since": "2026-03", "until": "2026-03"}]},
        {"parameters": [{"name": "stop", "value": "same_month"}, {"name": "stop", "value": "next_month"}]},
        {"parameters": {"allowances": {"x": {"against": ["living"], "rule": "some"}}}},
        {"parameters": {"allowances": {"x": {"rule": "excludes"}}}},
        {"parameters": {"start": "soon"}},
    ],
)
def test_a_malformed_scheme_is_told_with_its_place(scheme: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="scheme"):
        answer("living", {}, {}, **scheme)


@pytest.mark.parametrize(
    "profile",
    [
        {"certificate": {"kind": "veteran", "grade": 11}},
        {"certificate": {"kind": "veteran", "grade": 1, "category": "vision"}},
        {"certificate": {"kind": "medal", "grade": 1}},
        {"certificate": {**CERTIFICATE, "components": [{"category": "multiple", "grade": 1}]}},
        {"certificate": {**CERTIFICATE, "components": [{"category": "vision"}]}},
        {"certificate": {**CERTIFICATE, "components": {"category": "vision", "grade": 1}}},
        {"custody": [{"until": "2026-01-01"}]},
        {"custody": [{"since": "2026-01-02", "until": "2026-01-01"}]},
        {"custody": {"since": "2026-01-02"}},
        {"marks": [3]},
        {"marks": ["a" * 41]},
        {"pension": "some"},
        {"steady_income": "yes"},
        {"own_income": "-1"},
        {"other_benefits": {"allowances": {"x": "-1"}}},
        {"other_benefits": {"allowances": ["x"]}},
    ],
)
def test_a_malformed_profile_is_told_with_its_place(profile: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match=r"profile\."):
        answer("living", {}, profile)


@given(st.integers(0, 10**9))
def test_the_order_of_rows_keys_and_words_never_matters(seed: int) -> None:
    dice = random.Random(seed)
    scheme, profile = wider.scheme(dice), wider.profile(dice)
    turned, moved = wider.shuffled(dice, scheme), wider.shuffled(dice, profile)
    month = Month(2025, 9) + dice.randrange(12)
    one = rights(read_profile(profile, "profile"), read_scheme(scheme, "scheme"), month)
    two = rights(read_profile(moved, "profile"), read_scheme(turned, "scheme"), month)
    assert [(r.amount, r.reasons) for r in one.values()] == [(r.amount, r.reasons) for r in two.values()]
    assert facts_text(interned(read_profile(profile, "p"))) == facts_text(interned(read_profile(moved, "p")))


@given(st.integers(0, 10**9))
def test_conditions_and_profiles_are_read_back_as_they_were_written(seed: int) -> None:
    dice = random.Random(seed)
    condition = read_condition(wider.condition(dice), "when")
    assert read_condition(write_condition(condition), "when") == condition
    assert write_condition(read_condition(wider.shuffled(dice, write_condition(condition)), "when")) == write_condition(
        condition
    )
    profile = read_profile(wider.profile(dice), "profile")
    told = {key: write_value(key, getattr(profile, key)) for key in profile.__dataclass_fields__}
    assert read_profile(told, "profile") == profile
