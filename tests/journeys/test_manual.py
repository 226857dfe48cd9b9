"""The pictures of the manual: the steps that it tells are walked here on every build, and what is seen is what it
shows.

A picture that the text names and that is not made fails the build, as does one that no text names. `make manual` hands
them to the program.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.applications import operations as applications
from lxbt.applications.models import Application
from lxbt.applications.rules import Agent
from lxbt.core.months import Month
from lxbt.leads.models import Lead
from lxbt.matching.models import Suspicion
from lxbt.notices.models import Notice
from lxbt.payments import operations as payments
from lxbt.registry.models import Person
from lxbt.support.queries import guide
from tests import factories as f
from tests.journeys.conftest import Visitor
from tests.journeys.test_main_job import fill_application

PICTURES = Path(__file__).resolve().parent.parent.parent / "build" / "manual"
ROLES = ("clerk", "verifier", "reviewer", "decider", "payment_officer", "payment_approver", "administrator", "auditor")
NAMES = ("黄晓林", "陈明", "刘洋", "何静", "许建军", "马丽", "高峰", "林涛", "郭敏", "罗文")
PEOPLE = ("张建国", "王秀英", "李德明", "赵玉兰", "孙志强", "周桂芳")
Visit = Callable[..., Visitor]


def people() -> dict[str, User]:
    """An account of every role that has a picture."""
    f.load_places()
    f.usual_standards()
    found = {
        role: f.account(role, f.TOWNSHIP if role in ("clerk", "verifier") else f.COUNTY, username=f"manual_{role}")
        for role in ROLES
    }
    found["nation"] = f.account("coordinator", f.NATION, username="manual_nation")
    found["standard_drafter"] = f.account("standard_drafter", f.PROVINCE, username="manual_drafter")
    for user, name in zip(found.values(), NAMES, strict=True):
        User.objects.filter(pk=user.pk).update(name=name)
        user.name = name
    return found


def applied(name: str, serial: int, by: User, *, grade: int = 1) -> Application:
    number = f.identity_number(serial=serial)
    declaration = applications.Declaration(
        identity_number=number,
        name=name,
        division_code=f.TOWNSHIP,
        certificate_number=f"{number}4{grade}",
        certificate={"category": "physical", "grade": grade, "issued_on": "2024-01-01", "valid_until": "2034-01-01"},
        profile={"economic": "dibao", "area": "urban", "long_term_care": True},
        bank="汉口银行",
        holder=name,
        account_number="6222020000000000" + number[-4:-1],
        papers={"id_card": None, "certificate": None},
        phone="13800138000",
        address="三眼桥社区 5 号",
    )
    applicant = applications.Applicant(agent=Agent.SELF)
    return applications.take_in(
        declaration=declaration, subsidies=["living", "care"], applicant=applicant, by=by, at=timezone.localtime()
    )


def passed(application: Application, *officials: User) -> Application:
    for by in officials:
        verdicts = {"living": "agree", "care": "agree"}
        told = {
            "number": application.number,
            "version": application.version,
            "verdicts": verdicts,
            "opinion": "材料齐全，同意。",
        }
        application = applications.pass_step(**told, by=by, at=timezone.localtime())
    return application


def planted(on: date) -> dict[str, User]:
    """A county in the middle of its work: cases at every step, a batch with a failed transfer, one that waits, an
    alert, a lead.
    """
    by = people()
    cases = [applied(name, 11 + 2 * place, by["clerk"]) for place, name in enumerate(PEOPLE)]
    for case in cases[:3]:
        passed(case, by["clerk"], by["reviewer"], by["decider"])
    waiting = passed(cases[3], by["clerk"], by["reviewer"])
    passed(cases[4], by["clerk"], by["reviewer"])
    batch = payments.draw_batch(payer_code=f.COUNTY, month=Month.of(on), by=by["payment_officer"], on=on)
    assert batch is not None
    payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=by["payment_approver"], on=on)
    sent = payments.send_batch(batch_id=batch.pk, encoding="utf-8", by=by["payment_officer"], on=on)
    payments.record_results(
        batch_id=batch.pk,
        content=answer_of_the_bank(bytes(sent.content)),
        name="回盘.csv",
        by=by["payment_officer"],
        on=on,
    )
    passed(waiting, by["decider"])
    payments.draw_batch(payer_code=f.COUNTY, month=Month.of(on), by=by["payment_officer"], on=on)
    first = Person.objects.get(pk=cases[0].person_id)
    Suspicion.objects.create(
        person_id=first.pk,
        rule="R01",
        source="deaths",
        side="over",
        severity="high",
        division_code=f.TOWNSHIP,
        county_code=f.COUNTY,
        state="dispatched",
        digest="manual",
        raised_on=on,
        dispatched_on=on,
        due_on=on,
        since_month=on.replace(day=1),
    )
    Lead.objects.create(
        person_id=cases[5].person_id,
        division_code=f.TOWNSHIP,
        kind="new",
        subsidies=["care"],
        about_on=on,
        basis="manual",
        opened_on=on,
        due_on=on,
    )
    Notice.objects.create(
        division_code=f.TOWNSHIP, kind="federation_frozen", person_id=first.pk, posted_at=timezone.now()
    )
    return by


def answer_of_the_bank(sealed: bytes) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["序号", "账号", "户名", "金额", "状态", "原因"])
    for row in csv.DictReader(io.StringIO(vault.open_sealed_bytes(sealed).decode("utf-8-sig"))):
        if row["账号"]:
            bad = row["户名"] == PEOPLE[1]
            writer.writerow(
                [
                    row["序号"],
                    row["账号"],
                    row["户名"],
                    row["金额"],
                    "失败" if bad else "成功",
                    "户名不符" if bad else "",
                ]
            )
    return out.getvalue().encode()


@pytest.fixture
def camera() -> Callable[[Visitor, str], None]:
    """Takes the pictures into an empty folder; in the end they must be the ones that the texts name."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)

    def shoot(who: Visitor, name: str) -> None:
        who.page.wait_for_load_state("networkidle")
        assert who.page.query_selector(".frame"), f"{name}: {who.page.url} is no page of the system"
        who.page.evaluate("window.scrollTo(0, 0)")
        who.page.screenshot(path=PICTURES / f"{name}.png")

    return shoot


