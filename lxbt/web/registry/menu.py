"""Lines of registry in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "persons",
        1,
        "persons",
        lazy("人员查询"),
        "user-search",
        (P.VIEW_PERSONS,),
        also=(
            "person",
            "search",
        ),
    ),
    Entry("persons", 2, "nation", lazy("全国查询"), "world-search", (P.QUERY_NATION,)),
)
