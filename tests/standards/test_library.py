"""Every published scheme that ships computes, gives what was published, and comes in as a draft only."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lxbt.core.months import Month
from lxbt.divisions.rules import Level, covers, level_of
from lxbt.entitlements.rules import rights
from lxbt.standards import queries
from lxbt.standards.library import SchemeSet, all_sets, sample, set_named, sets_for
from lxbt.standards.operations import StandardRefused
from lxbt.standards.operations.revising import submit_revision
from lxbt.standards.operations.taking import take_scheme
from tests import factories as f
from tests.factories import official

AT = datetime(2026, 1, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
MONTH = Month(2026, 12)
SETS = all_sets()


def amount(one: SchemeSet, told: dict[str, object], subsidy: str) -> Decimal:
    dibao = told.get("dibao")
    scheme = one.scheme(Decimal(str(dibao)) if dibao else None)
    return rights(sample(told, one.place, MONTH), scheme, MONTH)[subsidy].amount


def test_twenty_provinces_and_twenty_cities_ship() -> None:
    places = {one.place for one in SETS}
    assert len([code for code in places if level_of(code) == Level.PROVINCE]) >= 20
    assert len([code for code in places if level_of(code) > Level.PROVINCE]) >= 20
    assert len({one.name for one in SETS}) == len(SETS)


@pytest.mark.parametrize("one", SETS, ids=lambda one: one.name)
def test_a_set_says_whence_it_is_and_computes(one: SchemeSet) -> None:
    assert one.source
    assert one.verified in ("official", "secondary")
    assert one.checks
    rows = one.rows()
    assert all(covers(one.place, row.division) for row in rows)
    assert len({(row.division, row.subsidy, row.when) for row in rows}) == len(rows)
    for check in one.checks:
        for subsidy in ("living", "care"):
            if subsidy in check:
                assert amount(one, dict(check["profile"]), subsidy) == Decimal(check[subsidy]), (check, subsidy)


@pytest.mark.parametrize(
    ("one", "figure"),
    [(one, figure) for one in SETS for figure in one.published],
    ids=lambda value: value.name if isinstance(value, SchemeSet) else value["what"],
)
def test_a_set_gives_the_sums_that_counties_published(one: SchemeSet, figure: dict[str, object]) -> None:
    parts: list[dict[str, object]] = figure["parts"]  # type: ignore[assignment]
    told = sum(int(str(p["persons"])) * amount(one, dict(p["profile"]), str(p["subsidy"])) for p in parts)  # type: ignore[call-overload]
    assert told * int(str(figure.get("months", 1))) == Decimal(str(figure["total"]))


def test_every_row_is_reached_by_a_check_or_a_published_sum() -> None:
    """At least every subsidy of every set is priced by a sample that somebody can look up."""
    for one in SETS:
        told = {key for check in one.checks for key in ("living", "care") if key in check and Decimal(check[key])}
        assert {row["subsidy"] for row in one.raw} <= told, one.name


@pytest.mark.django_db
def test_a_set_comes_in_as_a_draft_that_counts_for_nothing() -> None:
    f.load_places()
    drafter = official("drafter", role="standard_drafter", area=f.PROVINCE)
    found = set_named("hubei-2026")
    assert found is not None
    revision = take_scheme(scheme=found, since=None, by=drafter, at=AT)
    assert (revision.state, revision.verified, revision.rows.count()) == ("draft", "secondary", 2)
    assert queries.scheme_for(f.COUNTY).standards == ()
    with pytest.raises(StandardRefused, match="文号"):  # its source says no number
        submit_revision(revision_id=revision.pk, version=revision.version, by=drafter, at=AT)
    with pytest.raises(StandardRefused, match="已经取用"):
        take_scheme(scheme=found, since=None, by=drafter, at=AT)


@pytest.mark.django_db
def test_a_set_without_a_month_asks_for_one_and_only_its_place_may_take_it() -> None:
    f.load_places()
    wuhan = set_named("wuhan-2024")
    assert wuhan is not None
    stranger = official("stranger", role="standard_drafter", area=f.COUNTY)
    drafter = official("drafter", role="standard_drafter", area=f.CITY)
    with pytest.raises(StandardRefused, match="没有写执行月份"):
        take_scheme(scheme=wuhan, since=None, by=drafter, at=AT)
    with pytest.raises(StandardRefused, match="没有在这个区划"):
        take_scheme(scheme=wuhan, since=Month(2026, 1), by=stranger, at=AT)
    assert take_scheme(scheme=wuhan, since=Month(2026, 1), by=drafter, at=AT).rows.count() == 5
    assert {one.name for one in sets_for([f.CITY])} == {"wuhan-2024"}
