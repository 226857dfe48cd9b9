"""What one insider tries with parameters and standards, and rows that stand in the tables already."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.core.months import Month
from lxbt.divisions.rules import NATION
from lxbt.standards import queries
from lxbt.standards.checking import faulty_rows
from lxbt.standards.models import DibaoStandard, Parameter, Standard
from lxbt.standards.operations import (
    StandardRefused,
    draft_standard,
    publish_standard,
    record_dibao_standard,
    set_parameter,
)
from lxbt.standards.rules.bounds import Bounds
from lxbt.standards.rules.rows import DibaoRow
from lxbt.standards.rules.schemas import SCHEMAS, fault_of
from tests.factories import DAY, official

pytestmark = pytest.mark.django_db
COUNTY, PROVINCE = "420102000000", "420000000000"
MARCH = Month(2026, 3)
REVIEWED = [{"step": "examine", "days": 5}, {"step": "review", "days": 5}, {"step": "decide", "days": 5}]
ROW = {"division": PROVINCE, "subsidy": "living", "since": "2026-01", "when": {}, "amount": {"fixed": "80"}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def unguarded() -> None:
    """As if the rows had come before the database looked at them."""
    with connection.cursor() as cursor:
        for table in ("parameter", "dibaostandard", "standard"):
            cursor.execute(f"alter table standards_{table} disable trigger user")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("procedure", [{"step": "decide"}]),
        ("procedure", [{"step": "decide", "days": 5}]),
        ("procedure", [{"step": "nix", "days": 5}]),
        ("procedure", [{"step": "review", "days": 10**9}, {"step": "decide", "days": 5}]),
        ("procedure", [{"step": "decide", "days": 5}, {"step": "review", "days": 5}]),
        ("funding_shares", {"county": "x"}),
        ("funding_shares", {"county": 60}),
        ("federation", {"expiry_months": []}),
        ("match.r01", {"days": 0}),
        ("match.r99", {"on": True}),
        ("bounds.dibao", {"most": 10**9}),
        ("anything", 1),
    ],
)
def test_what_cannot_be_is_refused_at_the_door(name: str, value: object) -> None:
    with pytest.raises(StandardRefused):
        set_parameter(division_code=COUNTY, name=name, value=value, since=None, by=None, on=DAY)


def test_one_person_alone_sets_nothing() -> None:
    one, other = official("one"), official("other", role="standard_publisher")
    told: dict[str, Any] = {"division_code": COUNTY, "name": "procedure", "value": REVIEWED, "since": None, "on": DAY}
    for first, second in ((None, one), (one, one), (one, None)):
        with pytest.raises(StandardRefused, match="另一人"):
            set_parameter(drafted_by=first, by=second, **told)
    row = DibaoRow(COUNTY, "any", MARCH, None, Decimal(800))
    with pytest.raises(StandardRefused, match="另一人"):
        record_dibao_standard(row=row, document_number="鄂民〔2026〕1号", by=one, on=DAY)
    set_parameter(drafted_by=one, by=other, **told)
    with pytest.raises(IntegrityError), transaction.atomic():
        Parameter.objects.update(drafted_by=other)


@pytest.mark.parametrize("amount", ["99999", "0", "4900", "210"])
def test_a_dibao_standard_that_is_none_or_leaps_is_refused(amount: str) -> None:
    one, other = official("one"), official("other", role="standard_publisher")
    record_dibao_standard(row=DibaoRow(PROVINCE, "any", MARCH.back(12), None, Decimal(700)), by=None, on=DAY)
    row = DibaoRow(COUNTY, "any", MARCH, None, Decimal(amount))
    with pytest.raises(StandardRefused):
        record_dibao_standard(row=row, document_number="鄂民〔2026〕1号", drafted_by=one, by=other, on=DAY)


@pytest.mark.parametrize(
    "amount",
    [
        {"fixed": "1000000000"},
        {"fixed": "-1"},
        {"fixed": "6000"},
        {"percent_of_dibao": "9999"},
        {"fixed": "80", "adjust": [{"when": {}, "multiply": "1000"}]},
        {"fixed": "80", "adjust": [{"when": {}, "multiply": "4"}] * 3},
    ],
)
def test_an_amount_that_no_standard_can_have_is_refused(amount: object) -> None:
    with pytest.raises(StandardRefused):
        draft_standard(row={**ROW, "amount": amount}, by=None)


def test_the_database_refuses_what_the_operations_refuse() -> None:
    for name, value in (("procedure", [{"step": "nix"}]), ("funding_shares", {"county": "x"}), ("stop", "never")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Parameter.objects.create(division_code=COUNTY, name=name, value=value, recorded_on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        DibaoStandard.objects.create(
            division_code=COUNTY, since=date(2020, 1, 1), amount=Decimal(99_999), recorded_on=DAY
        )


def test_the_level_above_says_which_steps_may_not_be_missing() -> None:
    bound = {"steps": ["notice"], "days": 10}
    set_parameter(division_code=PROVINCE, name="bounds.procedure", value=bound, since=None, by=None, on=DAY)
    with pytest.raises(StandardRefused, match="notice"):
        set_parameter(division_code=COUNTY, name="procedure", value=REVIEWED, since=None, by=None, on=DAY)
    set_parameter(division_code="430000000000", name="procedure", value=REVIEWED, since=None, by=None, on=DAY)
    full = [*REVIEWED, {"step": "notice", "days": 7}]
    set_parameter(division_code=COUNTY, name="procedure", value=full, since=None, by=None, on=DAY)
    assert queries.parameter_value("procedure", COUNTY, MARCH, None) == full


@pytest.mark.usefixtures("unguarded")
def test_a_bad_row_counts_as_not_set_and_is_named() -> None:
    good = {"province": "40", "county": "60"}
    Parameter.objects.create(division_code=PROVINCE, name="funding_shares", value=good, recorded_on=DAY)
    Parameter.objects.create(division_code=COUNTY, name="funding_shares", value={"county": "x"}, recorded_on=DAY)
    Parameter.objects.create(
        division_code=COUNTY, name="procedure", value=[{"step": "decide", "days": 5}], recorded_on=DAY
    )
    Parameter.objects.create(division_code=COUNTY, name="stop", value="never", recorded_on=DAY)
    record_dibao_standard(row=DibaoRow(COUNTY, "any", Month(2019, 1), None, Decimal(700)), by=None, on=DAY)
    DibaoStandard.objects.update(superseded_from=date(2020, 1, 1))
    DibaoStandard.objects.create(division_code=COUNTY, since=date(2020, 1, 1), amount=Decimal(99_999), recorded_on=DAY)
    Standard.objects.create(
        division_code=COUNTY,
        subsidy="living",
        since=date(2020, 1, 1),
        conditions={"colour": 1},
        conditions_key="x",
        amount={"fixed": "1e9"},
        state="published",
        published_on=DAY,
    )
    assert queries.parameter_value("funding_shares", COUNTY, MARCH, {}) == good
    assert queries.parameter_value("procedure", COUNTY, MARCH, None) is None
    assert queries.parameter_everywhere("procedure")(COUNTY, MARCH) is None
    scheme = queries.scheme_for(COUNTY)
    assert scheme.dibao_for(COUNTY, "urban", MARCH) == Decimal(700)
    assert scheme.standards == ()
    assert scheme.parameters_for(COUNTY, MARCH).stop == "next_month"
    assert {one.name for one in faulty_rows(COUNTY)} == {
        "funding_shares",
        "procedure",
        "stop",
        "any 2020-01",
        "living 2020-01",
    }
    assert faulty_rows("430000000000") == []


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([*sorted(SCHEMAS), "match.r01", "match.r19"]), JSON)
def test_no_value_breaks_a_reader(name: str, value: object) -> None:
    assert isinstance(fault_of(name, value, Bounds()), str)


def test_of_two_standards_of_equal_conditions_one_stays_in_force() -> None:
    drafts = [draft_standard(row={**ROW, "amount": {"fixed": str(n)}}, by=None) for n in (80, 90)]
    publish_standard(standard_id=drafts[0].pk, by=None, on=DAY)
    with pytest.raises(IntegrityError, match="same conditions"), transaction.atomic():  # as one who saw no other would
        Standard.objects.filter(pk=drafts[1].pk).update(state="published", published_on=DAY)
    publish_standard(standard_id=drafts[1].pk, by=None, on=DAY)
    in_force = Standard.objects.filter(state="published", superseded_from__isnull=True)
    assert [row.amount for row in in_force] == [{"fixed": "90"}]


def test_the_bounds_of_the_nation_are_rows() -> None:
    rows = Parameter.objects.filter(division_code=NATION, name__startswith="bounds.")
    assert rows.count() in (0, 4)  # (a test that empties the tables leaves what the program says by itself)
    assert queries.bounds_for(COUNTY) == Bounds()
