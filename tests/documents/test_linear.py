"""What strangers send is looked through in time that grows as it grows.

Each attack runs in a process that the system ends.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lxbt.documents import apart
from lxbt.documents.rules.workbooks import LARGE, Fault, Unfit, fault_of

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20  # of the processor, for all attacks of one size: measured, some 2
TYPES = (
    '<Types xmlns="x"><Override '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"'
    ' PartName="/xl/workbook.xml"/></Types>'
)
ATTACKS: dict[str, tuple[str, Callable[[int], str]]] = {
    "cells that never end": ("xl/worksheets/sheet1.xml", lambda n: "<c " * (n // 3)),
    "cells that never end, with errors": ("xl/worksheets/sheet1.xml", lambda n: '<c t="e" ' * (n // 9)),
    "a cell of spaces": ("xl/worksheets/sheet1.xml", lambda n: "<c" + " " * n + 't="e"'),
    "references without value": ("xl/worksheets/sheet1.xml", lambda n: "<c" + " r" * (n // 2) + ' t="e">'),
    "references of spaces": ("xl/worksheets/sheet1.xml", lambda n: "<c r" + " " * n + ' t="e"><c>'),
    "kinds without value": ("xl/worksheets/sheet1.xml", lambda n: '<c><c t="e"' + " t=" * (n // 3) + ">"),
    "long prefixes": ("xl/worksheets/sheet1.xml", lambda n: "<c>" + "<" + "a" * n + ">"),
    "rows that never end": ("xl/worksheets/sheet1.xml", lambda n: "<c><row " + "<row " * (n // 5)),
    "relations that never end": ("xl/_rels/workbook.xml.rels", lambda n: "<Relationship " * (n // 14)),
    "modes without end": ("xl/_rels/workbook.xml.rels", lambda n: "<Relationship " + " TargetMode=" * (n // 12)),
    "modes of spaces": ("xl/_rels/workbook.xml.rels", lambda n: "<Relationship TargetMode" + " " * n + ">"),
    "names of attributes": ("xl/workbook.xml", lambda n: "<sheet " + "a" * n + ">"),
    "names of attributes apart": ("xl/workbook.xml", lambda n: "<sheet " + "a " * (n // 2) + ">"),
    "sheets that never end": ("xl/workbook.xml", lambda n: "<sheet " * (n // 7)),
}


def attack(name: str, size: int) -> bytes:
    part, made = ATTACKS[name]
    parts = {"[Content_Types].xml": TYPES, part: made(size)}
    if part != "xl/worksheets/sheet1.xml":
        parts["xl/worksheets/sheet1.xml"] = '<c r="A1" t="e">'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, text in parts.items():
            packed.writestr(each, text)
    return out.getvalue()


def main(size: int) -> None:
    """In a process of its own: all attacks, and what each took."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for name in ATTACKS:
        begun = time.process_time()
        fault_of(attack(name, size), LARGE)
        sys.stdout.write(f"{name}\t{time.process_time() - begun:.3f}\n")
        sys.stdout.flush()


def run(size: int) -> dict[str, float]:
    ended = subprocess.run(
        [sys.executable, "-c", f"from tests.documents.test_linear import main; main({size})"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    took = {name: float(seconds) for name, seconds in (line.split("\t") for line in ended.stdout.splitlines())}
    assert set(took) == set(ATTACKS), f"not ended: {sorted(set(ATTACKS) - set(took))} {ended.stderr[-500:]}"
    return took


def test_work_grows_as_the_file_grows() -> None:
    small, large = run(250_000), run(1_000_000)
    grown = {name: (small[name], large[name]) for name in ATTACKS if large[name] > 8 * small[name] + 0.25}
    assert grown == {}  # four times the file: a square would be sixteen times the work


@pytest.mark.parametrize("name", ["cells that never end", "relations that never end", "sheets that never end"])
def test_a_tag_within_a_tag_is_a_damaged_file(name: str) -> None:
    assert fault_of(attack(name, 1000)) == Fault.DAMAGED


def test_what_does_not_end_is_ended_and_told_as_a_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that opens a file has its time and its memory; whoever uploaded it gets a sentence."""
    monkeypatch.setattr(apart, "SMALL_SECONDS", 1)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert apart.look_apart(path, LARGE).kind == "text"
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text("import sys\nif '-m' in sys.orig_argv[1:2]:\n    while True: pass\n")
    monkeypatch.setenv("PYTHONPATH", f"{slow}:{ROOT}")
    with pytest.raises(Unfit) as told:
        apart.look_apart(path, LARGE)
    assert told.value.fault == Fault.DAMAGED


def test_lines_read_apart_are_the_same() -> None:
    assert apart.read_lines_apart("姓名,部门\n张三,民政\n".encode("gb18030")) == [["姓名", "部门"], ["张三", "民政"]]
    with pytest.raises(Unfit) as told:
        apart.read_lines_apart(attack("cells that never end", 1000))
    assert told.value.fault == Fault.DAMAGED
