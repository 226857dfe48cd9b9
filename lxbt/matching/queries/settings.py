"""How rules are set, where; which kinds of hits are kept quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lxbt.core.months import Month
from lxbt.divisions.rules import ancestors, covers
from lxbt.matching.models import Quiet
from lxbt.matching.rules.rule import BadSetting, Rule, Setting, in_groups, read_setting, setting_name
from lxbt.standards.queries import all_bounds, parameters_named

PREFIX = "match."


def settings_in(
    rules: Sequence[Rule], codes: Sequence[str], month: Month
) -> dict[str, list[tuple[Setting, list[str]]]]:
    """The setting of each rule in each of these divisions, equal ones together: one query for all.

    A value that cannot be read counts as not set.
    """
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


@dataclass(frozen=True)
class SetApart:
    """A rule that a division has set for itself, as in force in a month."""

    rule: Rule
    setting: Setting
    division_code: str
    since: date | None
    until: date | None
    document_number: str
    drafted_by_id: int | None
    recorded_by_id: int | None


def set_apart_in(rules: Mapping[str, Rule], area: str, month: Month) -> list[SetApart]:
    """What divisions of an area, itself among them, have set for themselves: the latest row in force of each."""
    latest: dict[tuple[str, str], SetApart] = {}
    for row in parameters_named(PREFIX, month):  # the latest in force first
        rule = rules.get(row.name.removeprefix(PREFIX).upper())
        if rule is not None and covers(area, row.division_code):
            told = (readable(rule, row.value), row.division_code, row.since, row.until, row.document_number)
            latest.setdefault(
                (rule.code, row.division_code), SetApart(rule, *told, row.drafted_by_id, row.recorded_by_id)
            )
    return list(latest.values())


def quiet_here(*, rule: str, source: str, division_code: str, on: date) -> Quiet | None:
    """The quiet by which a hit of this rule and source would not be raised at a place now."""
    return next(
        (
            quiet
            for quiet in quiet_kinds(on)
            if quiet.rule == rule and quiet.source in ("", source) and covers(quiet.division_code, division_code)
        ),
        None,
    )


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
    rows = list(Quiet.objects.filter(ended_on__isnull=True, since__lte=on, until__gt=on).order_by("pk"))
    bounds = all_bounds() if rows else None
    return [row for row in rows if bounds and on < ends_on(row, bounds(row.division_code, None).mute_days)]


def ends_on(quiet: Quiet, longest: int) -> date:
    """The day on which a kind is raised again: as was agreed, and never later than the level above leaves open."""
    return min(quiet.until, quiet.since + timedelta(days=longest))


@dataclass(frozen=True)
class Held:
    """A kind of hit in an area that is quiet, switched off or set anew.

    What was raised by `changed_on` lapses by none of it.
    """

    rule: str
    source: str
    division_code: str
    changed_on: date

    def keeps(self, *, rule: str, source: str, division_code: str, raised_on: date) -> bool:
        """Whether a suspicion stays open although it is found no more."""
        return (
            self.rule == rule
            and self.source in ("", source)
            and covers(self.division_code, division_code)
            and self.changed_on >= raised_on
        )


def held_back(on: date, month: Month) -> list[Held]:
    """Whatever keeps open suspicions from lapsing in that month."""
    found = [Held(quiet.rule, quiet.source, quiet.division_code, date.max) for quiet in quiet_kinds(on)]
    for row in parameters_named(PREFIX, month):
        off = isinstance(row.value, dict) and row.value.get("on") is False
        changed = date.max if off else row.recorded_on
        found.append(Held(row.name.removeprefix(PREFIX).upper(), "", row.division_code, changed))
    return found


def quiets_in(area: str, on: date) -> list[Quiet]:
    """Those of an area, and of what lies above it, that still hold."""
    return [q for q in quiet_kinds(on) if covers(area, q.division_code) or covers(q.division_code, area)]
