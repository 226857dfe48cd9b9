"""Lines of exchange in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.divisions.rules import NATION
from lxbt.web.kit.menu import Entry

WATCHING = (P.MANAGE_ACCOUNTS, P.MANAGE_SECURITY)

ENTRIES = (
    Entry(
        "running",
        5,
        "exchange",
        lazy("数据对接"),
        "plug",
        (
            P.MANAGE_ACCOUNTS,
            P.MANAGE_SECURITY,
        ),
        also=(
            "exchange_message",
            "exchange_demo",
        ),
        when=lambda standing: any(standing.may(permission, NATION) for permission in WATCHING),
    ),
)
