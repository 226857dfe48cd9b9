"""From a record of the Federation to the ledger, the leads and the postbox of the township."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lxbt.applications import operations as applications
from lxbt.core.months import Month
from lxbt.core.transitions import WrongState
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations import grant_entitlement, resolve_changes
from lxbt.entitlements.queries import rights_by_month
from lxbt.leads.models import Lead, Recheck, Reminder
from lxbt.leads.operations import LeadRefused, close_lead, close_settled_leads, follow_changes, look_ahead, remind
from lxbt.notices.models import Notice
from lxbt.notices.operations import read_notices
from lxbt.notices.queries import unread_count
from lxbt.registry.models import FederationChange, Person
from lxbt.registry.operations import record_facts
from lxbt.standards.operations import set_parameter
from tests import factories as f
from tests.registry.test_federation import person_of, record, take

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)
AT = f.moment(ON)


@pytest.fixture(autouse=True)
def places() -> None:
    f.load_places()
    f.usual_standards()


def follow(on: date = ON) -> int:
    return follow_changes(at=f.moment(on), on=on)


def recipient(**more: Any) -> Person:
    take(record(issued_on=date(2020, 1, 1), valid_until=date(2030, 1, 1), **more))
    person = person_of(record())
    record_facts(
        person_id=person.pk,
        values={"economic": "dibao", "area": "urban", "long_term_care": True},
        since=None,
        source="test",
        received_on=ON,
        by=None,
    )
    for subsidy in ("living", "care"):
        grant_entitlement(person_id=person.pk, subsidy=subsidy, since=Month(2026, 1), basis="test", by=None, on=ON)
    resolve_changes()
    return person


def periods(person: Person, subsidy: str = "care") -> list[tuple[str, str, str]]:
    rows = Entitlement.objects.filter(person_id=person.pk, subsidy=subsidy).order_by("since")
    return [(f"{p.since:%Y-%m}", f"{p.until:%Y-%m}" if p.until else "", p.state) for p in rows]


def test_a_new_certificate_is_pushed_to_its_township_as_a_lead() -> None:
    take(record(grade=1, issued_on=date(2026, 2, 20)))
    assert follow() == 1
    lead = Lead.objects.get()
    assert (lead.kind, lead.subsidies, lead.division_code, lead.state) == ("new", ["care"], f.TOWNSHIP, "open")
    assert lead.due_on > ON
    assert not FederationChange.objects.exists()


def test_a_certificate_that_opens_no_right_or_is_old_is_no_lead() -> None:
    take(record(11, grade=4), record(13, issued_on=date(2019, 1, 1)))
    follow()
    assert not Lead.objects.exists()


def test_freezing_suspends_and_the_township_has_a_notice_and_unfreezing_resumes() -> None:
    person = recipient()
    take(
        record(
            sequence=2,
            issued_on=date(2020, 1, 1),
            valid_until=date(2030, 1, 1),
            state="frozen",
            state_on=date(2026, 3, 1),
        )
    )
    follow()
    assert periods(person) == [("2026-01", "2026-04", "granted"), ("2026-04", "", "suspended")]
    assert [n.kind for n in Notice.objects.filter(division_code=f.TOWNSHIP)] == ["federation_frozen"]
    take(
        record(
            sequence=3,
            issued_on=date(2020, 1, 1),
            valid_until=date(2030, 1, 1),
            state="valid",
            state_on=date(2026, 6, 10),
        )
    )
    follow(date(2026, 6, 10))
    assert periods(person)[-1] == ("2026-06", "", "granted")


def test_a_death_ends_both_rights() -> None:
    person = recipient()
    take(
        record(
            sequence=2,
            issued_on=date(2020, 1, 1),
            valid_until=date(2030, 1, 1),
            died_on=date(2026, 2, 3),
            state="cancelled",
            state_on=ON,
        )
    )
    follow()
    assert periods(person) == periods(person, "living") == [("2026-01", "2026-03", "granted")]


def test_an_expired_certificate_waits_and_an_application_with_the_new_one_pays_three_months_back() -> None:
    """民发〔2022〕79号: from the month of application, three months back at most."""
    person = recipient(sequence=1)
    take(
        record(
            sequence=2,
            issued_on=date(2020, 1, 1),
            valid_until=date(2026, 2, 10),
            state="expired",
            state_on=date(2026, 2, 11),
        )
    )
    follow()
    assert periods(person)[-1] == ("2026-03", "", "suspended")
    assert Lead.objects.get().kind == "expired"
    on = date(2026, 8, 4)
    take(record(sequence=3, issued_on=date(2026, 7, 20), valid_until=date(2036, 7, 19)), at=f.moment(on), on=on)
    follow(on)
    assert set(Lead.objects.values_list("kind", "state")) == {("expired", "closed"), ("renewed", "open")}
    clerk, reviewer, decider = (
        f.account("clerk", f.TOWNSHIP),
        f.account("reviewer", f.COUNTY),
        f.account("decider", f.COUNTY),
    )
    found = applications.submit_application(
        person_id=person.pk,
        division_code=f.TOWNSHIP,
        subsidies=["care"],
        applicant=applications.Applicant(),
        papers={},
        by=clerk,
        at=f.moment(on),
    )
    assert close_settled_leads(on=on, since=on) == 1
    for by in (clerk, reviewer, decider):
        found = applications.pass_step(
            number=found.number,
            version=found.version,
            verdicts={"care": "agree"},
            opinion="同意",
            by=by,
            at=f.moment(on),
        )
    told = rights_by_month(person.pk, Month(2026, 1), Month(2026, 10))
    paid = [str(m.month) for m in told if "care" in m.granted and not m.rights["care"].reasons]
    assert paid == ["2026-01", "2026-02", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]


def test_where_a_place_pays_from_the_issue_the_new_certificate_resumes_by_itself() -> None:
    set_parameter(
        division_code=f.PROVINCE,
        name="recertified",
        value={"basis": "issue", "backpay_months": 0},
        since=None,
        by=None,
        on=ON,
    )
    person = recipient()
    take(
        record(
            sequence=2,
            issued_on=date(2020, 1, 1),
            valid_until=date(2026, 2, 10),
            state="expired",
            state_on=date(2026, 2, 11),
        )
    )
    follow()
    on = date(2026, 8, 4)
    take(record(sequence=3, issued_on=date(2026, 7, 20), valid_until=date(2036, 7, 19)), at=f.moment(on), on=on)
    follow(on)
    paid = [
        str(m.month)
        for m in rights_by_month(person.pk, Month(2026, 1), Month(2026, 10))
        if "care" in m.granted and not m.rights["care"].reasons
    ]
    assert paid == ["2026-01", "2026-02", "2026-07", "2026-08", "2026-09"]


def test_a_move_out_of_the_province_ends_the_right_and_is_a_lead_there() -> None:
    person = recipient()
    f.publish(subsidy="care", amount={"fixed": "90"}, division="330000000000")
    take(
        record(
            sequence=2,
            issued_on=date(2020, 1, 1),
            valid_until=date(2030, 1, 1),
            division_code="330106001000",
            state="moved",
            state_on=date(2026, 3, 1),
        )
    )
    follow()
    assert periods(person) == [("2026-01", "2026-04", "granted")]
    assert [(x.kind, x.division_code) for x in Lead.objects.all()] == [("moved_in", "330106001000")]
    assert set(Notice.objects.values_list("division_code", flat=True)) == {f.TOWNSHIP, "330106001000"}


def test_half_a_year_and_a_month_before_the_end_a_township_is_told_and_after_it_the_ledger_waits() -> None:
    person = recipient()
    for on, state in ((date(2029, 6, 1), None), (date(2029, 7, 1), 1), (date(2029, 7, 2), 1), (date(2029, 12, 1), 2)):
        look_ahead(at=f.moment(on), on=on)
        lead = Lead.objects.filter(person_id=person.pk, kind="expiring").first()
        assert (lead.asked if lead else None) == state
    look_ahead(at=f.moment(date(2030, 1, 2)), on=date(2030, 1, 2))
    assert periods(person)[-1] == ("2030-02", "", "suspended")
    assert Lead.objects.filter(kind="expired").count() == 1
    look_ahead(at=f.moment(date(2030, 1, 3)), on=date(2030, 1, 3))
    assert Lead.objects.filter(kind="expired").count() == Notice.objects.filter(kind="federation_expired").count() == 1


def test_a_reminder_is_kept_with_its_outcome_and_cannot_be_changed() -> None:
    take(record(grade=1, issued_on=date(2026, 2, 20)))
    follow()
    lead, clerk = Lead.objects.get(), f.account("clerk", f.TOWNSHIP)
    lead = remind(lead_id=lead.pk, version=1, way="phone", outcome="unreachable", on=ON, note="", by=clerk, at=AT)
    assert lead.state == "unreachable"
    with pytest.raises(LeadRefused):
        remind(lead_id=lead.pk, version=1, way="phone", outcome="will_apply", on=ON, note="", by=clerk, at=AT)
    with pytest.raises(LeadRefused):
        remind(lead_id=lead.pk, version=2, way="visit", outcome="declined", on=ON, note="", by=clerk, at=AT)
    lead = remind(
        lead_id=lead.pk, version=2, way="visit", outcome="declined", on=ON, note="本人不愿申请", by=clerk, at=AT
    )
    assert (lead.state, lead.reminders) == ("declined", 2)
    with pytest.raises(Exception, match="update"):
        Reminder.objects.update(note="改")


def test_a_closed_lead_is_not_closed_again_and_another_township_does_not_find_it() -> None:
    take(record(grade=1, issued_on=date(2026, 2, 20)))
    follow()
    lead, clerk, other = Lead.objects.get(), f.account("clerk", f.TOWNSHIP), f.account("clerk", f.OTHER_TOWNSHIP)
    with pytest.raises(LeadRefused):
        close_lead(lead_id=lead.pk, version=1, basis="已在外省享受", by=other, at=AT)
    close_lead(lead_id=lead.pk, version=1, basis="已在外省享受", by=clerk, at=AT)
    with pytest.raises(WrongState):
        close_lead(lead_id=lead.pk, version=2, basis="已在外省享受", by=clerk, at=AT)


def test_notices_are_counted_until_they_are_read_by_each_account_of_the_office() -> None:
    recipient()
    take(
        record(
            sequence=2,
            issued_on=date(2020, 1, 1),
            valid_until=date(2030, 1, 1),
            state="frozen",
            state_on=date(2026, 3, 1),
        )
    )
    follow()
    from lxbt.accounts.queries import standing_of

    first, second, above = (
        f.account("clerk", f.TOWNSHIP),
        f.account("clerk", f.TOWNSHIP, username="second"),
        f.account("decider", f.COUNTY),
    )
    assert [unread_count(standing_of(u, on=ON)) for u in (first, second, above)] == [1, 1, 0]
    assert read_notices(notice_ids=None, by=first, at=AT) == 1
    assert [unread_count(standing_of(u, on=ON)) for u in (first, second)] == [0, 1]


def test_what_is_followed_is_not_followed_again() -> None:
    recipient()
    frozen = record(
        sequence=2, issued_on=date(2020, 1, 1), valid_until=date(2030, 1, 1), state="frozen", state_on=date(2026, 3, 1)
    )
    for _again in range(3):
        take(frozen, at=AT + timedelta(hours=1))
        follow()
    assert Notice.objects.count() == 1
    assert isinstance(AT, datetime)


def test_a_decision_taken_before_a_change_was_told_is_checked_again_and_the_county_is_told() -> None:
    clerk, reviewer, decider = (
        f.account("clerk", f.TOWNSHIP),
        f.account("reviewer", f.COUNTY),
        f.account("decider", f.COUNTY),
    )
    take(record(issued_on=date(2020, 1, 1), valid_until=date(2030, 1, 1)))
    person = person_of(record())
    record_facts(
        person_id=person.pk, values={"long_term_care": True}, since=None, source="test", received_on=ON, by=None
    )
    found = applications.submit_application(
        person_id=person.pk,
        division_code=f.TOWNSHIP,
        subsidies=["care"],
        applicant=applications.Applicant(),
        papers={},
        by=clerk,
        at=AT,
    )
    for by in (clerk, reviewer, decider):
        found = applications.pass_step(
            number=found.number, version=found.version, verdicts={"care": "agree"}, opinion="同意", by=by, at=AT
        )
    frozen = record(
        sequence=2,
        issued_on=date(2020, 1, 1),
        valid_until=date(2030, 1, 1),
        state="frozen",
        state_on=ON,
        changed_at=AT - timedelta(hours=3),
    )
    take(frozen, at=AT + timedelta(hours=5))
    follow()
    again = Recheck.objects.get()
    assert (again.application_number, again.differs, again.details) == (
        found.number,
        True,
        {"care": ["100.00", "0.00"]},
    )
    assert Notice.objects.filter(kind="federation_recheck", division_code=f.COUNTY, role="decider").count() == 1
    later = record(
        sequence=3, issued_on=date(2020, 1, 1), valid_until=date(2030, 1, 1), changed_at=AT + timedelta(days=1)
    )
    take(later, at=AT + timedelta(days=1, minutes=1))
    follow()
    assert Recheck.objects.count() == 1
