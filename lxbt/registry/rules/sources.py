"""Who told a fact, how much that weighs, and when a later word overrules an earlier one. Pure.

A source is set by the operation behind a door, never typed. Weakest first:

1. anything else: what earlier versions let people type, and what stands in no list below;
2. a file of a county, a record that a province pushed (`import N`);
3. the window: what the applicant declared, what was registered there;
4. an official of the county or above who had a paper before him (`desk civil_affairs county`); of a township: as the
   window;
5. the Federation's database;
6. the police, the civil affairs registers of deaths and of 低保, what two persons verified at the door, two entries
   joined;
7. what one person proposed with its paper and another confirmed (`confirmed`).

Stopping money is safe and starting it is not: death, moving out and custody that the Federation, the police or civil
affairs tell for the first time, or earlier than known, hold at once, whoever told before, unless two persons settled
it.
Taking such an event back, or moving it later, is only ever done by what two persons confirmed or verified, or by the
same
database that told it.
"""

from __future__ import annotations

from enum import IntEnum

from lxbt.core.months import Month
from lxbt.core.profile import EVENTS

CONFIRMED, VERIFIED, FEDERATION, WINDOW, JOINED = "confirmed", "verified", "federation", "declared", "joined"
DESK = "desk"


class Strength(IntEnum):
    """How much a source weighs."""

    TYPED = 0
    FILE = 1
    WINDOW = 2
    DESK = 3
    FEDERATION = 4
    REGISTER = 5
    CONFIRMED = 6


_STRENGTHS = {
    "import": Strength.FILE,
    "province": Strength.FILE,
    WINDOW: Strength.WINDOW,
    "register": Strength.WINDOW,
    DESK: Strength.DESK,
    FEDERATION: Strength.FEDERATION,
    "police": Strength.REGISTER,
    "civil_affairs": Strength.REGISTER,
    "dibao": Strength.REGISTER,
    VERIFIED: Strength.REGISTER,
    JOINED: Strength.REGISTER,
    CONFIRMED: Strength.CONFIRMED,
}
SETTLING = frozenset({CONFIRMED, VERIFIED})  # two persons stand behind it
MACHINES = frozenset({FEDERATION})  # databases that correct what they told themselves


def strength(source: str) -> Strength:
    """The strength of a source; a number or place behind the word (`import 17`) says nothing about it."""
    word, _space, place = source.partition(" ")
    if word == DESK and place.endswith("township"):
        return Strength.WINDOW
    return _STRENGTHS.get(word, Strength.TYPED)


def desk(organ: str, level: str) -> str:
    """The source of what an official records with a paper at the desk: `desk civil_affairs county`."""
    return f"{DESK} {organ} {level}"[:40]


def loosens(held: object, told: object) -> bool:
    """Whether an event (ISO days as text, None: it did not happen) is taken back or moved later: money could flow
    again.
    """
    return held is not None and (told is None or str(told) > str(held))


def overrules(
    key: str,
    *,
    held: object,
    held_source: str | None,
    held_since: Month | None,
    told: object,
    source: str,
    since: Month | None,
) -> bool:
    """Whether what a source tells takes the place of what is held; else it contradicts it, and people settle that.

    `held_source` None: nothing is held. Of values that hold from a month on, a later month is news and never
    contradicts.
    """
    if held_source is None or held == told or source in SETTLING:
        return True
    if key not in EVENTS:
        later = since is not None and (held_since is None or since > held_since)
        return later or strength(source) >= strength(held_source)
    if loosens(held, told):
        return source in MACHINES and source == held_source
    if strength(source) >= Strength.FEDERATION:  # told for the first time, or earlier: stopping is safe
        return held_source not in SETTLING or strength(source) >= strength(held_source)
    return strength(source) >= strength(held_source)
