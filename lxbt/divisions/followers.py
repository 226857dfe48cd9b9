"""What follows when an area gets another code, or stands in the way: packages above name their columns here when the
program starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Follower:
    """A column of codes.

    `only`: an SQL condition on the rows that follow; `blocks`: such rows stand in the way instead.
    """

    table: str
    column: str
    title: str | Promise
    only: str = "true"
    blocks: bool = False
    unique: tuple[
        str, ...
    ] = ()  # columns that are unique together with the code: a row that is there already stays where it is


FOLLOWERS: dict[tuple[str, str, bool], Follower] = {}


def follow(*followers: Follower) -> None:
    """Add columns; the same column again replaces the first."""
    for one in followers:
        FOLLOWERS[one.table, one.column, one.blocks] = one
