"""The pages of the support desk: what is taken of a screen, error references, drilling and searching, status while the
worker is down.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.notices.models import Notice
from lxbt.support.models import Beat, Incident, KnownAnswer, Question
from lxbt.support.operations import questions as asking
from lxbt.support.operations.answers import publish_answer
from lxbt.support.operations.status import announce_maintenance
from lxbt.web.kit import errors
from lxbt.web.kit.errors import failed
from tests import factories as f

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
LogIn = Callable[[User], Client]


@pytest.fixture
def clerk(logged_in: LogIn) -> Client:
    f.load_places()
    f.account("coordinator", f.COUNTY, username="county_coordinator")
    return logged_in(f.account("clerk", f.TOWNSHIP, username="clerk"))


@pytest.fixture
def desk(clerk: Client, logged_in: LogIn) -> Client:
    return logged_in(User.objects.get(username="county_coordinator"))


def ask(**more: Any) -> Question:
    return asking.ask_question(
        **{
            "kind": "question",
            "title": "退票以后怎么重发",
            "text": "",
            "by": User.objects.get(username="clerk"),
            "at": timezone.localtime(),
            **more,
        }
    )


def test_every_page_has_a_link_to_report_a_problem_that_names_the_page_and_nothing_else(clerk: Client) -> None:
    body = clerk.get(reverse("persons")).content.decode()
    link = re.search(r'<a class="top-tool report-tool" href="([^"]+)" data-report', body)
    assert link
    assert link[1] == reverse("question_new") + "?from=persons"
    assert 'data-route="persons"' in body


def test_a_page_that_does_not_exist_is_not_kept_as_one(clerk: Client) -> None:
    clerk.post(
        reverse("question_new"), {"kind": "question", "title": "退票怎么办呢", "route": "persons/420102198005010117"}
    )
    assert Question.objects.get().route == ""


def test_the_screen_is_shown_before_it_is_sent_and_holds_the_systems_own_words_only(clerk: Client) -> None:
    lines = [
        ["heading", "人员查询"],
        ["heading", "刘秀英"],
        ["column", "身份证号"],
        ["column", "420102198005010117"],
        ["message", "刘秀英 已死亡"],
    ]
    shown = clerk.post(reverse("question_screen"), {"screen": json.dumps(lines)}).content.decode()
    assert "人员查询" in shown
    assert "身份证号" in shown
    assert "刘秀英" not in shown
    assert "420102" not in shown
    told = {"kind": "fault", "title": "列表打不开", "route": "persons", "screen": json.dumps(lines), "width": "1440"}
    clerk.post(reverse("question_new"), {**told, "with_screen": "1"})
    kept = Question.objects.get()
    assert kept.screen == [["heading", "人员查询"], ["column", "身份证号"]]
    assert (kept.route, kept.page, kept.width) == ("persons", "人员查询", 1440)
    clerk.post(reverse("question_new"), {**told, "title": "列表又打不开"})
    assert Question.objects.latest("pk").screen == []  # the reporter took it away


def test_nonsense_for_a_screen_does_no_harm(clerk: Client) -> None:
    for sent in ("", "{", "5", '{"a": 1}', '[["heading"]]', "[[[1],[2]]]"):
        assert clerk.post(reverse("question_screen"), {"screen": sent}).status_code == 200


def test_an_error_page_gives_a_reference_that_stands_in_the_log_and_goes_along_with_a_report(
    clerk: Client, rf: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failed(rf.get("/persons/"))
    reference = answer.cookies[errors.COOKIE].value
    assert reference in answer.content.decode()
    assert reference in caplog.text
    clerk.cookies[errors.COOKIE] = reference
    assert reference in clerk.get(reverse("question_new")).content.decode()
    clerk.post(reverse("question_new"), {"kind": "fault", "title": "人员页打不开"})
    assert Question.objects.get().error == reference
    clerk.cookies[errors.COOKIE] = "<script>"
    assert "<script>" not in clerk.get(reverse("question_new")).content.decode().replace(
        '<script id="script-words"', ""
    ).replace("<script src", "")


def test_known_answers_are_proposed_while_one_types_and_by_post_only(clerk: Client) -> None:
    nation = f.account("coordinator", f.NATION)
    publish_answer(
        title="银行退票以后怎样重发", text="更正账户", area_code=f.NATION, by=nation, at=timezone.localtime()
    )
    assert "银行退票以后怎样重发" in clerk.post(reverse("question_near"), {"title": "退票怎么重发"}).content.decode()
    assert clerk.get(reverse("question_near"), {"title": "退票"}).status_code == 405


def test_two_officers_who_answer_at_once_the_second_keeps_the_text_and_sees_the_newest(desk: Client) -> None:
    found = ask()
    asking.answer_question(
        question_id=found.pk,
        version=1,
        text="更正账户后重发",
        by=User.objects.get(username="county_coordinator"),
        at=timezone.localtime(),
    )
    asking.reopen_question(
        question_id=found.pk, text="还是不行", by=User.objects.get(username="clerk"), at=timezone.localtime()
    )
    body = desk.post(
        reverse("question", args=[found.pk]), {"act": "answer", "version": "1", "text": "我写了很久的答复"}
    ).content.decode()
    assert "刚被他人办理" in body
    assert "我写了很久的答复" in body
    assert "还是不行" in body
    assert 'name="version" value="3"' in body
    desk.post(reverse("question", args=[found.pk]), {"act": "answer", "version": "3", "text": "我写了很久的答复"})
    found.refresh_from_db()
    assert found.state == "answered"


def test_what_waits_at_the_desk_is_counted_in_the_menu_and_a_notice_leads_there(desk: Client) -> None:
    found = ask()
    body = desk.get(reverse("notices")).content.decode()
    assert "下级提出问题“退票以后怎么重发”" in body
    assert re.search(r"问题答复.{0,120}1", body, re.S)
    answer = desk.post(reverse("notice_open", args=[Notice.objects.get().pk]))
    assert answer.headers["Location"] == reverse("question", args=[found.pk])


def test_pictures_are_seen_by_the_way_only_and_each_look_is_recorded(
    clerk: Client, desk: Client, logged_in: LogIn
) -> None:
    upload = SimpleUploadedFile("照片.png", PNG, "image/png")
    clerk.post(reverse("question_new"), {"kind": "fault", "title": "打印不出来", "pictures": [upload]})
    found = Question.objects.get()
    address = re.search(
        rf'href="(/support/{found.pk}/pictures/\d+/)"', desk.get(reverse("question", args=[found.pk])).content.decode()
    )
    assert address
    answer = desk.get(address[1])
    assert answer.content == PNG
    assert "照片" not in answer.headers["Content-Disposition"]
    assert logged_in(f.account("coordinator", f.CITY)).get(address[1]).status_code == 404
    assert Event.objects.filter(action="question.picture_viewed").count() == 1


def test_the_export_holds_the_same_rows_as_the_list(desk: Client) -> None:
    ask()
    ask(title="=HYPERLINK(1)怎么办")
    answer = desk.get(reverse("questions_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    titles = [row[2] for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert titles == ["退票以后怎么重发", "=HYPERLINK(1)怎么办"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_an_answer_is_published_from_a_question_and_found_voted_changed_and_retired(
    clerk: Client, desk: Client
) -> None:
    found = ask()
    desk.post(reverse("question", args=[found.pk]), {"act": "answer", "version": "1", "text": "更正账户后重发"})
    form = desk.get(reverse("answer_new") + f"?question={found.pk}").content.decode()
    assert "更正账户后重发" in form
    told = {"title": "退票以后怎样重发", "text": "更正账户后重发", "area_code": f.COUNTY, "pages": ["failed_items"]}
    assert desk.post(reverse("answer_new") + f"?question={found.pk}", told).status_code == 302
    known = KnownAnswer.objects.get()
    assert "退票以后怎样重发" in clerk.post(reverse("answers"), {"q": "退票"}, follow=True).content.decode()
    clerk.post(reverse("answer", args=[known.pk]), {"act": "useful"})
    desk.post(reverse("answer_edit", args=[known.pk]), {**told, "version": "1", "title": "退票以后怎样再发"})
    known.refresh_from_db()
    assert (known.useful, known.title, known.question_id) == (1, "退票以后怎样再发", found.pk)
    assert clerk.get(reverse("answer_edit", args=[known.pk])).status_code == 404
    desk.post(reverse("answer", args=[known.pk]), {"act": "retire", "version": "2"})
    assert clerk.get(reverse("answer", args=[known.pk])).status_code == 404


def test_the_directory_is_drilled_searched_kept_and_exported(clerk: Client, desk: Client) -> None:
    address = reverse("office", args=[f.TOWNSHIP, "civil_affairs"])
    assert clerk.get(address).status_code == 404
    refused = desk.post(address, {"version": "0", "telephone": "13800000000"}).content.decode()
    assert "不填个人手机" in refused
    desk.post(address, {"version": "0", "telephone": "027-0000 1234", "hours": "工作日"})
    assert "027-0000 1234" in clerk.get(reverse("directory")).content.decode()
    assert "027-0000 1234" in desk.get(reverse("directory"), {"at": f.COUNTY}).content.decode()
    assert "027-0000 1234" in clerk.post(reverse("directory"), {"q": "0000 1234"}, follow=True).content.decode()
    assert clerk.get(reverse("directory"), {"at": "999"}).status_code == 404
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get(reverse("directory_export"), {"at": f.COUNTY}).content)).active
    assert sheet is not None
    assert [row[3] for row in sheet.iter_rows(min_row=4, values_only=True)] == ["027-0000 1234"]


def test_the_status_page_says_in_words_that_the_worker_is_down_and_what_that_means(clerk: Client) -> None:
    Beat.objects.create(name="worker", at=timezone.now() - timedelta(hours=1))
    body = clerk.get(reverse("status")).content.decode()
    assert "有一部分没有运行" in body
    assert "页面照常办理" in body
    Beat.objects.update(at=timezone.now())
    assert "系统运行正常" in clerk.get(reverse("status")).content.decode()
    assert "公告一次维护" not in body
    assert clerk.post(reverse("status"), {"act": "cancel", "id": "1"}).status_code == 404


def test_an_open_incident_makes_its_part_not_running_until_it_is_closed(clerk: Client, logged_in: LogIn) -> None:
    Beat.objects.create(name="worker", at=timezone.now())
    admin = logged_in(f.account("administrator", f.NATION))
    admin.post(
        reverse("status"),
        {
            "act": "note",
            "part": "federation",
            "title": "残联库连不上",
            "began_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        },
    )
    body = clerk.get(reverse("status")).content.decode()
    assert "残联库连不上；" in body
    assert "有一部分没有运行" in body
    admin.post(reverse("status"), {"act": "close", "id": str(Incident.objects.get().pk), "cause": "对方停电，已恢复"})
    assert "系统运行正常" in clerk.get(reverse("status")).content.decode()


def test_maintenance_is_announced_by_the_nation_and_told_on_every_page(clerk: Client, logged_in: LogIn) -> None:
    admin = logged_in(f.account("administrator", f.NATION))
    start = timezone.localtime() + timedelta(hours=3)
    window = {
        "act": "announce",
        "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    assert "不少于 4 个字" in admin.post(reverse("status"), {**window, "text": "升级"}).content.decode()
    assert admin.post(reverse("status"), {**window, "text": "升级数据库，期间不能发放"}).status_code == 302
    for name in ("home", "persons", "help"):
        assert "升级数据库，期间不能发放" in clerk.get(reverse(name)).content.decode()


def test_a_clerk_has_no_menu_line_for_answering_and_the_clocks_show_numbers_only(clerk: Client, desk: Client) -> None:
    ask()
    assert reverse("questions") + '"' not in re.sub(
        r"(?s)<main.*?</main>", "", clerk.get(reverse("home")).content.decode()
    )
    body = desk.get(reverse("question_clocks")).content.decode()
    assert "首次答复用时中位数" in body
    assert "退票以后怎么重发" not in body


def test_announcements_by_operation_reach_pages_in_english_too(clerk: Client) -> None:
    admin = f.account("administrator", f.NATION)
    now = timezone.localtime()
    announce_maintenance(starts_at=now, ends_at=now + timedelta(hours=1), text="升级数据库", by=admin, at=now)
    clerk.post(reverse("set_language"), {"language": "en", "next": reverse("status")})
    assert "System maintenance from" in clerk.get(reverse("status")).content.decode()
