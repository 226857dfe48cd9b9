"""The own password: what it must be, what it must not have been, how long it lasts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import UsedPassword, User
from lxbt.accounts.operations.attempts import try_password
from lxbt.accounts.operations.first_passwords import GROUP, SECOND_GROUPS, SLIP_GROUPS
from lxbt.accounts.rules.signing_in import kinds_of_characters
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal

REMEMBERED = 5  # passwords that must not come back
KINDS = 2  # of letters, digits, others
FIRST_LETTERS = GROUP * (SLIP_GROUPS + SECOND_GROUPS)


class PasswordRefused(Refusal):
    """The password does not do."""


def is_password(user: User, typed: str) -> bool:
    """Whether the password is right; the two halves of a first one may be typed with or without what stands between
    groups.
    """
    if user.check_password(typed):
        return True
    letters = re.sub(r"[\s-]", "", typed).lower()
    groups = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    return (
        user.must_change_password and len(letters) == FIRST_LETTERS and groups != typed and user.check_password(groups)
    )


def must_be_password(*, user: User, password: str, at: datetime, field: str = "password", sentence: str = "") -> None:
    """Refuse a wrong password of an account that is logged in already; wrong ones count and lock as at the log-in."""
    with try_password(user=user, at=at):
        if not is_password(User.objects.get(pk=user.pk), password):
            raise PasswordRefused(sentence or _("密码不对，请重新输入。"), field=field)


def change_password(*, user: User, old: str, new: str, at: datetime) -> None:
    """Change the own password; the old one must be right, the new one strong enough and none of the last five.

    A wrong old one counts and locks as at the log-in: a session left open is no place to guess.
    """
    must_be_password(user=user, password=old, at=at, field="old", sentence=_("原密码不对，请重新输入。"))
    _change(user, old, new, at)


@transaction.atomic
def _change(user: User, old: str, new: str, at: datetime) -> None:
    held = User.objects.select_for_update().get(pk=user.pk)
    if not is_password(held, old):  # changed elsewhere in this moment
        raise PasswordRefused(_("原密码不对，请重新输入。"), field="old")
    if old == new:
        raise PasswordRefused(_("新密码不能与原密码相同。"), field="new")
    _must_be_strong(new, user)
    used = UsedPassword.objects.filter(user=user).order_by("-until_at", "-pk")
    if any(check_password(new, one.password) for one in used[:REMEMBERED]):
        raise PasswordRefused(_("新密码不能与最近用过的 5 个密码相同，请换一个。"), field="new")
    UsedPassword.objects.create(user=user, password=held.password, until_at=at)
    used.exclude(pk__in=[one.pk for one in used[:REMEMBERED]]).delete()
    user.set_password(new)
    user.must_change_password = False
    user.password_changed_at = at
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    record_event(
        by=user,
        action="account.password_changed",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
    )


def _must_be_strong(new: str, user: User) -> None:
    if kinds_of_characters(new) < KINDS:
        raise PasswordRefused(_("密码要有字母、数字、符号中的至少两种，请加上另一种。"), field="new")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages), field="new") from None


def password_ran_out(user: User, *, at: datetime) -> bool:
    """Whether the password is older than allowed (`LXBT_PASSWORD_DAYS`)."""
    return user.password_changed_at is not None and at - user.password_changed_at > timedelta(
        days=settings.LXBT_PASSWORD_DAYS
    )
