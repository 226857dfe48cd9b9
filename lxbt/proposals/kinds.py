"""The register of what can be proposed: filled by the packages that carry it out, when the program starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxbt.accounts.rules import Permission

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import Promise

    from lxbt.proposals.models import Proposal
    from lxbt.proposals.rules import Effect


@dataclass(frozen=True)
class Kind:
    """One kind of act that needs a second person.

    `right`: the permission that the second must hold over the division of the proposal. `effect` is computed when it is
    proposed and again when it is accepted. `carry_out(proposal, by=, at=, on=)` acts; `by` is the second person.
    `above`: the level above is told once it was carried out. `decided_above`: the second must hold the right at a
    division above the one that the proposal is about. `also`: another permission that will do for the second.
    """

    key: str
    title: str | Promise
    right: Permission
    effect: Callable[[Proposal, date], Effect]
    carry_out: Callable[..., object]
    above: bool = False
    decided_above: bool = False
    also: Permission | None = None

    @property
    def rights(self) -> tuple[Permission, ...]:
        """The permissions of which the second must hold one."""
        return (self.right,) if self.also is None else (self.right, self.also)


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; registering the same key again replaces it (the program was loaded twice in one process)."""
    if len(kind.key) > 40:
        raise ValueError(f"{kind.key}: at most 40 characters")
    KINDS[kind.key] = kind
