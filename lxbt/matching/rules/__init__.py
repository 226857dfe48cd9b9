"""How a suspicion goes and what may come of it. Pure.

raised -> dispatched -> verifying -> concluded -> confirmed -> closed
concluded -> verifying (the county gives it back) ; confirmed -> verifying (a sample from above is not content)
raised, dispatched, verifying -> lapsed (what it rested on is no longer there)

民办函〔2023〕43号: doubtful data are dispatched, verified by people, and the results reported back.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lxbt.core.transitions import Table


class State(StrEnum):
    """Where a suspicion stands."""

    RAISED = "raised"  # found; the county has not dispatched it
    DISPATCHED = "dispatched"  # lies with the township
    VERIFYING = "verifying"  # somebody is on it
    CONCLUDED = "concluded"  # outcome and measure proposed, waits for the county
    CONFIRMED = "confirmed"  # the county has confirmed and the measure was carried out; those above may sample
    CLOSED = "closed"
    LAPSED = "lapsed"  # what it rested on is no longer there


class Outcome(StrEnum):
    """What verification found."""

    TRUE = "true"
    FALSE = "false"
    PARTLY = "partly"
    UNVERIFIABLE = "unverifiable"


class Measure(StrEnum):
    """What is done about it."""

    STOP = "stop"  # from a month on; what was paid for months after it is taken back by the next draw
    SUSPEND = "suspend"  # from a month on, until it is clear
    ARREARS = "arrears"  # grant or resume from a month on; the next draw pays what is missing
    CORRECT = "correct"  # a fact is put right; the next draw settles the difference
    INVITE = "invite"  # to apply
    NONE = "none"  # with a basis


OPEN = (State.RAISED, State.DISPATCHED, State.VERIFYING, State.CONCLUDED, State.CONFIRMED)
WITH_TOWNSHIP = (State.DISPATCHED, State.VERIFYING)
UNDECIDED = (State.RAISED, State.DISPATCHED, State.VERIFYING)
FINAL = (State.CLOSED, State.LAPSED)

TRANSITIONS: Table[State] = {
    (State.RAISED, "dispatch"): State.DISPATCHED,
    (State.DISPATCHED, "begin"): State.VERIFYING,
    (State.DISPATCHED, "conclude"): State.CONCLUDED,
    (State.VERIFYING, "conclude"): State.CONCLUDED,
    (State.CONCLUDED, "return"): State.VERIFYING,
    (State.CONCLUDED, "confirm"): State.CONFIRMED,
    (State.CONFIRMED, "agree"): State.CONFIRMED,  # a sample from above
    (State.CONFIRMED, "object"): State.VERIFYING,
    (State.CONFIRMED, "close"): State.CLOSED,
    **{(state, "lapse"): State.LAPSED for state in UNDECIDED},
}

WAYS = ("visit", "phone", "papers", "data", "village")  # how it was verified
FITTING: Mapping[str, tuple[Measure, ...]] = {  # measures that fit an outcome
    Outcome.TRUE: tuple(Measure),
    Outcome.PARTLY: tuple(Measure),
    Outcome.FALSE: (Measure.NONE, Measure.CORRECT),
    Outcome.UNVERIFIABLE: (Measure.NONE, Measure.SUSPEND),
}
WITH_MONTH = (Measure.STOP, Measure.SUSPEND, Measure.ARREARS)
PAPERS = ("photo", "paper")
HITS = (Outcome.TRUE, Outcome.PARTLY)  # what counts for a rule's precision
