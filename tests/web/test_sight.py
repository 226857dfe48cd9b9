"""At the same level each organ sees what its part needs and no more, on every page of a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.accounts.rules import Organ
from lxbt.applications import operations as applications
from lxbt.applications.models import Application
from lxbt.payments import operations as payments
from tests import factories as f
from tests.web.test_scope import declaration

pytestmark = pytest.mark.django_db
DAY = f.DAY
PICTURE = b"%PDF-1.4\n%%EOF"
DISABILITY = ("残疾人证", "肢体", "长期照护", "自理能力")
HOUSEHOLD = ("家庭经济", "低保", "其他待遇", "就业")
ACCOUNT = ("收款账户", "汉口银行")
MONEY = ("发放明细", "每个月，一张图")


@dataclass
class Case:
    """A person with an application at the Federation's step, who is also paid already."""

    application: Application
    clerk: User
    money_of: int

    def person(self, client: Client) -> str:
        return main_of(client.get(reverse("person", args=[self.application.person_id])).content.decode())

    def case(self, client: Client) -> str:
        return main_of(client.get(reverse("application", args=[self.application.number])).content.decode())


def main_of(page: str) -> str:
    """What stands on the page itself: the frame has words of its own."""
    return page.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.fixture
def case(db: None, settings: object, tmp_path: object) -> Case:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    f.load_places()
    f.usual_standards()
    clerk = f.account("clerk", f.TOWNSHIP)
    application = applications.take_in(
        declaration=declaration("李四", f.TOWNSHIP, f.identity_number(serial=37)),
        subsidies=["living", "care"],
        applicant=applications.Applicant(),
        by=clerk,
        at=f.moment(DAY),
    )
    for kind in ("certificate", "household_book"):
        applications.attach_paper(number=application.number, kind=kind, content=PICTURE, by=clerk, at=f.moment(DAY))
    verdicts = {"living": "agree", "care": "agree"}
    application = applications.pass_step(
        number=application.number,
        version=application.version,
        verdicts=verdicts,
        opinion="同意",
        by=clerk,
        at=f.moment(DAY),
    )
    paid = f.recipient("王五", division=f.TOWNSHIP, since=f.JANUARY)
    return Case(application, clerk, paid.pk)


def approver(organ: Organ) -> User:
    user = f.account("payment_approver", f.COUNTY, username=f"approver_{organ.value}")
    User.objects.filter(pk=user.pk).update(organ=organ)
    user.refresh_from_db()
    return user


def shown(page: str, words: tuple[str, ...]) -> set[str]:
    return {word for word in words if word in page}


def test_civil_affairs_at_the_county_sees_the_whole_person(case: Case, logged_in: Callable[[User], Client]) -> None:
    page = case.person(logged_in(f.account("decider", f.COUNTY)))
    assert shown(page, DISABILITY + HOUSEHOLD + ACCOUNT) == set(DISABILITY + HOUSEHOLD + ACCOUNT)


def test_the_federation_sees_certificate_and_application_but_neither_money_account_nor_household(
    case: Case, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("reviewer", f.COUNTY))
    for page in (case.person(client), case.case(client)):
        assert shown(page, DISABILITY) == set(DISABILITY)
        assert shown(page, HOUSEHOLD + ACCOUNT + MONEY) == set()
    assert "未享受" in case.person(client)  # whether a subsidy is received
    assert case.application.number in case.person(client)
    assert "提交，转民政审定" in case.case(client)


def test_the_federation_opens_the_certificate_and_not_the_household_book(
    case: Case, logged_in: Callable[[User], Client]
) -> None:
    reviewer, decider = logged_in(f.account("reviewer", f.COUNTY)), logged_in(f.account("decider", f.COUNTY))
    papers = {paper.kind: paper.pk for paper in case.application.papers.all() if paper.document_id}
    statuses = {
        (kind, who): client.get(reverse("application_paper", args=[case.application.number, pk])).status_code
        for kind, pk in papers.items()
        for who, client in (("reviewer", reviewer), ("decider", decider))
    }
    assert statuses == {
        ("certificate", "reviewer"): 200,
        ("certificate", "decider"): 200,
        ("household_book", "reviewer"): 404,
        ("household_book", "decider"): 200,
    }


def test_the_federation_reveals_the_certificate_number_and_not_the_account(
    case: Case, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("reviewer", f.COUNTY))
    told = {
        kind: client.post(
            reverse("reveal", args=[case.application.person_id, kind]), {"reason": "核对纸质材料"}
        ).status_code
        for kind in ("id", "certificate", "account")
    }
    assert told == {"id": 200, "certificate": 200, "account": 404}


def test_no_page_of_money_opens_for_the_federation_whatever_its_role(
    case: Case, logged_in: Callable[[User], Client]
) -> None:
    supervisor = f.account("supervisor", f.COUNTY, username="fed_supervisor")
    User.objects.filter(pk=supervisor.pk).update(organ=Organ.FEDERATION)
    supervisor.refresh_from_db()
    for user in (f.account("reviewer", f.COUNTY), supervisor):
        client = logged_in(user)
        for name in ("batches", "recoveries", "failed_items", "results"):
            assert client.get(reverse(name)).status_code == 404, f"{user.username} {name}"


def test_finance_sees_payments_and_sums_but_neither_disability_household_nor_applications(
    case: Case, logged_in: Callable[[User], Client]
) -> None:
    officer = f.account("payment_officer", f.COUNTY)
    batch = payments.draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=officer, on=DAY)
    assert batch is not None
    client = logged_in(approver(Organ.FINANCE))
    page = main_of(client.get(reverse("person", args=[case.money_of])).content.decode())
    assert shown(page, (*MONEY, "收款账户")) == {*MONEY, "收款账户"}
    assert shown(page, DISABILITY + HOUSEHOLD) == set()
    assert client.get(reverse("application", args=[case.application.number])).status_code == 404
    rows = main_of(client.get(reverse("batch", args=[batch.pk]), {"show": "all"}).content.decode())
    assert "王五" in rows
    why = client.get(reverse("explain_item", args=[case.money_of, "living", "2026-01", 1])).content.decode()
    assert "测试文件" in why
    assert shown(why, ("低保", "一级", "二级")) == set()


def test_civil_affairs_is_told_why_in_full(case: Case, logged_in: Callable[[User], Client]) -> None:
    payments.draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=f.account("payment_officer", f.COUNTY), on=DAY)
    client = logged_in(f.account("decider", f.COUNTY))
    assert "低保" in client.get(reverse("explain_item", args=[case.money_of, "living", "2026-01", 1])).content.decode()
