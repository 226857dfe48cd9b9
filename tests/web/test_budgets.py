"""How many SQL statements a page costs: a bounded number, the same for two rows and for twelve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.applications import operations as applications
from lxbt.applications.models import Application
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.documents.queries import large_file, opened
from lxbt.imports.kinds import kind_of
from lxbt.imports.models import Import
from lxbt.imports.operations.intake import open_import, start_pass
from lxbt.imports.operations.recognising import recognise_file
from lxbt.imports.tasks import take_turn
from lxbt.leads.models import Lead
from lxbt.leads.operations import follow_changes
from lxbt.notices.models import Circular
from lxbt.notices.operations import Post, circulars, post_notices
from lxbt.notices.operations.receipts import give_receipt, read_circular
from lxbt.notices.rules import Addressees, Content
from lxbt.payments import operations as payments
from lxbt.payments.models import Batch
from lxbt.payments.queries import net_of
from lxbt.registry.operations import record_fact
from lxbt.registry.operations.federation import take_federation_records
from lxbt.rollout.models import Bulletin
from lxbt.rollout.operations import bulletins
from lxbt.rollout.operations.bulletins import BulletinPlan
from lxbt.rollout.operations.counting import count_progress
from lxbt.rollout.operations.declaring import declare_totals
from lxbt.rollout.operations.planning import load_plan, write_remark
from lxbt.rollout.rules.bulletins import Interval
from lxbt.statistics.operations import count_stale
from lxbt.support.models import KnownAnswer, Question
from lxbt.support.operations.answers import publish_answer
from lxbt.support.operations.directory import keep_office
from lxbt.support.operations.questions import answer_question, ask_question, merge_question
from lxbt.support.queries.directory import office
from tests import factories as f
from tests.payments.test_batches import answer
from tests.registry.test_federation import number as f_number
from tests.registry.test_federation import record
from tests.web.test_scope import declaration

pytestmark = pytest.mark.django_db
LIMIT = 45  # statements that any page may cost
TOWNSHIPS = (f.TOWNSHIP, "420102003000")
DAY = date(2026, 1, 5)

ROLES = {
    "clerk": f.TOWNSHIP,
    "reviewer": f.COUNTY,
    "decider": f.COUNTY,
    "payment_officer": f.COUNTY,
    "payment_approver": f.COUNTY,
    "supervisor": f.PROVINCE,
    "standard_drafter": f.PROVINCE,
    "administrator": f.COUNTY,
    "security_administrator": f.COUNTY,
    "auditor": f.COUNTY,
    "coordinator": f.PROVINCE,
}


@contextmanager
def without_typesetting() -> Iterator[None]:
    """PDFs are of no account here and take a process each."""
    before, settings.LXBT_FONTS = settings.LXBT_FONTS, "/nonexistent"
    try:
        yield
    finally:
        settings.LXBT_FONTS = before


class World:
    """A county that grows: everything that pages list, `rows` more of each."""

    def __init__(self) -> None:
        f.load_places()
        f.usual_standards()
        self.users = {role: f.account(role, place, username=f"here_{role}") for role, place in ROLES.items()}
        self.users["desk"] = f.account("coordinator", f.COUNTY, username="here_desk")
        self.other_clerk = f.account("clerk", TOWNSHIPS[1], username="there_clerk")
        self.month = f.JANUARY
        self.serial = 100
        load_plan()
        above = f.account("coordinator", f.CITY, username="here_above")
        f.door_open("history", "recipients", by=self.users["payment_officer"], above=above, on=DAY)

    def grow(self, rows: int) -> None:
        for number in range(rows):
            self.applications(number)
            self.accounts(number)
            self.standards(number)
            self.month_of_payments(number)
            self.leads(number)
            self.imports(number)
            self.support(number)
            write_remark(
                division_code=f.PROVINCE,
                reason=f"第 {number} 次说明",
                next_step="",
                next_on=None,
                by=self.users["coordinator"],
                at=f.moment(DAY),
            )
            self.circulars(number)
        while count_stale():
            pass
        count_progress(day=DAY, at=f.moment(DAY))

    def imports(self, number: int) -> None:
        """A file written but for the rows that are wrong, and the totals of its month declared."""
        self.serial += 1
        officer, kind = self.users["payment_officer"], kind_of("history")
        month = Month(2016, 1) + number + self.serial % 40
        rows = [f"张三,{f.identity_number(serial=500 + n)},{month},护理补贴,100" for n in range(number % 3 + 1)] + [
            f"李四,1234{n},{month},护理补贴,100" for n in range(number + 1)
        ]
        content = ("姓名,身份证号,月份,补贴类型,金额\n" + "\n".join(rows)).encode()
        entry, _known = open_import(
            kind=kind, division_code=f.COUNTY, name=f"{self.serial}.csv", parts=[content], by=officer, at=f.moment(DAY)
        )
        with opened(large_file(entry.file_id)) as path:
            recognise_file(entry=entry, path=path, kind=kind, by=officer)
        for act in ("plan", "write")[: 1 + number % 2]:
            take_turn(start_pass(import_id=entry.pk, act=act, by=officer, at=f.moment(DAY)))
        declare_totals(
            payer_code=f.COUNTY,
            month=month,
            subsidy="care",
            persons=1,
            amount=Decimal(100),
            by=officer,
            at=f.moment(DAY),
        )

    def support(self, number: int) -> None:
        """Questions that wait, one with a follower, one that became a known answer; an entry of the directory."""
        clerk, coordinator = self.users["clerk"], self.users["desk"]
        told: dict[str, Any] = {"kind": "question", "text": "退回来的怎么办", "by": clerk, "at": f.moment(DAY)}
        first, second, third = (ask_question(title=f"退票以后怎么重发 {n}", **told) for n in range(3))
        merge_question(
            question_id=second.pk, version=second.version, into_id=first.pk, by=coordinator, at=f.moment(DAY)
        )
        answer_question(
            question_id=third.pk, version=third.version, text="更正账户后重发", by=coordinator, at=f.moment(DAY)
        )
        page_of = ["home", "failed_items"][: 1 + number % 2]
        publish_answer(
            title="退票以后怎样重发",
            text="更正账户",
            area_code=f.COUNTY,
            pages=page_of,
            question_id=third.pk,
            by=coordinator,
            at=f.moment(DAY),
        )
        code = TOWNSHIPS[number % 2]
        entry = office(code, "civil_affairs")
        version = entry.version if entry else 0
        keep_office(
            division_code=code,
            organ="civil_affairs",
            telephone="027-0000 0001",
            version=version,
            by=coordinator,
            on=DAY,
        )

    def circulars(self, number: int) -> None:
        """A notice that some have read, one to come, a bulletin planned and issued."""
        by, at = self.users["desk"], f.moment(DAY)
        content = Content(
            title=f"通知第{number}号",
            text="一、安排\n请办理。",
            to=Addressees(f.COUNTY),
            issuer="江岸区",
            receipt_due_on=DAY,
            urgent=number % 2 == 0,
        )
        drafts = [circulars.draft_circular(content=content, from_code=f.COUNTY, by=by, at=at) for _n in range(2)]
        with without_typesetting():
            sent = circulars.publish_circular(circular_id=drafts[0].pk, by=by, at=at)
        give_receipt(circular_id=sent.pk, by=self.users["clerk" if number % 2 else "decider"], at=at)
        read_circular(circular_id=sent.pk, by=self.other_clerk, at=at)
        plan = BulletinPlan(
            title="江岸区情况通报",
            text="{生活补贴人数}\n【分地区发放表】",
            area=f.COUNTY,
            levels=(3, 4),
            interval=Interval.DAILY,
            day=1,
            at=time(9, 0),
            issuer="江岸区",
        )
        bulletin = bulletins.plan_bulletin(plan=plan, from_code=f.COUNTY, by=by, at=at)
        bulletins.issue_now(bulletin_id=bulletin.pk, by=by, at=at)

    def leads(self, number: int) -> None:
        """Somebody newly certified, and a notice to the township."""
        self.serial += 1
        place = TOWNSHIPS[number % 2]
        told = record(
            self.serial,
            division_code=place,
            issued_on=DAY,
            name=f"新证{chr(0x4E00 + self.serial)}",
            certificate_number=f_number(self.serial) + "41",
            grade=1,
        )
        take_federation_records(records=[told], source="federation", received_at=f.moment(DAY), on=DAY)
        follow_changes(at=f.moment(DAY), on=DAY)
        posts = [Post(place, "federation_frozen", person_id=Lead.objects.latest("pk").person_id)]
        post_notices(posts=posts, at=f.moment(DAY))

    def applications(self, number: int) -> None:
        """One waiting at every step, one granted."""
        for depth in range(4):
            self.serial += 1
            place = TOWNSHIPS[number % 2]
            clerk = self.users["clerk"] if place == f.TOWNSHIP else self.other_clerk
            told = declaration(f"申请{chr(0x4E00 + self.serial)}", place, f.identity_number(serial=self.serial))
            found = applications.take_in(
                declaration=told,
                subsidies=["living", "care"],
                applicant=applications.Applicant(),
                by=clerk,
                at=f.moment(DAY),
            )
            for by in (clerk, self.users["reviewer"], self.users["decider"])[:depth]:
                verdicts = {"living": "agree", "care": "agree"}
                found = applications.pass_step(
                    number=found.number,
                    version=found.version,
                    verdicts=verdicts,
                    opinion="同意",
                    by=by,
                    at=f.moment(DAY),
                )

    def accounts(self, number: int) -> None:
        f.account("clerk", TOWNSHIPS[number % 2], username=f"more_{self.serial}")

    def standards(self, number: int) -> None:
        f.publish(
            subsidy="living",
            amount={"fixed": str(130 + number)},
            when={"age_below": 8 + self.serial % 100},
            division=(f.PROVINCE, f.CITY, f.COUNTY)[number % 3],
        )

    def month_of_payments(self, number: int) -> None:
        """A batch paid with one failure, and one person who died before it was known."""
        fails = f.recipient(f"退票{self.serial}", division=TOWNSHIPS[number % 2], since=self.month)
        dead = f.recipient(f"追缴{self.serial}", division=TOWNSHIPS[number % 2], since=self.month)
        f.recipient(f"暂缓{self.serial}", division=TOWNSHIPS[number % 2], since=self.month, account=False)
        self.batch(self.month, fails.pk)
        record_fact(
            person_id=dead.pk,
            key="died_on",
            value=self.month.back(2).first,
            since=None,
            source="test",
            received_on=max(DAY, self.month.first),
            by=None,
        )
        self.month += 1

    def batch(self, month: Month, failed: int) -> None:
        batch = payments.draw_batch(
            payer_code=f.COUNTY, month=month, by=self.users["payment_officer"], on=f.day_in(month)
        )
        assert batch is not None
        payments.approve_batch(
            batch_id=batch.pk, control_total=net_of(batch), by=self.users["payment_approver"], on=DAY
        )
        payments.send_batch(batch_id=batch.pk, by=self.users["payment_officer"], on=DAY)
        payments.record_results(
            batch_id=batch.pk,
            content=answer(Batch.objects.get(pk=batch.pk), failed=failed),
            name="r.csv",
            by=self.users["payment_officer"],
            on=DAY,
        )


def pages(world: World) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Name, who looks, address, query."""
    granted = Application.objects.filter(state="granted").order_by("pk")[0]
    waiting = Application.objects.filter(step="decide", ended_on__isnull=True).order_by("pk")[0]
    batch = Batch.objects.filter(month=world.month.back(1).first)[0]
    plain = {
        "home": ("clerk", "reviewer", "decider"),
        "inbox": ("clerk", "reviewer", "decider"),
        "applications": ("clerk", "decider", "supervisor"),
        "persons": ("clerk", "decider", "supervisor"),
        "batches": ("payment_officer", "payment_approver", "supervisor"),
        "results": ("payment_officer",),
        "failed_items": ("payment_officer",),
        "recoveries": ("payment_officer", "supervisor"),
        "statistics": ("supervisor", "decider", "clerk"),
        "standards": ("standard_drafter", "decider"),
        "parameters": ("standard_drafter",),
        "accounts": ("administrator",),
        "account_sheets": ("administrator",),
        "roles": ("administrator",),
        "slips": ("administrator",),
        "account_review": ("security_administrator",),
        "audit": ("auditor",),
        "coverage": ("supervisor", "clerk"),
        "leads": ("clerk", "decider", "supervisor"),
        "notices": ("clerk",),
        "matches": ("decider",),
        "imports": ("clerk", "payment_officer"),
        "import_new": ("clerk",),
        "import_totals": ("payment_officer", "supervisor", "clerk"),
        "rollout": ("coordinator",),
        "rollout_counties": ("coordinator",),
        "divisions": ("supervisor", "clerk"),
        "draw": ("payment_officer",),
        "application_new": ("clerk",),
        "profile": ("clerk",),
    }
    found = [
        (f"{name} by {role}", role, reverse(name), {"q": "申"} if name == "persons" else {})
        for name, roles in plain.items()
        for role in roles
    ]
    for who in ("administrator", "payment_officer"):
        found.append((f"account of {who}", "administrator", reverse("account", args=[world.users[who].pk]), {}))
    found += [
        ("case", "decider", reverse("application", args=[waiting.number]), {}),
        ("person", "decider", reverse("person", args=[granted.person_id]), {}),
    ]
    rows = {"code": f.COUNTY, "month": f"{world.month.back(1)}", "what": "persons"}
    found += [
        ("rows behind a figure", "decider", reverse("statistics_rows"), rows),
        ("nation", "clerk", reverse("nation"), {}),
    ]
    found.append(("right by hand", "decider", reverse("person_right", args=[granted.person_id]), {}))
    found += [("persons filtered", "decider", reverse("persons"), {"state": "valid", "held": "no"})]
    found += [
        (
            f"import {state}",
            "payment_officer",
            reverse("import", args=[Import.objects.filter(state=state).latest("pk").pk]),
            {},
        )
        for state in ("planned", "done")
    ]
    asked = Question.objects.filter(state="open", followers=1).order_by("pk")[0]
    known = KnownAnswer.objects.order_by("pk")[0]
    found += [
        (f"{name} by {role}", role, reverse(name), {})
        for name in ("questions", "answers", "directory", "status", "question_new", "question_clocks", "help")
        for role in ("clerk", "desk")
    ]
    found += [(f"question by {role}", role, reverse("question", args=[asked.pk]), {}) for role in ("clerk", "desk")]
    found += [
        ("answer", "clerk", reverse("answer", args=[known.pk]), {}),
        ("answer_edit", "desk", reverse("answer_edit", args=[known.pk]), {}),
    ]
    found += [
        ("question_new from", "clerk", reverse("question_new"), {"from": "home"}),
        ("answer_new", "desk", reverse("answer_new"), {}),
    ]
    lead = Lead.objects.filter(division_code=f.TOWNSHIP).order_by("pk")[0]
    found += [(name, "clerk", reverse(name, args=[lead.pk]), {}) for name in ("lead", "lead_slip")]
    found += [
        (f"batch {show}", "payment_approver", reverse("batch", args=[batch.pk]), {"show": show})
        for show in ("different", "all", "started")
    ]
    circular = Circular.objects.filter(state="published").latest("pk")
    found += [
        (f"notices {show} by {who}", who, reverse("notices"), {"show": show})
        for show in ("written", "unread")
        for who in ("clerk", "desk")
    ]
    found += [
        ("notices sent", "desk", reverse("notices"), {"show": "sent"}),
        ("bulletins", "desk", reverse("bulletins"), {}),
    ]
    found += [
        ("bulletin", "desk", reverse("bulletin", args=[Bulletin.objects.latest("pk").pk]), {}),
        ("bulletin new", "desk", reverse("bulletin_new"), {}),
    ]
    found += [(f"circular by {who}", who, reverse("circular", args=[circular.pk]), {}) for who in ("clerk", "desk")]
    found += [
        ("circular receipts", "desk", reverse("circular_receipts", args=[circular.pk]), {"show": "all"}),
        ("circular new", "desk", reverse("circular_new"), {}),
    ]
    draft = Circular.objects.filter(state="draft", kind="notice").latest("pk")
    found += [(name, "desk", reverse(name, args=[draft.pk]), {}) for name in ("circular_edit", "circular_publish")]
    return found


