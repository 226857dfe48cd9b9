"""Lines of applications in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.menu import Entry

CASE = ("application", "application_act", "application_receipt")


def waiting(request: OfficialRequest) -> int:
    """What waits for the account."""
    return queries.waiting_count(request.standing)


ENTRIES = (
    Entry("cases", 1, "application_new", lazy("窗口受理"), "file-plus", (P.ACCEPT_APPLICATIONS,)),
    Entry(
        "cases",
        2,
        "inbox",
        lazy("待我办理"),
        "checkbox",
        (
            P.ACCEPT_APPLICATIONS,
            P.REVIEW_APPLICATIONS,
            P.DECIDE_APPLICATIONS,
        ),
        also=CASE,
        count=waiting,
    ),
    Entry("cases", 4, "applications", lazy("申请办件"), "files", (P.VIEW_APPLICATIONS,), also=CASE),
)
