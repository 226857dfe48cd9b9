"""Lock-out: five wrong passwords or codes for an account, and far more from one address, within a quarter of an hour.

An attempt is counted before it is checked, so that a hundred at once are a hundred. A device that the account is known
on counts by itself: a stranger elsewhere cannot lock the owner out. What a wrong user name meets is the same as a wrong
password.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.operations import tallies
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal

FAILURES = 5
WITHIN = 15 * 60  # seconds, of the failures and of the lock


class LockedOut(Refusal):
    """Too many wrong attempts. The sentence names the time at which it ends."""


def account_key(username: str, device: str) -> bytes:
    """What wrong passwords of a user name are counted under, whether there is such an account or not."""
    return tallies.tally_key("password", username, device)


def address_key(address: str) -> bytes:
    """What wrong attempts from a network address are counted under; of IPv6 the subscriber's 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return tallies.tally_key("address", address)
    return tallies.tally_key("address", ip_network((found, 64), strict=False) if found.version == 6 else found)


def address_must_be_open(*, address: str, at: datetime) -> None:
    """Refuse an address that brought too many wrong attempts."""
    seen = tallies.tallied(key=address_key(address), at=at)
    if seen.count >= settings.LXBT_ADDRESS_FAILURES:
        raise LockedOut(
            _(
                "这个网络地址上登录失败太多次，%(time)s 以后再试。以前登录过的电脑不受影响；仍登录不了，"
                "请联系上一级管理员。"
            )
            % {"time": _clock(seen.until_at)}
        )


def begin_attempt(*, key: bytes, at: datetime) -> tallies.Tallied:
    """Count an attempt and refuse it when there were too many."""
    seen = tallies.count_hit(key=key, seconds=WITHIN, at=at)
    if seen.count > FAILURES:
        raise LockedOut(
            _(
                "连续 %(n)d 次没有通过，这个账号已锁定，%(time)s 以后再试。忘记密码或者丢了手机，"
                "请找上一级管理员恢复；不是您本人在登录，也请告诉他。"
            )
            % {"n": FAILURES, "time": _clock(seen.until_at)}
        )
    return seen


def attempt_failed(
    *, key: bytes, seen: tallies.Tallied, user: User | None, what: str, at: datetime, address: str = ""
) -> None:
    """Write the failure down; the last one allowed locks for a whole stretch from now."""
    if address:
        tallies.count_hit(key=address_key(address), seconds=WITHIN, at=at)
    about = {
        "subject_kind": "account",
        "subject_id": user.pk if user else "",
        "division_code": user.place_code if user else "",
    }
    record_event(by=None, action="account.login_failed", details={"what": what}, **about)  # type: ignore[arg-type]
    if seen.count == FAILURES:
        tallies.hold_tally(key=key, until=at + timedelta(seconds=WITHIN))
        record_event(by=None, action="account.locked", details={"what": what}, **about)  # type: ignore[arg-type]


@contextmanager
def try_password(*, user: User, at: datetime) -> Iterator[None]:
    """Run a check of the password inside a session: wrong ones count with those of the log-in page.

    The one that locks ends the session: who sits there and guesses is not let go on with what is open.
    """
    key = account_key(user.username, "")
    seen = begin_attempt(key=key, at=at)
    try:
        yield
    except Refusal:
        attempt_failed(key=key, seen=seen, user=user, what="password", at=at)
        if seen.count >= FAILURES:
            User.objects.filter(pk=user.pk).update(session_key="")
        raise
    tallies.clear_tally(key=key)


@contextmanager
def try_card(*, by: User, at: datetime) -> Iterator[None]:
    """Run a check of an identity number that an official types from a card: trying numbers counts and locks."""
    key = tallies.tally_key("card", by.pk)
    seen = begin_attempt(key=key, at=at)
    try:
        yield
    except Refusal:
        attempt_failed(key=key, seen=seen, user=by, what="card", at=at)
        raise
    tallies.clear_tally(key=key)


@contextmanager
def try_code(*, user: User, at: datetime) -> Iterator[None]:
    """Run a check of a code: a refusal inside is a wrong code and counts, coming through clears the count."""
    key = tallies.tally_key("code", user.pk)
    seen = begin_attempt(key=key, at=at)
    try:
        yield
    except Refusal:
        attempt_failed(key=key, seen=seen, user=user, what="code", at=at)
        raise
    tallies.clear_tally(key=key)


def _clock(moment: datetime) -> str:
    """The next whole minute, as on the office clock."""
    return f"{timezone.localtime(moment + timedelta(seconds=59)):%H:%M}"
