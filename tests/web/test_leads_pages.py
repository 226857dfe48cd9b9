"""The pages of leads, notices, persons, coverage and doubles, as officials use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.leads.models import Lead, Reminder
from lxbt.leads.operations import follow_changes
from lxbt.notices.models import Receipt
from lxbt.notices.operations import Post, post_notices
from lxbt.registry.models import Match, Person
from lxbt.registry.operations import register_person
from lxbt.registry.operations.duplicates import propose_matches
from lxbt.registry.rules.duplicates import short_number
from lxbt.statistics.coverage import count_coverage
from tests import factories as f
from tests.registry.test_federation import number, person_of, record, take

pytestmark = pytest.mark.django_db
LoggedIn = Callable[[User], Client]


@pytest.fixture
def lead() -> Lead:
    f.load_places()
    f.usual_standards()
    now, on = timezone.now(), timezone.localdate()
    take(record(grade=1, issued_on=on, valid_until=on + timedelta(days=3650)), at=now, on=on)
    follow_changes(at=now, on=on)
    return Lead.objects.get()


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_a_clerk_records_a_reminder_and_the_lead_leaves_what_waits(lead: Lead, logged_in: LoggedIn) -> None:
    client = logged_in(f.account("clerk", f.TOWNSHIP))
    assert "李明" in text(client.get(reverse("leads")))
    data = {
        "act": "remind",
        "version": lead.version,
        "way": "phone",
        "outcome": "will_apply",
        "on": timezone.localdate().isoformat(),
        "note": "",
    }
    assert client.post(reverse("lead", args=[lead.pk]), data).status_code == 302
    assert Reminder.objects.get().way == "phone"
    assert "李明" not in text(client.get(reverse("leads")))
    assert "李明" in text(client.get(reverse("leads"), {"show": "reminded"}))


def test_a_refused_reminder_shows_why_and_keeps_what_was_typed(lead: Lead, logged_in: LoggedIn) -> None:
    client = logged_in(f.account("clerk", f.TOWNSHIP))
    data = {
        "act": "remind",
        "version": lead.version,
        "way": "visit",
        "outcome": "declined",
        "on": timezone.localdate().isoformat(),
        "note": "",
    }
    answer = text(client.post(reverse("lead", args=[lead.pk]), data))
    assert "本人不申请或不符合条件的，请写明情况" in answer
    assert not Reminder.objects.exists()


def test_a_county_sees_the_sums_of_its_townships_and_cannot_remind(lead: Lead, logged_in: LoggedIn) -> None:
    client = logged_in(f.account("reviewer", f.COUNTY))
    assert "各地线索" in text(client.get(reverse("leads")))
    page = text(client.get(reverse("lead", args=[lead.pk])))
    assert "记一次提醒" not in page


def test_the_slip_and_the_export_leave_a_line_in_the_record(lead: Lead, logged_in: LoggedIn) -> None:
    client = logged_in(f.account("clerk", f.TOWNSHIP))
    assert "告知书" in text(client.get(reverse("lead_slip", args=[lead.pk])))
    assert client.get(reverse("leads_export")).headers["Content-Type"].endswith("sheet")
    assert set(Event.objects.filter(action__startswith="lead").values_list("action", flat=True)) == {
        "lead.slip_printed",
        "leads.exported",
    }


def test_the_bell_counts_what_is_unread_and_opening_a_notice_reads_it(lead: Lead, logged_in: LoggedIn) -> None:
    clerk = f.account("clerk", f.TOWNSHIP)
    client = logged_in(clerk)
    post_notices(
        posts=[Post(f.TOWNSHIP, "federation_frozen", person_id=lead.person_id, params={"on": "2026-03-01"})],
        at=timezone.now(),
    )
    page = text(client.get(reverse("notices")))
    assert "1 条未读" in page
    assert "李明 的残疾人证于 2026-03-01 冻结" in page
    assert not Receipt.objects.exists()  # looking at the list reads nothing
    notice = Receipt._meta.get_field("notice").related_model.objects.get()
    assert client.post(reverse("notice_open", args=[notice.pk])).headers["Location"] == reverse(
        "person", args=[lead.person_id]
    )
    assert Receipt.objects.get().user_id == clerk.pk
    assert "条未读" not in text(client.get(reverse("notices")))


def test_the_person_page_says_when_the_federation_confirmed_and_warns_of_old_facts(
    lead: Lead, logged_in: LoggedIn
) -> None:
    client = logged_in(f.account("decider", f.COUNTY))
    page = text(client.get(reverse("person", args=[lead.person_id])))
    assert "确认" in page
    assert "残联数据较旧" not in page
    long_ago = timezone.now() - timedelta(days=30)
    take(record(13), at=long_ago, on=long_ago.date())
    assert "残联数据较旧" in text(client.get(reverse("person", args=[person_of(record(13)).pk])))


def test_persons_are_filtered_by_certificate_for_those_who_see_it_and_for_nobody_else(
    lead: Lead, logged_in: LoggedIn
) -> None:
    decider = logged_in(f.account("decider", f.COUNTY))
    assert "李明" in text(decider.get(reverse("persons"), {"grade": "1", "state": "valid", "held": "no"}))
    assert "李明" not in text(decider.get(reverse("persons"), {"grade": "2"}))
    assert decider.get(reverse("persons_export"), {"grade": "1"}).headers["Content-Type"].endswith("sheet")


def test_coverage_leads_down_and_out_of_scope_is_not_found(lead: Lead, logged_in: LoggedIn) -> None:
    count_coverage(on=timezone.localdate(), at=timezone.now())
    client = logged_in(f.account("supervisor", f.PROVINCE))
    page = text(client.get(reverse("coverage")))
    assert f"?code={f.CITY}" in page
    assert client.get(reverse("coverage"), {"code": "330000000000"}).status_code == 404
    assert client.get(reverse("coverage_export")).headers["Content-Type"].endswith("sheet")


def test_doubles_are_joined_and_parted_on_their_page_and_the_alias_says_where_the_person_is(
    lead: Lead, logged_in: LoggedIn
) -> None:
    on = timezone.localdate()
    old = register_person(
        name="李明",
        sex="male",
        birth=record().birth,
        division_code=f.TOWNSHIP,
        identity_number=short_number(number(11)),
        by=None,
        on=on,
        check_number=False,
    )
    propose_matches(area=f.COUNTY, at=timezone.now(), by=None)
    match, client = Match.objects.get(), logged_in(f.account("decider", f.COUNTY))
    url = reverse("match", args=[match.pk])
    assert "15 位与 18 位旧新号码" in text(client.get(reverse("matches")))
    assert client.post(url, {"act": "join", "keep": lead.person_id, "why": "查验户口本，同一人"}).status_code == 302
    assert Person.objects.get(pk=old.pk).joined_to == lead.person_id
    assert "这条登记已并入另一条登记" in text(client.get(reverse("person", args=[old.pk])))
    assert client.post(url, {"act": "part", "why": "误并，系两人"}).status_code == 302
    assert Person.objects.get(pk=old.pk).joined_to is None
    reviewer = logged_in(f.account("reviewer", f.COUNTY))
    assert reviewer.post(url, {"act": "apart", "why": "查验户口本"}).status_code == 404
