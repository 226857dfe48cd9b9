"""Leads: whom a township should speak to, why, and what came of it. Pure.

民发〔2022〕79号 asks for reminders to the newly certified, with records that are kept; 民发〔2021〕70号 for a warning
before a certificate ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lxbt.core import reading
from lxbt.core.transitions import Table


class Kind(StrEnum):
    """Why somebody should be spoken to."""

    NEW = "new"  # a first certificate
    GAINED = "gained"  # a new category or grade opens a right
    RENEWED = "renewed"  # a new certificate after the old one ran out: pays again from the application
    MOVED_IN = "moved_in"  # from another province, where the right ended
    EXPIRING = "expiring"  # the certificate ends within months
    EXPIRED = "expired"  # it has ended
    UNCLAIMED = "unclaimed"  # a right that nobody has claimed, found by comparing


class State(StrEnum):
    """Where a lead stands."""

    OPEN = "open"
    REMINDED = "reminded"
    UNREACHABLE = "unreachable"
    APPLIED = "applied"
    DECLINED = "declined"
    NOT_ENTITLED = "not_entitled"
    CLOSED = "closed"  # by itself, or with a basis


ACTIVE = (State.OPEN, State.REMINDED, State.UNREACHABLE)
FINAL = (State.APPLIED, State.DECLINED, State.NOT_ENTITLED, State.CLOSED)
OUTCOMES = ("will_apply", "declined", "unreachable", "not_entitled")  # of a reminder
WAYS = ("phone", "visit", "message", "letter", "village")  # how it was given

TRANSITIONS: Table[State] = {
    (state, act): then
    for state in ACTIVE
    for act, then in (
        ("will_apply", State.REMINDED),
        ("declined", State.DECLINED),
        ("unreachable", State.UNREACHABLE),
        ("not_entitled", State.NOT_ENTITLED),
        ("apply", State.APPLIED),
        ("close", State.CLOSED),
    )
} | {(State.DECLINED, "apply"): State.APPLIED, (State.DECLINED, "will_apply"): State.REMINDED}


@dataclass(frozen=True)
class Following:
    """The local rules of what follows from a change at the Federation: the dated parameter `federation`.

    lapsed: what expiry and freezing do to the ledger (民发〔2021〕70号: nothing is paid from the next month on):
    `suspend` it, or `keep` it, where the amounts alone fall to nothing.
    moved_province: whether the right `end`s when the household leaves the province, or is `keep`t.
    expiry_months: how long before the end of a certificate a township is told (民发〔2021〕70号: six months; then one).
    lead_days: working days for the first reminder. stale_days: facts told longer ago than that are old.
    """

    lapsed: str = "suspend"
    moved_province: str = "end"
    expiry_months: tuple[int, ...] = (6, 1)
    lead_days: int = 10
    stale_days: int = 7


def following_value(name: str, raw: object) -> dict[str, object]:
    """The parameter `federation`, checked; Unreadable says what is wrong."""
    table = reading.mapping(raw, name, ("lapsed", "moved_province", "expiry_months", "lead_days", "stale_days"))
    read: dict[str, object] = {}
    for key, value in table.items():
        where = f"{name}.{key}"
        if key == "lapsed":
            read[key] = reading.choice(value, where, ("suspend", "keep"))
        elif key == "moved_province":
            read[key] = reading.choice(value, where, ("end", "keep"))
        elif key == "expiry_months":
            listed = {reading.whole(one, where, 1, 24) for one in reading.items(value, where)}
            if not listed:
                raise reading.Unreadable(where, "至少写一个月数")
            read[key] = sorted(listed, reverse=True)
        else:
            read[key] = reading.whole(value, where, 0 if key == "lead_days" else 1, 250)
    return read


def read_following(value: object) -> Following:
    """The parameter `federation` as a value; what is not a known rule is left as it is by default."""
    if not isinstance(value, Mapping):
        return Following()
    known = Following()
    lapsed, moved, months = value.get("lapsed"), value.get("moved_province"), value.get("expiry_months")
    days, stale = value.get("lead_days"), value.get("stale_days")
    return Following(
        lapsed=lapsed if lapsed in ("suspend", "keep") else known.lapsed,
        moved_province=moved if moved in ("end", "keep") else known.moved_province,
        expiry_months=tuple(sorted((m for m in months if isinstance(m, int) and 0 < m <= 24), reverse=True))
        if isinstance(months, list)
        else known.expiry_months,
        lead_days=days if isinstance(days, int) and 0 <= days <= 250 else known.lead_days,
        stale_days=stale if isinstance(stale, int) and 0 < stale <= 366 else known.stale_days,
    )
