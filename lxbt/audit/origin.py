"""Where an act comes from. The door that an act comes in by says so once; every event of that act carries it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_origin: ContextVar[str] = ContextVar("origin", default="")


@contextmanager
def acts_from(origin: str) -> Iterator[None]:
    """Within the block, events say that they come from `origin`: a network address, `terminal` or `worker`."""
    before = _origin.set(origin[:60])
    try:
        yield
    finally:
        _origin.reset(before)


def origin() -> str:
    """Where the act now running comes from; empty when no door said so."""
    return _origin.get()
