"""Lines of imports in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "running",
        2,
        "imports",
        lazy("数据导入"),
        "table-import",
        (P.IMPORT_FILES,),
        also=(
            "import",
            "import_new",
            "import_totals",
        ),
    ),
    Entry(
        "running",
        3,
        "import_totals",
        lazy("历史数据核对"),
        "table-import",
        (P.VIEW_STATISTICS,),
        when=lambda standing: not standing.may(P.IMPORT_FILES),
    ),
)
