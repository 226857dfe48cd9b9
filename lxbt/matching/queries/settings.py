"""How rules are set, where; which kinds of hits are kept quiet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from lxbt.core.months import Month
from lxbt.divisions.rules import span
from lxbt.matching.models import Quiet
from lxbt.matching.rules.rule import BadSetting, Rule, Setting, read_setting, setting_name
from lxbt.standards.queries import parameters_everywhere

PREFIX = "match."


def settings_everywhere() -> Callable[[Rule, str, Month], Setting]:
    """The setting of a rule in any division and month: one query for all. A value that cannot be read counts as not set."""
    found = parameters_everywhere(PREFIX)

    def setting(rule: Rule, division_code: str, month: Month) -> Setting:
        try:
            return read_setting(rule, found(setting_name(rule.code), division_code, month))
        except BadSetting:
            return read_setting(rule, None)

    return setting


def quiet_kinds(on: date) -> list[Quiet]:
    """The kinds of hits that are not raised on that day."""
    return list(Quiet.objects.filter(ended_on__isnull=True, since__lte=on, until__gt=on).order_by("pk"))


def quiets_in(area: str, on: date) -> list[Quiet]:
    """Those of an area, and of what lies above it, that still hold."""
    low, high = span(area)
    return [q for q in quiet_kinds(on) if low <= q.division_code < high or span(q.division_code)[0] <= area < span(q.division_code)[1]]
