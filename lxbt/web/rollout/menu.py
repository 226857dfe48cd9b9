"""Lines of rollout in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "running",
        1,
        "rollout",
        lazy("上线进展"),
        "flag",
        (P.TRACK_ROLLOUT,),
        also=(
            "rollout_counties",
            "rollout_plan",
            "rollout_remark",
        ),
    ),
)
