"""Where a process of its own begins: Django is set up before anything that needs it is unpickled."""

from __future__ import annotations

import os
import pickle
import threading
import time
from typing import Any

import django


def begin(waiting: Any, parent: int, packed: bytes) -> None:
    """Set up, then run the packed function with the packed arguments.

    Ends when the process that waits for it is gone, killed for instance.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    django.setup()
    function, args = pickle.loads(packed)
    function(waiting, parent, *args)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)  # no leave-taking: what waits to be sent has nobody to read it
