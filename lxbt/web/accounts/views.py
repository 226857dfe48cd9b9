"""The accounts that an administrator opens, one level down: the list, one account, the yearly confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts import queries
from lxbt.accounts.operations import appointing, confirming, first_passwords, holding
from lxbt.accounts.queries import managing
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules import BY_KEY, ROLES, Organ, Permission
from lxbt.audit import queries as audit
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.proposals.appointing import DUTIES, appoint
from lxbt.proposals.queries import waiting_for
from lxbt.web.accounts import presenters
from lxbt.web.accounts.forms import AccountForm, CardForm, RolesForm, UntilForm
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.remember import look_for, looked_for
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.words import ORGANS, listed, translated

if TYPE_CHECKING:
    from lxbt.accounts.models import User
    from lxbt.proposals.models import Proposal

EXPORTED = 5_000  # rows
STORY = 60  # events of an account's story


@page(Permission.MANAGE_ACCOUNTS)
def accounts(request: OfficialRequest) -> HttpResponse:
    """The accounts of the own division and of those directly below, narrowed by place, organ, role and state."""
    if request.method == "POST":
        return look_for(request, "accounts", request.POST.get("q", ""), at=request.get_full_path())
    asked, managed = presenters.asked(request), managing.accounts_managed_by(request.standing, on=request.today)
    counts = managing.state_counts(
        managing.narrowed(managed, managing.Filter(asked.text, asked.place, asked.organ, asked.role), on=request.today),
        on=request.today,
    )
    context = {
        "table": presenters.account_table(request, managing.narrowed(managed, asked, on=request.today), bulk=True),
        "tabs": presenters.account_tabs(counts, request),
        "q": looked_for(request, "accounts"),
        "asked": asked,
        "slips": first_passwords.slips_waiting(by=request.user),
        "ministry": NATION in request.standing.areas(Permission.MANAGE_ACCOUNTS)
        and request.standing.organ == Organ.CIVIL_AFFAIRS,
        **presenters.filter_choices(request),
    }
    return render(request, "accounts/accounts.html", context)


@page(Permission.MANAGE_ACCOUNTS)
def accounts_export(request: OfficialRequest) -> HttpResponse:
    """The same rows as a workbook."""
    users = managing.narrowed(
        managing.accounts_managed_by(request.standing, on=request.today), presenters.asked(request), on=request.today
    )
    rows = list(users.order_by("place_code", "username")[:EXPORTED])
    held = queries.roles_held([user.pk for user in rows], on=request.today)
    heads = [_("姓名"), _("用户名"), _("部门"), _("所在区划"), _("角色"), _("状态"), _("最近登录"), _("确认于")]
    cells = [
        [
            user.name,
            user.username,
            ORGANS[user.organ],
            divisions.name_of(user.place_code),
            listed(translated(BY_KEY[k].label) for k in held.get(user.pk, ())),
            _("使用中") if user.is_active else _("已停用"),
            user.last_login,
            user.confirmed_on,
        ]
        for user in rows
    ]
    sheet = Sheet(
        _("账号"), heads, cells, "accounts.exported", "list", "accounts", request.standing.place_code, personal=False
    )
    return send_sheet(request, sheet)


def picked(request: HttpRequest) -> list[int]:
    """The ids of the rows that were picked."""
    return [number for key in request.POST.getlist("pick") if (number := whole_number(key)) is not None]


@require_POST
@page(Permission.MANAGE_ACCOUNTS, Permission.MANAGE_SECURITY)
def accounts_confirm(request: OfficialRequest) -> HttpResponse:
    """The yearly confirmation of the picked accounts."""
    done = confirming.confirm_accounts(user_ids=picked(request), by=request.user, on=request.today)
    messages.success(request, _("已确认 %(n)d 个账号，一年内有效。") % {"n": done})
    return redirect("accounts" if request.standing.may(Permission.MANAGE_ACCOUNTS) else "account_review")


@require_POST
@page(Permission.MANAGE_ACCOUNTS)
def accounts_reset(request: OfficialRequest) -> HttpResponse:
    """New first passwords for the picked accounts, to be printed."""
    ids = picked(request)
    done = first_passwords.reset_passwords(user_ids=ids, by=request.user, on=request.today)
    messages.success(request, _("已重置 %(n)d 个账号的密码，请打印密码条。") % {"n": done})
    if done < len(ids):
        messages.warning(
            request,
            _(
                "另有 %(n)d 个没有重置：自己的账号，以及有资金、审批、审计或安全职责的账号，须申请恢复，"
                "由另一位管理员确认。"
            )
            % {"n": len(ids) - done},
        )
    return redirect("slips")


@page(Permission.MANAGE_SECURITY)
def account_review(request: OfficialRequest) -> HttpResponse:
    """For the security administrator: which accounts nobody confirmed, and the administrators to confirm here."""
    reviewed = managing.accounts_reviewed_by(request.standing)
    own = managing.confirmable_by(request.standing, on=request.today)
    context = {
        "due": reviewed.filter(managing.due_for_confirmation(request.today)).count(),
        "total": reviewed.filter(is_active=True).count(),
        "confirmable": [
            (user.pk, user.name, user.username, user.confirmed_on)
            for user in own.filter(is_active=True).order_by("pk")[:50]
        ],
        "overdue": presenters.review_table(reviewed.filter(managing.due_for_confirmation(request.today))),
    }
    return render(request, "accounts/review.html", context)


@page(Permission.MANAGE_ACCOUNTS)
def account_new(request: OfficialRequest) -> HttpResponse:
    """Open an account and show its first password once."""
    places = managing.places_managed_by(request.standing)
    given = {key for role in request.standing.roles() for key in role.grants}
    roles = presenters.role_choices(role for role in ROLES if role.key in given)
    form = AccountForm(request.POST or None, places=[(p.code, p.name) for p in places], roles=roles)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        place = next(p for p in places if p.code == data["place"])
        try:
            user, first = appointing.open_account(
                username=data["username"],
                name=data["name"],
                organ=Organ(data["organ"]),
                place=place,
                roles=data["roles"],
                until=data["until"],
                phone=data["phone"],
                identity_number=data["identity_number"],
                by=request.user,
                on=request.today,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            labels = listed(translated(BY_KEY[k].label) for k in data["roles"])
            return render(
                request, "accounts/opened.html", {"account": user, "first": first, "place": place, "roles": labels}
            )
    return render(
        request,
        "accounts/new.html",
        {"form": form, "crumbs": [Crumb(_("账号与授权"), reverse("accounts")), Crumb(_("开通账号"))]},
    )


def managed(request: OfficialRequest, user_id: int) -> User:
    """One account that the administrator may change, or "not found"."""
    user = managing.managed_account(request.standing, user_id, on=request.today)
    if user is None:
        raise Http404
    return user


@page(Permission.MANAGE_ACCOUNTS)
def account(request: OfficialRequest, user_id: int) -> HttpResponse:
    """One account: what it holds and from whom, its story, and what can be changed."""
    user = managed(request, user_id)
    place = divisions.division(user.place_code)
    roles = managing.roles_grantable(request.standing, place, Organ(user.organ), on=request.today) if place else ()
    grants = presenters.grants_of(user, on=request.today)
    held = [grant["key"] for grant in grants if grant["runs"]]
    form = RolesForm(
        request.POST if request.POST.get("act") == "roles" else None,
        roles=presenters.role_choices(roles),
        initial={"roles": held},
    )
    first = ""
    if request.method == "POST":
        try:
            asked, first = act_on(request, user, form)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            if type(refusal).__name__ == "HangingGrants":
                return redirect("account_end", user_id=user.pk)
        else:
            if not first:
                done = _("已提出，等本级或上级的另一位管理员复核；同意之前不生效。") if asked else _("已保存。")
                messages.success(request, done)
        if not first:
            return redirect("account", user_id=user.pk)
    context = {
        "account": user,
        "place": place,
        "form": form,
        "first": first,
        "grants": grants,
        "own": user.pk == request.user.pk,
        "duties": doors.had_duties(user, on=request.today),
        "waits": waits(user),
        "identity": user.pk != request.user.pk and (user.holder_id is None or user.last_login is None),
        "card": CardForm(),
        "chip": presenters.state_chip(user),
        "organ": ORGANS[user.organ],
        "hanging": managing.hanging_on(user, on=request.today),
        "why_disabled": presenters.WHY_DISABLED.get(user.disabled_for, ""),
        "ahead": [
            str(presenters.AHEAD[why]) % {"day": day} for why, day in managing.disabled_ahead(user, on=request.today)
        ],
        "story": presenters.story_of(
            audit.events()
            .filter(subject_kind="account", subject_id=str(user.pk), person_id__isnull=True)
            .order_by("-pk")[:STORY]
        ),
        "crumbs": [Crumb(_("账号与授权"), reverse("accounts")), Crumb(user.name)],
    }
    return render(request, "accounts/account.html", context)


def waits(user: User) -> Proposal | None:
    """What waits for a second administrator about the account."""
    return waiting_for(subject_kind="account", subject_id=user.pk, kind=DUTIES).first()


def act_on(request: OfficialRequest, user: User, form: RolesForm) -> tuple[Proposal | None, str]:
    """What a button of the account's page does; gives what now waits for another, and the new half after a reset."""
    act, by, on = request.POST.get("act"), request.user, request.today
    if act == "roles" and form.is_valid():
        data = form.cleaned_data
        return appoint(
            act="roles",
            user=user,
            roles=data["roles"],
            until=data["until"],
            reason=data["reason"],
            by=by,
            at=request.now.at,
            on=on,
        ), ""
    elif act == "until":
        period = UntilForm(request.POST)
        if not period.is_valid():
            raise appointing.AccountRefused(_("日期写法不对，请重新选择。"))
        data = period.cleaned_data
        return appoint(
            act="until",
            user=user,
            roles=[data["role"]],
            until=data["until"],
            reason=data["reason"],
            by=by,
            at=request.now.at,
            on=on,
        ), ""
    elif act == "reset":
        return None, first_passwords.reset_password(user=user, by=by, on=on)
    elif act == "identity":
        holding.register_holder(user=user, identity_number=request.POST.get("identity_number", ""), by=by, on=on)
    elif act == "enable":
        reason = request.POST.get("reason", "")
        return appoint(act="enable", user=user, reason=reason, by=by, at=request.now.at, on=on), ""
    elif act == "confirm":
        confirming.confirm_accounts(user_ids=[user.pk], by=by, on=on)
    return None, ""
