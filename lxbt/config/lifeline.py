"""A child process that goes when its parent goes, however the parent went: nobody is left holding the port."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
PARENT = "LXBT_SERVE_PID"  # set by `lxbt serve` for the programs it runs


def leave_with_parent(parent: int, by: signal.Signals) -> None:
    """Have the kernel send this process `by` when its parent dies (Linux; elsewhere nothing).

    Leaves at once when it is dead already.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def leave_with_serve() -> None:
    """In a program that `lxbt serve` runs: leave when it is gone."""
    if parent := os.environ.get(PARENT):
        leave_with_parent(int(parent), signal.SIGTERM)
