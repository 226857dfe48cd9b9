"""Lines of accounts in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "governing",
        1,
        "accounts",
        lazy("账号与授权"),
        "shield-lock",
        (P.MANAGE_ACCOUNTS,),
        also=(
            "account",
            "account_new",
            "account_end",
            "account_move",
            "account_sheets",
            "account_sheet",
            "slips",
            "second_halves",
            "both_organs",
            "account_recovery",
            "account_recoveries",
        ),
    ),
    Entry("governing", 2, "account_review", lazy("安全复核"), "user-shield", (P.MANAGE_SECURITY,)),
)
