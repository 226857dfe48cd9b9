"""What page packages declare: every folder of `lxbt/web` is looked into, so a new page is one folder and
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

import lxbt.web


def modules(name: str) -> Iterator[ModuleType]:
    """The modules `lxbt.web.<page>.<name>` of all page packages, by the name of the page."""
    for page in sorted(found.name for found in iter_modules(lxbt.web.__path__) if found.ispkg):
        path = f"lxbt.web.{page}.{name}"
        if page != "kit" and find_spec(path) is not None:
            yield import_module(path)
