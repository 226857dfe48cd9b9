"""What a row of a file moves: rights it makes, payments of the system it stops, facts of recipients it changes.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lxbt.core.months import Month
from lxbt.core.profile import EVENTS, TIMELINE_KEYS

RIGHT, PAID, FACTS = "right", "paid", "facts"
DOORS = {
    "recipients": "recipients",
    "history": "history",
}  # kinds of file -> the door of going live that they come through
MOVING = frozenset(
    {"recipients", "history", "registry"}
)  # kinds whose rows may move money: planned before they are written
MONEYED = frozenset({*TIMELINE_KEYS, *EVENTS, "certificate", "account"}) - {"division"}  # facts that decide money


@dataclass(frozen=True, slots=True)
class Move:
    """What one row does to one subsidy: `month` is the first of a right made, or that of a payment told as made."""

    what: str
    subsidy: str = ""
    month: Month | None = None
    yuan: Decimal = Decimal(0)  # of a payment told as made
    covered: bool = True  # of a payment told as made: a right of the ledger covers its month

    @property
    def key(self) -> tuple[str, str, str]:
        """By which a planned move is known again when it is written."""
        return self.what, self.subsidy, str(self.month or "")


def pays_from(came: Month, months_back: int) -> Month:
    """The first month that a right which came in a month is paid for without a decision."""
    return came.back(max(0, months_back))
