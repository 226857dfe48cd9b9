"""What a custody that ended does to a ledger: who was released applies anew, where the place says so. Pure.

Told again from what is known whenever that changes: what an earlier word cut and the present one does not is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from lxbt.core.months import Month
from lxbt.core.profile import Custody
from lxbt.standards.rules.parameters import APPLY, SAME_MONTH, Parameters

AFTER_CUSTODY = "released from custody"  # basis of a period that waits for a new application
GRANTED, SUSPENDED = "granted", "suspended"


@dataclass(frozen=True, slots=True)
class Right:
    """A period of one person and subsidy. `granted`: by whom and when; `again`: decisions that granted
    it anew while it ran; `end`: basis, who and when."""

    since: Month
    until: Month | None
    state: str
    basis: str
    granted: tuple[int | None, date] = (None, date.min)
    again: tuple[tuple[Month, str], ...] = ()
    end: tuple[str, int | None, date | None] = ("", None, None)


def releases(times: Iterable[Custody], parameters: Callable[[Month], Parameters], subsidy: str) -> list[Month]:
    """The months from which this subsidy must be applied for anew: those of release, after at least one month
    was lost.
    """
    found = set()
    for one in times:
        if one.until is None:
            continue
        begun, released = Month.of(one.since), Month.of(one.until)
        first = begun if parameters(begun).stop == SAME_MONTH else begun + 1
        then = parameters(released)
        if first < released and then.after_custody == APPLY and subsidy in then.imprisoned:
            found.add(released)
    return sorted(found)


def restored(periods: Iterable[Right]) -> list[Right]:
    """The periods as they would be without any custody that ended."""
    found: list[Right] = []
    for one in sorted(periods, key=lambda p: p.since):
        if one.state == SUSPENDED and one.basis == AFTER_CUSTODY:
            before = found[-1] if found else None
            if before is not None and before.until == one.since and before.end[0] == AFTER_CUSTODY:
                found[-1] = replace(before, until=one.until, end=one.end, again=(*before.again, *one.again))
                continue
            one = replace(one, state=GRANTED)
        found.append(one)
    return found


def cut(periods: Iterable[Right], months: Iterable[Month]) -> list[Right]:
    """The periods with those that began before a release waiting from its month on, until they were granted anew."""
    found = restored(periods)
    for month in months:
        pieces: list[Right] = []
        for one in found:
            covers = one.since < month and (one.until is None or one.until > month)
            pieces += _cut(one, month) if covers and one.state == GRANTED else [one]
        found = pieces
    return found


def _cut(one: Right, month: Month) -> list[Right]:
    earlier = tuple(told for told in one.again if told[0] < month)
    later = sorted(told for told in one.again if told[0] >= month and (one.until is None or told[0] < one.until))
    pieces = [replace(one, until=month, again=earlier, end=(AFTER_CUSTODY, None, None))]
    if not later:
        return [*pieces, replace(one, since=month, state=SUSPENDED, basis=AFTER_CUSTODY, again=())]
    begins, basis = later[0]
    if month < begins:
        pieces.append(
            replace(
                one, since=month, until=begins, state=SUSPENDED, basis=AFTER_CUSTODY, again=(), end=(basis, None, None)
            )
        )
    return [*pieces, replace(one, since=begins, basis=basis, again=tuple(later[1:]))]
