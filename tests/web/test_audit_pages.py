"""The auditor's pages: filters, scope, before and after, exports and anchors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.audit.operations import record_event
from lxbt.audit.sealing import seal_events
from lxbt.registry import operations as registry
from lxbt.web.audit.words import ACTIONS
from tests import factories as f

PACKAGE = Path(__file__).resolve().parent.parent.parent / "lxbt"
LIVE = {
    "entitlement": ("granted", "ended", "suspended", "resumed"),
    "batch": ("approved", "returned", "sent", "results"),
    "application": ("passed", "granted", "refused"),
    "suspicion": (
        "raised",
        "lapsed",
        "closed",
        "dispatch",
        "begin",
        "conclude",
        "return",
        "confirm",
        "agree",
        "object",
        "close",
    ),
}


@pytest.fixture
def auditor(db: None, logged_in: Callable[[User], Client]) -> Client:
    f.load_places()
    return logged_in(f.account("auditor", f.COUNTY))


def test_every_action_that_the_code_records_has_its_words() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        found |= set(re.findall(r'action="([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    found |= {f"{kind}.{act}" for kind, acts in LIVE.items() for act in acts}
    assert found - set(ACTIONS) == set()


def test_an_auditor_finds_events_by_person_and_official_and_they_stay_out_of_the_address(auditor: Client) -> None:
    one, two = f.recipient("王审一"), f.recipient("赵审二")
    clerk = f.account("clerk", f.TOWNSHIP)
    for found in (one, two):
        record_event(
            by=clerk,
            action="person.viewed",
            subject_kind="person",
            subject_id=found.pk,
            person_id=found.pk,
            division_code=f.TOWNSHIP,
        )
    answer = auditor.post(reverse("audit") + "?kind=looks", {"person": "王审一", "who": ""}, follow=True)
    body = answer.content.decode()
    assert "王审一" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
    assert f"人员 {one.pk}" in body
    assert f"人员 {two.pk}" not in body


def test_an_event_shows_what_was_before_and_after(auditor: Client) -> None:
    found = f.recipient()
    registry.record_facts(
        person_id=found.pk, values={"economic": "none"}, since=None, source="test", received_on=f.DAY, by=None
    )
    event = Event.objects.filter(action="facts.recorded").latest("pk")
    body = auditor.get(reverse("audit_event", args=[event.pk])).content.decode()
    assert "dibao" in body
    assert "none" in body


def test_an_event_of_another_county_is_not_found(auditor: Client) -> None:
    record_event(
        by=None, action="person.viewed", subject_kind="person", subject_id=987654, division_code=f.OTHER_COUNTY
    )
    event = Event.objects.latest("pk")
    assert auditor.get(reverse("audit_event", args=[event.pk])).status_code == 404
    assert "987654" not in auditor.get(reverse("audit")).content.decode()


def test_an_official_of_the_own_area_is_seen_wherever_he_acted(auditor: Client) -> None:
    clerk = f.account("clerk", f.TOWNSHIP)
    record_event(by=clerk, action="person.viewed", subject_kind="person", subject_id=77, division_code=f.OTHER_COUNTY)
    assert "人员 77" in auditor.get(reverse("audit")).content.decode()


def test_the_export_holds_the_rows_and_is_itself_recorded(auditor: Client) -> None:
    record_event(by=None, action="person.viewed", subject_kind="person", subject_id=5, division_code=f.TOWNSHIP)
    shown = Event.objects.filter(division_code__startswith=f.COUNTY[:6]).count()
    answer = auditor.get(reverse("audit_export"))
    assert answer.status_code == 200
    assert Event.objects.get(action="audit.exported").details["rows"] == shown


@pytest.mark.django_db(transaction=True)
def test_anchors_kept_elsewhere_are_borne_out_and_a_wrong_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        record_event(by=None, action="person.viewed", subject_kind="person", subject_id=number)
    seal_events()
    seal_events()
    call_command("audit", "anchors")
    kept = tmp_path / "anchors.txt"
    kept.write_text(capsys.readouterr().out)
    call_command("audit", "verify", against=kept)
    assert "DOES NOT HOLD" not in capsys.readouterr().out
    number, digest = kept.read_text().split()[:2]
    kept.write_text(f"{number} {'0' * 64}\n")
    with pytest.raises(SystemExit):
        call_command("audit", "verify", against=kept)
    assert f"block {number}: the seal is not the one that was kept elsewhere" in capsys.readouterr().out
    kept.write_text(f"{number} {digest}\nnonsense\n")
    with pytest.raises(CommandError, match="第 2 行"):
        call_command("audit", "verify", against=kept)
