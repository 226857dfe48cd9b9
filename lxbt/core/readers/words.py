"""Words that stand for nothing, for no end, or for a formula in error. Compared without spaces, after folding."""

from __future__ import annotations

BLANKS = frozenset({"", "-", "--", "---", "—", "——", "/", "//", "\\", "无此项", "NULL", "NONE", "N/A", "空", "。", "."})
NOTHING = frozenset({"无", "没有", "暂无", "不详", "未知", "未办理", "未办"})  # in a column that need not be filled
LASTING = frozenset({"长期", "长期有效", "永久", "永久有效", "终身", "长久"})
ERRORS = (
    "#REF!",
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "ERR:5",
)
