"""Lines of standards in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.standards.revisions import waiting_revisions
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.menu import Entry


def waiting(request: OfficialRequest) -> int:
    """Acts that wait for this account: its drafts, and what others handed over to it."""
    if not any(request.standing.may(permission) for permission in (P.DRAFT_STANDARDS, P.PUBLISH_STANDARDS)):
        return 0
    return waiting_revisions(request.standing).count()


ENTRIES = (
    Entry(
        "figures",
        3,
        "standards",
        lazy("补贴标准"),
        "scale",
        (P.VIEW_STANDARDS,),
        also=(
            "standard",
            "standard_new",
            "dibao_new",
            "revision",
            "revision_row",
            "revision_row_new",
            "revision_sheet",
            "schemes",
            "scheme",
        ),
        count=waiting,
    ),
    Entry("figures", 4, "parameters", lazy("流程与参数"), "adjustments", (P.VIEW_STANDARDS,)),
)
