"""Areas that merge: people, accounts and cases follow, the receiving county pays, and past months add up as
they were.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from lxbt.accounts.models import Appointment
from lxbt.accounts.queries import standing_of
from lxbt.cases.money import result_file
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions.models import Division
from lxbt.entitlements.operations import resolve_changes
from lxbt.payments.models import Batch, Item
from lxbt.payments.operations import approve_batch, draw_area, draw_batch, record_results, send_batch
from lxbt.payments.queries.places import unpaid_places
from lxbt.proposals.operations import accept, effect_now
from lxbt.registry.models import Person
from lxbt.registry.operations.areas import AreaRefused, Wanted, ask_to_change, change_area, effect_of
from lxbt.statistics.operations import count_stale
from lxbt.statistics.queries import area_in_month, children_in_month
from lxbt.web.divisions.changing import changing_of
from tests import factories as b

pytestmark = pytest.mark.django_db
ONE, OTHER, CITY = b.COUNTY, "420103000000", "420100000000"
TOWNSHIP, THEIRS = b.FIRST_TOWNSHIP, "420103001000"
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
ON = date(2026, 11, 5)
MERGE = Wanted("merge", OTHER, ONE)


@pytest.fixture(autouse=True)
def _places() -> None:
    b.county(ONE)
    b.county(OTHER)
    for code in (TOWNSHIP, THEIRS):
        Division.objects.get_or_create(
            code=code, defaults={"name": code, "pinyin": "", "level": 4, "parent_code": code[:6] + "000000"}
        )
    Division.objects.filter(code__in=[ONE, OTHER]).update(parent_code=CITY)
    b.flat_standards(living="80", care="100")


def person(name: str, place: str) -> Person:
    found = b.recipient(name, division=place)
    resolve_changes()
    return found


def settled(month: Month) -> None:
    """The month drawn, approved, sent and paid, by both counties that are in force."""
    drawer, approver = b.official("drawer", area=CITY), b.official("approver", area=CITY)
    for _n, batches in draw_area(area=CITY, month=month, by=drawer, on=month.first, workers=1):
        for batch in batches:
            approve_batch(batch_id=batch.pk, control_total=batch.total, by=approver, on=month.first)
            send_batch(batch_id=batch.pk, by=drawer, on=month.first)
            content = result_file(Batch.objects.get(pk=batch.pk), {})
            if content:
                record_results(batch_id=batch.pk, content=content, name="r.csv", by=drawer, on=month.first)
    count_stale()


def test_after_a_county_merged_the_receiving_one_draws_for_its_people_and_nothing_twice() -> None:
    person("甲", TOWNSHIP)
    theirs = person("乙", THEIRS)
    settled(OCTOBER)
    moves = change_area(MERGE, by=None, on=ON)
    assert moves[OTHER] == ONE
    assert moves[THEIRS].startswith(ONE[:6])
    theirs.refresh_from_db()
    assert theirs.division_code == moves[THEIRS]
    resolve_changes()
    batch = draw_batch(payer_code=ONE, month=NOVEMBER, by=None, on=ON)
    assert batch is not None
    rows = Item.objects.filter(batch_id=batch.pk).values_list("person_id", "right_month")
    assert theirs.pk in {row[0] for row in rows}
    assert {row[1] for row in rows} == {NOVEMBER.first}, "October was paid by the old county and is not paid again"
    assert unpaid_places() == []


def test_arrears_of_months_before_are_paid_by_the_receiving_county() -> None:
    theirs = person("乙", THEIRS)
    settled(OCTOBER)
    before = Item.objects.filter(person_id=theirs.pk).count()
    Item.objects.filter(person_id=theirs.pk).update(void="returned")  # as if none had arrived
    change_area(MERGE, by=None, on=ON)
    resolve_changes()
    batch = draw_batch(payer_code=ONE, month=NOVEMBER, by=None, on=ON)
    assert batch is not None
    assert batch.item_count == before + 1


def test_sums_of_what_lies_below_are_what_they_were_before_and_after() -> None:
    person("甲", TOWNSHIP)
    person("乙", THEIRS)
    settled(OCTOBER)

    def sums(month: Month) -> dict[str, Decimal]:
        found = {}
        for code in (CITY, ONE, OTHER):
            below = children_in_month(code, month.first)
            own = area_in_month(code, month.first)
            total = sum((c.amount for area in below for c in (area.living, area.care)), Decimal(0))
            assert total == own.living.amount + own.care.amount, code
            found[code] = total
        return found

    before = sums(OCTOBER)
    change_area(MERGE, by=None, on=ON)
    resolve_changes()
    count_stale()
    assert sums(OCTOBER) == before
    settled(NOVEMBER)
    after = sums(NOVEMBER)
    assert after[OTHER] == 0
    assert after[CITY] == after[ONE] > 0


def test_a_batch_that_is_not_finished_stands_in_the_way_and_is_named() -> None:
    person("乙", THEIRS)
    draw_batch(payer_code=OTHER, month=OCTOBER, by=None, on=ON)
    with pytest.raises(AreaRefused, match="没有办结的发放批次 1"):
        effect_of(MERGE)
    with pytest.raises(AreaRefused):
        change_area(MERGE, by=None, on=ON)


def test_an_administrator_asks_and_one_above_agrees_to_what_is_shown() -> None:
    person("乙", THEIRS)
    clerk = b.official("clerk", role="clerk", area=THEIRS)
    below = b.official("below", role="administrator", area=OTHER)
    above = b.official("above", role="administrator", area="420000000000")
    now = Now.read()
    proposal = ask_to_change(wanted=MERGE, reason="省政府批复撤县并区", by=below, at=now.at, on=now.on)
    assert proposal.effect["persons"] == 1
    assert any("在任的岗位" in line[0] for line in proposal.effect["lines"])
    _effect, digest = effect_now(proposal, now.on)
    with pytest.raises(Refusal):
        accept(proposal_id=proposal.pk, digest=digest, by=below, at=now.at, on=now.on)
    accept(proposal_id=proposal.pk, digest=digest, by=above, at=now.at, on=now.on)
    assert Appointment.objects.get(user=clerk).division_code.startswith(ONE[:6])
    assert Appointment.objects.get(user=below).division_code == ONE
    ended = Division.objects.get(code=OTHER)
    assert (ended.until, ended.merged_into) == (now.on, ONE)


def test_a_county_gets_another_code_and_part_of_it_its_own() -> None:
    theirs = person("乙", THEIRS)
    moves = change_area(Wanted("recode", OTHER, "420188000000"), by=None, on=ON)
    assert moves == {OTHER: "420188000000", THEIRS: "420188001000"}
    theirs.refresh_from_db()
    assert theirs.division_code == "420188001000"
    change_area(
        Wanted("split", "420188000000", "420189000000", "新区", ("420188001000",)), by=None, on=date(2026, 11, 6)
    )
    theirs.refresh_from_db()
    assert theirs.division_code == "420189001000"
    assert Division.objects.get(code="420189000000").acts_as_county
    change_area(Wanted("rename", "420189000000", name="东新区"), by=None, on=ON)
    assert Division.objects.get(code="420189000000").name == "东新区"


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("merge", OTHER, OTHER),
        Wanted("merge", OTHER, "429999000000"),
        Wanted("merge", THEIRS, ONE),
        Wanted("merge", CITY, ONE),
        Wanted("recode", OTHER, TOWNSHIP),
        Wanted("recode", OTHER, "42018"),
        Wanted("recode", OTHER, "990100000000"),
        Wanted("split", OTHER, "420188000000", "新区"),
        Wanted("split", OTHER, "420188000000", "新区", (TOWNSHIP,)),
        Wanted("rename", OTHER),
    ],
)
def test_what_cannot_be_is_refused(wanted: Wanted) -> None:
    with pytest.raises(AreaRefused):
        effect_of(wanted)


def test_the_page_shows_the_effect_and_asks_above_and_others_have_no_form() -> None:
    person("乙", THEIRS)
    for role, place in (("administrator", OTHER), ("supervisor", OTHER)):
        user = b.official(role, role=role, area=place)
        request = SimpleNamespace(
            standing=standing_of(user, on=Now.read().on), GET={"act": "merge", "into": ONE}, user=user
        )
        found = changing_of(request, OTHER)  # type: ignore[arg-type]
        if role == "administrator":
            assert found["changing"]["effect"].persons == 1
        else:
            assert found == {}
