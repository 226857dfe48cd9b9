"""Lines of bulletins in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "bench",
        4,
        "bulletins",
        lazy("定期通报"),
        "report",
        (P.PUBLISH_BULLETINS,),
        also=(
            "bulletin",
            "bulletin_new",
        ),
    ),
)
