"""Whether two entries may be one person: proposals for somebody to decide. Pure.

Numbers of 15 digits were replaced by 18; numbers are corrected; names are written with other characters or another
dot between their parts (间隔号). A certificate's re-issue mark (B1, B2) is no part of the number.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from lxbt.core.idnumber import is_valid, normalise

DOTS = re.compile(r"[\s·•・‧∙⋅．.・\u2022\u00b7]+")
# Characters that registers write for one another: the one on the left stands for the class.
VARIANTS = (
    "昇升陞",
    "堃坤",
    "喆哲",
    "峯峰",
    "淼渺",
    "煕熙",
    "彙汇匯",
    "鑒鉴鑑",
    "澂澄",
    "祕秘",
    "異异",
    "徧遍",
    "菓果",
    "翺翱",
    "僊仙",
    "崑昆",
    "崙仑",
    "玥月",
    "囯国國",
    "㛃洁潔",
    "䶮龑",
    "婼若",
)
_CLASS = {character: group[0] for group in VARIANTS for character in group}
REASONS = ("certificate_number", "number_15_18", "corrected_number", "name_written_otherwise", "same_name_and_birth")


@dataclass(frozen=True)
class Entry:
    """What is compared of a person. Numbers in full: they are opened for the comparison and kept nowhere."""

    name: str
    sex: str
    birth: date
    division: str
    identity_numbers: tuple[str, ...]
    certificate_numbers: tuple[str, ...] = ()
    certificates_in_force: int = 0


@dataclass(frozen=True)
class Proposal:
    """Why two may be one: the strongest reason, and all that speaks for and against it, as codes."""

    reason: str
    evidence: tuple[str, ...]


def plain_name(name: str) -> str:
    """A name as it is compared: without dots and spaces, variants as one."""
    return "".join(_CLASS.get(character, character) for character in DOTS.sub("", name))


def short_number(number: str) -> str:
    """The 15 digits that an 18-digit number had before."""
    return number[:6] + number[8:17] if len(number) == 18 else number


def is_same_number(one: str, other: str) -> bool:
    """Whether one is the 15-digit form of the other, or both are alike."""
    one, other = normalise(one), normalise(other)
    return one == other or (len(one) != len(other) and short_number(one) == short_number(other))


def is_corrected(one: str, other: str) -> bool:
    """Whether two 18-digit numbers differ as a correction does: in one place, or by two neighbours exchanged, the check
    digit aside.
    """
    one, other = normalise(one), normalise(other)
    if len(one) != 18 or len(other) != 18 or one == other:
        return False
    places = [n for n in range(17) if one[n] != other[n]]
    if len(places) <= 1:
        return True
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and one[places[0]] == other[places[1]]
        and one[places[1]] == other[places[0]]
    )


def certificate_base(number: str) -> str:
    """A certificate number without the mark of a re-issue."""
    return re.sub(r"B\d{1,2}$", "", normalise(number))


def propose(one: Entry, other: Entry) -> Proposal | None:
    """Why two entries may be one person; None where nothing says so."""
    if one.sex != other.sex:
        return None
    same_name, alike = one.name == other.name, plain_name(one.name) == plain_name(other.name)
    pairs = [(a, b) for a in one.identity_numbers for b in other.identity_numbers]
    short = any(is_same_number(a, b) for a, b in pairs)
    near = any(is_corrected(a, b) for a, b in pairs)
    based = bool(
        {certificate_base(n) for n in one.certificate_numbers}
        & {certificate_base(n) for n in other.certificate_numbers}
    )
    reason = next(
        (
            code
            for code, holds in (
                ("certificate_number", based and alike),
                ("number_15_18", short),
                ("corrected_number", near and alike),
                (
                    "name_written_otherwise",
                    alike and not same_name and one.birth == other.birth and one.division[:6] == other.division[:6],
                ),
                (
                    "same_name_and_birth",
                    same_name and one.birth == other.birth and one.division[:9] == other.division[:9],
                ),
            )
            if holds
        ),
        None,
    )
    return Proposal(reason, evidence(one, other, same_name=same_name, alike=alike)) if reason else None


def evidence(one: Entry, other: Entry, *, same_name: bool, alike: bool) -> tuple[str, ...]:
    """Codes of what is alike and what is not."""
    found = [
        "same_name" if same_name else "name_variant" if alike else "other_name",
        "same_birth" if one.birth == other.birth else "other_birth",
    ]
    found.append(
        "same_township"
        if one.division[:9] == other.division[:9]
        else "same_county"
        if one.division[:6] == other.division[:6]
        else "other_county"
    )
    if one.certificates_in_force and other.certificates_in_force:
        found.append("two_certificates")
    if not all(is_valid(n) for n in (*one.identity_numbers, *other.identity_numbers) if len(n) == 18):
        found.append("invalid_number")
    return tuple(found)


def kept(one_known: Collection[str], other_known: Collection[str]) -> int:
    """Which of two is better kept, 0 or 1: the one of whom more is known (codes such as right, payment,
    certificate).
    """
    return int(len(other_known) > len(one_known))
