"""What a suspicion that was found true makes known of the person: the facts behind the evidence. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxbt.core.months import Month

EVENTS = {"R01": "died_on", "R11": "moved_out_on", "R14": "imprisoned_on"}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _amount(value: object) -> str | None:
    try:
        return str(Decimal(str(value))) if value is not None else None
    except InvalidOperation:
        return None


def facts_of(
    rule: str, evidence: Sequence[Mapping[str, Any]], since: Month | None, benefits: Mapping[str, object]
) -> tuple[dict[str, object], Month | None]:
    """The facts that a true suspicion of this rule tells, and from which month: ({key of the profile: value}, month).

    `benefits`: the other benefits as they are known now, which one of these adds to. Empty where the rule tells no
    fact, or the registry itself was the source.
    """
    told = [row for row in evidence if "list" in row]
    if not told:
        return {}, None
    if rule in EVENTS:
        days = [day for row in told if (day := _day(row.get("event_on"))) is not None]
        return ({EVENTS[rule]: min(days).isoformat()}, None) if days else ({}, None)
    amounts = [amount for row in told if (amount := _amount(row.get("amount"))) is not None]
    values = {str(row.get("value", "")) for row in told}
    if rule == "R05":
        return {"economic": "destitute"}, since
    if rule == "R09":
        return {"economic": "none"}, since
    if rule in ("R06", "R08"):
        key = "work_injury_care" if rule == "R06" else "elderly_care"
        return {"other_benefits": {**benefits, key: amounts[0] if amounts else "1"}}, since
    if rule == "R07":
        return {
            "other_benefits": {**benefits, **({"orphan": True} if "orphan" in values else {"de_facto_orphan": "full"})}
        }, since
    return {}, None
