"""The pages of written notices and bulletins: who finds what, what a withdrawn one still shows, what leaves as
a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.notices.models import Circular, CircularReceipt, Notice
from lxbt.notices.operations import circulars as operations
from lxbt.notices.operations.receipts import read_circular, remind_unread
from lxbt.notices.rules import Addressees, Content
from lxbt.rollout.models import Bulletin
from lxbt.rollout.operations.bulletins import BulletinPlan, plan_bulletin
from lxbt.rollout.rules.bulletins import Interval
from tests import factories as f

Login = Callable[[User], Client]
TEXT = Content(
    title="关于核对账户的通知", text="十二月十日前完成，谢谢。", to=Addressees(f.COUNTY), issuer="江岸区民政局"
)


@pytest.fixture
def people(db: None, settings: Any, tmp_path: Any) -> dict[str, User]:
    settings.LXBT_FONTS = str(tmp_path)  # the PDF has tests of its own
    f.load_places()
    places = {"coordinator": f.COUNTY, "decider": f.COUNTY, "clerk": f.TOWNSHIP}
    return {role: f.account(role, place) for role, place in places.items()} | {
        "other": f.account("coordinator", f.OTHER_COUNTY)
    }


def sent(people: dict[str, User], content: Content = TEXT) -> Circular:
    by, at = people["coordinator"], timezone.localtime()
    return operations.publish_circular(
        circular_id=operations.draft_circular(content=content, from_code=f.COUNTY, by=by, at=at).pk, by=by, at=at
    )


def body(answer: Any) -> str:
    return str(answer.content.decode())


def form(**changes: Any) -> dict[str, Any]:
    told = {
        "title": TEXT.title,
        "issuer": TEXT.issuer,
        "text": TEXT.text,
        "area": f.COUNTY,
        "levels": ["3", "4"],
        "organ": "",
        "role": "",
        "then": "keep",
    }
    return {**told, **changes}


def test_looking_at_a_notice_writes_nothing_and_a_button_marks_it_read(
    people: dict[str, User], logged_in: Login
) -> None:
    one, clerk = sent(people), logged_in(people["clerk"])
    assert "未读" in body(clerk.get(reverse("circular", args=[one.pk])))
    assert CircularReceipt.objects.count() == 0
    clerk.post(reverse("circular_read", args=[one.pk]))
    assert CircularReceipt.objects.get().user_id == people["clerk"].pk


def test_the_text_of_what_was_withdrawn_is_shown_to_nobody_it_was_sent_to(
    people: dict[str, User], logged_in: Login
) -> None:
    one = sent(people)
    operations.withdraw_circular(
        circular_id=one.pk, reason="文号有误", by=people["coordinator"], at=timezone.localtime()
    )
    page = body(logged_in(people["clerk"]).get(reverse("circular", args=[one.pk])))
    assert "文号有误" in page
    assert "十二月十日前完成" not in page
    assert "十二月十日前完成" in body(logged_in(people["coordinator"]).get(reverse("circular", args=[one.pk])))


def test_another_county_finds_nothing_and_a_reader_cannot_act(people: dict[str, User], logged_in: Login) -> None:
    one = sent(people)
    for name in ("circular", "circular_pdf", "circular_receipts", "circular_export"):
        assert logged_in(people["other"]).get(reverse(name, args=[one.pk])).status_code == 404
    for name in ("circular_receipts", "circular_export", "circular_edit", "circular_publish"):
        assert logged_in(people["clerk"]).get(reverse(name, args=[one.pk])).status_code == 404
    assert (
        logged_in(people["clerk"])
        .post(reverse("circular_act", args=[one.pk]), {"act": "withdraw", "reason": "随便写写"})
        .status_code
        == 404
    )
    assert Circular.objects.get().state == "published"


def test_text_is_shown_as_text(people: dict[str, User], logged_in: Login) -> None:
    one = sent(people, replace(TEXT, text="<script>alert(1)</script>"))
    page = body(logged_in(people["clerk"]).get(reverse("circular", args=[one.pk])))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_draft_is_written_with_a_paper_and_published_after_a_second_look(
    people: dict[str, User], logged_in: Login
) -> None:
    client = logged_in(people["coordinator"])
    paper = SimpleUploadedFile("核对表.pdf", b"%PDF-1.7\n%%EOF", content_type="application/pdf")
    answer = client.post(reverse("circular_new"), form(then="publish", file=paper))
    draft = Circular.objects.get()
    assert answer.headers["Location"] == reverse("circular_publish", args=[draft.pk])
    look = client.get(answer.headers["Location"])
    assert "发布给 2 个单位" in body(look)
    client.post(answer.headers["Location"], {"act": "publish", "offices": 1, "version": draft.version})
    assert Circular.objects.get().state == "draft"  # agreed to another number of offices
    client.post(answer.headers["Location"], {"act": "publish", "offices": 2, "version": draft.version})
    assert Circular.objects.get().state == "published"
    page = logged_in(people["clerk"]).get(reverse("circular", args=[draft.pk]))
    got = logged_in(people["clerk"]).get(reverse("circular_paper", args=[draft.pk, page.context["papers"][0].pk]))
    assert got.content == b"%PDF-1.7\n%%EOF"
    assert "核对表" not in got.headers["Content-Disposition"]
    assert Event.objects.filter(action="office_file.taken", by_id=people["clerk"].pk).exists()


def test_a_file_that_is_not_taken_is_named_at_its_field(people: dict[str, User], logged_in: Login) -> None:
    answer = logged_in(people["coordinator"]).post(
        reverse("circular_new"), form(file=SimpleUploadedFile("a.pdf", b"MZ"))
    )
    assert "这个文件的内容不是" in body(answer)


def test_lists_are_searched_and_filtered(people: dict[str, User], logged_in: Login) -> None:
    sent(people)
    sent(people, replace(TEXT, title="关于培训的通知"))
    client = logged_in(people["clerk"])
    assert "关于培训的通知" not in body(client.get(reverse("notices"), {"show": "written", "q": "账户"}))
    assert "关于培训的通知" in body(client.get(reverse("notices"), {"show": "written"}))
    assert "关于培训的通知" in body(client.get(reverse("notices"), {"show": "unread"}))
    assert client.get(reverse("notices"), {"show": "sent"}).status_code == 404


def test_a_long_list_goes_on_without_leaving_one_out(
    people: dict[str, User], logged_in: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lxbt.web.kit import paging
    from lxbt.web.notices import views

    monkeypatch.setattr(views, "SIZE", 2)
    monkeypatch.setattr(paging, "SIZE", 2)
    made = [sent(people, replace(TEXT, title=f"通知第{n}号甲")) for n in range(5)]
    client, seen, after = logged_in(people["clerk"]), [], ""
    for _page in range(3):
        context = client.get(reverse("notices"), {"show": "written", "after": after}).context
        seen += [row.url for row in context["table"].rows]
        after = context["table"].page.next_key
    assert seen == [reverse("circular", args=[one.pk]) for one in reversed(made)]
    assert after == ""


def test_an_urgent_one_stands_on_the_work_bench_until_it_is_read(people: dict[str, User], logged_in: Login) -> None:
    one, client = sent(people, replace(TEXT, urgent=True)), logged_in(people["clerk"])
    assert "特急通知待阅" in body(client.get(reverse("home")))
    read_circular(circular_id=one.pk, by=people["clerk"], at=timezone.localtime())
    assert "特急通知待阅" not in body(client.get(reverse("home")))


def test_a_reminder_leads_to_its_notice(people: dict[str, User], logged_in: Login) -> None:
    one = sent(people, replace(TEXT, receipt_due_on=timezone.localdate() + timedelta(days=3)))
    remind_unread(circular_id=one.pk, by=people["coordinator"], at=timezone.localtime())
    client = logged_in(people["clerk"])
    assert "请尽快阅读并签收“关于核对账户的通知”" in body(client.get(reverse("notices")))
    notice = Notice.objects.get(division_code=f.TOWNSHIP)
    assert client.post(reverse("notice_open", args=[notice.pk])).headers["Location"] == reverse(
        "circular", args=[one.pk]
    )


def test_receipts_leave_as_a_workbook_and_it_is_recorded(people: dict[str, User], logged_in: Login) -> None:
    one = sent(people)
    answer = logged_in(people["coordinator"]).get(reverse("circular_export", args=[one.pk]), {"show": "unread"})
    assert answer.content.startswith(b"PK")
    assert Event.objects.get(action="circulars.exported").details["rows"] == 2


def test_a_plan_is_changed_paused_and_makes_a_draft_at_once(people: dict[str, User], logged_in: Login) -> None:
    told = BulletinPlan(
        title="江岸区情况通报",
        text="{生活补贴人数}人",
        area=f.COUNTY,
        levels=(4,),
        interval=Interval.DAILY,
        day=1,
        at=time(9, 0),
        issuer="江岸区民政局",
    )
    plan = plan_bulletin(plan=told, from_code=f.COUNTY, by=people["coordinator"], at=timezone.localtime())
    client = logged_in(people["coordinator"])
    changed = {
        "title": "江岸区情况周报",
        "text": "{姓名}",
        "issuer": "江岸区民政局",
        "interval": "weekly",
        "day": 1,
        "at": "08:30",
        "area": f.COUNTY,
        "levels": ["4"],
        "version": 1,
    }
    assert "没有这样的数字或图表：{姓名}" in body(client.post(reverse("bulletin", args=[plan.pk]), changed))
    client.post(reverse("bulletin", args=[plan.pk]), {**changed, "text": "{停发}"})
    assert (Bulletin.objects.get().title, Bulletin.objects.get().interval) == ("江岸区情况周报", "weekly")
    client.post(reverse("bulletin_act", args=[plan.pk]), {"act": "pause"})
    assert not Bulletin.objects.get().active
    answer = client.post(reverse("bulletin_act", args=[plan.pk]), {"act": "issue"})
    assert answer.headers["Location"] == reverse("circular", args=[Circular.objects.get(kind="bulletin").pk])
    assert logged_in(people["clerk"]).get(reverse("bulletins")).status_code == 404
