"""Opening accounts one level down, their roles and how long these last.

Every grant stands under a right of its giver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.models import Appointment, Holder, User
from lxbt.accounts.operations.first_passwords import first_password, sealed_password
from lxbt.accounts.operations.holding import holder_of
from lxbt.accounts.operations.lapsing import Settling, cut_tree, end_appointments, record_lapsed
from lxbt.accounts.operations.telling import tell
from lxbt.accounts.queries import managing
from lxbt.accounts.rules import BY_KEY, Organ, conflicts, has_duties
from lxbt.accounts.rules.signing_in import COUNTERSIGNS
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions.models import Division


class AccountRefused(Refusal):
    """The account cannot be opened or changed so."""


class SecondNeeded(AccountRefused):
    """What is given to an account that stands already brings duties: a second administrator agrees first."""


@transaction.atomic
def open_account(
    *,
    username: str,
    name: str,
    organ: Organ,
    place: Division,
    roles: Iterable[str],
    by: User | None,
    on: date,
    identity_number: str = "",
    password: str | None = None,
    until: date | None = None,
    phone: str = "",
) -> tuple[User, str]:
    """Open an account in `place` with `roles` there until a day (exclusive; None: as long as the giver's own right).

    `by` must be an administrator of that division or of the one directly above, names the identity number of the human
    being who is to work with it, and gets the half of the first password that stands on the slip. None is the system
    itself (first run, demonstration), which gets the whole; only it chooses a `password`.
    """
    keys = list(dict.fromkeys(roles))
    check_roles(keys, organ)
    right = right_to_give(keys, organ, place, by=by, on=on)
    first = first_password()
    user = User(
        holder=None if by is None and not identity_number else other_holder(identity_number, by=by),
        username=username.lower(),
        name=name,
        organ=organ,
        place_code=place.code,
        opened_by_id=by.pk if by else None,
        must_change_password=True,
        confirmed_on=on,
        phone_note=phone[:40],
    )
    user.set_password(password if by is None and password else first.whole)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        if "user_one_per_holder" in str(error):
            raise AccountRefused(
                _("此人在这个单位已有使用中的账号，请变更那个账号。"), field="identity_number"
            ) from None
        if "user_username_form" in str(error):
            raise AccountRefused(_("用户名只能用小写字母、数字和 _ . -，3 至 40 位。"), field="username") from None
        raise AccountRefused(
            _("用户名 %(username)s 已被使用，请换一个。") % {"username": username}, field="username"
        ) from None
    with apart_from_own():
        give(user, keys, place.code, right=right, until=until, by=by, on=on)
    if by is not None:
        sealed_password(user, first, by_id=by.pk, on=on).save()
    record_event(
        by=by,
        action="account.opened",
        subject_kind="account",
        subject_id=user.pk,
        division_code=place.code,
        details={"username": user.username},
        changes={"roles": ([], keys), "until": (None, until)},
    )
    tell("opened", user=user, by=by, roles=keys)
    return user, first.whole if by is None else first.slip


def other_holder(identity_number: str, *, by: User | None) -> Holder:
    """The human being with this number, who is not `by`: nobody opens an account for himself."""
    try:
        found = holder_of(identity_number, by=by)
    except Refusal as refusal:
        raise AccountRefused(str(refusal), field="identity_number") from None
    if by is not None and by.holder_id == found.pk:
        raise AccountRefused(_("不能给自己开通账号，请由另一位管理员办理。"), field="identity_number")
    return found


@contextmanager
def apart_from_own() -> Iterator[None]:
    """Say in words what the database refuses: roles that the same human being holds elsewhere already."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "must not go with it" not in str(error):
            raise
        raise AccountRefused(
            _("此人的另一个账号已担任同一角色，或与所选角色不能兼任的角色；同一人的几个账号按一人计。"), field="roles"
        ) from None


def right_to_give(
    keys: Iterable[str], organ: Organ, place: Division, *, by: User | None, on: date
) -> Appointment | None:
    """The giver's own right that these roles are given under; None when the system itself gives.

    AccountRefused without one.
    """
    if by is None:
        return None
    standing = queries.standing_of(by, on=on)
    allowed = {role.key for role in managing.roles_grantable(standing, place, organ, on=on)}
    found = managing.right_over(by, place, on=on) if set(keys) <= allowed else None
    right = (
        Appointment.objects.select_for_update(no_key=True).filter(queries.in_force(on), pk=found.pk).first()
        if found
        else None
    )  # it may end just now
    if right is None:
        raise AccountRefused(
            _("您不能在%(place)s授予这些角色，请由其上一级管理员办理。") % {"place": place.name}, field="roles"
        )
    return right


def within(right: Appointment | None, until: date | None, *, on: date) -> date | None:
    """The day a grant ends: the asked one, or the right's own.

    AccountRefused when it is past or later than the right.
    """
    if until is not None and until <= on:
        raise AccountRefused(_("有效期须晚于今天。"), field="until")
    if right is None or right.until is None:
        return until
    if until is not None and until > right.until:
        raise AccountRefused(
            _("您自己的授权到 %(day)s 为止，不能给出更长的期限。") % {"day": right.until - timedelta(days=1)},
            field="until",
        )
    return until or right.until


def give(
    user: User,
    keys: Iterable[str],
    division_code: str,
    *,
    right: Appointment | None,
    until: date | None,
    by: User | None,
    on: date,
    second: User | None = None,
) -> None:
    """Write the grants; `second` is the human being who agreed to them."""
    last = within(right, until, on=on)
    Appointment.objects.bulk_create(
        [
            Appointment(
                user=user,
                role=key,
                division_code=division_code,
                since=on,
                until=last,
                granted_by_id=by.pk if by else None,
                agreed_by_id=second.pk if second else None,
                under=right,
            )
            for key in keys
        ]
    )


def must_be_agreed(
    user: User, keys: Iterable[str], *, place_code: str, by: User, second: User | None, on: date
) -> None:
    """Refuse roles with duties for an account that stands already, unless a second administrator agreed to them.

    The second is another human being than the giver and the owner, with a right of the same division or one above.
    """
    if not has_duties(keys):
        return
    if second is None:
        raise SecondNeeded(_("资金、审批、审计、安全等职责须由本级或上级的另一位管理员复核同意后才生效。"))
    if same_human(by.pk, second.pk) or same_human(user.pk, second.pk):
        raise AccountRefused(_("授权人、复核人和账号本人须是不同的人。"))
    standing = queries.standing_of(second, on=on)
    if (standing.organ == Organ.FEDERATION and user.organ != Organ.FEDERATION) or not any(
        standing.may(right, place_code) for right in COUNTERSIGNS
    ):
        raise AccountRefused(_("复核人须是本级或上级的管理员或安全管理员。"))


def locked_account(user: User, *, by: User, on: date) -> User:
    """The account, locked for the transaction; AccountRefused when it is not `by`'s to change, or is `by`'s own."""
    if same_human(user.pk, by.pk):
        raise AccountRefused(_("不能变更自己的账号，请由另一位管理员或上一级管理员办理。"))
    found = User.objects.select_for_update().filter(pk=user.pk).first()
    if found is None or managing.managed_account(queries.standing_of(by, on=on), user.pk, on=on) is None:
        raise AccountRefused(_("您不能变更这个账号，请由其上一级管理员办理。"))
    return found


def held_now(user: User, *, on: date) -> dict[str, Appointment]:
    """The appointments that count on a day, by role, locked."""
    return {a.role: a for a in Appointment.objects.select_for_update().filter(queries.in_force(on), user=user)}


@transaction.atomic
def change_roles(
    *,
    user: User,
    roles: Iterable[str],
    by: User,
    on: date,
    until: date | None = None,
    settling: Settling | None = None,
    second: User | None = None,
) -> None:
    """Give the account exactly these roles in its own place from `on`; new ones last until `until`.

    SecondNeeded when new ones bring duties and no `second` has agreed: then nothing changes.

    Raises HangingGrants when the administrator's right is taken while grants hang on it and `settling` says nothing of
    them.
    """
    keys = list(dict.fromkeys(roles))
    check_roles(sorted(keys), Organ(user.organ))
    found = locked_account(user, by=by, on=on)
    place = Division.objects.get(code=found.place_code)
    held = held_now(found, on=on)
    right = right_to_give(set(keys) ^ set(held), Organ(found.organ), place, by=by, on=on)
    gone = [held[key] for key in held if key not in keys]
    end_appointments(gone, user=found, why="taken", settling=settling or Settling(), by=by, on=on)
    new = [key for key in keys if key not in held]
    must_be_agreed(found, new, place_code=found.place_code, by=by, second=second, on=on)
    with apart_from_own():
        give(found, new, found.place_code, right=right, until=until, by=by, on=on, second=second)
    if has_duties(new):
        tell("duties", user=found, by=by, roles=new)
    record_event(
        by=by,
        action="account.roles_changed",
        subject_kind="account",
        subject_id=found.pk,
        division_code=found.place_code,
        details={"second": second.username} if second else None,
        changes={"roles": (sorted(held), sorted(keys)), "until": (None, until)},
    )


@transaction.atomic
def set_until(*, user: User, role: str, until: date | None, by: User, on: date, second: User | None = None) -> None:
    """Let a role end on another day (exclusive; None: as long as the right it was given under).

    Never later than that right, nor than `by`'s own. What hangs on it is cut to the same day. A later day for a role
    with duties is agreed to by a `second`.
    """
    found = locked_account(user, by=by, on=on)
    held = held_now(found, on=on).get(role)
    if held is None:
        raise AccountRefused(_("这个角色已不再有效，请刷新页面。"))
    own = right_to_give([role], Organ(found.organ), Division.objects.get(code=found.place_code), by=by, on=on)
    last = within(own, within(held.under, until, on=on), on=on)
    before = held.until
    longer = before is not None and (last is None or last > before)
    if longer:
        must_be_agreed(found, [role], place_code=found.place_code, by=by, second=second, on=on)
    lapsed = cut_tree([held.pk], until=last, why="", by=by) if last is not None else set()
    Appointment.objects.filter(pk=held.pk).update(
        until=last, **({"agreed_by_id": second.pk} if longer and second else {})
    )
    record_lapsed(lapsed, giver=found, by=by)
    record_event(
        by=by,
        action="account.until_changed",
        subject_kind="account",
        subject_id=found.pk,
        division_code=found.place_code,
        details={"role": role},
        changes={"until": (before, last)},
    )


def check_roles(keys: list[str], organ: Organ) -> None:
    """AccountRefused when the roles are none, unknown, of another organ, or must not go together."""
    if not keys or any(key not in BY_KEY for key in keys):
        raise AccountRefused(_("请至少选择一个角色。"), field="roles")
    wrong = [_(BY_KEY[key].label) for key in keys if organ not in BY_KEY[key].organs]
    if wrong:
        raise AccountRefused(
            _("角色“%(roles)s”不属于所选部门，请改选部门或角色。") % {"roles": _("、").join(wrong)}, field="roles"
        )
    clash = conflicts(set(keys))
    if clash:
        raise AccountRefused(
            _("“%(a)s”和“%(b)s”不能由同一账号兼任，请分别开通。") % {"a": _(clash[0][0]), "b": _(clash[0][1])},
            field="roles",
        )
