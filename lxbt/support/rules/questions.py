"""Questions and faults, reported upwards level by level: states, limits, what is kept of a text and of a screen. Pure.

民办函〔2018〕169号 asks that problems met on going live are reported upwards and answered. It sets no days: the limits
below are the project's own promise, counted in working days for each office that a question comes to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lxbt.core.transitions import Table


class Kind(StrEnum):
    """What is reported."""

    QUESTION = "question"  # 咨询
    FAULT = "fault"  # 故障


class State(StrEnum):
    """Where a question stands."""

    OPEN = "open"  # at a desk, its clock runs
    ASKED = "asked"  # the desk asked back: the clock stands until the reporter adds something
    ANSWERED = "answered"  # the reporter has yet to say whether that helped
    SOLVED = "solved"  # said so, or silent for long enough
    MERGED = "merged"  # follows another question and gets its answer
    WITHDRAWN = "withdrawn"


WAITING = (State.OPEN, State.ASKED)
UNFINISHED = (*WAITING, State.ANSWERED, State.MERGED)
FINAL = (State.SOLVED, State.WITHDRAWN)

TRANSITIONS: Table[State] = {
    (State.OPEN, "pass"): State.OPEN,
    (State.OPEN, "climb"): State.OPEN,  # by itself, when late
    (State.OPEN, "back"): State.ASKED,
    (State.OPEN, "add"): State.OPEN,
    (State.OPEN, "answer"): State.ANSWERED,
    (State.OPEN, "refer"): State.ANSWERED,  # answered with a known answer
    (State.OPEN, "merge"): State.MERGED,
    (State.OPEN, "withdraw"): State.WITHDRAWN,
    (State.ASKED, "add"): State.OPEN,
    (State.ASKED, "answer"): State.ANSWERED,
    (State.ASKED, "refer"): State.ANSWERED,
    (State.ASKED, "merge"): State.MERGED,
    (State.ASKED, "withdraw"): State.WITHDRAWN,
    (State.ASKED, "lapse"): State.WITHDRAWN,  # nobody added what was asked for
    (State.MERGED, "answer"): State.ANSWERED,  # with the one it follows
    (State.MERGED, "refer"): State.ANSWERED,
    (State.MERGED, "part"): State.OPEN,  # the one it follows was withdrawn
    (State.MERGED, "withdraw"): State.WITHDRAWN,
    (State.ANSWERED, "solve"): State.SOLVED,
    (State.ANSWERED, "lapse"): State.SOLVED,
    (State.ANSWERED, "reopen"): State.OPEN,
    (State.SOLVED, "reopen"): State.OPEN,
}

LIMITS: Mapping[Kind, int] = {Kind.QUESTION: 3, Kind.FAULT: 1}  # working days at each desk
CLIMBS_AFTER = 2  # working days late at a desk, then it goes up by itself
LAPSES_AFTER = 10  # working days of silence after an answer, or after being asked back

LONGEST = 4000  # characters of a text
LINES = 120  # of a screen
FILES = 5  # pictures that come with one question

NUMBER = re.compile(
    r"(?<!\d)\d(?:[ \-－]?\d){8,}[Xx]?"
)  # nine digits and more: identity, certificate, account, telephone


def masked(text: str) -> tuple[str, int]:
    """The text with every long number covered, and how many were."""
    return NUMBER.subn("********", text.strip()[:LONGEST])


PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
PARTS = (
    "title",
    "heading",
    "tab",
    "column",
    "label",
    "state",
    "button",
    "message",
    "error",
)  # of a page, as the browser names them


@dataclass(frozen=True)
class Line:
    """One line of a screen: which part of the page, and the system's own words in it."""

    part: str
    text: str


@dataclass
class Vocabulary:
    """The system's own words.

    Nothing else of a screen is kept: not a name, not a number, whatever a browser may send.
    """

    exact: set[str] = field(default_factory=set)
    patterns: dict[str, list[tuple[re.Pattern[str], str]]] = field(default_factory=dict)  # by the first character

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        """From the texts of the catalogue, in all languages."""
        found = cls()
        for text in texts:
            shape = " ".join(text.split())
            pieces = PLACEHOLDER.split(shape)
            if len(pieces) == 1:
                found.exact.add(shape)
            elif sum(len(piece.strip()) for piece in pieces) >= 2:  # more than a stop between two values
                pattern = re.compile(r".{1,80}?".join(re.escape(piece) for piece in pieces))
                found.patterns.setdefault(pieces[0][:1], []).append((pattern, "…".join(pieces)))
        return found

    def own_words(self, text: str) -> str:
        """The text if it is the system's own, values in it as dots; empty when it is not."""
        shape = " ".join(text.split())[:300]
        if shape in self.exact:
            return shape
        for first in (shape[:1], ""):
            for pattern, told in self.patterns.get(first, ()):
                if pattern.fullmatch(shape):
                    return told
        return ""

    def screen(self, lines: Iterable[object]) -> list[Line]:
        """What is kept of a page, from pairs (part, text): the same line once, in the order of the page."""
        kept: list[Line] = []
        for pair in lines:
            if len(kept) == LINES or not isinstance(pair, list | tuple) or len(pair) != 2:
                continue
            part, text = pair
            if part in PARTS and isinstance(text, str) and (own := self.own_words(text)):
                line = Line(part, own)
                if line not in kept:
                    kept.append(line)
        return kept
