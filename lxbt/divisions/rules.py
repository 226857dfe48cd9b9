"""What the 12 digits of a division code say. Pure: no table is read here.

Codes: 2 digits province, 2 city, 2 county, 3 township, 3 village (统计用区划代码), padded with zeros;
twelve zeros are the nation. Which body *acts* as the county is a property of the node, not of its digits.
"""

from __future__ import annotations

from enum import IntEnum

NATION = "000000000000"
CORPS = "660000000000"  # 新疆生产建设兵团, a province-level body of its own
CUTS = (2, 4, 6, 9)


class Level(IntEnum):
    """Levels of government, from the ministry (0) down to the township (4)."""

    NATION = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWNSHIP = 4


def prefix(code: str) -> str:
    """The digits that every code in the area of `code` begins with; empty for the nation."""
    if code == NATION:
        return ""
    for cut in CUTS:
        if not code[cut:].strip("0"):
            return code[:cut]
    return code


def level_of(code: str) -> Level:
    """The level that the digits of a code say."""
    return (
        next((Level(n + 1) for n, cut in enumerate(CUTS) if not code[cut:].strip("0")), Level.TOWNSHIP)
        if code != NATION
        else Level.NATION
    )


def span(code: str) -> tuple[str, str]:
    """The half-open range [low, high) of codes in the area of `code`, itself included."""
    digits = prefix(code)
    if not digits:
        return NATION, "9" * 12
    return code, str(int(digits) + 1).rjust(len(digits), "0").ljust(12, "0")


def covers(area: str, code: str) -> bool:
    """Whether `code` lies in `area`."""
    return code.startswith(prefix(area))


def ancestors(code: str) -> list[str]:
    """`code` itself and every code above it up to the nation, nearest first, each once."""
    chain = [code]
    for cut in reversed(CUTS):
        above = code[:cut].ljust(12, "0")
        if above not in chain:
            chain.append(above)
    if NATION not in chain:
        chain.append(NATION)
    return chain
