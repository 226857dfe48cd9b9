"""The own password, the one live session, how the person likes the screen."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal


class PasswordRefused(Refusal):
    """The password does not do."""


@transaction.atomic
def change_password(*, user: User, old: str, new: str) -> None:
    """Change the own password; the old one must be right and the new one must differ and be strong enough."""
    if not user.check_password(old):
        raise PasswordRefused(_("原密码不对，请重新输入。"), field="old")
    if old == new:
        raise PasswordRefused(_("新密码不能与原密码相同。"), field="new")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages), field="new") from None
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record_event(by=user, action="account.password_changed", subject_kind="account", subject_id=user.pk, division_code=user.place_code)


def take_session(*, user: User, session_key: str) -> None:
    """Make this the account's one live session; an older one ends at its next request."""
    user.session_key = session_key
    user.save(update_fields=["session_key"])


def set_preferences(*, user: User, language: str | None = None, density: str | None = None, letter_keys: bool | None = None) -> None:
    """Keep how the person likes the screen."""
    fields = {"language": language, "density": density, "letter_keys": letter_keys}
    changed = {name: value for name, value in fields.items() if value is not None}
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        user.save(update_fields=list(changed))
