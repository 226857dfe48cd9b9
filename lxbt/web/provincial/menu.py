"""Lines of provincial in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "running",
        4,
        "provinces",
        lazy("省级接口"),
        "plug-connected",
        (P.MANAGE_INTERFACE,),
        also=(
            "province",
            "province_new",
            "province_batches",
            "province_batch",
            "province_differences",
            "province_difference",
            "province_deliveries",
        ),
    ),
)
