"""The gate before every page of an official: log-in, standing, the area looked at, the day.

Whoever lacks the permission gets "not found", as does everything out of scope.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts import queries as accounts
from lxbt.accounts.rules import Permission, Standing
from lxbt.divisions.rules import covers

if TYPE_CHECKING:
    from lxbt.accounts.models import User

FOCUS = "focus"  # session key: the area that the pages show


class OfficialRequest(HttpRequest):
    """A request past the gate."""

    user: User
    standing: Standing
    focus: str  # division code that lists and figures are narrowed to
    today: date


View = Callable[..., HttpResponse]


def page(*permissions: Permission, password_page: bool = False) -> Callable[[View], View]:
    """Let the view run for accounts that hold one of `permissions` somewhere (any account when none is named)."""

    def gate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.user.session_key and request.user.session_key != request.session.session_key:
                logout(request)
                messages.warning(request, _("这个账号已在别处登录，此处已退出。如果不是您本人，请马上联系上一级管理员。"))
                return redirect_to_login(request.get_full_path())
            if request.user.must_change_password and not password_page:
                return redirect("password_change")
            official = cast("OfficialRequest", request)
            official.today = timezone.localdate()
            official.standing = accounts.standing_of(request.user, on=official.today)
            official.focus = accounts.focus_within(official.standing, request.session.get(FOCUS))
            if permissions and not any(official.standing.may(permission) for permission in permissions):
                raise Http404
            response = view(official, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        gated.permissions = permissions  # type: ignore[attr-defined]
        return gated

    return gate


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