def cost(client: Client, url: str, query: dict[str, Any]) -> list[str]:
    """The statements of a page, session and all, with names not remembered."""
    divisions.forget_names()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answered = client.get(url, query)
    assert answered.status_code == 200, (url, answered.status_code)
    return [entry["sql"] for entry in seen.captured_queries]


def costs(world: World, logged_in: Callable[[User], Client]) -> dict[str, list[str]]:
    clients = {role: logged_in(user) for role, user in world.users.items()}
    for _name, role, url, query in pages(world):
        clients[role].get(url, query)  # what is remembered for good is remembered now
    return {name: cost(clients[role], url, query) for name, role, url, query in pages(world)}


def test_no_page_costs_more_statements_for_more_rows_nor_too_many(logged_in: Callable[[User], Client]) -> None:
    world = World()
    world.grow(2)
    few = costs(world, logged_in)
    world.grow(10)
    many = costs(world, logged_in)
    grown = {
        name: f"{len(few[name])} -> {len(many[name])}: {difference(few[name], many[name])}"
        for name in many
        if len(many[name]) != len(few[name])
    }
    assert grown == {}
    assert {name: len(statements) for name, statements in many.items() if len(statements) > LIMIT} == {}


def difference(few: list[str], many: list[str]) -> list[str]:
    """What stands in the longer list more often, by the beginning of its statement."""

    def counted(statements: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for statement in statements:
            key = statement.replace('"', "")[:60] + " … " + statement.partition(" FROM ")[2][:60]
            found[key] = found.get(key, 0) + 1
        return found

    before, after = counted(few), counted(many)
    return [f"{after[key] - before.get(key, 0)} x {key}" for key in after if after[key] > before.get(key, 0)][:5]


def test_templates_cause_no_statement(logged_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page shows is read before it is drawn."""
    world = World()
    world.grow(2)
    caused: dict[str, list[str]] = {}
    real = Template._render

    def watched(template: Template, context: Any) -> Any:
        before = len(connection.queries_log)
        try:
            return real(template, context)
        finally:
            after = [entry["sql"] for entry in list(connection.queries_log)[before:]]
            if after:
                caused.setdefault(str(template.name), []).extend(sql[:80] for sql in after)

    monkeypatch.setattr(Template, "_render", watched)  # after the context processors, which read the frame of the page
    clients = {role: logged_in(user) for role, user in world.users.items()}
    for _name, role, url, query in pages(world):
        with CaptureQueriesContext(connection):
            clients[role].get(url, query)
    assert caused == {}
