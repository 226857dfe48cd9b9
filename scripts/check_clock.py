"""One clock: name every place that asks the system for the time, or takes the day of a moment, beside
`lxbt/core/clock.py`.

Ruff bans the functions by name (`banned-api` in pyproject.toml). What it cannot see is looked for here: the method
`.date()`, which answers with the day in whatever zone the moment happens to carry; `localtime()` without a moment; the
day taken in SQL by the server's own clock; and the clock being read below the doors, where operations are told `at` and
`on`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLOCK = Path("lxbt/core/clock.py")
DOORS = re.compile(  # who may read the clock
    r"(bench|lxbt/(cli|config|cases|simulators|demonstration|web)|lxbt/provincial/(api|client)|.*/tasks)/|.*/tasks\.py$|lxbt/exchange/views\.py$"
)
SERVERS = re.compile(r"\b(current_date|localtimestamp)\b|\bnow\(\)::date", re.IGNORECASE)


def faults_in(path: Path, source: str) -> Iterator[str]:
    """Every fault of one file, as `path:line: what`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, bare = node.func.attr, not node.args and not node.keywords
            if name == "date" and bare:
                yield f"{path}:{node.lineno}: the day of a moment is beijing_day(moment), not .date()"
            elif name == "localtime" and bare:
                yield f"{path}:{node.lineno}: the clock is read by lxbt.core.clock"
            elif name == "read" and isinstance(node.func.value, ast.Name) and node.func.value.id == "Now":
                yield from _below(path, node.lineno)
        elif isinstance(node, ast.Name) and node.id == "this_moment":
            yield from _below(path, node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SERVERS.search(node.value):
            yield f"{path}:{node.lineno}: a statement is told the day, it does not ask the server"


def _below(path: Path, line: int) -> Iterator[str]:
    if not DOORS.match(path.as_posix()):
        yield f"{path}:{line}: only doors and tasks read the clock"


def faults(root: Path = ROOT) -> list[str]:
    """Every fault of the program (its tests may freeze the time as they like)."""
    found: list[str] = []
    for folder in ("lxbt", "bench"):
        for file in sorted((root / folder).rglob("*.py")):
            path = file.relative_to(root)
            if path != CLOCK and "migrations" not in path.parts:
                found += faults_in(path, file.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    wrong = faults()
    print("\n".join(wrong) or "one clock")
    sys.exit(bool(wrong))
