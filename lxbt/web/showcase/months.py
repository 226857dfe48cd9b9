"""Invented months for the showcase of components."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lxbt.web.kit import components as c
from lxbt.web.kit.components.figures import MonthState


def living_months() -> list[c.StripMonth]:
    """Eleven years of the living subsidy with every state."""
    states: dict[tuple[int, int], MonthState] = {
        (2020, 7): "paid_later",
        (2020, 8): "paid_later",
        (2025, 7): "topped_up",
        (2025, 8): "topped_up",
        (2026, 5): "recovered",
        (2026, 6): "recovered",
        (2026, 7): "none",
        (2026, 8): "none",
        (2026, 9): "paid_later",
        (2026, 11): "waiting",
    }
    steps = {2016: "60", 2018: "80", 2021: "100", 2022: "120"}
    months = []
    for year in range(2016, 2027):
        for number in range(1, 13 if year < 2026 else 12):
            amount = Decimal(steps[max(y for y in steps if y <= year)] if (year, number) < (2025, 7) else "140")
            state = states.get((year, number), "paid")
            words = "无资格" if state == "none" else f"应发 {amount:.2f}"
            months.append(
                c.StripMonth(date(year, number, 1), state, None if state == "none" else amount, words, "#why")
            )
    return months


def care_months() -> list[c.StripMonth]:
    """The care subsidy beside it, begun in 2022."""
    months = []
    for one in living_months():
        at = (one.month.year, one.month.month)
        amount = Decimal("120") if at < (2025, 7) else Decimal("140")
        state: MonthState = "paid" if at > (2022, 3) else "none"
        state = {
            (2022, 3): "paid_later",
            (2023, 11): "resent",
            (2025, 7): "topped_up",
            (2025, 8): "topped_up",
            (2026, 11): "waiting",
        }.get(at, state)  # type: ignore[assignment]
        months.append(
            c.StripMonth(
                one.month,
                state,
                None if state == "none" else amount,
                "无资格" if state == "none" else f"应发 {amount:.2f}",
            )
        )
    return months


def alert_months() -> list[c.StripMonth]:
    """One year with four months paid after a death."""
    states: list[MonthState] = ["paid"] * 6 + ["overpaid"] * 4 + ["waiting"]  # type: ignore[assignment]
    return [c.StripMonth(date(2026, i + 1, 1), state, Decimal("140"), "发 140.00") for i, state in enumerate(states)]
