"""How rules are set, where; which kinds of hits are kept quiet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from lxbt.core.months import Month
from lxbt.divisions.rules import ancestors, span
from lxbt.matching.models import Quiet
from lxbt.matching.rules.rule import BadSetting, Rule, Setting, in_groups, read_setting, setting_name
from lxbt.standards.queries import parameters_named

PREFIX = "match."


def settings_in(
    rules: Sequence[Rule], codes: Sequence[str], month: Month
) -> dict[str, list[tuple[Setting, list[str]]]]:
    """The setting of each rule in each of these divisions, equal ones together: one query for all. A value that cannot be read counts as not set."""
    rows: dict[str, dict[str, Any]] = {}
    for row in parameters_named(PREFIX, month):  # the latest in force first
        rows.setdefault(row.name, {}).setdefault(row.division_code, row.value)
    found = {}
    for rule in rules:
        set_there, settings = rows.get(setting_name(rule.code), {}), {}
        default = read_setting(rule, None)
        for code in codes if set_there else ():
            value = next((set_there[above] for above in ancestors(code) if above in set_there), None)
            settings[code] = readable(rule, value)
        found[rule.code] = list(in_groups(settings)) if set_there else [(default, list(codes))]
    return found


def readable(rule: Rule, value: object) -> Setting:
    """The setting, or the defaults where the value cannot be read."""
    try:
        return read_setting(rule, value)
    except BadSetting:
        return read_setting(rule, None)


def setting_at(rule: Rule, division_code: str, month: Month) -> Setting:
    """The setting of one rule in one division."""
    return settings_in([rule], [division_code], month)[rule.code][0][0]


def quiet_kinds(on: date) -> list[Quiet]:
    """The kinds of hits that are not raised on that day."""
    return list(Quiet.objects.filter(ended_on__isnull=True, since__lte=on, until__gt=on).order_by("pk"))


def quiets_in(area: str, on: date) -> list[Quiet]:
    """Those of an area, and of what lies above it, that still hold."""
    low, high = span(area)
    return [
        q
        for q in quiet_kinds(on)
        if low <= q.division_code < high or span(q.division_code)[0] <= area < span(q.division_code)[1]
    ]
