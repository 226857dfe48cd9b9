"""The way in, by keyboard and by phone-wide screen: set up a second factor, log in with it, see the devices, give an
account back.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import factories as f
from tests.accounts.phone import Phone
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Officials:
    def __init__(self) -> None:
        f.load_places()
        f.usual_standards()
        self.decider = f.account("decider", f.COUNTY)
        self.county = f.account("administrator", f.COUNTY, username="county_admin")
        self.city = f.account("administrator", f.CITY, username="city_admin")
        self.clerk = f.account("clerk", f.TOWNSHIP)


@pytest.fixture
def officials(live_server: object, settings: object) -> Officials:
    return Officials()


def in_english(person: Visitor) -> None:
    person.page.click("button[lang=en]")


@pytest.mark.parametrize(("width", "language"), [(1440, "zh"), (390, "en")])
def test_a_decider_sets_up_the_phone_and_logs_in_with_it(
    visitor: Callable[..., Visitor], officials: Officials, settings: object, width: int, language: str
) -> None:
    settings.LXBT_SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    person, name = visitor(width=width, height=1000 if width > 600 else 844), f"{language}-{width}"
    person.open("/login/")
    if language == "en":
        in_english(person)
    person.looked_at(f"login-{name}")
    person.log_in(officials.decider.username)
    person.looked_at(f"login-enrol-{name}")
    phone = Phone(person.page.inner_text("#secret"))
    person.page.keyboard.type(phone.code(steps=-1))  # the field has the focus
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.looked_at(f"login-codes-{name}")
    codes = person.page.locator(".backup-codes li").all_inner_texts()
    assert len(codes) == 10
    person.presses(".row a.btn-primary")
    assert person.page.url.rstrip("/") == person.address  # the work bench
    person.open("/profile/")
    person.looked_at(f"profile-{name}")
    person.open("/profile/phone/")
    person.looked_at(f"factor-{name}")
    with person.page.expect_navigation():
        person.page.locator("form[action='/logout/'] button").first.click() if width > 600 else person.page.evaluate(
            "document.querySelector(\"form[action='/logout/']\").submit()"
        )
    person.log_in(officials.decider.username)
    person.page.keyboard.type("000000")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.looked_at(f"login-code-{name}")
    person.page.keyboard.type(codes[0])
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.open("/profile/")
    person.sees("9")


def test_an_account_is_given_back_by_two_and_the_owner_begins_anew(
    visitor: Callable[..., Visitor], officials: Officials
) -> None:
    county, city = visitor(), visitor(width=390, height=844)
    county.log_in(officials.county.username)
    county.open(f"/accounts/{officials.decider.pk}/")
    county.looked_at("account-with-recovery")
    county.presses(f"a[href='/accounts/{officials.decider.pk}/recovery/']")
    county.page.fill("#id_reason", "本人来电，手机丢失；已核对工号和分管领导")
    county.looked_at("recovery-new")
    county.presses("form[method=post] .actions button.btn-primary")
    county.looked_at("recoveries-asker")
    city.log_in(officials.city.username)
    city.open("/accounts/recoveries/")
    city.looked_at("recoveries-second-390")
    city.presses("button[value=confirm]")
    city.looked_at("recovered-390")
    second = city.page.inner_text("#recovered-password")
    county.open("/accounts/slips/")
    county.presses("button:has-text('显示并打印')")
    first = f"{county.page.inner_text('.slip dd:last-of-type >> nth=-1')} {second}"
    owner = visitor()
    owner.log_in(officials.decider.username, first)
    assert owner.page.url.endswith("/password/")
    owner.looked_at("password-after-recovery")


def test_a_stranger_on_a_new_device_is_told_to_the_owner(visitor: Callable[..., Visitor], officials: Officials) -> None:
    owner, stranger = visitor(), visitor()
    owner.log_in(officials.clerk.username)
    stranger.log_in(officials.clerk.username)
    owner.open("/help/")
    owner.looked_at("login-elsewhere")
    owner.log_in(officials.clerk.username)
    owner.open("/profile/")
    owner.looked_at("profile-stranger")
    owner.presses(".device-list button")
    owner.looked_at("password-not-me")


def test_a_locked_account_is_told_in_plain_words(visitor: Callable[..., Visitor], officials: Officials) -> None:
    person = visitor(width=390, height=844)
    for _n in range(6):
        person.log_in(officials.clerk.username, "wrong-word-1")
    person.sees("已锁定")
    person.looked_at("login-locked-390")


def test_too_many_requests_are_answered_by_a_page(
    visitor: Callable[..., Visitor], officials: Officials, settings: object
) -> None:
    person = visitor(width=390, height=844)
    settings.LXBT_PUBLIC_PER_MINUTE = 1  # type: ignore[attr-defined]
    person.open("/login/")
    person.open("/login/")
    person.sees("429")
    person.problems.clear()  # the browser itself notes the status
    person.looked_at("too-many-390")
