"""Lines of notices in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "bench",
        2,
        "notices",
        lazy("通知通报"),
        "mail",
        also=(
            "circular",
            "circular_new",
            "circular_edit",
            "circular_publish",
            "circular_receipts",
        ),
    ),
)
