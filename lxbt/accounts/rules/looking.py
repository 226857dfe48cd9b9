"""Why a number may be looked at in full, how often, and what looking is unusual. Pure.

个人信息保护法 asks for a purpose and for no more than it needs; 等保三级 (GB/T 22239) for an audit of every user.
"""

from __future__ import annotations

from dataclasses import dataclass

REASONS = (
    "核对纸质材料",
    "核对退票",
    "来电核身",
    "核对银行账户",
    "信访核查",
    "数据比对核实",
)  # offered; any other must be written out
NATION_REASONS = ("受理前核对是否重复享受", "户籍迁移核对")  # offered before these where the whole nation is asked
SHORTEST = 4  # characters of a reason that is written out

# Numbers in full within an hour, by role. One above the widest of an account's roles is refused.
PER_HOUR = {"clerk": 40, "reviewer": 60, "decider": 60, "payment_officer": 60}
OTHERWISE = 20
LOOKUPS_PER_HOUR = 60  # numbers tried at the window within an hour, by one human being; a window serves fewer people


@dataclass(frozen=True)
class Habits:
    """What is usual for an office. Beyond it somebody above has a look; nothing is blocked by this alone."""

    per_hour: int = 120  # persons' pages and numbers looked at within an hour of the clock
    elsewhere_per_day: int = 15  # persons who are not in the own caseload, within a day
    night_from: int = 22  # o'clock, Beijing time
    night_until: int = 6
    at_night: int = 3  # looks at night within a day
    exported_per_day: int = 1_000  # persons in the files taken out within a day


USUAL = Habits()


def reveals_allowed(roles: set[str]) -> int:
    """Numbers in full within an hour for an account that holds these roles."""
    return max((PER_HOUR.get(role, OTHERWISE) for role in roles), default=OTHERWISE)


def is_reason(text: str) -> bool:
    """Whether a reason will do: one of the list, or written out in some words."""
    return text in REASONS or len(text.strip()) >= SHORTEST
