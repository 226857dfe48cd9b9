"""Looking at personal data: a reason, a limit by role, and unusual looking told to those above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.accounts.rules.looking import PER_HOUR, USUAL, Habits
from lxbt.audit.models import Event, UnusualLook
from lxbt.audit.watching import LookRefused, find_unusual_looks, write_finding
from lxbt.registry.operations import LooksExhausted, reveal_number
from tests import factories as f

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)  # 12:00 in Beijing


def looked(user: User, count: int, at: datetime, *, caseload: str = "yes", action: str = "person.viewed") -> None:
    Event.objects.bulk_create(
        Event(
            at=at + timedelta(seconds=n),
            by_id=user.pk,
            by_name=user.name,
            by_place=user.place_code,
            action=action,
            person_id=n,
            details={"caseload": caseload},
        )
        for n in range(count)
    )


def found(habits: Habits = USUAL) -> dict[str, int]:
    find_unusual_looks(since=NOON - timedelta(days=2), until=NOON + timedelta(days=2), habits=asdict(habits))
    return dict(UnusualLook.objects.values_list("kind", "count"))


@pytest.mark.parametrize(
    ("count", "at", "caseload", "expected"),
    [
        (USUAL.per_hour, NOON, "yes", {}),
        (USUAL.per_hour + 1, NOON, "yes", {"many": USUAL.per_hour + 1}),
        (USUAL.at_night - 1, NOON + timedelta(hours=11), "yes", {}),
        (USUAL.at_night, NOON + timedelta(hours=11), "yes", {"night": USUAL.at_night}),
        (USUAL.at_night, NOON - timedelta(hours=7), "yes", {"night": USUAL.at_night}),
        (USUAL.elsewhere_per_day, NOON, "no", {}),
        (USUAL.elsewhere_per_day + 1, NOON, "no", {"elsewhere": USUAL.elsewhere_per_day + 1}),
    ],
)
def test_only_what_goes_beyond_the_usual_is_told(
    count: int, at: datetime, caseload: str, expected: dict[str, int]
) -> None:
    f.load_places()
    looked(f.account("clerk", f.TOWNSHIP), count, at, caseload=caseload)
    assert found() == expected


def test_looking_again_at_the_same_record_tells_nothing_twice_and_a_finding_stays() -> None:
    f.load_places()
    clerk, other = f.account("clerk", f.TOWNSHIP), f.account("auditor", f.COUNTY)
    looked(clerk, USUAL.per_hour + 1, NOON)
    first = found()
    write_finding(look_id=UnusualLook.objects.get().pk, finding="集中核对年审名单，正当", by=other, at=NOON)
    assert found() == first
    assert UnusualLook.objects.get().finding == "集中核对年审名单，正当"


def test_nobody_writes_the_finding_about_himself_not_even_by_raw_sql() -> None:
    f.load_places()
    clerk = f.account("clerk", f.TOWNSHIP)
    looked(clerk, USUAL.per_hour + 1, NOON)
    found()
    look = UnusualLook.objects.get()
    with pytest.raises(LookRefused):
        write_finding(look_id=look.pk, finding="没有问题", by=clerk, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update audit_unusuallook set handled_by_id = by_id, handled_at = now(), finding = 'x'")


def test_numbers_in_full_stop_at_the_limit_of_the_role_and_those_above_are_told() -> None:
    f.load_places()
    clerk, person = f.account("clerk", f.TOWNSHIP), f.recipient(division=f.TOWNSHIP)
    looked(clerk, PER_HOUR["clerk"] - 1, timezone.now() - timedelta(minutes=5), action="person.revealed")
    assert reveal_number(person=person, kind="account", reason="核对退票", by=clerk, at=timezone.localtime())
    with pytest.raises(LooksExhausted):
        reveal_number(person=person, kind="account", reason="核对退票", by=clerk, at=timezone.localtime())
    assert UnusualLook.objects.get(kind="limit").by_id == clerk.pk


def test_those_above_see_it_on_their_page_and_a_neighbour_does_not(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    clerk = f.account("clerk", f.TOWNSHIP)
    looked(clerk, USUAL.per_hour + 1, NOON)
    found()
    look = UnusualLook.objects.get()
    above, beside = logged_in(f.account("auditor", f.COUNTY)), logged_in(f.account("auditor", f.OTHER_COUNTY))
    assert clerk.name in above.get(reverse("looks")).content.decode()
    assert clerk.name not in beside.get(reverse("looks")).content.decode()
    assert beside.get(reverse("look", args=[look.pk])).status_code == 404
    answer = above.post(reverse("look", args=[look.pk]), {"finding": "已向街道核实，属年审核对"}, follow=True)
    assert answer.status_code == 200
    look.refresh_from_db()
    assert look.finding == "已向街道核实，属年审核对"


def test_a_look_says_whether_the_person_is_in_the_own_caseload(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    person = f.recipient(division=f.TOWNSHIP)
    logged_in(f.account("clerk", f.TOWNSHIP)).get(reverse("person", args=[person.pk]))
    assert Event.objects.get(action="person.viewed").details == {"caseload": "no"}


def test_a_reason_is_asked_for_on_the_page(logged_in: Callable[[User], Client]) -> None:
    f.load_places()
    person = f.recipient(division=f.TOWNSHIP)
    client = logged_in(f.account("clerk", f.TOWNSHIP))
    for reason in ("", "看", "  "):
        assert client.post(reverse("reveal", args=[person.pk, "account"]), {"reason": reason}).status_code == 422
    assert client.post(reverse("reveal", args=[person.pk, "account"]), {"reason": "核对退票"}).status_code == 200
