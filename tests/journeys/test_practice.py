"""A new clerk opens the help, practises, passes; the county's coordinator sees it on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from lxbt.practice.operations.world import prepare_world, ready
from lxbt.registry.models import Person
from lxbt.support.models import Attempt
from tests import factories as f
from tests.journeys.conftest import Visitor


@pytest.fixture(scope="session")
def practice_area(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        if not ready():
            prepare_world(rebuild=True)


@pytest.mark.usefixtures("practice_area")
@pytest.mark.django_db(transaction=True)
def test_from_the_help_to_the_training_record(visitor: Callable[..., Visitor]) -> None:
    with connection.cursor() as cursor:  # the counties of earlier runs stay in practice, whose tables no test empties
        cursor.execute(
            "select setval(pg_get_serial_sequence('support_attempt', 'id'), (select count(*) + 1 "
            "from practice.divisions_division where code like '99%'))"
        )
    f.load_places()
    f.account("reviewer", f.COUNTY, username="new_reviewer")
    f.account("coordinator", f.COUNTY, username="county_coordinator")
    trainee = visitor()
    trainee.log_in("new_reviewer")
    help_shows_this_page(trainee)
    an_exercise_is_done(trainee)
    the_coordinator_sees_it(visitor())
    on_a_phone(visitor(390, 844))


def help_shows_this_page(trainee: Visitor) -> None:
    page = trainee.page
    trainee.open("/inbox/")
    page.keyboard.press("?")
    page.wait_for_selector("#help-body .guide-part")
    trainee.sees("办理一件：初审、审核、审定")
    trainee.looked_at("help-panel")
    page.fill("#help-q", "补正怎么办")
    page.keyboard.press("Enter")
    page.wait_for_selector("#help-body mark")
    trainee.looked_at("help-found")
    page.keyboard.press("Escape")
    assert page.query_selector("#help[open]") is None
    page.click("[data-help]")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.hasAttribute('data-help')"), "the focus goes back"


def an_exercise_is_done(trainee: Visitor) -> None:
    page = trainee.page
    trainee.open("/help/")
    trainee.looked_at("help")
    trainee.presses("main a:has-text('练习') >> nth=0")
    trainee.looked_at("practice")
    trainee.presses("button[value=reviewer_pass]")
    trainee.looked_at("practice-exercise")
    trainee.presses("main a:has-text('去办')")
    trainee.sees("练习模式")
    trainee.presses("main table a:has-text('办理')")
    trainee.sees("张练习")
    page.fill("#id_opinion", "证件、类别、等级无误。")
    trainee.looked_at("practice-case")
    trainee.presses("button[name=act][value=pass]")
    trainee.presses(".practice-bar button:has-text('检查')")
    trainee.sees("这个角色的练习都通过了")
    trainee.looked_at("practice-passed")
    trainee.presses(".practice-bar button:has-text('离开练习')")
    trainee.sees("现在是真实的系统")
    assert not Person.objects.exists(), "nothing was written outside of practice"
    assert Attempt.objects.get().passed_at is not None


def the_coordinator_sees_it(coordinator: Visitor) -> None:
    coordinator.log_in("county_coordinator")
    coordinator.open("/training/")
    coordinator.sees("测试revi")
    coordinator.sees("已完成")
    coordinator.looked_at("training")


def on_a_phone(trainee: Visitor) -> None:
    trainee.log_in("new_reviewer")
    for path, name in (
        ("/help/", "help-phone"),
        ("/help/manual/deciding/", "topic-phone"),
        ("/practice/", "practice-phone"),
    ):
        trainee.open(path)
        trainee.looked_at(name)
        assert trainee.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
