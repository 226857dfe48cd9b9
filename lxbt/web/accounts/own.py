"""Log-in, the own password and profile, the area looked at."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts import queries
from lxbt.accounts.operations import signing_in as operations
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.web.access import OfficialRequest, page, set_focus
from lxbt.web.accounts.forms import LoginForm, PasswordForm
from lxbt.web.language import CHOSEN, keep_language, known
from lxbt.web.refusals import show_refusal


def safe_next(request: HttpRequest, default: str = "home") -> str:
    """Where to go afterwards: the asked address if it is ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return default


def login_view(request: HttpRequest) -> HttpResponse:
    """The log-in page. A wrong name and a wrong password look the same.

    The account's language comes along to whatever machine it logs in on; one chosen on this page just before becomes the account's.
    """
    if request.user.is_authenticated:
        return redirect("home")
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, username=form.cleaned_data["username"].strip().lower(), password=form.cleaned_data["password"])
        if user is not None:
            login(request, user)
            operations.take_session(user=user, session_key=request.session.session_key or "")
            record_event(by=user, action="account.logged_in", subject_kind="account", subject_id=user.pk)
            chosen = request.session.pop(CHOSEN, None)
            if chosen is not None:
                operations.set_preferences(user=user, language=chosen)
            response = redirect(safe_next(request))
            keep_language(response, known(chosen or user.language))
            return response
        form.add_error(None, _("用户名或密码不对。请核对后重试，忘记密码请找上一级管理员重置。"))
    return render(request, "auth/login.html", {"form": form, "next": safe_next(request, "")})


@require_POST
def logout_view(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        record_event(by=request.user, action="account.logged_out", subject_kind="account", subject_id=request.user.pk)
    logout(request)
    return redirect("login")


@page(password_page=True)
def password_change(request: OfficialRequest) -> HttpResponse:
    """Change the own password; the first one must be changed before anything else."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_password(user=request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            update_session_auth_hash(request, request.user)
            operations.take_session(user=request.user, session_key=request.session.session_key or "")
            messages.success(request, _("密码已更改。"))
            return redirect("home")
    return render(request, "auth/password_change.html", {"form": form, "first_time": request.user.must_change_password})


@page()
def profile(request: OfficialRequest) -> HttpResponse:
    """What the account may do, and how its owner likes the screen."""
    if request.method == "POST":
        operations.set_preferences(user=request.user, density=request.POST.get("density"), letter_keys=request.POST.get("letter_keys") == "on")
        messages.success(request, _("已保存。"))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"roles": request.standing.roles(), "appointed": request.standing.appointed})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English; kept with the account, at the latest at log-in."""
    code = known(request.POST.get("language"))
    if request.user.is_authenticated:
        operations.set_preferences(user=request.user, language=code)
    else:
        request.session[CHOSEN] = code
    response = redirect(safe_next(request, "login"))
    keep_language(response, code)
    return response


@page()
def area(request: OfficialRequest) -> HttpResponse:
    """The division switcher: choose the area that pages show; search by name, pinyin initials or code."""
    top = request.standing.appointed[0].division_code if request.standing.appointed else request.standing.place_code
    if request.method == "POST":
        set_focus(request, request.POST.get("to", ""))
        return redirect(safe_next(request))
    text = request.GET.get("q", "")
    found = divisions.search(text, within=top) if text else []
    looked_at = queries.focus_within(request.standing, request.GET.get("to") or request.focus)
    context = {
        "found": found,
        "q": text,
        "trail": divisions.trail(looked_at),
        "children": divisions.children(looked_at),
        "looked_at": looked_at,
        "next": safe_next(request, ""),
    }
    return render(request, "divisions/_area.html" if request.htmx else "divisions/area.html", context)  # type: ignore[attr-defined]
