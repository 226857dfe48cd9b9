"""Lines of standards in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

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
        ),
    ),
    Entry("figures", 4, "parameters", lazy("流程与参数"), "adjustments", (P.VIEW_STANDARDS,)),
)
