"""What stands round every page: who is logged in, where, the navigation by what people do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.queries import focus_within
from lxbt.accounts.rules import Permission as P
from lxbt.core.clock import this_moment
from lxbt.divisions import queries as divisions
from lxbt.notices.queries.circulars import bell_count, urgent_for
from lxbt.practice.operations.world import ready
from lxbt.support.queries.status import maintenance_due
from lxbt.support.rules.exercises import BY_KEY as EXERCISES_BY_KEY
from lxbt.web.kit.access import FOCUS, OfficialRequest
from lxbt.web.kit.components import Crumb, PracticeBar, Shell
from lxbt.web.kit.menu import navigation
from lxbt.web.kit.practice_gate import as_trainee, attempt_under_way
from lxbt.web.words import ORGANS, listed, translated

BENCHES = (
    "home",
    "statistics",
    "batches",
    "accounts",
    "account_review",
    "audit",
)  # where people arrive: urgent notices stand on top


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, for pages past the gate only."""
    if not hasattr(request, "standing"):
        return {"environment": "" if settings.LXBT_ENVIRONMENT == "production" else _("演示环境 · 数据虚构")}
    return {"shell": practice_shell(request)}  # type: ignore[arg-type]


def practice_shell(request: OfficialRequest) -> Shell:
    """The frame; that of practice also round the real pages that somebody who practises opens."""
    attempt = attempt_under_way(request)
    if attempt is None or request.practice is not None or not ready():
        return build_shell(request)
    focus = request.focus
    with as_trainee(request, attempt) as found:
        if found:
            request.focus = focus_within(request.standing, request.session.get(FOCUS))
            try:
                return build_shell(request)
            finally:
                request.focus = focus
    return build_shell(request)


def build_shell(request: OfficialRequest) -> Shell:
    """The frame for this account and area."""
    standing = request.standing
    groups = navigation(request)
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    lines = [item for group in groups for item in group.items]
    return Shell(
        user_name=standing.name,
        organ="civil" if standing.organ == "civil_affairs" else standing.organ.value,  # type: ignore[arg-type]
        organ_label=str(ORGANS[standing.organ]),
        place=divisions.name_of(standing.place_code),
        role_label=listed(translated(role.label) for role in standing.roles()[:2]),
        division_trail=[
            Crumb(node.name, reverse("area") + f"?to={node.code}") for node in divisions.trail(request.focus)
        ],
        environment="" if settings.LXBT_ENVIRONMENT == "production" else _("演示环境 · 数据虚构"),
        today=request.today,
        unread=bell_count(standing),
        nav=groups,
        tabs=[item for item in lines if item.url != reverse("notices")][:4],
        urgent=[(one.title, reverse("circular", args=[one.pk])) for one in urgent_for(standing)[:3]]
        if here in BENCHES
        else [],
        search_url=reverse("search") if standing.may(P.VIEW_PERSONS) else "",
        divisions_url=reverse("area"),
        notices_url=reverse("notices"),
        report_url=reverse("question_new") + (f"?from={here}" if here else ""),
        maintenance=maintenance_line(),
        help_url=reverse("help") + f"?page={here}",
        help_panel_url=reverse("help_panel") + f"?page={here}",
        profile_url=reverse("profile"),
        new_url=reverse("application_new") if standing.may(P.ACCEPT_APPLICATIONS) else "",
        idle_seconds=settings.SESSION_COOKIE_AGE,
        density=getattr(request.user, "density", "normal"),
        practice=practice_bar(request),
    )


def maintenance_line() -> str:
    """What every page says of planned maintenance; empty when none is near."""
    due = maintenance_due(this_moment())
    if due is None:
        return ""
    told = {
        "since": f"{timezone.localtime(due.starts_at):%m-%d %H:%M}",
        "until": f"{timezone.localtime(due.ends_at):%m-%d %H:%M}",
        "text": due.text,
    }
    return _("系统维护 %(since)s 至 %(until)s：%(text)s") % told


def practice_bar(request: OfficialRequest) -> PracticeBar | None:
    """The stripe of the exercise under way."""
    attempt = attempt_under_way(request)
    if attempt is None or attempt.exercise not in EXERCISES_BY_KEY:
        return None
    title = translated(EXERCISES_BY_KEY[attempt.exercise].title)
    return PracticeBar(
        title,
        reverse("practice_exercise", args=[attempt.pk]),
        reverse("practice_check", args=[attempt.pk]),
        reverse("practice_leave"),
    )
