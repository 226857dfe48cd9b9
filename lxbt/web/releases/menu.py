"""Lines of releases in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "governing",
        4,
        "releases",
        lazy("导出核准"),
        "file-export",
        (
            P.MANAGE_SECURITY,
            P.VIEW_PERSONS,
        ),
    ),
)
