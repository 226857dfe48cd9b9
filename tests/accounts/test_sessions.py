"""One live log-in, an end to each, and a word about why; devices are known again and strangers told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import Device, User
from lxbt.accounts.operations.first_passwords import reset_password
from lxbt.audit.models import Event
from lxbt.web.kit.edge import short_agent
from tests import factories as f

pytestmark = pytest.mark.django_db
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 "
    "Edg/130.0"
)
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
MORNING = f.moment(date(2026, 3, 2), 8)


@pytest.fixture
def clerk(db: None) -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


def copied(browser: Client) -> Client:
    """Another client with the same cookies, as an attacker who copied them."""
    thief = Client()
    thief.cookies = type(browser.cookies)(browser.cookies.output(header="", sep=";"))
    for name, morsel in browser.cookies.items():
        thief.cookies[name] = morsel.value
    return thief


def is_out(browser: Client) -> bool:
    answer = browser.get("/help/")
    return answer.status_code == 302 and answer.headers["Location"].startswith("/login/")


def why(browser: Client) -> str:
    assert is_out(browser)
    return browser.get("/login/").content.decode()


def test_a_copied_cookie_is_worth_nothing_after_log_out(clerk: User, logs_in: Callable[..., Client]) -> None:
    browser = logs_in(clerk.username, f.PASSWORD)
    thief = copied(browser)
    assert not is_out(copied(browser))
    browser.post("/logout/")
    assert is_out(thief)
    assert not User.objects.get(pk=clerk.pk).session_key


def test_a_copied_cookie_is_worth_nothing_after_a_new_log_in_and_stays_so_after_its_end(
    clerk: User, logs_in: Callable[..., Client]
) -> None:
    older = logs_in(clerk.username, f.PASSWORD)
    thief = copied(older)
    newer = logs_in(clerk.username, f.PASSWORD)
    newer.post("/logout/")
    assert is_out(thief)
    assert is_out(older)


def test_a_copied_cookie_is_worth_nothing_after_a_change_of_password(
    clerk: User, logs_in: Callable[..., Client]
) -> None:
    browser = logs_in(clerk.username, f.PASSWORD)
    thief = copied(browser)
    browser.post("/password/", {"old": f.PASSWORD, "new": "fresh-word-1", "again": "fresh-word-1"})
    assert not is_out(browser)
    assert is_out(thief)


def test_the_cookie_from_before_the_log_in_is_not_the_one_after_it(clerk: User, logs_in: Callable[..., Client]) -> None:
    browser = Client()
    browser.post("/language/", {"language": "en"})
    planted = browser.cookies["sessionid"].value
    assert logs_in(clerk.username, f.PASSWORD, browser).cookies["sessionid"].value != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert is_out(other)


def test_idle_time_ends_the_log_in_and_is_named(clerk: User, logs_in: Callable[..., Client]) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        browser = logs_in(clerk.username, f.PASSWORD)
        clock.shift(timedelta(minutes=14))
        assert not is_out(browser)
        clock.shift(timedelta(minutes=16))
        assert "没有操作" in why(browser)
        assert "没有操作" not in browser.get("/login/").content.decode()


def test_ten_hours_end_the_log_in_of_the_busiest_and_are_named(clerk: User, logs_in: Callable[..., Client]) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        browser = logs_in(clerk.username, f.PASSWORD)
        thief = copied(browser)
        for _n in range(59):
            clock.shift(timedelta(minutes=10))
            assert not is_out(browser)
        clock.shift(timedelta(minutes=10))
        assert "已满时限" in why(browser)
        assert is_out(thief)


def test_a_log_in_elsewhere_is_named_to_the_older_one(clerk: User, logs_in: Callable[..., Client]) -> None:
    older = logs_in(clerk.username, f.PASSWORD)
    logs_in(clerk.username, f.PASSWORD)
    assert "在别处登录" in why(older)


def test_a_disabled_account_is_out_at_once_and_told(clerk: User, logs_in: Callable[..., Client]) -> None:
    browser = logs_in(clerk.username, f.PASSWORD)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert "已停用" in why(browser)


def test_a_reset_password_ends_the_log_in_and_is_named(clerk: User, logs_in: Callable[..., Client]) -> None:
    browser = logs_in(clerk.username, f.PASSWORD)
    reset_password(user=clerk, by=f.account("administrator", f.COUNTY), on=date(2026, 3, 2))
    assert "密码已更改或被重置" in why(browser)


def test_whoever_was_not_logged_in_is_given_no_reason(db: None) -> None:
    assert 'class="alert alert-warn"' not in why(Client())


def test_a_part_of_a_page_lets_the_whole_page_ask_again(clerk: User) -> None:
    assert Client().get("/area/", headers={"HX-Request": "true"}).status_code == 401


def test_a_superseded_session_changes_no_preference(clerk: User, logs_in: Callable[..., Client]) -> None:
    older = logs_in(clerk.username, f.PASSWORD)
    logs_in(clerk.username, f.PASSWORD)
    older.post("/language/", {"language": "en"})
    assert User.objects.get(pk=clerk.pk).language == "zh-hans"


def test_the_first_device_makes_no_fuss_and_is_known_the_next_time(clerk: User, logs_in: Callable[..., Client]) -> None:
    browser = logs_in(clerk.username, f.PASSWORD, Client(headers={"user-agent": EDGE}))
    assert "第一次在这台电脑" not in browser.get("/profile/").content.decode()
    browser.post("/logout/")
    logs_in(clerk.username, f.PASSWORD, browser)
    assert Device.objects.get(user=clerk).agent == "Edge · Windows"
    assert not Event.objects.filter(action="account.new_device").exists()


def test_a_log_in_from_a_new_device_is_told_to_its_owner_on_the_known_one(
    clerk: User, logs_in: Callable[..., Client]
) -> None:
    own = logs_in(clerk.username, f.PASSWORD, Client(headers={"user-agent": EDGE}))
    stranger = logs_in(clerk.username, f.PASSWORD, Client(headers={"user-agent": LINUX}))
    assert "第一次在这台电脑" in stranger.get("/profile/").content.decode()
    again = logs_in(
        clerk.username, f.PASSWORD, Client(headers={"user-agent": LINUX})
    )  # another new one hears nothing of the first
    assert "您没有用过的设备" not in again.get("/profile/").content.decode()
    logs_in(clerk.username, f.PASSWORD, own)
    page = own.get("/profile/").content.decode()
    assert "您没有用过的设备上登录过：Firefox · Linux" in page
    assert page.count("不是我") >= 2
    assert Event.objects.filter(action="account.new_device", by_id=clerk.pk).count() == 2
    logs_in(clerk.username, f.PASSWORD, own)
    assert "您没有用过的设备" not in own.get("/profile/").content.decode()


def test_not_me_ends_the_other_log_in_and_asks_for_a_new_password_at_once(
    clerk: User, logs_in: Callable[..., Client]
) -> None:
    own = logs_in(clerk.username, f.PASSWORD, Client(headers={"user-agent": EDGE}))
    stranger = logs_in(clerk.username, f.PASSWORD, Client(headers={"user-agent": LINUX}))
    logs_in(clerk.username, f.PASSWORD, own)
    strange = Device.objects.get(user=clerk, agent="Firefox · Linux")
    own.post(reverse("device_denied", args=[strange.pk]))
    assert not Device.objects.filter(pk=strange.pk).exists()
    assert own.get("/help/").headers["Location"] == "/password/"
    assert is_out(stranger)
    own.post("/password/", {"old": f.PASSWORD, "new": "fresh-word-1", "again": "fresh-word-1"})
    assert logs_in(clerk.username, f.PASSWORD, stranger).last.status_code == 200  # type: ignore[attr-defined]


def test_neither_the_own_device_nor_anothers_can_be_denied(clerk: User, logs_in: Callable[..., Client]) -> None:
    other = f.account("supervisor", f.COUNTY)
    logs_in(other.username, f.PASSWORD)
    browser = logs_in(clerk.username, f.PASSWORD)
    for device in Device.objects.all():
        browser.post(reverse("device_denied", args=[device.pk]))
    assert Device.objects.count() == 2
    assert not User.objects.get(pk=clerk.pk).must_change_password


def test_the_profile_lists_recent_log_ins_and_failures(clerk: User, logs_in: Callable[..., Client]) -> None:
    logs_in(clerk.username, "wrong-word-1")
    page = logs_in(clerk.username, f.PASSWORD).get("/profile/").content.decode()
    assert "登录没有通过" in page
    assert "密码不对" in page


@pytest.mark.parametrize(
    ("agent", "short"), [(EDGE, "Edge · Windows"), (LINUX, "Firefox · Linux"), ("", ""), ("curl/8", "")]
)
def test_a_browser_is_named_as_its_user_would(agent: str, short: str) -> None:
    assert short_agent(agent) == short
