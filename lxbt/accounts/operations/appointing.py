"""Opening accounts one level down, their roles, a new first password, disabling."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.models import Appointment, User
from lxbt.accounts.rules import BY_KEY, Organ, conflicts
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions.models import Division

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look like digits on a printed slip


class AccountRefused(Refusal):
    """The account cannot be opened or changed so."""


def initial_password() -> str:
    """A first password, easy to read from paper, changed at first log-in."""
    return "-".join("".join(secrets.choice(ALPHABET) for _i in range(4)) for _j in range(3))


@transaction.atomic
def open_account(
    *, username: str, name: str, organ: Organ, place: Division, roles: Iterable[str], by: User | None, on: date, password: str | None = None
) -> tuple[User, str]:
    """Open an account in `place` with `roles` there; gives it with its first password.

    `by` must be an administrator of that division or of the one directly above; None is the system itself
    (first run, demonstration).
    """
    keys = list(dict.fromkeys(roles))
    _check_roles(keys, organ)
    if by is not None:
        allowed = {role.key for role in queries.roles_grantable(queries.standing_of(by, on=on), place)}
        if not set(keys) <= allowed:
            raise AccountRefused(_("您不能在%(place)s授予这些角色，请由其上一级管理员办理。") % {"place": place.name}, field="roles")
    first = password or initial_password()
    user = User(username=username.lower(), name=name, organ=organ, place_code=place.code, opened_by_id=by.pk if by else None, must_change_password=True)
    user.set_password(first)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        if "user_username_form" in str(error):
            raise AccountRefused(_("用户名只能用小写字母、数字和 _ . -，3 至 40 位。"), field="username") from None
        raise AccountRefused(_("用户名 %(username)s 已被使用，请换一个。") % {"username": username}, field="username") from None
    Appointment.objects.bulk_create([Appointment(user=user, role=key, division_code=place.code, since=on, granted_by_id=by.pk if by else None) for key in keys])
    record_event(
        by=by, action="account.opened", subject_kind="account", subject_id=user.pk, division_code=place.code, details={"username": user.username, "roles": keys}
    )
    return user, first


@transaction.atomic
def change_roles(*, user: User, roles: Iterable[str], by: User, on: date) -> None:
    """Give the account exactly these roles in its own place from `on`."""
    keys = set(roles)
    _check_roles(sorted(keys), Organ(user.organ))
    place = Division.objects.get(code=user.place_code)
    allowed = {role.key for role in queries.roles_grantable(queries.standing_of(by, on=on), place)}
    held = {a.role: a for a in Appointment.objects.select_for_update().filter(user=user, until__isnull=True)}
    if user.pk == by.pk or not (keys ^ set(held)) <= allowed:
        raise AccountRefused(_("您不能改变这个账号的角色，请由其上一级管理员办理。"), field="roles")
    for key in set(held) - keys:
        held[key].until = on
        held[key].save(update_fields=["until"])
    Appointment.objects.bulk_create(
        [Appointment(user=user, role=key, division_code=user.place_code, since=on, granted_by_id=by.pk) for key in sorted(keys - set(held))]
    )
    record_event(
        by=by,
        action="account.roles_changed",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
        details={"from": sorted(held), "to": sorted(keys)},
    )


@transaction.atomic
def set_active(*, user: User, active: bool, by: User, on: date) -> None:
    """Disable an account, or enable it again."""
    if queries.managed_account(queries.standing_of(by, on=on), user.pk) is None or user.pk == by.pk:
        raise AccountRefused(_("您不能停用或启用这个账号，请由其上一级管理员办理。"))
    user.is_active = active
    user.save(update_fields=["is_active"])
    record_event(by=by, action="account.enabled" if active else "account.disabled", subject_kind="account", subject_id=user.pk, division_code=user.place_code)


@transaction.atomic
def reset_password(*, user: User, by: User, on: date) -> str:
    """Give the account a new first password, which must be changed at log-in."""
    if queries.managed_account(queries.standing_of(by, on=on), user.pk) is None:
        raise AccountRefused(_("您不能重置这个账号的密码，请由其上一级管理员办理。"))
    first = initial_password()
    user.set_password(first)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record_event(by=by, action="account.password_reset", subject_kind="account", subject_id=user.pk, division_code=user.place_code)
    return first


def _check_roles(keys: list[str], organ: Organ) -> None:
    if not keys or any(key not in BY_KEY for key in keys):
        raise AccountRefused(_("请至少选择一个角色。"), field="roles")
    wrong = [_(BY_KEY[key].label) for key in keys if organ not in BY_KEY[key].organs]
    if wrong:
        raise AccountRefused(_("角色“%(roles)s”不属于所选部门，请改选部门或角色。") % {"roles": _("、").join(wrong)}, field="roles")
    clash = conflicts(set(keys))
    if clash:
        raise AccountRefused(_("“%(a)s”和“%(b)s”不能由同一账号兼任，请分别开通。") % {"a": _(clash[0][0]), "b": _(clash[0][1])}, field="roles")
