"""Table-driven state changes, shared by every package with a life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from lxbt.core.refusal import Refusal

State = TypeVar("State", bound=str)
Table = Mapping[tuple[State, str], State]  # (state now, act) -> state then


class WrongState(Refusal):
    """The act is not possible in this state."""


def move(table: Table[State], state: State, act: str, *, sentence: object) -> State:
    """The state after `act`; raises WrongState with `sentence` when the table has no such move."""
    try:
        return table[state, act]
    except KeyError:
        raise WrongState(sentence) from None


def can(table: Table[State], state: State, act: str) -> bool:
    """Whether the table knows this move."""
    return (state, act) in table
