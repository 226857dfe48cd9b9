"""Exports carry who and when; large ones of persons leave only when a second person lets them go."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.audit.operations import record_event
from lxbt.documents.models import Release
from lxbt.documents.operations import ReleaseRefused, ask_release, decide_release, take_release, wipe_releases
from lxbt.documents.queries import content_of
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> None:
    f.load_places()


def waiting(by: User) -> Release:
    return ask_release(
        title="发放名册",
        note="2026-05",
        content=b"rows",
        rows=9000,
        division_code=f.COUNTY,
        reason="报送财政审核",
        by=by,
        at=timezone.localtime(),
    )


def test_an_export_says_who_took_it_and_when_on_the_sheet_on_paper_and_in_the_file(
    places: None, logged_in: Callable[[User], Client]
) -> None:
    user = f.account("supervisor", f.COUNTY)
    answer = logged_in(user).get(reverse("applications_export"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    for mark in (
        str(sheet["A2"].value),
        sheet.oddHeader.center.text,
        sheet.oddFooter.left.text,
        book.properties.description,
    ):
        assert user.username in mark
        assert f"{timezone.localtime():%Y-%m-%d}" in mark
    assert Event.objects.get(action="applications.exported").details["rows"] == 0


def test_a_large_export_waits_for_a_second_person_and_is_then_what_it_was(
    places: None, logged_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lxbt.documents.rules.releases.LARGE", 1)
    asker, other = f.account("auditor", f.COUNTY), f.account("security_administrator", f.COUNTY)
    record_event(by=None, action="person.viewed", subject_kind="person", subject_id=4711, division_code=f.TOWNSHIP)
    one, two = logged_in(asker), logged_in(other)
    assert "须由另一人核准" in one.get(reverse("audit_export")).content.decode()
    assert not Release.objects.exists()
    one.post(reverse("audit_export"), {"reason": "年度检查"}, follow=True)
    release = Release.objects.get()
    act = reverse("release_act", args=[release.pk])
    one.post(act, {"act": "release"})
    one.post(act, {"act": "take"})
    release.refresh_from_db()
    assert (release.outcome, release.taken_at) == ("waiting", None)
    two.post(act, {"act": "release"})
    record_event(by=None, action="person.viewed", subject_kind="person", subject_id=4712, division_code=f.TOWNSHIP)
    answer = one.post(act, {"act": "take"})
    cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0] for cell in row]
    assert any("4711" in str(cell) for cell in cells)
    assert not any("4712" in str(cell) for cell in cells)
    assert list(Event.objects.filter(subject_kind="release").order_by("pk").values_list("action", flat=True)) == [
        "release.asked",
        "release.released",
        "release.taken",
    ]


def test_nobody_lets_the_own_export_go_not_even_by_raw_sql(places: None) -> None:
    asker = f.account("security_administrator", f.COUNTY)
    release = waiting(asker)
    with pytest.raises(ReleaseRefused):
        decide_release(release_id=release.pk, release_it=True, opinion="", by=asker, at=timezone.localtime())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update documents_release set outcome = 'released', decided_by_id = asked_by_id, decided_at = now()"
        )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update documents_release set outcome = 'released'")


def test_a_security_administrator_of_another_county_neither_sees_nor_lets_it_go(
    places: None, logged_in: Callable[[User], Client]
) -> None:
    release = waiting(f.account("auditor", f.COUNTY))
    stranger = f.account("security_administrator", f.OTHER_COUNTY)
    client = logged_in(stranger)
    assert "报送财政审核" not in client.get(reverse("releases")).content.decode()
    assert client.post(reverse("release_act", args=[release.pk]), {"act": "release"}).status_code == 404
    with pytest.raises(ReleaseRefused):
        decide_release(release_id=release.pk, release_it=True, opinion="", by=stranger, at=timezone.localtime())


def test_what_nobody_let_go_or_took_is_wiped_after_its_days(places: None) -> None:
    asker, other = f.account("auditor", f.COUNTY), f.account("security_administrator", f.COUNTY)
    release, now = waiting(asker), timezone.localtime()
    decide_release(release_id=release.pk, release_it=True, opinion="", by=other, at=now)
    assert content_of(release) == b"rows"
    assert wipe_releases(at=now + timedelta(days=6)) == 0
    assert wipe_releases(at=now + timedelta(days=8)) == 1
    release.refresh_from_db()
    with pytest.raises(ReleaseRefused):
        take_release(release_id=release.pk, by=asker, at=now)
    assert release.size == 0
