"""Lines of audit in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "governing",
        6,
        "audit",
        lazy("操作记录"),
        "fingerprint",
        (P.VIEW_AUDIT,),
        also=(
            "audit_event",
            "audit_seals",
        ),
    ),
)
