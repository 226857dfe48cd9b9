"""`make bench`: one line per figure, and bench.json beside the Makefile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.figures import FIGURES, measure
from bench.ground import lay_ground

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the figures named in ONLY (all when empty) with ROWS recipients.

    Several run one after the other, each in a process and a database of its own.
    """
    rows = int(os.environ.get("ROWS") or 1_000_000)
    only = [name for name in (os.environ.get("ONLY") or "").replace(",", " ").split() if name]
    path = ROOT / "bench.json"
    unknown = [name for name in only if name not in FIGURES]
    if unknown:
        print(f"no such figure: {', '.join(unknown)}; there are: {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    if len(only) != 1:
        return several(only, path)
    (name,) = only
    lay_ground(ROOT)
    told = json.loads(path.read_text()) if path.exists() else {"figures": {}}
    figure = measure(name)(rows)
    told["figures"][name] = figure
    ratio = f"  ratio {figure['ratio']:.2f}" if figure.get("ratio") is not None else ""
    print(
        f"{name:<14} {figure['ours']:>12,.0f} {figure['unit']}  limit {figure['limit']:>12,.0f}{ratio}  "
        f"({figure['rows']:,} rows)",
        flush=True,
    )
    path.write_text(json.dumps(told, indent=2) + "\n")
    return 0


def several(only: list[str], path: Path) -> int:
    """Each figure by itself: what one leaves behind, and the memory it took, is not the next one's."""
    if not only:
        path.unlink(missing_ok=True)
    code = 0
    for name in only or FIGURES:
        code = (
            subprocess.run(
                [sys.executable, "-m", "bench"], env={**os.environ, "ONLY": name}, cwd=ROOT, check=False
            ).returncode
            or code
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
