"""Who told a fact, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.registry.rules.sources import DESK

SOURCES = {
    "declared": lazy("申报"),
    "register": lazy("登记"),
    "federation": lazy("残联库"),
    "dibao": lazy("核对机制"),
    "police": lazy("公安"),
    "demo": lazy("演示数据"),
    "bank": lazy("银行"),
    "import": lazy("导入"),
    "verified": lazy("入户核实，两人确认"),
    "confirmed": lazy("凭证明提请，另一人确认"),
    "joined": lazy("两份登记合并"),
}
LEVELS = {
    "nation": lazy("部级"),
    "province": lazy("省级"),
    "city": lazy("市级"),
    "county": lazy("县级"),
    "township": lazy("乡级"),
}
ORGANS = {"civil_affairs": lazy("民政"), "federation": lazy("残联"), "finance": lazy("财政"), "audit": lazy("审计")}


def source_word(source: str) -> str:
    """The source in Chinese; a file that was imported with its number."""
    if source.startswith("import "):
        return _("导入 %(n)s") % {"n": source.removeprefix("import ")}
    word, organ, level = [*source.split(" "), "", ""][:3]
    if word == DESK and level in LEVELS:
        return f"{LEVELS[level]}{ORGANS.get(organ, organ)}"
    return str(SOURCES.get(source, source))
