"""When to ask a partner, and when to leave it alone: a circuit breaker, and how long to wait before trying again.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

TRIES = 5  # failures in a row that open the circuit
REST = timedelta(seconds=10)  # the first pause
LONGEST_REST = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = 2.0, 3600.0  # seconds before a message is tried again
GIVE_UP = 40  # attempts after which a message waits for a person; at an hour each that is more than a day


@dataclass(frozen=True, slots=True)
class Breaker:
    """`closed`: ask freely. `open`: do not ask until `next_at`. `half`: one question is on its way to try."""

    state: Literal["closed", "open", "half"] = "closed"
    failures: int = 0
    next_at: datetime | None = None

    def allows(self, at: datetime) -> bool:
        """Whether a question may be sent now. A try that never came back is forgotten after the pause."""
        return self.state == "closed" or self.next_at is None or at >= self.next_at

    def trying(self, at: datetime) -> Breaker:
        """After a question was let through while the circuit was not closed: no second one beside it."""
        return self if self.state == "closed" else replace(self, state="half", next_at=at + pause(self.failures))

    def after_success(self) -> Breaker:
        """The partner answered."""
        return Breaker()

    def after_failure(self, at: datetime, chance: float) -> Breaker:
        """The partner did not answer. `chance` is a random number in [0, 1)."""
        failures = self.failures + 1
        if self.state == "closed" and failures < TRIES:
            return Breaker("closed", failures)
        return Breaker("open", failures, at + pause(failures) * (0.75 + chance / 2))


def pause(failures: int) -> timedelta:
    """How long the circuit stays open: doubled with each failed try, ten minutes at most."""
    return min(LONGEST_REST, REST * float(2 ** min(max(0, failures - TRIES), 10)))


def wait(attempts: int, chance: float) -> timedelta:
    """How long a message waits after its n-th failed attempt: a random part of a time that doubles ("full jitter"), at
    least a second.
    """
    highest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 20))
    return timedelta(seconds=max(1.0, highest * chance))
