"""Name functions, classes and methods that nothing uses; `make check` fails when there is one.

Fields, settings and class attributes are left out: frameworks read them by name.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"function", "class", "method", "property"}


def main() -> int:
    """Print one line for each; the exit code is 1 when there is any."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]
    watch = Vulture(ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"])
    watch.scavenge([str(ROOT / path) for path in settings["paths"]], exclude=settings["exclude"])
    dead = [item for item in watch.get_unused_code(min_confidence=60) if item.typ in KINDS]
    for item in dead:
        print(f"{item.filename}:{item.first_lineno}: nothing uses the {item.typ} {item.name}")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
