"""Where a process of its own begins: Django is set up before anything that needs it is unpickled."""

from __future__ import annotations

import pickle
from typing import Any

import django


def begin(waiting: Any, parent: int, packed: bytes) -> None:
    """Set up, then run the packed function with the packed arguments."""
    django.setup()
    function, args = pickle.loads(packed)
    function(waiting, parent, *args)
