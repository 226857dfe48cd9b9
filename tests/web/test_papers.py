"""Scans: taken by content, sealed on disk, seen only through a case in scope."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.applications import operations as applications
from lxbt.audit.models import Event
from lxbt.documents.models import Document
from tests import factories as f
from tests.web.test_scope import declaration

JPEG = b"\xff\xd8\xff\xe0" + b"a scanned identity card" * 50


@pytest.fixture
def case(db: None, settings: Any, tmp_path: Path) -> str:
    settings.MEDIA_ROOT = tmp_path
    f.load_places()
    f.usual_standards()
    clerk = f.account("clerk", f.TOWNSHIP, username="here_clerk")
    made = applications.take_in(
        declaration=declaration("张三", f.TOWNSHIP, f.identity_number()),
        subsidies=["living"],
        applicant=applications.Applicant(),
        by=clerk,
        at=f.moment(timezone.localdate()),
    )
    return made.number


def send(client: Client, number: str, content: bytes, name: str = "scan.jpg") -> str:
    answer = client.post(
        reverse("application_attach", args=[number]),
        {"kind": "id_card", "file": SimpleUploadedFile(name, content)},
        follow=True,
    )
    return answer.content.decode()


def test_a_picture_is_sealed_on_disk_and_shown_to_whoever_may_see_the_case(
    case: str, logged_in: Callable[[User], Client], tmp_path: Path
) -> None:
    client = logged_in(User.objects.get(username="here_clerk"))
    assert "扫描件已加密保存" in send(client, case, JPEG)
    stored = Document.objects.get()
    assert JPEG not in (tmp_path / stored.path).read_bytes()
    paper = case_paper(case)
    reviewer = logged_in(f.account("reviewer", f.COUNTY))
    shown = reviewer.get(reverse("application_paper", args=[case, paper]))
    assert shown.content == JPEG
    assert shown["Content-Type"] == "image/jpeg"
    assert Event.objects.filter(action="document.viewed", person_id=stored.person_id).count() == 1


def case_paper(number: str) -> int:
    from lxbt.applications.models import Paper

    return Paper.objects.get(application__number=number, document_id__isnull=False).pk


def test_a_stranger_who_guesses_the_address_finds_nothing(case: str, logged_in: Callable[[User], Client]) -> None:
    send(logged_in(User.objects.get(username="here_clerk")), case, JPEG)
    stranger = logged_in(f.account("reviewer", f.OTHER_COUNTY))
    assert stranger.get(reverse("application_paper", args=[case, case_paper(case)])).status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html><script>alert(1)</script></html>", "只收 JPG、PNG 图片和 PDF"),
        (b"%PDF-1.7 /OpenAction /JavaScript (app.alert(1))", "带有脚本或附件"),
        (b"\xff\xd8\xff" + b"0" * (10 * 2**20), "超过 10 MB"),
    ],
)
def test_what_is_no_scan_is_refused_with_a_sentence(
    case: str, logged_in: Callable[[User], Client], content: bytes, sentence: str
) -> None:
    assert sentence in send(logged_in(User.objects.get(username="here_clerk")), case, content)
    assert not Document.objects.exists()
