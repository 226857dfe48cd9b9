"""The accounts that an administrator opens, one level down."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lxbt.accounts import queries
from lxbt.accounts.operations import appointing as operations
from lxbt.accounts.rules import BY_KEY, ROLES, Organ, Permission
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.web.access import OfficialRequest, page
from lxbt.web.accounts.forms import AccountForm, RolesForm
from lxbt.web.accounts.presenters import account_rows, role_choices
from lxbt.web.refusals import show_refusal
from lxbt.web.words import listed, translated


@page(Permission.MANAGE_ACCOUNTS)
def accounts(request: OfficialRequest) -> HttpResponse:
    """The accounts of the own division and of those directly below."""
    rows = queries.accounts_managed_by(request.standing)
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(name__contains=text) | rows.filter(username__startswith=text.lower())
    return render(request, "accounts/accounts.html", {"table": account_rows(rows, request.GET), "q": text})


@page(Permission.MANAGE_ACCOUNTS)
def account_new(request: OfficialRequest) -> HttpResponse:
    """Open an account and show its first password once."""
    places = queries.places_managed_by(request.standing)
    form = AccountForm(request.POST or None, places=[(p.code, p.name) for p in places], roles=role_choices(ROLES))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        place = next(p for p in places if p.code == data["place"])
        try:
            user, first = operations.open_account(
                username=data["username"], name=data["name"], organ=Organ(data["organ"]), place=place, roles=data["roles"], by=request.user, on=request.today
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return render(
                request,
                "accounts/opened.html",
                {"account": user, "first": first, "place": place, "roles": listed(translated(BY_KEY[k].label) for k in data["roles"])},
            )
    return render(request, "accounts/new.html", {"form": form})


@page(Permission.MANAGE_ACCOUNTS)
def account(request: OfficialRequest, user_id: int) -> HttpResponse:
    """One account: roles, disabling, a new first password."""
    user = queries.managed_account(request.standing, user_id)
    if user is None:
        raise Http404
    place = divisions.division(user.place_code)
    roles = queries.roles_grantable(request.standing, place) if place else ()
    held = [a.role for a in queries.appointments_of(user) if a.until is None]
    form = RolesForm(request.POST if request.POST.get("act") == "roles" else None, roles=role_choices(roles), initial={"roles": held})
    first = ""
    if request.method == "POST":
        try:
            act = request.POST.get("act")
            if act == "roles" and form.is_valid():
                operations.change_roles(user=user, roles=form.cleaned_data["roles"], by=request.user, on=request.today)
            elif act == "reset":
                first = operations.reset_password(user=user, by=request.user, on=request.today)
            elif act in ("enable", "disable"):
                operations.set_active(user=user, active=act == "enable", by=request.user, on=request.today)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            if not first:
                messages.success(request, _("已保存。"))
        if not first:
            return redirect("account", user_id=user.pk)
    return render(
        request, "accounts/account.html", {"account": user, "place": place, "form": form, "first": first, "appointments": queries.appointments_of(user)}
    )
