"""A request while somebody practises: the same views, in practice, with the account that stands there.

The session stays real. Pages of the account itself, of help and of practice stay real too; what would carry something
out of the system is turned back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lxbt.accounts import queries as accounts
from lxbt.practice.operations import trainee_account
from lxbt.practice.operations.world import ready, world
from lxbt.support.queries import training

if TYPE_CHECKING:
    from lxbt.support.models import Attempt
    from lxbt.web.kit.access import OfficialRequest

PRACTICE = "practice"  # session key: the attempt that is under way
REAL = frozenset(
    {
        "profile",
        "password_change",
        "factor",
        "device_denied",
        "help",
        "help_panel",
        "help_topic",
        "help_picture",
        "help_book",
        "practice",
        "practice_start",
        "practice_exercise",
        "practice_check",
        "practice_leave",
        "training",
        "training_export",
    }
)
ASKING = (
    "question",
    "answer",
    "directory",
    "office",
    "status",
)  # names that begin so: help from colleagues is real too
KEPT_IN = (
    "export",
    "bank_file",
    "exchange",
    "import",
    "sheet",
    "slip",
    "release",
    "account_",
    "accounts",
    "rules_run",
)  # parts of names


def practising(request: OfficialRequest) -> bool:
    """Whether this request runs in practice."""
    name = _name(request)
    return PRACTICE in request.session and name not in REAL and not name.startswith(ASKING)


def in_practice(request: OfficialRequest, run: Callable[[OfficialRequest], HttpResponse]) -> HttpResponse:
    """Run the rest of the gate and the view in practice; leave practice where the attempt is no more."""
    attempt = training.attempt_of(request.user.pk, request.session.get(PRACTICE))
    if attempt is None or not ready():
        return _out(request)
    if any(part in _name(request) for part in KEPT_IN):
        messages.info(request, _("练习里什么也带不出去，也不开账号、不导入文件。"))
        return redirect("practice_exercise", attempt_id=attempt.pk)
    with as_trainee(request, attempt) as found:
        if found:
            response = run(request)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                return HttpResponse(response.getvalue(), status=response.status_code, headers=dict(response.items()))
            return response
    return _out(request)


@contextmanager
def as_trainee(request: OfficialRequest, attempt: Attempt) -> Iterator[bool]:
    """Inside, the request is of the trainee's account in practice; False when there is none any more."""
    user, standing = request.user, request.standing
    try:
        with world():
            account = trainee_account(attempt)
            if account is not None:
                request.user, request.practice = account, attempt
                request.standing = accounts.standing_of(account, on=request.today)
            yield account is not None
    finally:
        request.user, request.standing, request.practice = user, standing, None


def attempt_under_way(request: OfficialRequest) -> Attempt | None:
    """The exercise that this session is in."""
    if PRACTICE not in request.session:
        return None
    return request.practice or training.attempt_of(request.user.pk, request.session[PRACTICE])


def _out(request: OfficialRequest) -> HttpResponse:
    """Practice was made anew in between."""
    request.session.pop(PRACTICE, None)
    messages.info(request, _("这次练习已经结束，练习区重新建过了。"))
    return redirect("practice")


def _name(request: OfficialRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""
