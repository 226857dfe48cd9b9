"""Lines of looks in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "governing",
        5,
        "looks",
        lazy("异常查看"),
        "eye-check",
        (
            P.MANAGE_SECURITY,
            P.VIEW_AUDIT,
        ),
        also=("look",),
    ),
)
