"""The own account: password, second factor, devices, how the screen is liked, the area looked at."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lxbt.accounts import queries
from lxbt.accounts.operations import devices, passwords, second_factor
from lxbt.accounts.operations import signing_in as operations
from lxbt.accounts.queries import signing_in as doors
from lxbt.accounts.rules.signing_in import needs_second_factor
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.web.accounts.forms import CodeForm, PasswordForm, StartFactorForm
from lxbt.web.accounts.presenters import device_rows, login_rows
from lxbt.web.accounts.signing_in import enrolment, safe_next
from lxbt.web.kit.access import FACTOR, OfficialRequest, page, set_focus, why_out
from lxbt.web.kit.edge import device_token, limited
from lxbt.web.kit.language import CHOSEN, keep_language, known
from lxbt.web.kit.refusals import show_refusal


@sensitive_post_parameters("old", "new", "again")
@page(password_page=True)
def password_change(request: OfficialRequest) -> HttpResponse:
    """Change the own password; a first one, and one that ran out, before anything else."""
    form = PasswordForm(request.POST or None)
    now = request.now.at
    if request.method == "POST" and form.is_valid():
        try:
            passwords.change_password(
                user=request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"], at=now
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            update_session_auth_hash(request, request.user)
            operations.take_session(user=request.user, session_key=request.session.session_key or "")
            messages.success(request, _("密码已更改。"))
            return redirect("home")
    ran_out = passwords.password_ran_out(request.user, at=now)
    return render(
        request,
        "auth/password_change.html",
        {"form": form, "must": request.user.must_change_password, "ran_out": ran_out},
    )


@page()
def profile(request: OfficialRequest) -> HttpResponse:
    """What the account may do, how it is kept safe, and how its owner likes the screen."""
    if request.method == "POST":
        try:
            operations.set_preferences(
                user=request.user,
                density=request.POST.get("density"),
                letter_keys=request.POST.get("letter_keys") == "on",
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已保存。"))
        return redirect("profile")
    context = {
        "roles": request.standing.roles(),
        "factor": doors.second_factor_of(request.user),
        "must": needs_second_factor(request.standing),
        "devices": device_rows(doors.devices_of(request.user), device_token(request)),
        "logins": login_rows(doors.recent_logins(request.user)),
    }
    return render(request, "accounts/profile.html", context)


@sensitive_post_parameters("code", "password")
@page()
def factor(request: OfficialRequest) -> HttpResponse:
    """The own second factor: set it up (the password is asked again), move it to another phone or do without it (a code
    is asked).
    """
    user, now = request.user, request.now.at
    state = doors.second_factor_of(user)
    act = request.POST.get("act", "")
    start = StartFactorForm(request.POST if act == "begin" else None, enrolled=state.in_use)
    confirm = CodeForm(request.POST if act == "confirm" else None)
    code = CodeForm(request.POST if act in ("codes", "drop") else None, prefix="now")
    form = {"begin": start, "confirm": confirm, "codes": code, "drop": code}.get(act)
    if request.method == "POST" and form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            if act == "begin":
                if state.in_use:
                    second_factor.present_code(user=user, code=given["code"], at=now)
                else:
                    passwords.must_be_password(user=user, password=given["password"], at=now)
                second_factor.begin_enrolment(user=user)
                return redirect("factor")
            if act == "drop":
                second_factor.drop_second_factor(user=user, code=given["code"], at=now)
                request.session[FACTOR] = ""
                messages.success(request, _("动态验证码已停用。"))
                return redirect("profile")
            if act == "confirm":
                codes = second_factor.confirm_enrolment(user=user, code=given["code"], at=now)
                request.session[FACTOR] = "totp"
            else:
                second_factor.present_code(user=user, code=given["code"], at=now)
                codes = second_factor.renew_backup_codes(user=user)
            return render(request, "accounts/backup_codes.html", {"codes": codes})
        except Refusal as refusal:
            show_refusal(form, refusal)
    context = {
        "factor": state,
        "must": needs_second_factor(request.standing),
        "start": start,
        "confirm": confirm,
        "code": code,
        "act": act,
    }
    return render(request, "accounts/factor.html", {**context, **(enrolment(user) if state.pending else {})})


@page()
@require_POST
def device_denied(request: OfficialRequest, device_id: int) -> HttpResponse:
    """“That was not me”: forget the device and change the password at once; no other session is live."""
    if not doors.devices_of(request.user).filter(pk=device_id).exists():
        raise Http404
    try:
        devices.deny_device(user=request.user, device_id=device_id, current=device_token(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("profile")
    messages.warning(request, _("已忘记那台设备，那里的登录也已失效。请马上换一个新密码，并告诉上一级管理员。"))
    return redirect("password_change")


@require_POST
@limited
def set_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English; kept with the account, at the latest at log-in."""
    code = known(request.POST.get("language"))
    if request.user.is_authenticated and why_out(request) is None:
        operations.set_preferences(user=request.user, language=code)
    elif not request.user.is_authenticated:
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
