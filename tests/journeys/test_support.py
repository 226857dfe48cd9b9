"""A township reports a fault from a page, the county passes it up, the city answers and keeps the answer; the next
clerk finds it before asking.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lxbt.support.models import Question
from tests import factories as f
from tests.journeys.conftest import Visitor


@pytest.mark.django_db(transaction=True)
def test_from_a_fault_on_a_page_to_an_answer_that_the_next_clerk_finds_before_asking(
    visitor: Callable[..., Visitor],
) -> None:
    f.load_places()
    f.usual_standards()
    here, there = (
        f.recipient("刘秀英", division=f.TOWNSHIP),
        f.recipient("王桂兰", division=f.OTHER_TOWNSHIP),
    )
    for role, place in (
        ("clerk", f.TOWNSHIP),
        ("coordinator", f.COUNTY),
        ("coordinator", f.CITY),
        ("clerk", f.OTHER_TOWNSHIP),
    ):
        f.account(role, place)
    clerk = visitor(390, 844)
    the_clerk_reports_from_a_persons_page(clerk, here.pk)
    found = Question.objects.get()
    the_county_passes_it_up(visitor(), found.pk)
    the_city_answers_and_keeps_the_answer(visitor(), found.pk)
    the_clerk_reads_the_answer(clerk, found.pk)
    another_finds_it_before_asking(visitor(), there.pk)
    assert Question.objects.count() == 1


def the_clerk_reports_from_a_persons_page(clerk: Visitor, person_id: int) -> None:
    page = clerk.page
    clerk.log_in("420102002_clerk")
    clerk.open(f"/persons/{person_id}/")
    clerk.sees("刘秀英")
    page.focus("[data-report]")  # by keyboard
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector("[data-screen-part]:not([hidden])")
    shown = page.inner_text("#screen")
    assert "登记变更" in shown
    assert "刘秀英" not in shown
    page.check("label:has-text('故障')")
    page.fill("#id_title", "人员页的月份条没有显示全")
    page.fill("#id_text", "身份证 420102198005010117 的人只看到三个月")
    clerk.looked_at("support-01-phone-report")
    clerk.presses("main button:has-text('提交')")
    clerk.sees("已提交")
    assert "420102198005010117" not in page.content()
    clerk.looked_at("support-02-phone-question")


def the_county_passes_it_up(county: Visitor, ident: int) -> None:
    page = county.page
    county.log_in("420102_coordinator")
    county.open("/notices/")
    county.sees("人员页的月份条没有显示全")
    county.open(f"/support/{ident}/")
    county.sees("登记变更")
    page.fill("#id_text", "县里试过，换浏览器也一样")
    county.looked_at("support-03-desk")
    county.presses("button[value=pass]")
    county.sees("已上报上一级")


def the_city_answers_and_keeps_the_answer(city: Visitor, ident: int) -> None:
    page = city.page
    city.log_in("4201_coordinator")
    city.open("/support/")
    city.sees("人员页的月份条没有显示全")
    city.looked_at("support-04-waiting")
    city.presses("tr[data-href] a >> nth=0")
    page.fill("#id_text", "窗口太窄时月份条可以左右滑动，也可以看下面的表。")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    city.sees("已答复")
    city.presses("a:has-text('转为常见问题')")
    page.fill("#id_title", "人员页的月份条怎样看全")
    page.fill("#id_keywords", "看不全 滑动")
    city.looked_at("support-05-known")
    city.presses("main button:has-text('发布')")
    city.sees("已发布")
    city.open("/support/clocks/")
    city.looked_at("support-06-clocks")


def the_clerk_reads_the_answer(clerk: Visitor, ident: int) -> None:
    clerk.open("/notices/")
    clerk.sees("已有答复")
    clerk.open(f"/support/{ident}/")
    clerk.sees("可以左右滑动")
    clerk.looked_at("support-07-phone-answered")
    clerk.presses("button[value=solve]")
    clerk.sees("已解决")


def another_finds_it_before_asking(other: Visitor, person_id: int) -> None:
    page = other.page
    other.log_in("420103001_clerk")
    other.open(f"/persons/{person_id}/")
    page.click("[data-report]")
    page.wait_for_selector("#near >> text=人员页的月份条怎样看全")  # it belongs to this page
    page.fill("#id_title", "月份条怎么看不全")
    page.wait_for_selector("#near >> text=也许已经有答案")
    page.click("#near summary")
    other.sees("可以左右滑动")
    other.looked_at("support-08-near")
    other.presses("#near a:has-text('打开这条常见问题')")
    other.presses("button[value=useful]")
    other.sees("有用 1")
    for path, name in (
        ("/directory/", "support-09-directory"),
        ("/status/", "support-10-status"),
        ("/answers/", "support-11-answers"),
    ):
        other.open(path)
        other.looked_at(name)
