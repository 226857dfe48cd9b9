"""Other benefits, each for itself: recording one never touches the others, in whatever order they become known. Pure.

A record names the benefits that it tells (`named`), or tells all of them. Values as JSON, see `core.profile`; an
allowance by name is `allowances.NAME`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxbt.core.months import Month

ALLOWANCES = "allowances"
PREFIX = "allowances."


def names_of(told: Mapping[str, object]) -> list[str]:
    """The benefits that a table names; `allowances` without any: all of them."""
    found: list[str] = []
    for name, value in told.items():
        if name == ALLOWANCES and isinstance(value, Mapping):
            found += [PREFIX + one for one in value]
        else:
            found.append(name)
    return sorted(found)


def _value(table: Mapping[str, object], name: str) -> object:
    if not name.startswith(PREFIX):
        return table.get(name)
    allowances = table.get(ALLOWANCES)
    return allowances.get(name.removeprefix(PREFIX)) if isinstance(allowances, Mapping) else None


def _put(table: dict[str, object], name: str, value: object) -> None:
    if name.startswith(PREFIX):
        held = table.get(ALLOWANCES)
        allowances = dict(held) if isinstance(held, Mapping) else {}
        _put(allowances, name.removeprefix(PREFIX), value)
        name, value = ALLOWANCES, allowances or None
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


def merged(
    held: Mapping[str, object], told: Mapping[str, object], named: Iterable[str] | None = None
) -> dict[str, object]:
    """What is held with what was told: a benefit told as None is not received any more, one not named stays as
    it was.
    """
    found = dict(held)
    for name in names_of(told) if named is None else named:
        _put(found, name, _value(told, name))
    return found


def benefits_by_month(
    told: Iterable[tuple[Month, object, tuple[str, ...] | None]],
) -> dict[Month, dict[str, object]]:
    """What is received from each month on, of (month, table, named) in the order of recording."""
    months: dict[Month, list[tuple[object, tuple[str, ...] | None]]] = {}
    for month, table, named in told:
        months.setdefault(month, []).append((table, named))
    found: dict[Month, dict[str, object]] = {}
    held: dict[str, object] = {}
    for month in sorted(months):
        for value, named in months[month]:
            table = value if isinstance(value, Mapping) else {}
            held = dict(table) if named is None else merged(held, table, named)
        found[month] = held
    return found
