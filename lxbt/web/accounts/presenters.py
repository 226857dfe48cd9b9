"""Account rows and choices ready for the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts import queries
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules import BY_KEY, Role
from lxbt.divisions import queries as divisions
from lxbt.web.audit.words import action_words
from lxbt.web.components import Chip, Column, Empty, Link, Page, Person, Row, Table
from lxbt.web.words import ORGANS, in_turn, listed, translated

if TYPE_CHECKING:
    from lxbt.accounts.models import Device, User
    from lxbt.audit.models import Event

SIZE = 50
WRONG = {"password": lazy("密码不对"), "code": lazy("验证码不对")}
PROVED = {"totp": lazy("密码和动态验证码"), "backup": lazy("密码和备用码"), "oidc": lazy("统一身份认证"), "": lazy("密码")}


def role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    """Key and label with what the role does."""
    return [(role.key, f"{translated(role.label)} · {translated(role.description)}") for role in roles]


def account_rows(users: QuerySet[User], query: QueryDict) -> Table:
    """The table of accounts, paged by user name within the place."""
    total = users.count()
    after = query.get("after", "")
    rows = list((users.filter(pk__gt=int(after)) if after.isdigit() else users).order_by("pk")[: SIZE + 1])
    shown = rows[:SIZE]
    held = queries.roles_held([user.pk for user in shown])
    return Table(
        caption=_("账号"),
        columns=[
            Column(_("姓名"), phone="lead"),
            Column(_("用户名")),
            Column(_("部门")),
            Column(_("所在区划")),
            Column(_("角色")),
            Column(_("状态"), phone="first"),
            Column(_("最近登录")),
        ],
        rows=[
            Row(
                cells=[
                    Person(user.name, url=reverse("account", args=[user.pk])),
                    user.username,
                    ORGANS[user.organ],
                    divisions.name_of(user.place_code),
                    listed(translated(BY_KEY[key].label) for key in held.get(user.pk, ())),
                    Chip(_("使用中"), "ok") if user.is_active else Chip(_("已停用"), "off", "ban"),
                    user.last_login,
                ],
                url=reverse("account", args=[user.pk]),
                action=_("管理"),
            )
            for user in shown
        ],
        page=Page(len(shown), total, _("个"), next_key=str(shown[-1].pk) if len(rows) > SIZE else "", paged=bool(after)),
        empty=Empty(_("还没有账号"), _("为本级和下一级的工作人员开通账号。"), Link(_("开通账号"), reverse("account_new"), primary=True), icon="users"),
    )


def device_rows(devices: Iterable[Device], token: str) -> list[dict[str, Any]]:
    """The browsers that the account is known on; the one in use is marked."""
    current = doors.device_digest(token) if token else b""
    return [
        {"it": one, "name": one.agent or _("不明的浏览器"), "current": bytes(one.digest) == current, "new": one.told_at is None}
        for one in devices
    ]  # fmt: skip


def login_rows(events: Iterable[Event]) -> Table:
    """What happened at the account's door, latest first."""
    return Table(
        caption=_("最近的登录"),
        columns=[Column(_("时间"), phone="lead"), Column(_("做了什么")), Column(_("说明")), Column(_("网络地址"))],
        rows=[Row(cells=[f"{timezone.localtime(e.at):%Y-%m-%d %H:%M}", action_words(e.action), login_note(e), e.origin or None]) for e in events],
        empty=Empty(_("还没有登录记录"), icon="login"),
    )


def login_note(event: Event) -> str:
    """How it was proved, or what was wrong, and whether the device was new."""
    if event.action == "account.logged_in":
        new = _("新设备") if event.details.get("device") == "new" else ""
        return in_turn(part for part in (PROVED.get(event.details.get("factor", "")), new) if part)
    return str(WRONG.get(event.details.get("what", ""), ""))
