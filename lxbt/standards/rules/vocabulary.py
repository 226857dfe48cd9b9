"""What a page or a sheet must know of the conditions that rows may have: their kinds, found by asking the rule, and
their words.

A condition that the rule learns is here at once; it has its own name until `TITLES` gives it one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from lxbt.core.money import plain
from lxbt.core.reading import Unreadable
from lxbt.standards.rules.conditions import CONDITIONS, choices_of, read_condition

# Titles in the order in which people think of them: who, then what, then the rest.
TITLES: Mapping[str, str] = {
    "economic": "经济类别",
    "income_ratio_at_most": "人均收入不超过低保标准的倍数",
    "own_income_at_most": "本人月收入不超过（元）",
    "own_income_ratio_at_most": "本人收入不超过低保标准的倍数",
    "steady_income": "有稳定收入",
    "pension": "养老保险待遇",
    "grade": "残疾等级",
    "category": "残疾类别",
    "component": "多重残疾中的一类",
    "credential": "证件",
    "age_from": "年满（岁）",
    "age_below": "未满（岁）",
    "self_care": "自理能力",
    "care_setting": "照护方式",
    "employment": "就业",
    "household": "特殊家庭",
    "marks": "本地标记",
    "area": "户口性质",
    "sex": "性别",
}
PARTS: Mapping[str, str] = {"category": "多重残疾中有一类是", "grade": "这一类的等级"}
SEPARATORS = re.compile(r"[、,，;；/和及\s]+")
PROBES: tuple[tuple[str, Any], ...] = (
    ("flags", [True]),
    ("whole", 7),
    ("number", "1.5"),
    ("free", ["x"]),
    ("parts", {"grade": [1]}),
)


def condition_names() -> list[str]:
    """Every condition that a row may have, in the order of the page; alternatives are no condition by themselves."""
    known = [name for name in TITLES if name in CONDITIONS]
    return known + [name for name in CONDITIONS if name not in known and name != "any_of"]


def _takes(name: str, sample: Any) -> bool:
    try:
        read_condition({name: sample}, name)
    except (Unreadable, TypeError, ValueError):
        return False
    return True


@cache
def kind_of(name: str) -> str:
    """How a condition is filled in: grades, words, flags, whole, number, free (words of one's own), parts (of a
    disability).
    """
    if name == "grade":
        return "grades"
    if choices_of(name):
        return "words"
    found = next((kind for kind, sample in PROBES if _takes(name, sample)), "free")
    return "number" if found == "whole" and _takes(name, "1.5") else found


def split_words(text: str) -> list[str]:
    """Words side by side in a cell."""
    return [word for word in SEPARATORS.split(text) if word]


def condition_table(data: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions as the rule reads them, from what was filled in; empty when nothing was chosen."""
    found: dict[str, Any] = {}
    for field, value in data.items():
        name, _dot, part = field.partition(".")
        if name not in CONDITIONS or name == "any_of" or value in (None, "", []):
            continue
        if part:
            table = found.setdefault(name, {})
            table[part] = [int(v) for v in value] if part == "grade" else list(value)
        elif kind_of(name) == "grades":
            found[name] = [int(v) for v in value]
        elif kind_of(name) == "flags":
            found[name] = [v in (True, "true") for v in value]
        elif kind_of(name) == "free":
            found[name] = split_words(str(value))
        elif isinstance(value, Decimal):
            found[name] = plain(value)
        else:
            found[name] = value
    return found


def condition_initial(when: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show for conditions that are set."""
    found: dict[str, Any] = {}
    for name, value in when.items():
        kind = kind_of(name) if name in CONDITIONS and name != "any_of" else ""
        if kind == "parts":
            found |= {f"{name}.{part}": list(chosen) for part, chosen in value.items()}
        elif kind == "flags":
            found[name] = ["true" if v else "false" for v in value]
        elif kind == "free":
            found[name] = "、".join(value)
        elif kind:
            found[name] = value
    return found
