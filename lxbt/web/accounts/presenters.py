"""Account rows, choices and stories ready for the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts import queries
from lxbt.accounts.queries import managing, sheets
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules import BY_KEY, ROLES, Role
from lxbt.core.clock import beijing_day
from lxbt.core.readers.whole import whole_number
from lxbt.divisions import queries as divisions
from lxbt.web.audit.words import FIELDS, action_words
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.components import BulkAction, Chip, Column, Empty, Event, Link, Page, Person, Row, Tab, Table
from lxbt.web.kit.paging import changed_query
from lxbt.web.kit.remember import looked_for
from lxbt.web.words import ORGANS, in_turn, listed, translated

if TYPE_CHECKING:
    from lxbt.accounts.models import Device, User
    from lxbt.audit.models import Event as Recorded

SIZE = 50
STATES = {
    "": lazy("全部"),
    "active": lazy("使用中"),
    "disabled": lazy("已停用"),
    "due": lazy("待年度确认"),
    "unused": lazy("久未使用"),
    "unprinted": lazy("密码条未打印"),
    "roleless": lazy("没有角色"),
    "hanging": lazy("待移交"),
}
WHY_DISABLED = {
    "by_hand": lazy("管理员停用"),
    "left": lazy("离任"),
    "unused": lazy("90 天未使用"),
    "unconfirmed": lazy("未经年度确认"),
}
WHY_ENDED = {
    "taken": lazy("收回"),
    "left": lazy("离任"),
    "moved": lazy("调动"),
    "lapsed": lazy("随授权人失效"),
    "": lazy("到期"),
}
AHEAD = {"unused": lazy("久未使用，%(day)s 起停用"), "unconfirmed": lazy("未经年度确认，%(day)s 起停用")}
UNTOLD = frozenset({"account.logged_in", "account.logged_out"})  # too many to tell in a story
WRONG = {"password": lazy("密码不对"), "code": lazy("验证码不对")}
PROVED = {
    "totp": lazy("密码和动态验证码"),
    "backup": lazy("密码和备用码"),
    "oidc": lazy("统一身份认证"),
    "": lazy("密码"),
}


def role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    """Key and label with what the role does."""
    return [(role.key, f"{translated(role.label)} · {translated(role.description)}") for role in roles]


def asked(request: OfficialRequest) -> managing.Filter:
    """The filter in the address; what is typed stays in the session."""
    get = request.GET
    return managing.Filter(
        looked_for(request, "accounts"),
        get.get("place", ""),
        get.get("organ", ""),
        get.get("role", ""),
        get.get("state", ""),
    )


def account_tabs(counts: Mapping[str, int], request: OfficialRequest) -> list[Tab]:
    """The states with their counts; the other filters stay."""
    found = []
    for state, label in STATES.items():
        if state in ("", "active", "disabled", "due") or counts[state]:
            url = changed_query(request.GET, after=None, state=state)
            found.append(Tab(str(label), url, counts[state], request.GET.get("state", "") == state))
    return found


def state_chip(user: User, waiting: str = "") -> Chip:
    """使用中 · 已停用 · 首次登录前."""
    if not user.is_active:
        return Chip(_("已停用"), "off", "ban")
    if waiting == "expired":
        return Chip(_("待重置密码"), "warn", "key")
    if user.must_change_password and user.last_login is None:
        return Chip(_("未登录过"), "hold", "hourglass")
    return Chip(_("使用中"), "ok")


def account_table(request: OfficialRequest, users: QuerySet[User], *, bulk: bool) -> Table:
    """The table of accounts, paged by id."""
    total = users.count()
    after = request.GET.get("after", "")
    rows = list(
        (users.filter(pk__gt=point) if (point := whole_number(after)) is not None else users).order_by("pk")[: SIZE + 1]
    )
    shown = rows[:SIZE]
    ids = [user.pk for user in shown]
    held, waiting = queries.roles_held(ids, on=request.today), sheets.password_states(ids)
    actions = [
        BulkAction(_("年度确认"), reverse("accounts_confirm"), "user-check"),
        BulkAction(_("重置密码并打印密码条"), reverse("accounts_reset"), "key"),
    ]
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
            Column(_("确认于")),
        ],
        rows=[
            Row(
                cells=[
                    Person(user.name, url=reverse("account", args=[user.pk])),
                    user.username,
                    ORGANS[user.organ],
                    divisions.name_of(user.place_code),
                    listed(translated(BY_KEY[key].label) for key in held.get(user.pk, ())) or "—",
                    state_chip(user, waiting.get(user.pk, "")),
                    user.last_login,
                    user.confirmed_on,
                ],
                url=reverse("account", args=[user.pk]),
                action=_("管理"),
                key=str(user.pk) if user.pk != request.user.pk else "",
            )
            for user in shown
        ],
        page=Page(
            len(shown), total, _("个"), next_key=str(shown[-1].pk) if len(rows) > SIZE else "", paged=bool(after)
        ),
        bulk=actions if bulk and shown else (),
        empty=Empty(
            _("没有符合条件的账号"),
            _("换个条件再看，或为本级和下一级的工作人员开通账号。"),
            Link(_("开通账号"), reverse("account_new"), primary=True),
            icon="users",
        ),
    )


def last_day(until: date | None) -> date | None:
    """The last day that something holds; kept is the day after it."""
    return until - timedelta(days=1) if until else None


def grants_of(user: User, *, on: date) -> list[dict[str, Any]]:
    """What an account holds and held: role, place, period, who gave it, whose right it stands under, how it ended."""
    rows = list(queries.appointments_of(user))
    names = queries.names_of(
        list(
            {
                pk
                for row in rows
                for pk in (row.granted_by_id, row.ended_by_id, row.under.user_id if row.under else None)
                if pk
            }
        )
    )
    found = []
    for row in rows:
        runs = row.since <= on and (row.until is None or row.until > on)
        giver = names.get(row.granted_by_id or 0, "")
        holder = names.get(row.under.user_id, "") if row.under else ""
        found.append(
            {
                "key": row.role,
                "label": translated(BY_KEY[row.role].label),
                "place": divisions.name_of(row.division_code),
                "since": row.since,
                "last": last_day(row.until),
                "runs": runs,
                "giver": giver or _("系统"),
                "holder": holder if holder and holder != giver else "",
                "why": "" if runs else str(WHY_ENDED.get(row.ended_for, "")),
            }
        )
    return found


def story_of(events: Iterable[Any]) -> list[Event]:
    """What happened to an account, latest first, from the record."""
    return [Event(beijing_day(e.at), action_words(e.action), note_of(e)) for e in events if e.action not in UNTOLD]


def note_of(event: Any) -> str:
    """Who did it, what changed, why."""
    parts = [event.by_name or _("系统")]
    for name, (before, after) in event.changes.items():
        parts.append(
            _("%(field)s：%(before)s → %(after)s")
            % {"field": FIELDS.get(name, name), "before": value_words(name, before), "after": value_words(name, after)}
        )
    parts += [str(event.details[key]) for key in ("giver", "successor") if event.details.get(key)]
    if event.details.get("why") in WHY_DISABLED:
        parts.append(str(WHY_DISABLED[event.details["why"]]))
    return " · ".join([*parts, event.why] if event.why else parts)


def value_words(name: str, value: Any) -> str:
    """A changed value of an account in words."""
    if isinstance(value, list):
        return listed(translated(BY_KEY[key].label) if key in BY_KEY else str(key) for key in value) or "—"
    if name == "place":
        return divisions.name_of(str(value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value or "—")


def filter_choices(request: OfficialRequest) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to."""
    places = managing.places_managed_by(request.standing, ended=True)
    return {
        "places": [(node.code, node.name) for node in places],
        "organs": [(key, str(label)) for key, label in ORGANS.items()],
        "roles": [(role.key, translated(role.label)) for role in ROLES],
    }


