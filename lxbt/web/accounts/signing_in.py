"""The way in: password or provider, then the second factor, then the session. In between nothing else can be reached.

What was proved so far stands in the session under `HALF`; nobody is logged in until all of it is given.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lxbt.accounts import queries
from lxbt.accounts.operations import second_factor
from lxbt.accounts.operations import signing_in as operations
from lxbt.accounts.queries import signing_in as doors
from lxbt.core.clock import beijing_day, this_moment
from lxbt.core.refusal import Refusal
from lxbt.web.accounts.forms import CodeForm, LoginForm
from lxbt.web.kit.access import BEGAN, FACTOR, HERE, why_out
from lxbt.web.kit.edge import caller_of, keep_device, limited
from lxbt.web.kit.language import CHOSEN, keep_language, known
from lxbt.web.kit.refusals import show_refusal

if TYPE_CHECKING:
    from lxbt.accounts.models import User

HALF = "half"  # session key: who has proved the first part, until when, and where to go
HALF_LASTS = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def safe_next(request: HttpRequest, default: str = "home") -> str:
    """Where to go afterwards: the asked address if it is ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if is_ours(request, target) else default


def is_ours(request: HttpRequest, target: str) -> bool:
    """Whether an address leads to a page of this system."""
    return target.startswith(("/", "http")) and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


@sensitive_post_parameters("password")
@limited
def login_view(request: HttpRequest) -> HttpResponse:
    """The log-in page. A wrong name and a wrong password look the same."""
    if why_out(request) is None:
        return redirect("home")
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = operations.present_password(
                username=data["username"].strip().lower(),
                password=data["password"],
                caller=caller_of(request),
                at=this_moment(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return first_part_proved(request, user, safe_next(request, ""))
    provider = (settings.LXBT_OIDC_LABEL or _("用统一身份登录")) if settings.LXBT_OIDC_ISSUER else ""
    context = {
        "form": form,
        "next": safe_next(request, ""),
        "provider": provider,
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
    }
    return render(request, "auth/login.html", context)


def first_part_proved(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Go on after password or provider: to the code, to the set-up of one, or in."""
    now = this_moment()
    wanted = operations.next_proof(user, at=now)
    if not wanted:
        return go_in(request, user, "", target)
    chosen = request.session.get(CHOSEN)
    request.session.flush()
    request.session[HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "until": (now + HALF_LASTS).timestamp(),
        "next": target,
    }
    if chosen:
        request.session[CHOSEN] = chosen
    if wanted == "enrol":
        second_factor.begin_enrolment(user=user)
        return redirect("login_enrol")
    return redirect("login_code")


def half_way(request: HttpRequest) -> tuple[User, str] | None:
    """Who has proved the first part within the last minutes, and where to go; the password must still be the same."""
    half = request.session.get(HALF)
    if not half or half["until"] < this_moment().timestamp():
        return None
    user = doors.active_account(half["user"])
    return (user, half["next"]) if user is not None and user.get_session_auth_hash() == half["hash"] else None


@sensitive_post_parameters("code")
@limited
def login_code(request: HttpRequest) -> HttpResponse:
    """The six digits from the phone, or a code from paper."""
    half = half_way(request)
    if half is None:
        return begin_anew(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factor = second_factor.present_code(user=half[0], code=form.cleaned_data["code"], at=this_moment())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            if factor == "backup":
                left = doors.second_factor_of(half[0]).codes_left
                messages.warning(
                    request, _("用掉了一个备用码，还剩 %(n)d 个。可以在“我的账号”重新生成。") % {"n": left}
                )
            return go_in(request, half[0], factor, half[1])
    return render(request, "auth/code.html", {"form": form})


@sensitive_post_parameters("code")
@limited
def login_enrol(request: HttpRequest) -> HttpResponse:
    """Setting up the phone, for accounts that must have a second factor; ends with the codes for paper, shown once."""
    half = half_way(request)
    if half is None:
        return begin_anew(request)
    user, target = half
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.confirm_enrolment(user=user, code=form.cleaned_data["code"], at=this_moment())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            following = go_in(request, user, "totp", target)
            page = render(request, "auth/backup_codes.html", {"codes": codes, "following": following["Location"]})
            page.cookies, page["Cache-Control"] = following.cookies, "no-store"
            return page
    response = render(request, "auth/enrol.html", {"form": form, **enrolment(user)})
    response["Cache-Control"] = "no-store"
    return response


def enrolment(user: User) -> dict[str, Any]:
    """The waiting secret as a picture for the phone's camera and in groups for typing."""
    secret = second_factor.pending_secret(user)
    if secret is None:
        return {"secret": "", "picture": ""}
    code = segno.make(second_factor.enrolment_address(user, secret), error="l", micro=False)
    return {"secret": secret, "picture": code.svg_data_uri(scale=5, border=3)}


def begin_anew(request: HttpRequest) -> HttpResponse:
    """The first part was too long ago, or was never given."""
    messages.warning(request, _("请先输入用户名和密码；隔得太久也要重新输入。"))
    return redirect("login")


def go_in(request: HttpRequest, user: User, factor: str, target: str) -> HttpResponse:
    """Begin the session, tell of new devices, and lead to where the person wanted to go.

    The account's language comes along to whatever machine it logs in on; one chosen on the log-in page just before
    becomes the account's.
    """
    now, chosen, caller = this_moment(), request.session.get(CHOSEN), caller_of(request)
    request.session.pop(HALF, None)
    request.session.pop(CHOSEN, None)
    login(request, user, backend=BACKEND)
    request.session[BEGAN] = int(now.timestamp())
    request.session[FACTOR] = factor
    device = operations.arrive(
        user=user, session_key=request.session.session_key or "", caller=caller, factor=factor, at=now
    )
    if chosen is not None:
        operations.set_preferences(user=user, language=chosen)
    translation.activate(known(chosen or user.language))  # the notices below are read in the account's own language
    if device.new and not device.first:
        messages.info(request, _("这个账号是第一次在这台电脑上登录，已记下并会告诉账号本人。"))
    if device.untold:
        which = _("、").join(device.untold)
        messages.warning(
            request,
            _("这个账号在您没有用过的设备上登录过：%(which)s。不是您本人，请到“我的账号”点“不是我”。")
            % {"which": which},
        )
    if not queries.is_known(user, on=beijing_day(now)):
        messages.warning(
            request,
            _("您的账号还没有登记身份证号，资金、审批、审计和安全的权限暂停。请上一级管理员在账号页登记。"),
        )
    response = redirect(target if target and is_ours(request, target) else "home")
    keep_language(response, known(chosen or user.language))
    keep_device(response, device.token)
    response.set_cookie(HERE, "1", httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_POST
@limited
def logout_view(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        operations.end_session(user=request.user, session_key=request.session.session_key or "")
    logout(request)
    response = redirect("login")
    response.delete_cookie(HERE)
    return response