@pytest.mark.django_db(transaction=True)
def test_every_picture_of_the_manual_is_made_and_no_other(
    visitor: Visit, camera: Callable[[Visitor, str], None]
) -> None:
    planted(timezone.localdate())
    of_the_clerk(visitor, camera)
    of_a_visit(visitor, camera)
    of_the_county(visitor, camera)
    of_money(visitor, camera)
    of_the_rest(visitor, camera)
    named = {name for topic in (*guide.written("zh"), *guide.written("en")) for name, _words in topic.pictures()}
    assert {path.stem for path in PICTURES.glob("*.png")} == named


def of_the_clerk(visitor: Visit, camera: Callable[[Visitor, str], None]) -> None:
    clerk = visitor(1280, 800)
    clerk.log_in("manual_clerk")
    camera(clerk, "workbench")
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("n")
    fill_application(clerk, f.identity_number(serial=91), "钱永福")
    camera(clerk, "apply")
    clerk.open("/applications/")
    camera(clerk, "applications")
    clerk.open("/leads/")
    clerk.sees(PEOPLE[5])
    camera(clerk, "leads")
    person = Person.objects.get(name=PEOPLE[0])
    clerk.open(f"/persons/{person.pk}/")
    camera(clerk, "person")
    clerk.presses("text=登记变更")
    camera(clerk, "change")
    clerk.open("/notices/")
    camera(clerk, "notices")
    clerk.open("/support/new/?from=inbox")
    camera(clerk, "question")
    clerk.open("/profile/")
    camera(clerk, "profile")


def of_a_visit(visitor: Visit, camera: Callable[[Visitor, str], None]) -> None:
    case = Suspicion.objects.get()
    verifier = visitor(390, 760)
    verifier.log_in("manual_verifier")
    verifier.open(f"/alerts/{case.pk}/visit/")
    camera(verifier, "visit")


def of_the_county(visitor: Visit, camera: Callable[[Visitor, str], None]) -> None:
    decider = visitor(1280, 800)
    decider.log_in("manual_decider")
    case = Application.objects.filter(state="open", step="decide").first()
    assert case is not None
    decider.open(f"/applications/{case.number}/")
    camera(decider, "case")
    decider.open(f"/alerts/{Suspicion.objects.get().pk}/")
    camera(decider, "alert")
    decider.open("/statistics/")
    camera(decider, "statistics")
    decider.open("/imports/")
    camera(decider, "imports")


def of_money(visitor: Visit, camera: Callable[[Visitor, str], None]) -> None:
    officer = visitor(1280, 800)
    officer.log_in("manual_payment_officer")
    officer.open("/batches/draw/")
    camera(officer, "draw")
    officer.open("/results/")
    camera(officer, "results")
    officer.open("/failed/")
    officer.sees(PEOPLE[1])
    camera(officer, "failed")
    approver = visitor(1280, 800)
    approver.log_in("manual_payment_approver")
    approver.open("/batches/?state=drawn")
    approver.presses("main table a:has-text('复核')")
    camera(approver, "batch")


def of_the_rest(visitor: Visit, camera: Callable[[Visitor, str], None]) -> None:
    for role, path, name in (
        ("drafter", "/standards/", "standards"),
        ("administrator", "/accounts/", "accounts"),
        ("auditor", "/audit/", "audit"),
        ("nation", "/rollout/", "rollout"),
    ):
        who = visitor(1280, 800)
        who.log_in(f"manual_{role}")
        who.open(path)
        camera(who, name)
