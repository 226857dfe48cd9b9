"""Out of scope looks like not found: every address, every role, with objects of another county."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import timezone

from lxbt import vault
from lxbt.accounts.models import Device, User
from lxbt.accounts.operations.recovering import ask_access_recovery
from lxbt.accounts.operations.sheets import plan_sheet
from lxbt.accounts.rules import BY_KEY, ROLES, Permission
from lxbt.applications import operations as applications
from lxbt.applications.rules import Agent
from lxbt.audit.models import Event, UnusualLook
from lxbt.core.months import Month
from lxbt.documents.operations import ask_release
from lxbt.documents.queries import large_file, opened
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.intake import open_import
from lxbt.imports.operations.recognising import recognise_file
from lxbt.leads.models import Lead
from lxbt.matching.models import Campaign, Signal, Suspicion
from lxbt.notices.models import Notice
from lxbt.notices.operations import circulars
from lxbt.notices.rules import Addressees, Content
from lxbt.payments import operations as payments
from lxbt.payments.models import BankFile, UnmatchedRow
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect
from lxbt.provincial.operations.clients import open_client
from lxbt.registry import queries as registry
from lxbt.registry.models import Match
from lxbt.rollout.operations import bulletins
from lxbt.rollout.operations.bulletins import BulletinPlan
from lxbt.rollout.rules.bulletins import Interval
from lxbt.standards.operations import draft_standard, revising
from lxbt.standards.rules.rows import read_standard
from lxbt.support.models import Attempt
from lxbt.support.operations.answers import publish_answer
from lxbt.support.operations.questions import ask_question
from lxbt.support.queries.questions import pictures_of
from lxbt.web.urls import urlpatterns
from tests import factories as f

PUBLIC = {
    "login",
    "login_code",
    "login_enrol",
    "oidc_begin",
    "oidc_back",
    "logout",
    "set_language",
    "components",
    "component_why",
    "component_reveal",
}
# What stands in addresses: objects that have an area, parts that only go with one of those, and what is for every
# official.
OBJECTS = {
    "person_id",
    "number",
    "batch_id",
    "unmatched_id",
    "user_id",
    "recovery_id",
    "sheet_id",
    "event_id",
    "look_id",
    "release_id",
    "proposal_id",
    "standard_id",
    "revision_id",
    "device_id",
    "lead_id",
    "notice_id",
    "match_id",
    "suspicion_id",
    "signal_id",
    "campaign_id",
    "import_id",
    "question_id",
    "answer_id",
    "organ",
    "attempt_id",
    "circular_id",
    "bulletin_id",
    "client_pk",
}
PARTS = {"pushed_id", "difference_id", "kind", "paper_id", "proof_id", "subsidy", "month", "seq", "picture_id", "code"}
FOR_ALL = {
    "import_template": "a form to fill in, with the account's own townships",
    "division": "the tree of divisions is public",
    "scheme": "schemes of the library were published",
    "rule": "the rules of comparison are the same for everybody",
    "help_topic": "the guide and the manual are for everybody",
    "help_book": "so are they as PDF",
    "help_picture": "pictures of the manual show the demonstration",
    "exchange_message": "messages lie in no area: for administrators of the nation, see test_exchange_pages",
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
LEVEL_PLACES = {0: f.NATION, 1: f.PROVINCE, 2: f.CITY, 3: f.COUNTY, 4: f.TOWNSHIP}


def proposed_elsewhere(by: User) -> Proposal:
    """An act of the other county that waits for a second person there."""
    effect = Effect((("李外县", "80.00", "0.00"),), persons=1)
    register(Kind("test.scope", "李外县", Permission.APPROVE_BATCHES, lambda *_: effect, lambda *_, **__: None))
    return propose(
        kind="test.scope", division_code=f.OTHER_COUNTY, payload={}, reason="外县的事", by=by, at=timezone.now()
    )


@pytest.fixture
def elsewhere(db: None) -> dict[str, Any]:
    """A person, an application and a batch of another county, and what stands in addresses about them."""
    f.load_places()
    f.usual_standards()
    clerk = f.account("clerk", f.OTHER_TOWNSHIP, username="other_clerk")
    officer = f.account("payment_officer", f.OTHER_COUNTY, username="other_officer")
    on = timezone.localdate()
    application = applications.take_in(
        declaration=declaration("李外县", f.OTHER_TOWNSHIP, f.identity_number(region="420103", serial=33)),
        subsidies=["living", "care"],
        applicant=applications.Applicant(agent=Agent.SELF),
        by=clerk,
        at=f.moment(on),
    )
    person = registry.person(application.person_id)
    assert person is not None
    reviewer, decider = (
        f.account("reviewer", f.OTHER_COUNTY, username="other_reviewer"),
        f.account("decider", f.OTHER_COUNTY, username="other_decider"),
    )
    for by in (clerk, reviewer, decider):
        verdicts = {"living": "agree", "care": "agree"}
        application = applications.pass_step(
            number=application.number,
            version=application.version,
            verdicts=verdicts,
            opinion="同意",
            by=by,
            at=f.moment(on),
        )
    batch = payments.draw_batch(payer_code=f.OTHER_COUNTY, month=Month.of(on), by=officer, on=on)
    stray = BankFile.objects.create(
        direction="in", batch=batch, name="回盘.csv", digest=b"0" * 32, content=b"", state="read"
    )
    unmatched = UnmatchedRow.objects.create(
        file=stray, row_no=7, sealed=vault.seal("7\t62\t某人\t1.00\tTrue\t"), why="-"
    )
    assert batch is not None
    administrator = f.account("administrator", f.OTHER_COUNTY, username="other_admin")
    waiting = ask_access_recovery(user=clerk, reason="换手机", by=administrator, at=timezone.now(), on=on)
    lines = [["姓名", "部门", "所在区划", "角色", "身份证号"]]
    lines.append(["王外县", "民政", f.OTHER_TOWNSHIP, "受理初审", f.number_of("wang")])
    sheet = plan_sheet(lines=lines, name="外县.xlsx", digest=bytes(32), by=administrator, on=on)
    look = UnusualLook.objects.create(
        kind="many",
        on=on,
        by_id=clerk.pk,
        by_name=clerk.name,
        by_place=clerk.place_code,
        count=200,
        first_at=timezone.now(),
        last_at=timezone.now(),
    )
    release = ask_release(
        title="名册",
        note="",
        content=b"rows",
        rows=9000,
        division_code=f.OTHER_COUNTY,
        reason="报送财政审核",
        by=officer,
        at=timezone.now(),
    )
    row = {"subsidy": "living", "since": "2026-01", "when": {}, "amount": {"fixed": "99"}}
    drafter = f.account("standard_drafter", f.OTHER_COUNTY, username="other_drafter")
    act = revising.open_revision(
        division_code=f.OTHER_COUNTY, since=Month(2026, 1), paper=revising.Paper("外县文件"), by=drafter, on=on
    )
    draft = draft_standard(row=read_standard(row, "test", f.OTHER_COUNTY), by=None)
    device = Device.objects.create(user=clerk, digest=b"x", first_seen_at=timezone.now(), last_seen_at=timezone.now())
    lead = Lead.objects.create(
        person_id=person.pk,
        division_code=f.OTHER_TOWNSHIP,
        kind="new",
        subsidies=["care"],
        about_on=on,
        basis="test",
        opened_on=on,
        due_on=on,
    )
    match = Match.objects.create(
        person_id=person.pk,
        other_id=person.pk + 1,
        division_code=f.OTHER_TOWNSHIP,
        other_division=f.TOWNSHIP,
        reason="corrected_number",
        proposed_at=timezone.now(),
    )
    notice = Notice.objects.create(
        division_code=f.OTHER_TOWNSHIP, kind="federation_frozen", person_id=person.pk, posted_at=timezone.now()
    )
    suspicion = Suspicion.objects.create(
        person_id=person.pk,
        rule="R01",
        source="deaths",
        side="over",
        severity="high",
        division_code=f.OTHER_TOWNSHIP,
        county_code=f.OTHER_COUNTY,
        state="dispatched",
        digest="x",
        raised_on=on,
        dispatched_on=on,
        due_on=on,
    )
    campaign = Campaign.objects.create(
        name="外县专项",
        plan="核对",
        area=f.OTHER_COUNTY,
        rules=["R01"],
        month=on.replace(day=1),
        opens_on=on,
        due_on=on,
    )
    signal = Signal.objects.create(
        division_code=f.OTHER_TOWNSHIP,
        rule="R20",
        source="agent",
        evidence={"count": 9, "expected": 3},
        month=on.replace(day=1),
        severity="low",
        raised_on=on,
    )
    coordinator = f.account("coordinator", f.OTHER_COUNTY, username="other_coordinator")
    content = Content(
        title="外县内部通知", text="外县", to=Addressees(f.OTHER_COUNTY), issuer="外县", receipt_due_on=on
    )
    circular = circulars.draft_circular(
        content=content, from_code=f.OTHER_COUNTY, by=coordinator, at=timezone.localtime()
    )
    circulars.publish_circular(circular_id=circular.pk, by=coordinator, at=timezone.localtime())
    told = BulletinPlan(
        title="外县通报",
        text="外县",
        area=f.OTHER_COUNTY,
        levels=(3,),
        interval=Interval.DAILY,
        day=1,
        at=time(9, 0),
        issuer="外县",
    )
    bulletin = bulletins.plan_bulletin(plan=told, from_code=f.OTHER_COUNTY, by=coordinator, at=timezone.localtime())
    event = Event.objects.filter(division_code=f.OTHER_TOWNSHIP).latest("pk")
    said = "姓名,身份证号,补贴类型,金额\n李外县,{},护理补贴,100\n".format(f.identity_number(region="420103", serial=33))
    sent, _known = open_import(
        kind=kind_of("recipients"),
        division_code=f.OTHER_COUNTY,
        name="外县李外县.csv",
        parts=[said.encode()],
        by=officer,
        at=timezone.now(),
    )
    with opened(large_file(sent.file_id)) as path:
        recognise_file(entry=sent, path=path, kind=kind_of("recipients"), by=officer)
    asked = ask_question(
        kind="question", title="外县的退票怎么办", text="李外县的", pictures=[PNG], by=clerk, at=timezone.now()
    )
    known = publish_answer(
        title="外县的常见问题", text="李外县的按此办", area_code=f.OTHER_COUNTY, by=coordinator, at=timezone.now()
    )
    return {
        "question_id": asked.pk,
        "picture_id": pictures_of(asked.pk)[0].pk,
        "answer_id": known.pk,
        "organ": "civil_affairs",
        "circular_id": circular.pk,
        "bulletin_id": bulletin.pk,
        "campaign_id": campaign.pk,
        "suspicion_id": suspicion.pk,
        "proof_id": 1,
        "signal_id": signal.pk,
        "match_id": match.pk,
        "lead_id": lead.pk,
        "notice_id": notice.pk,
        "client_pk": open_client(
            client_id="elsewhere", name="外县系统", division_code=f.OTHER_COUNTY, by=None, at=timezone.now()
        ).client.pk,
        "pushed_id": 1,
        "difference_id": 1,
        "attempt_id": Attempt.objects.create(user_id=clerk.pk, exercise="clerk_apply", started_at=timezone.now()).pk,
        "import_id": sent.pk,
        "import_kind": "recipients",
        "event_id": event.pk,
        "look_id": look.pk,
        "release_id": release.pk,
        "proposal_id": proposed_elsewhere(officer).pk,
        "person_id": person.pk,
        "kind": "id",
        "number": application.number,
        "batch_id": batch.pk,
        "unmatched_id": unmatched.pk,
        "subsidy": "living",
        "month": f"{on:%Y-%m}",
        "seq": 1,
        "user_id": clerk.pk,
        "sheet_id": sheet.pk,
        "paper_id": 1,
        "name": person.name,
        "masked": "420103",
        "standard_id": draft.pk,
        "revision_id": act.pk,
        "scheme_name": "hubei-2026",
        "device_id": device.pk,
        "recovery_id": waiting.pk,
        "code": f.OTHER_COUNTY,
        "direction": "in",
        "message_id": 1,
    }


def declaration(name: str, township: str, number: str) -> applications.Declaration:
    return applications.Declaration(
        identity_number=number,
        name=name,
        division_code=township,
        certificate_number=number + "42",
        certificate={"category": "physical", "grade": 2, "issued_on": "2024-01-01", "valid_until": "2034-01-01"},
        profile={"economic": "dibao", "area": "urban", "long_term_care": True},
        bank="汉口银行",
        holder=name,
        account_number="6222020000000000" + number[-4:-1],
    )


def accounts_of_every_role() -> list[User]:
    found = []
    for role in ROLES:
        level = (
            max(level for level in role.levels if level >= 3)
            if any(level >= 3 for level in role.levels)
            else max(role.levels)
        )
        found.append(f.account(role.key, LEVEL_PLACES[int(level)], username=f"here_{role.key}"))
    return found


def named_routes() -> list[URLPattern]:
    return [route for route in urlpatterns if isinstance(route, URLPattern) and route.name not in PUBLIC]


def test_every_route_is_behind_the_gate_or_named_public() -> None:
    open_routes = {route.name for route in named_routes() if not hasattr(route.callback, "permissions")}
    assert open_routes == set()


def test_every_address_with_an_object_in_it_is_asked_for_below_or_said_to_be_for_all() -> None:
    for route in named_routes():
        names = set(route.pattern.converters)
        assert not names or names & OBJECTS or route.name in FOR_ALL, f"{route.name} is in no test of scope"
        assert names <= OBJECTS | PARTS or route.name in FOR_ALL, (
            f"{route.name} has something in its address that no test knows"
        )


def test_objects_of_another_county_are_not_found_by_any_role_of_this_one(
    elsewhere: dict[str, Any], logged_in: Callable[[User], Client]
) -> None:
    for user in accounts_of_every_role():
        if user.place_code in (f.CITY, f.PROVINCE, f.NATION):
            continue  # the other county lies in their area
        client = logged_in(user)
        for route in named_routes():
            names = set(route.pattern.converters)
            if not names & OBJECTS:
                continue
            url = reverse(route.name, kwargs={name: elsewhere[name] for name in names})
            for method in (client.get, client.post):
                status = method(url, {"reason": "核对", "act": "pass", "version": 1}).status_code
                assert status in (404, 405), f"{user.username} {method.__name__} {route.name}: {status}"


def test_lists_counts_search_and_exports_of_this_county_do_not_show_the_other(
    elsewhere: dict[str, Any], logged_in: Callable[[User], Client]
) -> None:
    for user in accounts_of_every_role():
        if user.place_code in (f.CITY, f.PROVINCE, f.NATION):
            continue
        client = logged_in(user)
        for name in ("persons", "applications", "search"):
            client.post(reverse(name), {"q": elsewhere["name"]})
        for route in named_routes():
            if route.pattern.converters:
                continue
            answer = client.get(reverse(route.name), {"q": elsewhere["name"], "state": "", "code": "", "show": "all"})
            if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
                body = answer.content.decode().replace(f'value="{elsewhere["name"]}"', "")
                assert elsewhere["name"] not in body, f"{user.username} {route.name}"
                assert "420103*" not in body, f"{user.username} {route.name}"


def test_the_other_county_itself_sees_them(elsewhere: dict[str, Any], logged_in: Callable[[User], Client]) -> None:
    client = logged_in(User.objects.get(username="other_decider"))
    found = client.post(reverse("applications"), {"q": elsewhere["name"]}, follow=True).content.decode()
    assert elsewhere["number"] in found
    assert client.get(reverse("person", args=[elsewhere["person_id"]])).status_code == 200


def test_a_full_number_of_another_county_is_answered_like_an_unknown_one(
    elsewhere: dict[str, Any], logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("decider", f.COUNTY, username="here_decider"))
    known = client.post(reverse("persons"), {"number": f.identity_number(region="420103", serial=33)})
    unknown = client.post(reverse("persons"), {"number": f.identity_number(region="420103", serial=35)})
    assert known.status_code == unknown.status_code == 200
    sentence = "辖区内没有找到这个号码"
    assert sentence in known.content.decode()
    assert sentence in unknown.content.decode()


def test_statistics_of_another_area_are_not_found(
    elsewhere: dict[str, Any], logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("analyst", f.COUNTY, username="here_analyst"))
    assert client.get(reverse("statistics"), {"code": f.OTHER_COUNTY}).status_code == 404
    assert client.get(reverse("statistics"), {"code": f.COUNTY}).status_code == 200


def test_the_focus_cannot_be_set_outside_the_own_area(
    elsewhere: dict[str, Any], logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("decider", f.COUNTY, username="here_decider"))
    assert client.post(reverse("area"), {"to": f.OTHER_COUNTY}).status_code == 404
    assert client.post(reverse("area"), {"to": f.TOWNSHIP}).status_code == 302


def test_an_analyst_sees_no_person(elsewhere: dict[str, Any], logged_in: Callable[[User], Client]) -> None:
    client = logged_in(f.account("analyst", f.OTHER_COUNTY, username="other_analyst"))
    assert client.get(reverse("persons")).status_code == 404
    assert client.get(reverse("person", args=[elsewhere["person_id"]])).status_code == 404


def test_roles_of_one_account_are_never_an_incompatible_pair() -> None:
    from lxbt.accounts.rules import INCOMPATIBLE, conflicts

    for pair in INCOMPATIBLE:
        assert all(key in BY_KEY for key in pair)
        assert conflicts(set(pair))


def test_the_day_of_an_expired_appointment_gives_nothing(db: None, logged_in: Callable[[User], Client]) -> None:
    from lxbt.accounts.models import Appointment
    from lxbt.accounts.queries import standing_of

    f.load_places()
    user = f.account("decider", f.COUNTY)
    Appointment.objects.filter(user=user).update(until=date(2026, 3, 1))
    assert standing_of(user, on=date(2026, 2, 28)).appointed
    assert not standing_of(user, on=date(2026, 3, 1)).appointed


def test_an_unknown_number_and_one_of_another_county_cost_the_same_statements(
    elsewhere: dict[str, Any], logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("decider", f.COUNTY, username="here_decider"))
    told = []
    for serial in (37, 33, 35):  # the first warms the caches; then one known there, one known nowhere
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(reverse("persons"), {"number": f.identity_number(region="420103", serial=serial)})
        statements = [
            re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in captured if "django_session" not in query["sql"]
        ]
        told.append((answer.status_code, len(answer.content), statements))
    assert told[1] == told[2]


def test_a_person_who_moved_away_is_gone_from_lists_but_not_from_the_history_of_the_old_place(
    elsewhere: dict[str, Any], logged_in: Callable[[User], Client]
) -> None:
    from lxbt.registry.operations import record_facts

    old = logged_in(User.objects.get(username="other_decider"))
    auditor = logged_in(f.account("auditor", f.OTHER_COUNTY, username="other_auditor"))
    record_facts(
        person_id=elsewhere["person_id"],
        values={"division": f.TOWNSHIP},
        since=Month(2026, 1),
        source="test",
        received_on=date(2026, 2, 1),
        by=None,
    )
    assert old.get(reverse("person", args=[elsewhere["person_id"]])).status_code == 404
    assert elsewhere["name"] not in old.post(
        reverse("persons"), {"q": elsewhere["name"]}, follow=True
    ).content.decode().replace(f'value="{elsewhere["name"]}"', "")
    assert elsewhere["number"] in old.get(reverse("applications")).content.decode()
    assert auditor.get(reverse("audit_event", args=[elsewhere["event_id"]])).status_code == 200
    here = logged_in(f.account("decider", f.COUNTY, username="here_decider"))
    assert here.get(reverse("person", args=[elsewhere["person_id"]])).status_code == 200