def review_table(users: QuerySet[User]) -> Table:
    """Accounts whose confirmation is due, the longest first."""
    rows = list(users.order_by("confirmed_on", "pk")[:SIZE])
    return Table(
        caption=_("待年度确认的账号"),
        columns=[
            Column(_("姓名"), phone="lead"),
            Column(_("用户名")),
            Column(_("部门")),
            Column(_("所在区划")),
            Column(_("确认于"), phone="first"),
        ],
        rows=[
            Row(
                cells=[
                    user.name,
                    user.username,
                    ORGANS[user.organ],
                    divisions.name_of(user.place_code),
                    user.confirmed_on,
                ]
            )
            for user in rows
        ],
        page=Page(len(rows), users.count(), _("个")),
        empty=Empty(_("没有到期未确认的账号"), icon="user-check"),
    )


def device_rows(devices: Iterable[Device], token: str) -> list[dict[str, Any]]:
    """The browsers that the account is known on; the one in use is marked."""
    current = doors.device_digest(token) if token else b""
    return [
        {
            "it": one,
            "name": one.agent or _("不明的浏览器"),
            "current": bytes(one.digest) == current,
            "new": one.told_at is None,
        }
        for one in devices
    ]


def login_rows(events: Iterable[Recorded]) -> Table:
    """What happened at the account's door, latest first."""
    return Table(
        caption=_("最近的登录"),
        columns=[Column(_("时间"), phone="lead"), Column(_("做了什么")), Column(_("说明")), Column(_("网络地址"))],
        rows=[
            Row(
                cells=[
                    f"{timezone.localtime(e.at):%Y-%m-%d %H:%M}",
                    action_words(e.action),
                    login_note(e),
                    e.origin or None,
                ]
            )
            for e in events
        ],
        empty=Empty(_("还没有登录记录"), icon="login"),
    )


def login_note(event: Recorded) -> str:
    """How it was proved, or what was wrong, and whether the device was new."""
    if event.action == "account.logged_in":
        new = _("新设备") if event.details.get("device") == "new" else ""
        return in_turn(part for part in (PROVED.get(event.details.get("factor", "")), new) if part)
    return str(WRONG.get(event.details.get("what", ""), ""))
