"""Lines of matching in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.matching.queries import cases
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.menu import Entry
from lxbt.web.matching.parts import rights_of


def waiting(request: OfficialRequest) -> int | None:
    """What waits for the account to verify or to confirm."""
    mine = rights_of(request)
    return cases.suspicions_in(request.focus).filter(cases.is_waiting(mine)).count() if mine else None


ENTRIES = (
    Entry(
        "checks",
        1,
        "alerts",
        lazy("预警核实"),
        "alert-triangle",
        (P.VIEW_SUSPICIONS,),
        also=(
            "alert",
            "alert_visit",
        ),
        count=waiting,
    ),
    Entry(
        "checks",
        2,
        "campaigns",
        lazy("核对专项"),
        "target",
        (
            P.SUPERVISE_SUSPICIONS,
            P.CONFIRM_SUSPICIONS,
            P.VERIFY_SUSPICIONS,
            P.VIEW_AUDIT,
        ),
        also=(
            "campaign",
            "campaign_new",
        ),
    ),
    Entry(
        "checks",
        3,
        "rules",
        lazy("比对规则"),
        "git-compare",
        (
            P.VIEW_SUSPICIONS,
            P.DRAFT_STANDARDS,
        ),
        also=("rule",),
    ),
    Entry(
        "checks",
        4,
        "signals",
        lazy("监测信号"),
        "gauge",
        (
            P.SUPERVISE_SUSPICIONS,
            P.CONFIRM_SUSPICIONS,
            P.VIEW_AUDIT,
        ),
        also=("signal",),
    ),
)
