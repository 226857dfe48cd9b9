"""The gate before every page of an official: log-in, standing, the area looked at, the day.

Whoever lacks the permission gets "not found", as does everything out of scope.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from lxbt.accounts import queries as accounts
from lxbt.accounts.operations.signing_in import end_session
from lxbt.accounts.rules import Permission, Standing
from lxbt.accounts.rules import Permission as P
from lxbt.accounts.rules.signing_in import needs_second_factor
from lxbt.core.clock import Now, this_moment
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import covers
from lxbt.web.kit.practice_gate import in_practice, practising

if TYPE_CHECKING:
    from lxbt.accounts.models import User
    from lxbt.support.models import Attempt

FOCUS = "focus"  # session key: the area that the pages show
BEGAN = "began"  # session key: the moment of log-in, in seconds
FACTOR = "factor"  # session key: what was given beside the password
HERE = "here"  # cookie without content: somebody was logged in on this browser
WHY = {
    "": "",
    "idle": _("您有一段时间没有操作，已自动退出，请重新登录。"),
    "absolute": _("这次登录已满时限，为安全起见已退出，请重新登录。"),
    "elsewhere": _("这个账号已在别处登录，此处已退出。如果不是您本人，请马上联系上一级管理员。"),
    "password": _("这个账号的密码已更改或被重置，请用新密码登录。"),
    "disabled": _("这个账号已停用。仍需使用，请联系上一级管理员启用。"),
    "factor": _("您的角色须用动态验证码登录，请重新登录并设置。"),
}


class OfficialRequest(HttpRequest):
    """A request past the gate."""

    user: User
    standing: Standing
    focus: str  # division code that lists and figures are narrowed to
    now: Now
    today: date  # in Beijing, of that moment
    practice: Attempt | None  # the exercise under way, when the request runs in practice


View = Callable[..., HttpResponse]


def page(*permissions: Permission, password_page: bool = False) -> Callable[[View], View]:
    """Let the view run for accounts that hold one of `permissions` somewhere (any account when none is named)."""

    def gate(view: View) -> View:
        def allowed(official: OfficialRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            official.focus = accounts.focus_within(official.standing, official.session.get(FOCUS))
            if permissions and not any(official.standing.may(permission) for permission in permissions):
                raise Http404
            return view(official, *args, **kwargs)

        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            why = why_out(request)
            if why is not None:
                return to_login(request, why)
            user = cast("User", request.user)
            if user.must_change_password and not password_page:
                return redirect("password_change")
            official = cast("OfficialRequest", request)
            official.now = Now.read()
            official.today = official.now.on
            official.standing = accounts.standing_of(user, on=official.today)
            if lacks_second_factor(official):
                return to_login(request, "factor")
            official.practice = None
            response = (
                in_practice(official, lambda it: allowed(it, *args, **kwargs))
                if practising(official)
                else allowed(official, *args, **kwargs)
            )
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        gated.permissions = permissions  # type: ignore[attr-defined]
        return gated

    return gate


def why_out(request: HttpRequest) -> str | None:
    """None when the request belongs to a live log-in, else why not: a key of `WHY`, empty when nobody was logged in."""
    had = SESSION_KEY in request.session
    if not request.user.is_authenticated:
        if had:
            return (
                "disabled" if SESSION_KEY in request.session else "password"
            )  # a session of an older password was emptied just now
        return "idle" if request.COOKIES.get(HERE) else ""
    if request.user.session_key != request.session.session_key:
        return "elsewhere"
    now = int(this_moment().timestamp())
    if now - request.session.setdefault(BEGAN, now) >= settings.LXBT_SESSION_HOURS * 3600:
        return "absolute"
    return None


def to_login(request: HttpRequest, why: str) -> HttpResponse:
    """End what is left of the session and lead to the log-in page, which says why.

    A part of a page lets the whole page ask again.
    """
    if getattr(request, "htmx", False):
        return HttpResponse(status=401)
    if request.user.is_authenticated and why != "elsewhere":
        end_session(user=request.user, session_key=request.session.session_key or "", why=why)
    if SESSION_KEY in request.session:  # else somebody may be half way in
        logout(request)
    if why:
        messages.warning(request, str(WHY[why]))
    response = redirect_to_login(page_to_return_to(request))
    response.delete_cookie(HERE)
    return response


def page_to_return_to(request: HttpRequest) -> str:
    """The page that is shown again after a log-in: of a form that came too late the page it stood on, never what takes
    only forms.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    match = request.resolver_match
    methods = inspect.getclosurevars(match.func).nonlocals.get("request_method_list") if match else None
    if not methods or "GET" in methods:
        return request.path
    return request.path.rstrip("/").rpartition("/")[0] + "/"


def lacks_second_factor(request: OfficialRequest) -> bool:
    """Whether the account must have given a second factor and has not: it was appointed to more since it logged in."""
    return (
        settings.LXBT_SECOND_FACTOR == "required"
        and not request.session.get(FACTOR)
        and needs_second_factor(request.standing)
    )


def must_be_in_scope(request: OfficialRequest, permission: Permission, division_code: str) -> None:
    """Raise "not found" unless the permission holds for the division."""
    if not request.standing.may(permission, division_code):
        raise Http404


def set_focus(request: OfficialRequest, code: str) -> None:
    """Show another area from now on; one out of scope is not found."""
    areas = [a.division_code for a in request.standing.appointed] or [request.standing.place_code]
    if not any(covers(area, code) for area in areas):
        raise Http404
    request.session[FOCUS] = code


def places(request: OfficialRequest, permission: P) -> list[tuple[str, str]]:
    """Where the account may set standards: its area's head and, if the focus lies below, that too."""
    codes = list(dict.fromkeys([*request.standing.areas(permission), request.focus]))
    return [(code, divisions.name_of(code)) for code in codes if request.standing.may(permission, code)]
