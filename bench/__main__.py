"""`make bench`: one line per figure, and bench.json beside the Makefile."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from bench.ground import lay_ground

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the figures named in ONLY (all when empty) with ROWS recipients."""
    rows = int(os.environ.get("ROWS") or 1_000_000)
    lay_ground(ROOT)
    from bench.figures import FIGURES

    only = [name for name in (os.environ.get("ONLY") or "").replace(",", " ").split() if name]
    unknown = [name for name in only if name not in FIGURES]
    if unknown:
        print(f"no such figure: {', '.join(unknown)}; there are: {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    path = ROOT / "bench.json"
    told = json.loads(path.read_text()) if path.exists() and only else {"figures": {}}
    for name in only or list(FIGURES):
        figure = FIGURES[name](rows)
        told["figures"][name] = figure
        ratio = f"  ratio {figure['ratio']:.2f}" if figure.get("ratio") is not None else ""
        print(f"{name:<12} {figure['ours']:>12,.0f} {figure['unit']}  limit {figure['limit']:>12,.0f}{ratio}  ({figure['rows']:,} rows)", flush=True)
        path.write_text(json.dumps(told, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
