"""What people type is not lost, and nobody is led: drafts of a case, conflicts, sessions that end, look-ups at the
window.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.accounts.rules import ROLES
from lxbt.applications import operations
from lxbt.applications.models import Application, CaseDraft
from lxbt.applications.rules import Agent
from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.payments.operations import draw_batch
from lxbt.registry.models import Person, phone_place
from tests import factories as f
from tests.web.test_scope import declaration

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> None:
    f.load_places()
    f.usual_standards()


def taken_in(clerk: User, number: str = "", **other: Any) -> Application:
    number = number or f.identity_number(serial=33)
    told = declaration("李大智", f.TOWNSHIP, number)
    return operations.take_in(
        declaration=told if not other else type(told)(**{**told.__dict__, **other}),
        subsidies=["living", "care"],
        applicant=operations.Applicant(agent=Agent.SELF),
        by=clerk,
        at=timezone.now(),
    )


def passed(case: Application, by: User, **verdicts: str) -> Application:
    return operations.pass_step(
        number=case.number,
        version=case.version,
        verdicts={"living": "agree", "care": "agree", **verdicts},
        opinion="意见",
        by=by,
        at=timezone.now(),
    )


def chosen(page: str) -> list[str]:
    """The verdicts that a page has chosen beforehand."""
    inputs = re.findall(r"<input[^>]*name=\"verdict_(\w+)\"[^>]*>", page)
    assert set(inputs) == {"living", "care"}
    found = []
    for one in re.findall(r"<input[^>]*name=\"verdict_\w+\"[^>]*>", page):
        if re.search(r"\schecked", one):
            found.append(re.search(r"verdict_(\w+)", one)[1] + "=" + re.search(r"value=\"(\w+)\"", one)[1])  # type: ignore[index]
    return sorted(found)


def test_where_the_federation_refused_nothing_is_chosen_for_the_decider(
    places: None, logged_in: Callable[[User], Client]
) -> None:
    clerk, reviewer = f.account("clerk", f.TOWNSHIP), f.account("reviewer", f.COUNTY)
    case = passed(passed(taken_in(clerk), clerk), reviewer, care="refuse")
    page = logged_in(f.account("decider", f.COUNTY)).get(reverse("application", args=[case.number])).content.decode()
    assert chosen(page) == ["living=agree"]


def test_a_return_is_answered_before_it_is_completed(places: None, logged_in: Callable[[User], Client]) -> None:
    clerk, reviewer = f.account("clerk", f.TOWNSHIP), f.account("reviewer", f.COUNTY)
    case = passed(taken_in(clerk), clerk)
    case = operations.return_application(
        number=case.number, version=case.version, opinion="请补残疾人证", by=reviewer, at=timezone.now()
    )
    client, url = logged_in(clerk), reverse("application_act", args=[case.number])
    for nothing in ("", "   ", "好"):
        answer = client.post(url, {"act": "complete", "version": case.version, "opinion": nothing})
        assert answer.status_code == 422
        assert "请写明补正了什么" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == "returned"
    client.post(url, {"act": "complete", "version": case.version, "opinion": "已补来残疾人证"})
    case.refresh_from_db()
    assert case.state == "open"


def test_a_conflict_says_who_acted_and_keeps_what_was_typed(places: None, logged_in: Callable[[User], Client]) -> None:
    clerk, other = f.account("clerk", f.TOWNSHIP), f.account("clerk", f.TOWNSHIP, username="other_clerk")
    case = taken_in(clerk)
    seen = case.version
    passed(case, other)
    answer = logged_in(clerk).post(
        reverse("application_act", args=[case.number]),
        {
            "act": "pass",
            "version": seen,
            "opinion": "已入户核实三次",
            "verdict_living": "agree",
            "verdict_care": "agree",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert other.name in page
    assert "已入户核实三次" in page
    assert re.search(r"于 \d\d-\d\d \d\d:\d\d 办理过", page)


def test_what_is_typed_about_a_case_is_there_again_and_only_for_who_typed_it(
    places: None, logged_in: Callable[[User], Client]
) -> None:
    clerk, other = f.account("clerk", f.TOWNSHIP), f.account("clerk", f.TOWNSHIP, username="other_clerk")
    case = taken_in(clerk)
    url, client = reverse("application", args=[case.number]), logged_in(clerk)
    client.post(
        reverse("application_case_draft", args=[case.number]), {"opinion": "写了一半的意见", "verdict_care": "refuse"}
    )
    assert "写了一半的意见".encode() not in bytes(CaseDraft.objects.get().sealed)
    page = client.get(url).content.decode()
    assert "写了一半的意见" in page
    assert "care=refuse" in chosen(page)
    assert "写了一半的意见" not in logged_in(other).get(url).content.decode()
    client = logged_in(clerk)
    version = Application.objects.get().version
    done = {"act": "pass", "version": version, "opinion": "写完了", "verdict_living": "agree", "verdict_care": "agree"}
    assert client.post(reverse("application_act", args=[case.number]), done).status_code == 302
    assert not CaseDraft.objects.exists()


def test_a_form_that_comes_after_the_session_leads_back_to_its_page(places: None) -> None:
    clerk = f.account("clerk", f.TOWNSHIP)
    case = taken_in(clerk)
    answer = Client().post(reverse("application_act", args=[case.number]), {"act": "pass", "opinion": "意见"})
    assert answer.headers["Location"].endswith("?next=" + reverse("application", args=[case.number]))
    answer = Client().post(reverse("application_new"), {"name": "李大智"})
    assert answer.headers["Location"].endswith("?next=" + reverse("application_new"))


def test_the_window_says_the_same_of_somebody_elsewhere_and_of_somebody_unknown(
    places: None, logged_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = f.account("clerk", f.OTHER_TOWNSHIP)
    elsewhere, unknown = f.identity_number(serial=33), f.identity_number(serial=35)
    case = operations.take_in(
        declaration=declaration("李外县", f.OTHER_TOWNSHIP, elsewhere),
        subsidies=["care"],
        applicant=operations.Applicant(agent=Agent.SELF),
        by=there,
        at=timezone.now(),
    )
    clerk = f.account("clerk", f.TOWNSHIP)
    client = logged_in(clerk)
    pages = [client.post(reverse("application_lookup"), {"id_number": n}).content for n in (elsewhere, unknown)]
    assert pages[0] == pages[1]
    asked = Event.objects.filter(action="person.looked_up", by_id=clerk.pk).order_by("pk")
    assert [event.person_id for event in asked] == [case.person_id, None]
    monkeypatch.setattr("lxbt.registry.operations.contact.LOOKUPS_PER_HOUR", 3)
    client.post(reverse("application_lookup"), {"id_number": unknown})
    refused = client.post(reverse("application_lookup"), {"id_number": elsewhere}).content.decode()
    assert "上限" in refused
    assert asked.all().count() == 4


def test_a_known_persons_new_telephone_is_kept(places: None) -> None:
    clerk, reviewer, decider = (
        f.account("clerk", f.TOWNSHIP),
        f.account("reviewer", f.COUNTY),
        f.account("decider", f.COUNTY),
    )
    case = passed(passed(taken_in(clerk), clerk), reviewer, living="refuse", care="refuse")
    passed(case, decider, living="refuse", care="refuse")
    again = taken_in(clerk, phone="１３８ 0013 8000", name="李大智\u200b")
    person = Person.objects.get(pk=again.person_id)
    assert again.person_id == case.person_id
    assert person.phone is not None
    assert vault.open_sealed(person.phone, phone_place(person.pk)) == "13800138000"
    assert person.phone_masked == "138****8000"


def test_every_link_of_a_first_page_leads_somewhere(places: None, logged_in: Callable[[User], Client]) -> None:
    case = taken_in(f.account("clerk", f.TOWNSHIP, username="taking"))
    for role, place in (("clerk", f.TOWNSHIP), ("reviewer", f.COUNTY), ("decider", f.COUNTY)):
        case = passed(case, f.account(role, place, username=f"first_{role}"))
    officer, on = f.account("payment_officer", f.COUNTY, username="drawing"), timezone.localdate()
    assert draw_batch(payer_code=f.COUNTY, month=Month.of(on), by=officer, on=on) is not None
    levels = {0: f.NATION, 1: f.PROVINCE, 2: f.CITY, 3: f.COUNTY, 4: f.TOWNSHIP}
    for role in ROLES:
        client = logged_in(f.account(role.key, levels[int(max(role.levels))], username=f"here_{role.key}"))
        page = client.get(reverse("home"), follow=True).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        for link in sorted(set(re.findall(r'href="(/[^"#]*)"', main))):
            assert client.get(link.replace("&amp;", "&")).status_code < 400, f"{role.key} {link}"
