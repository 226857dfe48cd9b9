"""Pages of suspicions, rules and signals: the whole way of a case, what is hidden from whom, trying a threshold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.entitlements.models import Entitlement
from lxbt.matching.models import Campaign, Proof, Quiet, Run, Signal, Suspicion, Trial
from lxbt.matching.operations import watching
from lxbt.matching.operations.campaigns import compare_campaign
from lxbt.matching.operations.lists import close_list, open_list, take_list_rows
from lxbt.matching.operations.running import compare_asked, run_rules
from lxbt.matching.operations.trying import try_asked
from lxbt.matching.rules.lists import ListRow
from lxbt.notices.models import Notice
from lxbt.proposals.models import Proposal
from lxbt.standards.operations import set_parameter
from tests import factories as f
from tests.matching.test_verifying import JPG, pay, recipient

pytestmark = pytest.mark.django_db
ON = date(2026, 4, 7)
Login = Callable[[User], Client]


@pytest.fixture
def people() -> dict[str, User]:
    f.load_places()
    f.usual_standards()
    return {
        "clerk": f.account("clerk", f.TOWNSHIP),
        "verifier": f.account("verifier", f.TOWNSHIP),
        "decider": f.account("decider", f.COUNTY),
        "officer": f.account("payment_officer", f.COUNTY),
        "approver": f.account("payment_approver", f.COUNTY),
        "inspector": f.account("inspector", f.PROVINCE),
        "county_inspector": f.account("inspector", f.COUNTY),
        "reviewer": f.account("reviewer", f.COUNTY),
        "drafter": f.account("standard_drafter", f.COUNTY),
    }


@pytest.fixture
def case(people: dict[str, User]) -> Suspicion:
    return raised(people)


def raised(people: dict[str, User], kind: str = "deaths", rule: str = "R01", **more: Any) -> Suspicion:
    person = recipient(11 + 2 * Suspicion.objects.count(), f"吴德明{Suspicion.objects.count()}")
    for month in (Month(2026, 1), Month(2026, 2), Month(2026, 3)):
        pay(month, people)
    entry = open_list(kind=kind, division_code=f.COUNTY, received_on=ON, as_of=date(2026, 3, 31), by=None)
    number = f.identity_number(birth=date(1947, 5, 1), serial=11 + 2 * Suspicion.objects.count())
    told = {"event_on": date(2026, 1, 20), "value": "health", **more}
    take_list_rows(list_id=entry.pk, rows=[ListRow(row=2, name=person.name, identity_number=number, **told)], on=ON)
    close_list(list_id=entry.pk, by=None, on=ON)
    list(run_rules(area=f.COUNTY, rules=(rule,), month=Month(2026, 3), on=ON, at=f.moment(ON)))
    return Suspicion.objects.get(person_id=person.pk)


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", JPG, content_type="image/jpeg")


def test_the_township_visits_and_the_county_confirms(
    case: Suspicion, people: dict[str, User], logged_in: Login
) -> None:
    verifier = logged_in(people["verifier"])
    body = verifier.get(reverse("alerts")).content.decode()
    assert "死亡后仍领取" in body
    assert "440.00" in body
    page = verifier.get(reverse("alert", args=[case.pk])).content.decode()
    assert "2026-01-20" in page  # happened
    assert "2026-04-07" in page  # received
    visit = verifier.get(reverse("alert_visit", args=[case.pk]))
    assert "geolocation=(self)" in visit.headers["Permissions-Policy"]
    told = {
        "version": case.version,
        "outcome": "true",
        "measure": "stop",
        "measure_month": "2026-02",
        "way": "visit",
        "opinion": "家属出示死亡证明",
        "basis": "",
    }
    refused = verifier.post(reverse("alert_visit", args=[case.pk]), told)
    assert "凭据" in refused.content.decode()
    answer = verifier.post(
        reverse("alert_visit", args=[case.pk]), {**told, "file": photo(), "latitude": "30.60121", "longitude": "114.3"}
    )
    assert answer.status_code == 302
    kept = Proof.objects.get()
    assert (str(kept.latitude), kept.kind) == ("30.60121", "photo")
    decider = logged_in(people["decider"])
    case.refresh_from_db()
    assert "属实" in decider.get(reverse("alert", args=[case.pk])).content.decode()
    assert decider.get(reverse("alert_proof", args=[case.pk, kept.pk])).content == JPG
    assert Event.objects.filter(action="document.viewed", by_id=people["decider"].pk).exists()
    decider.post(reverse("alert", args=[case.pk]), {"act": "confirm", "version": case.version, "opinion": ""})
    case.refresh_from_db()
    assert case.state == "confirmed"
    assert not Entitlement.objects.filter(person_id=case.person_id, until__isnull=True).exists()
    story = decider.get(reverse("person", args=[case.person_id])).content.decode()
    assert "死亡后仍领取" in story
    inspector = logged_in(people["inspector"])
    inspector.post(
        reverse("alert", args=[case.pk]), {"act": "object", "version": case.version, "opinion": "照片看不清"}
    )
    case.refresh_from_db()
    assert case.state == "verifying"


def test_an_act_that_is_not_the_accounts_own_changes_nothing(
    case: Suspicion, people: dict[str, User], logged_in: Login
) -> None:
    clerk = logged_in(people["clerk"])
    clerk.post(reverse("alert", args=[case.pk]), {"act": "confirm", "version": case.version, "opinion": ""})
    clerk.post(reverse("alert", args=[case.pk]), {"act": "close", "version": case.version, "opinion": ""})
    case.refresh_from_db()
    assert case.state == "dispatched"


def test_the_federation_sees_no_money_and_nothing_of_the_household(people: dict[str, User], logged_in: Login) -> None:
    death = raised(people)
    poor = raised(people, "destitute", "R05", event_on=None, since_month=Month(2026, 2), value="")
    reviewer = logged_in(people["reviewer"])
    body = reviewer.get(reverse("alerts"), {"show": "all"}).content.decode()
    assert "死亡后仍领取" in body
    assert "特困供养同时领取" not in body.split("</form>")[-1]
    assert "440.00" not in body
    assert reviewer.get(reverse("alert", args=[poor.pk])).status_code == 404
    assert "440.00" not in reviewer.get(reverse("alert", args=[death.pk])).content.decode()


def test_the_export_holds_what_the_list_shows(case: Suspicion, people: dict[str, User], logged_in: Login) -> None:
    answer = logged_in(people["decider"]).get(reverse("alerts_export"), {"show": "all"})
    assert answer.status_code == 200
    assert Event.objects.filter(action="suspicions.exported").get().details["rows"] == 1


def test_a_threshold_is_tried_then_set_and_false_hits_are_kept_quiet(people: dict[str, User], logged_in: Login) -> None:
    recipient(11)
    url = reverse("rule", args=["R19"])
    inspector = logged_in(people["county_inspector"])
    told = {"act": "try", "on": "on", "days": "20", "dispatch": "auto", "age": "70", "months": "15"}
    assert "1 人" in inspector.post(url, told, follow=True).content.decode()
    assert not Suspicion.objects.exists()
    drafter = logged_in(people["drafter"])
    wanted = {
        **told,
        "act": "set",
        "division": f.COUNTY,
        "since": "",
        "until": "",
        "document_number": "鄂民〔2026〕1号",
    }
    drafter.post(url, wanted)
    waiting = Proposal.objects.get()
    drafter.post(reverse("proposal", args=[waiting.pk]), {"act": "accept", "digest": waiting.digest})
    assert "已设定" not in drafter.get(url).content.decode()
    publisher = logged_in(f.account("standard_publisher", f.PROVINCE))
    publisher.post(reverse("proposal", args=[waiting.pk]), {"act": "accept", "digest": waiting.digest})
    assert "已设定" in drafter.get(url).content.decode()
    inspector.post(
        url,
        {
            "act": "quiet",
            "source": "age",
            "until": (timezone.localdate().replace(day=28) + timezone.timedelta(days=10)).isoformat(),
            "reason": "本批数据有误",
        },
    )
    assert not Quiet.objects.exists()
    waiting = Proposal.objects.get(kind="matching.quiet")
    other = logged_in(f.account("inspector", f.COUNTY, username="other.county.inspector"))
    other.post(reverse("proposal", args=[waiting.pk]), {"act": "accept", "digest": waiting.digest})
    assert Quiet.objects.get().source == "age"
    assert "本批数据有误" in inspector.get(reverse("rules")).content.decode()


def test_an_area_larger_than_a_county_is_compared_in_the_background_with_its_progress(
    people: dict[str, User], logged_in: Login
) -> None:
    recipient(11)
    inspector = logged_in(people["inspector"])
    for _again in range(2):  # asked twice, it runs once
        inspector.post(reverse("rules_run"))
    run = Run.objects.get()
    assert (run.asked, run.finished_at) == (True, None)
    page = inspector.get(reverse("rules")).content.decode()
    assert "已排队，等待后台开始" in page
    assert reverse("rules_run") not in page
    Run.objects.update(total=3, done=[f.COUNTY])
    assert "已完成 1 / 3 个县" in inspector.get(reverse("rules"), {"part": "going"}).content.decode()
    Run.objects.update(total=0, done=[])
    assert compare_asked(on=ON, at=f.moment(ON)) == 1
    run.refresh_from_db()
    assert run.finished_at is not None
    assert run.total == len(run.done) > 0
    assert inspector.get(reverse("rules"), {"part": "going"}).headers["HX-Refresh"] == "true"
    assert logged_in(people["decider"]).post(reverse("rules_run")).status_code in (403, 404)


def test_a_threshold_is_tried_on_a_province_in_the_background_and_the_page_keeps_the_answer(
    people: dict[str, User], logged_in: Login
) -> None:
    recipient(11)
    url = reverse("rule", args=["R19"])
    inspector = logged_in(people["inspector"])
    told = {"act": "try", "on": "on", "days": "20", "dispatch": "auto", "age": "70", "months": "15"}
    assert "已排队，等待后台开始" in inspector.post(url, told, follow=True).content.decode()
    trial = Trial.objects.get()
    assert (trial.finished_at, trial.setting["age"]) == (None, 70)
    assert "HX-Refresh" not in inspector.get(url, {"part": "trying"}).headers
    assert try_asked(at=timezone.now()) == 1
    assert inspector.get(url, {"part": "trying"}).headers["HX-Refresh"] == "true"
    body = inspector.get(url).content.decode()
    assert "1 人" in body
    assert 'value="70"' in body  # what was tried stands in the form
    assert not Suspicion.objects.exists()
    assert "1 人、" not in logged_in(f.account("inspector", f.PROVINCE, username="another")).get(url).content.decode()


def test_a_signal_is_answered_by_those_who_may(people: dict[str, User], logged_in: Login) -> None:
    signal = Signal.objects.create(
        division_code=f.TOWNSHIP,
        rule="R20",
        source="severe",
        month=date(2026, 3, 1),
        severity="low",
        raised_on=ON,
        evidence={"count": 36, "of": 44, "share": 0.8182, "expected": 0.31, "z": 7.3},
    )
    decider = logged_in(people["decider"])
    assert "82%" in decider.get(reverse("signals")).content.decode()
    decider.post(reverse("signal", args=[signal.pk]), {"answer": "辖内有福利机构"})
    signal.refresh_from_db()
    assert signal.answer == "辖内有福利机构"
    logged_in(people["clerk"]).post(reverse("signal", args=[signal.pk]), {"answer": "随便写写"})
    signal.refresh_from_db()
    assert signal.answer == "辖内有福利机构"


def test_notices_lead_to_the_work_list(case: Suspicion, people: dict[str, User], logged_in: Login) -> None:
    watching.post_digest(on=ON, at=f.moment(ON))
    clerk = logged_in(people["clerk"])
    assert "待核实预警 1 条" in clerk.get(reverse("notices")).content.decode()


def test_a_list_of_many_costs_no_more_statements(people: dict[str, User], logged_in: Login) -> None:
    raised(people)
    client = logged_in(people["decider"])
    counted = []
    for _n in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("alerts"), {"show": "all"})
        counted.append(len(asked))
        for _more in range(3):
            raised(people)
    assert counted[1] <= counted[0]
    assert counted[0] < 45


def test_the_ministry_plans_a_campaign_and_townships_below_find_their_part(
    people: dict[str, User], logged_in: Login
) -> None:
    ministry = f.account("inspector", f.NATION)
    case = raised(people)
    client = logged_in(ministry)
    due = (timezone.localdate() + timezone.timedelta(days=60)).isoformat()
    plan = {
        "name": "2026 年第一批核对",
        "plan": "核对死亡后领取，县级核实",
        "document_number": "民办函〔2023〕43号",
        "month": "2026-03",
        "due_on": due,
        "rules": ["R01"],
    }
    client.post(reverse("campaign_new"), plan)
    one = Campaign.objects.get()
    assert (one.area, one.state) == (f.NATION, "planned")
    client.post(reverse("campaign", args=[one.pk]), {"act": "start", "version": one.version})
    assert compare_campaign(campaign_id=one.pk, on=ON, at=f.moment(ON)) == 1
    one.refresh_from_db()
    case.refresh_from_db()
    assert (one.state, case.campaign_id) == ("verifying", one.pk)
    assert [n.division_code for n in Notice.objects.filter(kind="campaign_opened")] == [f.COUNTY]
    body = client.get(reverse("campaign", args=[one.pk])).content.decode()
    assert "湖北省" in body
    assert client.get(reverse("campaign_export", args=[one.pk])).status_code == 200
    clerk = logged_in(people["clerk"])
    assert "2026 年第一批核对" in clerk.get(reverse("campaigns")).content.decode()
    assert "死亡后仍领取" in clerk.get(reverse("alerts"), {"campaign": one.pk, "show": "all"}).content.decode()
    clerk.post(
        reverse("campaign", args=[one.pk]), {"act": "close", "version": one.version, "summary": "随便结束这个专项"}
    )
    client.post(reverse("campaign", args=[one.pk]), {"act": "urge", "version": one.version})
    assert Notice.objects.filter(kind="campaign_urged", division_code=f.COUNTY).count() == 1
    client.post(reverse("campaign", args=[one.pk]), {"act": "recheck", "version": one.version})
    assert compare_campaign(campaign_id=one.pk, on=ON, at=f.moment(ON)) == 1
    one.refresh_from_db()
    client.post(
        reverse("campaign", args=[one.pk]),
        {"act": "close", "version": one.version, "summary": "本批疑点一条，县级正在核实。"},
    )
    one.refresh_from_db()
    assert one.state == "verifying"  # another person says so too
    waiting = Proposal.objects.get()
    address = reverse("proposal", args=[waiting.pk])
    client.post(address, {"act": "accept", "digest": waiting.digest})
    one.refresh_from_db()
    assert one.state == "verifying"
    logged_in(f.account("inspector", f.NATION, username="other.inspector")).post(
        address, {"act": "accept", "digest": waiting.digest}
    )
    one.refresh_from_db()
    assert (one.state, one.rechecked_on is not None) == ("closed", True)


def test_what_a_place_keeps_quiet_stands_before_the_level_above_and_on_the_case(
    case: Suspicion, people: dict[str, User], logged_in: Login
) -> None:
    inspector, township = logged_in(people["inspector"]), logged_in(people["verifier"])
    address, on = reverse("rules_apart"), timezone.localdate()
    assert "没有另行设置" in inspector.get(address).content.decode()
    assert "停报到" not in township.get(reverse("alert", args=[case.pk])).content.decode()
    two = {"proposed_by_id": people["decider"].pk, "by_id": people["county_inspector"].pk}
    told = {"division_code": f.COUNTY, "since": on, "until": on + timedelta(days=9), "reason": "名单证号错位"}
    Quiet.objects.create(rule="R01", source=case.source, by_name="同意人", proposed_by_name="提出人", **told, **two)
    page = inspector.get(address).content.decode()
    for shown in ("R01", "停报", "名单证号错位", "提出人 · 同意人", f"{on + timedelta(days=9):%Y-%m-%d}"):
        assert shown in page
    assert "名单证号错位" not in inspector.get(address, {"kind": "off"}).content.decode()
    assert "名单证号错位" not in inspector.get(address, {"q": "没有这个地方"}).content.decode()
    assert inspector.get(reverse("rules_apart_export")).status_code == 200
    elsewhere = logged_in(f.account("inspector", "420103000000"))
    assert "名单证号错位" not in elsewhere.get(address).content.decode()
    assert "停报到" in township.get(reverse("alert", args=[case.pk])).content.decode()


def test_a_rule_switched_off_below_is_told_as_off(case: Suspicion, people: dict[str, User], logged_in: Login) -> None:
    month, off = Month.of(timezone.localdate()), {"on": False, "days": 20, "dispatch": "auto"}
    told = {"since": month, "until": month + 3, "by": None, "on": timezone.localdate()}
    set_parameter(division_code=f.COUNTY, name="match.r01", value=off, **told)
    inspector = logged_in(people["inspector"])
    assert "停用" in inspector.get(reverse("rules_apart"), {"kind": "off"}).content.decode()
    page = logged_in(people["verifier"]).get(reverse("alert", args=[case.pk])).content.decode()
    assert "本地已停用这条规则" in page
