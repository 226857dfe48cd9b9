"""Old workbooks are laid out in a process of their own first: a damaged one may bring down whatever reads it, or never end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lxbt.documents.rules.workbooks import Fault, Unfit

SECONDS = 120
MEMORY = 3 * 2**30  # bytes of address space
_LOCKED = 3
_PROBE = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import python_calamine
try:
    book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
    for name in book.sheet_names:
        for _row in book.get_sheet_by_name(name).iter_rows():
            pass
except python_calamine.PasswordError:
    sys.exit({_LOCKED})
"""


def probe(path: Path) -> None:
    """Unfit when the workbook cannot be laid out to its end."""
    try:
        ended = subprocess.run(
            [sys.executable, "-c", _PROBE, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unfit(Fault.DAMAGED) from None
    if ended.returncode:
        raise Unfit(Fault.LOCKED if ended.returncode == _LOCKED else Fault.DAMAGED)
