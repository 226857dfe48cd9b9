"""Practice on the pages: the stripe, the way in and out, what is kept in, and that nothing real is touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.applications.models import Application
from lxbt.audit.models import Event
from lxbt.practice.operations.world import prepare_world, ready, world
from lxbt.registry.models import Person
from lxbt.support.models import Attempt, TrainingRecord
from tests import factories as f

Login = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_area")]


@pytest.fixture(scope="session")
def practice_area(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        if not ready():
            prepare_world(rebuild=True)


@pytest.fixture
def clerk() -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


def begun(client: Client, exercise: str) -> Attempt:
    answer = client.post(reverse("practice_start"), {"exercise": exercise})
    attempt = Attempt.objects.latest("pk")
    assert answer.headers["Location"] == reverse("practice_exercise", args=[attempt.pk])
    return attempt


def test_a_clerk_does_an_exercise_and_it_is_checked(clerk: User, logged_in: Login) -> None:
    client = logged_in(clerk)
    assert "练习模式" not in client.get(reverse("inbox")).content.decode()
    attempt = begun(client, "clerk_return")
    inbox = client.get(reverse("inbox")).content.decode()
    assert "练习模式" in inbox
    assert "李练习" in inbox
    number = attempt.given["application"]
    case = client.get(reverse("application", args=[number]))
    told = {"act": "return", "version": case.context["form"]["version"].value(), "opinion": "缺残疾人证"}
    client.post(reverse("application_act", args=[number]), told)
    wrong = client.post(reverse("practice_check", args=[attempt.pk]), follow=True).content.decode()
    assert "还不对" in wrong
    case = client.get(reverse("application", args=[number]))
    told = {"act": "complete", "version": case.context["form"]["version"].value(), "opinion": "收到了"}
    client.post(reverse("application_act", args=[number]), told)
    right = client.post(reverse("practice_check", args=[attempt.pk]), follow=True).content.decode()
    assert "通过了。" in right
    assert "还不对" not in right
    assert not Application.objects.exists()
    assert Event.objects.filter(action="practice.passed", by_id=clerk.pk).exists()
    assert not Event.objects.filter(action="application.returned").exists()
    with world():
        assert Event.objects.filter(action="application.returned", by_id=clerk.pk).exists()


def test_real_things_are_not_found_while_practising_and_practice_is_not_found_outside(
    clerk: User, logged_in: Login
) -> None:
    client = logged_in(clerk)
    real = Person.objects.create(name="真人", pinyin="zr", sex="male", birth="1980-01-01", division_code=f.TOWNSHIP)
    assert client.get(reverse("person", args=[real.pk])).status_code == 200
    attempt = begun(client, "clerk_account")
    with world():
        invented = Person.objects.get(name="王练习", division_code__startswith=attempt.county_code[:6])
    found = client.get(reverse("person", args=[invented.pk])).content.decode()
    assert "王练习" in found
    assert "真人" not in found
    client.post(reverse("practice_leave"))
    assert "王练习" not in client.get(reverse("person", args=[invented.pk])).content.decode()


@pytest.mark.parametrize(
    "name", ["persons_export", "applications_export", "imports", "import_new", "statistics_export"]
)
def test_nothing_is_carried_out_of_practice(name: str, clerk: User, logged_in: Login) -> None:
    client = logged_in(clerk)
    attempt = begun(client, "clerk_apply")
    assert client.get(reverse(name)).headers["Location"] == reverse("practice_exercise", args=[attempt.pk])


def test_a_bank_file_is_not_made_in_practice(clerk: User, logged_in: Login) -> None:
    client = logged_in(clerk)
    attempt = begun(client, "officer_correct")
    assert client.post(reverse("bank_file", args=[1])).headers["Location"] == reverse(
        "practice_exercise", args=[attempt.pk]
    )


def test_the_own_account_stays_real(clerk: User, logged_in: Login) -> None:
    client = logged_in(clerk)
    begun(client, "decider_decide")
    profile = client.get(reverse("profile")).content.decode()
    assert "练习模式" in profile
    client.post(reverse("profile"), {"density": "compact"})
    clerk.refresh_from_db()
    assert clerk.density == "compact"


def test_when_practice_was_made_anew_the_session_comes_back_by_itself(clerk: User, logged_in: Login) -> None:
    client = logged_in(clerk)
    attempt = begun(client, "clerk_apply")
    Attempt.objects.filter(pk=attempt.pk).update(county_code="998877000000")
    assert client.get(reverse("inbox")).headers["Location"] == reverse("practice")
    assert "练习模式" not in client.get(reverse("inbox")).content.decode()


def test_an_attempt_of_another_is_not_found(clerk: User, logged_in: Login) -> None:
    attempt = begun(logged_in(clerk), "clerk_apply")
    other = logged_in(f.account("clerk", f.OTHER_TOWNSHIP))
    assert other.get(reverse("practice_exercise", args=[attempt.pk])).status_code == 404
    assert other.post(reverse("practice_check", args=[attempt.pk])).status_code == 404


def test_the_coordinator_sees_who_is_trained(clerk: User, logged_in: Login) -> None:
    TrainingRecord.objects.create(
        user_id=clerk.pk, role="clerk", place_code=f.TOWNSHIP, finished_on=timezone.localdate()
    )
    county = logged_in(f.account("coordinator", f.COUNTY)).get(reverse("training")).content.decode()
    assert clerk.name in county
    nation = logged_in(f.account("coordinator", f.NATION))
    assert "江岸区" in nation.get(reverse("training")).content.decode()
    sheet = nation.get(reverse("training_export"))
    assert sheet.status_code == 200
    assert Event.objects.filter(action="training.exported").exists()
    assert (
        logged_in(f.account("coordinator", f.OTHER_COUNTY)).get(reverse("training"), {"code": f.COUNTY}).status_code
        == 404
    )
    assert logged_in(clerk).get(reverse("training")).status_code == 404
