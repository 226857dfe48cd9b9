"""Lines of statistics in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry("figures", 1, "statistics", lazy("统计分析"), "chart-bar", (P.VIEW_STATISTICS,), also=("statistics_rows",)),
    Entry("figures", 2, "coverage", lazy("持证与补贴覆盖"), "chart-dots", (P.VIEW_STATISTICS,)),
)
