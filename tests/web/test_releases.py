"""Exports carry who and when; large ones of persons leave only when a second person lets them go."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.accounts.operations.holding import holder_of
from lxbt.accounts.rules.looking import USUAL
from lxbt.audit.models import Event, UnusualLook
from lxbt.audit.operations import record_event
from lxbt.audit.watching import find_unusual_looks
from lxbt.documents.models import Release
from lxbt.documents.operations import (
    ReleaseRefused,
    ask_release,
    decide_release,
    forget_takings,
    take_out,
    take_release,
    wipe_releases,
)
from lxbt.documents.queries import content_of
from lxbt.entitlements.operations import resolve_changes
from lxbt.registry.operations import record_fact, register_person
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 5)


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


# --- many small files are a large one


def people(*serials: int) -> None:
    """Persons of the township with what is known of them."""
    for serial in serials:
        person = register_person(
            name=f"某{serial}",
            sex="male" if serial % 2 else "female",
            birth=date(1980, 5, 1),
            identity_number=f.identity_number(serial=serial),
            division_code=f.TOWNSHIP,
            on=DAY,
            by=None,
        )
        record_fact(
            person_id=person.pk,
            key="economic",
            value="dibao",
            since=None,
            source="township",
            by=None,
            received_on=DAY,
        )
    resolve_changes()


@pytest.fixture
def narrow(places: None, settings: Any) -> None:
    settings.LXBT_EXPORT_PERSONS, settings.LXBT_EXPORT_ROWS = 5, 12


def test_the_file_that_would_be_too_many_persons_waits_for_a_second_person_and_those_above_hear_of_it(
    narrow: None, logged_in: Callable[[User], Client]
) -> None:
    people(1, 2, 3, 4)
    user = f.account("supervisor", f.COUNTY)
    client = logged_in(user)
    door = reverse("persons_export")
    assert client.get(door).headers["Content-Type"].startswith("application/vnd")
    assert client.get(door).headers["Content-Type"].startswith("application/vnd")  # the same four again
    assert Event.objects.filter(action="persons.exported").latest("pk").details["persons"] == 4
    people(11, 12)
    for _again in range(2):
        assert "须由另一人核准" in client.get(door).content.decode()
    look = UnusualLook.objects.get(kind="export")
    assert (look.by_id, look.count) == (user.pk, 6)
    client.post(door, {"reason": "报送财政审核"})
    assert Release.objects.get().rows == 6


def test_rows_count_too_though_the_persons_are_the_same(narrow: None, logged_in: Callable[[User], Client]) -> None:
    people(1, 2, 3, 4)
    client = logged_in(f.account("supervisor", f.COUNTY))
    answers = [client.get(reverse("persons_export")).headers["Content-Type"][:11] for _n in range(4)]
    assert answers == ["application", "application", "application", "text/html; "]


def test_other_doors_and_other_accounts_of_the_same_human_count_together(
    narrow: None, logged_in: Callable[[User], Client]
) -> None:
    people(1, 2, 3)
    one, other = f.account("supervisor", f.COUNTY), f.account("supervisor", f.CITY)
    User.objects.filter(pk__in=[one.pk, other.pk]).update(holder=holder_of(f.number_of("one"), by=None))
    assert take_out(title="名册", rows=3, persons=[901, 902, 903], by=one, at=timezone.now())
    assert "须由另一人核准" in logged_in(other).get(reverse("persons_export")).content.decode()
    stranger = f.account("supervisor", f.COUNTY, username="stranger")
    assert logged_in(stranger).get(reverse("persons_export")).headers["Content-Type"].startswith("application/vnd")


def test_what_left_the_window_counts_no_more_and_is_forgotten(narrow: None) -> None:
    user, now = f.account("supervisor", f.COUNTY), timezone.now()
    assert take_out(title="名册", rows=5, persons=None, by=user, at=now - timedelta(days=31))
    assert take_out(title="名册", rows=5, persons=None, by=user, at=now)
    assert not take_out(title="名册", rows=1, persons=None, by=user, at=now)
    assert forget_takings(at=now) == 1


def test_exports_of_a_day_are_looks(narrow: None) -> None:
    user = f.account("supervisor", f.COUNTY)
    for _n in range(2):
        record_event(
            by=user, action="persons.exported", subject_kind="list", subject_id="persons", details={"persons": 600}
        )
    now = timezone.now()
    find_unusual_looks(since=now - timedelta(days=1), until=now + timedelta(days=1), habits=asdict(USUAL))
    assert UnusualLook.objects.get(kind="export").count == 1200


def test_pages_make_workbooks_of_rows_at_one_door_and_hand_back_files_at_another() -> None:
    """Another would be a door without a limit. A sheet of missing facts waits for a second person whatever its size,
    and one of standards names nobody.
    """
    doors = {
        str(path.relative_to("lxbt/web"))
        for path in Path("lxbt/web").rglob("*.py")
        if re.search(r"\w*workbook\(", path.read_text(encoding="utf-8", errors="ignore"))
    }
    assert doors == {"kit/sheets.py", "imports/errors.py", "payments/first_draw.py", "standards/sheet.py"}
