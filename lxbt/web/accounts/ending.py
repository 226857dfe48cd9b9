"""The pages that end or move an administrator's right, or anybody's account: they say what hangs on it and ask what
becomes of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.operations import leaving
from lxbt.accounts.operations.lapsing import Settling
from lxbt.accounts.queries import managing
from lxbt.accounts.rules import ROLES, Permission
from lxbt.core.refusal import Refusal
from lxbt.proposals.appointing import appoint
from lxbt.web.accounts import presenters
from lxbt.web.accounts.forms import EndForm, MoveForm
from lxbt.web.accounts.views import managed
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.refusals import show_refusal

if TYPE_CHECKING:
    from lxbt.accounts.models import User


def settling_of(data: dict[str, Any]) -> Settling:
    """What the form says becomes of the grants."""
    successor = queries.user_named(data["successor"]) if data["hanging"] == "over" and data["successor"] else None
    return Settling(successor=successor, lapse=data["hanging"] == "lapse")


def successor_choices(user: User, request: OfficialRequest) -> list[tuple[str, str]]:
    """Who could take over: user name and name."""
    return [
        (other.username, f"{other.name} {other.username}")
        for other in managing.successors_of(user, on=request.today)[:50]
    ]


def crumbs_to(user: User, last: str) -> list[Crumb]:
    """The way back."""
    return [
        Crumb(_("账号与授权"), reverse("accounts")),
        Crumb(user.name, reverse("account", args=[user.pk])),
        Crumb(last),
    ]


@page(Permission.MANAGE_ACCOUNTS)
def account_end(request: OfficialRequest, user_id: int) -> HttpResponse:
    """Disable or close an account, or settle what hangs on one that is disabled already."""
    user = managed(request, user_id)
    hanging = managing.hanging_on(user, on=request.today)
    only_settle = not user.is_active
    form = EndForm(request.POST or None, successors=successor_choices(user, request), initial={"act": "disable"})
    if only_settle:
        form.fields["act"].required = form.fields["note"].required = False
    if request.method == "POST" and form.is_valid():
        data, told = (
            form.cleaned_data,
            {"user": user, "by": request.user, "on": request.today, "settling": settling_of(form.cleaned_data)},
        )
        try:
            if only_settle:
                leaving.settle_hanging(**told)  # type: ignore[arg-type]
            elif data["act"] == "close":
                leaving.close_account(note=data["note"], **told)  # type: ignore[arg-type]
            else:
                leaving.disable_account(note=data["note"], **told)  # type: ignore[arg-type]
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已办理。账号经过见下。"))
            return redirect("account", user_id=user.pk)
    context = {
        "account": user,
        "form": form,
        "hanging": hanging,
        "only_settle": only_settle,
        "crumbs": crumbs_to(user, _("停用或离任")),
    }
    return render(request, "accounts/end.html", context)


@page(Permission.MANAGE_ACCOUNTS)
def account_move(request: OfficialRequest, user_id: int) -> HttpResponse:
    """The person goes to another place within the administrator's reach."""
    user = managed(request, user_id)
    places = {node.code: node for node in managing.places_managed_by(request.standing) if node.code != user.place_code}
    given = {key for role in request.standing.roles() for key in role.grants}
    form = MoveForm(
        request.POST or None,
        places=[(code, node.name) for code, node in places.items()],
        successors=successor_choices(user, request),
        roles=presenters.role_choices(role for role in ROLES if role.key in given and user.organ in role.organs),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            asked = appoint(
                act="move",
                user=user,
                place_code=places[data["place"]].code,
                reason=data["reason"],
                roles=data["roles"],
                until=data["until"],
                settling=settling_of(data),
                by=request.user,
                at=request.now.at,
                on=request.today,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            done = _("已调动。原有角色到今天为止，新角色从今天开始。")
            if asked is not None:
                done = _("已提出，等本级或上级的另一位管理员复核；同意之前不生效。")
            messages.success(request, done)
            return redirect("account", user_id=user.pk)
    context = {
        "account": user,
        "form": form,
        "hanging": managing.hanging_on(user, on=request.today),
        "crumbs": crumbs_to(user, _("调动")),
    }
    return render(request, "accounts/move.html", context)
