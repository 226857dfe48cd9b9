"""Lines of leads in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.leads import queries
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.menu import Entry


def waiting(request: OfficialRequest) -> int:
    """Whom to speak to, for those who take applications."""
    if not request.standing.may(P.ACCEPT_APPLICATIONS):
        return 0
    return queries.waiting_count(request.focus, request.today)


ENTRIES = (
    Entry(
        "cases",
        3,
        "leads",
        lazy("主动服务"),
        "bell-ringing",
        (P.VIEW_APPLICATIONS,),
        also=(
            "lead",
            "lead_slip",
        ),
        count=waiting,
    ),
)
