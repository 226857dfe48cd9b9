"""Who is told of what becomes of an account.

The postbox stands above this package: it enters itself here when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lxbt.accounts.models import User


@dataclass(frozen=True)
class News:
    """What happened to an account: the owner, the offices above it and the security administrators hear of it."""

    act: str  # opened, activated, duties, reset, recovery_asked, recovered, half_given, identity
    user: User
    by: User | None
    details: dict[str, Any] = field(default_factory=dict)


LISTENERS: list[Callable[[News], None]] = []


def tell(act: str, *, user: User, by: User | None, **details: Any) -> None:
    """Tell of it, in the transaction of the act."""
    for listener in LISTENERS:
        listener(News(act, user, by, details))
