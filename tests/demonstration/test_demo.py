"""The demonstration: numbers of the right form, shares near the published ones, the same for the same seed, figures
that agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.core.management import CommandError
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from lxbt.accounts.models import Appointment, User
from lxbt.accounts.rules import BY_KEY, DEMONSTRATION, Permission
from lxbt.applications.models import Application
from lxbt.core.idnumber import certificate_parts, is_valid
from lxbt.core.months import Month
from lxbt.core.profile import read_profile
from lxbt.demonstration import progress, standards
from lxbt.demonstration.accounts import check_accounts, wanted_accounts
from lxbt.demonstration.fate import MONTHS, fate_of
from lxbt.demonstration.places import DEEP, DEEP_SHARES, County, census, spread, weights
from lxbt.demonstration.population import CATEGORY_SHARES, population
from lxbt.divisions.rules import NATION
from lxbt.entitlements.queries import told_timelines
from lxbt.payments.models import Batch, Item, Line
from lxbt.registry.models import BankAccount, Change, Person, PersonProfile
from lxbt.registry.queries import facts_text, interned
from lxbt.simulators.people import numbers
from lxbt.standards.rules.rows import read_standard
from lxbt.statistics.models import Figure
from tests.demonstration.filling import DAY, run_demo

pytestmark = pytest.mark.django_db  # without it no test database would be made for the fixtures of the module

COUNTY = County(
    "420102000000",
    "江岸区",
    4000,
    (("420102002000", "大智街道"), ("420102003000", "三合镇"), ("420102400000", "平湖乡")),
)


def people(seed: int = 1, size: int = 4000, part: int = 0, of: int = 2) -> list[object]:
    return list(population(COUNTY, seed=seed, day=DAY, part=part, of=of, size=size))


MANY = people()


def test_every_number_has_its_form() -> None:
    for person in MANY:
        assert is_valid(person.identity)
        assert person.identity.startswith("420102")
        assert person.birth.strftime("%Y%m%d") == person.identity[6:14]
        assert certificate_parts(person.certificate) is not None
        assert len(person.certificate) == 20
        assert luhn.is_valid(person.account)
        assert len(person.phone) == 11


@given(st.text("0123456789", min_size=1, max_size=18))
def test_luhn_digit_agrees_with_another_implementation(digits: str) -> None:
    assert numbers.luhn_digit(digits) == luhn.calc_check_digit(digits)


def test_nobody_has_the_number_of_another_across_parts() -> None:
    both = [person.identity for part in (0, 1) for person in people(part=part)]
    assert len(set(both)) == len(both)


def test_the_numbers_of_a_day_run_out_without_doubling() -> None:
    source = numbers.IdentityNumbers("420102", part=0, of=100)
    drawn = [source.draw(Random(1), date(1960, 5, 1), "male") for _n in range(6)]
    assert len(set(drawn[:5])) == 5
    assert None not in drawn[:5]
    assert drawn[5] is None


def test_shares_are_near_those_told() -> None:
    whole = sum(CATEGORY_SHARES.values())
    found = Counter(person.category for person in MANY)
    for category, share in CATEGORY_SHARES.items():
        assert abs(found[category] / len(MANY) - share / whole) < 0.025
    assert 0.55 < sum(person.grade <= 2 for person in MANY) / len(MANY) < 0.72
    assert 0.40 < sum((DAY - person.birth).days > 60 * 365.25 for person in MANY) / len(MANY) < 0.5
    assert 0.03 < sum((DAY - person.birth).days < 18 * 365.25 for person in MANY) / len(MANY) < 0.08


def test_some_certificates_have_expired_and_some_soon_will() -> None:
    expired = sum(person.valid_until < DAY for person in MANY) / len(MANY)
    soon = sum(DAY <= person.valid_until < date(2026, 12, 17) for person in MANY) / len(MANY)
    assert 0.01 < expired < 0.05
    assert 0.005 < soon < 0.05
    assert all(person.issued_on >= person.birth and person.issued_on < DAY for person in MANY)


def test_every_fact_can_be_read_as_a_profile() -> None:
    for person in MANY[:500]:
        read_profile({**person.facts, "certificate": {"category": person.category, "grade": person.grade}}, "person")


def test_the_same_seed_and_day_give_the_same_people() -> None:
    assert people(seed=7, size=200) == people(seed=7, size=200)
    assert people(seed=7, size=200) != people(seed=8, size=200)


def test_what_becomes_known_was_received_in_its_month_and_not_before_it_happened() -> None:
    begin = Month.of(DAY).back(MONTHS)
    seen = Counter()
    for person in MANY:
        fate = fate_of(person, begin, DAY, COUNTY)
        assert fate.starts <= fate.decided
        if fate.kind:
            seen[fate.kind] += 1
            received = date.fromisoformat(str(fate.told["received_on"]))
            assert Month.of(received) == begin + fate.known or received == DAY
            assert received <= DAY
            for key in ("died_on", "moved_out_on", "imprisoned_on", "issued_on"):
                assert str(fate.told.get(key, "")) <= received.isoformat()
    assert seen["died"] > 50
    assert seen["dibao_ended"] > 10
    assert {"class", "moved"} <= set(seen)


def test_two_thirds_live_in_three_provinces_and_all_are_there() -> None:
    shares = weights()
    assert {code[:2] for code in shares} == set(census())
    assert sum(share for code, share in shares.items() if code[:2] in DEEP) == pytest.approx(sum(DEEP_SHARES.values()))
    assert sum(shares.values()) == pytest.approx(1)


@given(st.integers(0, 10_000), st.dictionaries(st.text(min_size=1), st.floats(0.01, 1), min_size=1, max_size=40))
def test_spreading_gives_whole_numbers_that_sum_up(total: int, shares: dict[str, float]) -> None:
    found = spread(total, shares)
    assert sum(found.values()) == total
    assert min(found.values()) >= 0


def test_every_standard_of_the_file_can_be_read_and_every_province_has_both_subsidies() -> None:
    rows = [read_standard(planned.row, "row") for planned in standards.planned_rows(Month(2026, 1))]
    assert {(row.division[:2], row.subsidy) for row in rows} >= {
        (province, subsidy) for province in census() for subsidy in ("living", "care")
    }
    assert any(
        planned.late and planned.row["since"] < str(planned.published)
        for planned in standards.planned_rows(Month(2026, 1))
    )
    assert "演示" in standards.load_data()["title"]


def test_every_role_can_be_tried_and_the_published_accounts_are_there() -> None:
    accounts = wanted_accounts([COUNTY])
    check_accounts(accounts)
    assert {role for _organ, _place, roles in accounts.values() for role in roles} == set(BY_KEY)
    assert {
        permission for _o, _p, roles in accounts.values() for role in roles for permission in BY_KEY[role].permissions
    } == set(Permission)


@pytest.fixture(scope="module")
def small_demo(country: None) -> Iterator[None]:
    """A demonstration of 300 persons, made once for the tests below."""
    with transaction.atomic():
        run_demo(persons=300)
        yield
        transaction.set_rollback(True)


def test_figures_agree_with_the_items(small_demo: None) -> None:
    for month in sorted(set(Batch.objects.values_list("month", flat=True))):
        decided = Batch.objects.filter(month=month).exclude(state="drawn").values_list("pk", flat=True)
        amounts = Item.objects.filter(batch_id__in=list(decided), void__isnull=True).values_list("amount", flat=True)
        figures = Figure.objects.filter(month=month, division_code=NATION)
        assert sum((f.regular + f.arrears + f.recovery for f in figures), Decimal(0)) == sum(amounts, Decimal(0))
    assert Figure.objects.filter(division_code=NATION).count() == 2 * MONTHS


def test_eight_months_are_settled_and_the_show_county_waits_for_approval(small_demo: None) -> None:
    states = Counter(Batch.objects.values_list("state", flat=True))
    assert states["drawn"] == 1
    assert set(states) == {"drawn", "settled"}
    waiting = Batch.objects.get(state="drawn")
    assert (waiting.payer_code, waiting.month) == ("420102000000", date(2026, 6, 1))
    assert sorted(set(Batch.objects.filter(state="settled").values_list("month", flat=True))) == [
        (Month(2025, 10) + n).first for n in range(MONTHS)
    ]
    assert not Line.objects.filter(state="sent").exists()


def test_nobody_is_drawn_after_death_and_arrears_follow_the_late_rise(small_demo: None) -> None:
    assert Item.objects.filter(kind="arrears", division_code__startswith="42").exists()
    dead = PersonProfile.objects.filter(died_on__isnull=False).values_list("person_id", "died_on")
    for person_id, died in dead:
        items = Item.objects.filter(person_id=person_id, right_month__gt=died, void__isnull=True).values_list(
            "amount", flat=True
        )
        assert sum(items, Decimal(0)) == 0


def test_the_months_told_in_bulk_are_those_the_register_would_tell(small_demo: None) -> None:
    stored: dict[int, list[tuple[object, ...]]] = {}
    for row in PersonProfile.objects.select_related("profile").order_by("person_id", "since"):
        stored.setdefault(row.person_id, []).append(
            (row.since, row.until, row.division_code, facts_text(row.profile.facts), row.birth, row.valid_until)
        )
    told_now = told_timelines(stored)
    for person_id, stretches in told_now.items():
        assert stored[person_id] == [
            (
                s.since.first,
                s.until.first if s.until else None,
                s.profile.division,
                facts_text(interned(s.profile)),
                s.profile.birth,
                s.profile.certificate.valid_until if s.profile.certificate else None,
            )
            for s in stretches
        ]
    assert len(told_now) == Person.objects.count()


def test_accounts_open_with_the_published_password_and_numbers_can_be_read_again(small_demo: None) -> None:
    clerk = User.objects.get(username="420102002_clerk")
    assert clerk.check_password(dict(DEMONSTRATION)[clerk.username])
    assert not clerk.must_change_password
    assert User.objects.filter(username__in=dict(DEMONSTRATION)).count() == len(DEMONSTRATION)
    assert Appointment.objects.filter(user__username="420102_decider", role="decider").exists()
    account = BankAccount.objects.order_by("pk").first()
    assert account is not None
    assert luhn.is_valid(account.account_number)


def test_applications_stand_at_every_step(small_demo: None) -> None:
    found = set(Application.objects.filter(county_code="420102000000").values_list("state", "step"))
    assert found >= {
        ("open", "examine"),
        ("open", "review"),
        ("open", "decide"),
        ("returned", "review"),
        ("granted", "decide"),
        ("refused", "decide"),
    }
    assert Application.objects.filter(county_code="420102000000", due_on=DAY).exists()
    assert Application.objects.filter(county_code="420102000000", due_on__lt=DAY, state="open").exists()
    assert not Application.objects.filter(applied_on__gt=DAY).exists()


def test_nothing_of_the_bookkeeping_stays(small_demo: None) -> None:
    assert progress.begun() is None
    assert not Change.objects.filter(
        person_id__in=Person.objects.filter(division_code__startswith="11").values("pk")
    ).exists()


def test_it_refuses_where_persons_are_and_in_production(small_demo: None, settings: object) -> None:
    with pytest.raises(CommandError, match="--force"):
        run_demo()
    settings.LXBT_ENVIRONMENT = "production"  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="正式环境"):
        run_demo(force=True)


def test_force_adds_to_what_is_there(small_demo: None) -> None:
    before = Person.objects.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select max(person_id) from registry_person")
        last = cursor.fetchone()[0]
        run_demo(persons=120, seed=5, force=True)
        assert Person.objects.filter(pk__gt=last).count() >= 120
        assert Person.objects.count() > before
        transaction.set_rollback(True)
