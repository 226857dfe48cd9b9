"""Files of strangers are opened in a process of their own, within bounds of time and memory: a damaged or cunning one
may bring down whatever reads it, or never end. Run as a program, this file is that process; it loads nothing of the
rest.
"""

from __future__ import annotations

import datetime as dt
import io
import pickle
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import python_calamine

from lxbt.documents.rules.workbooks import USUAL, Book, Fault, Limits, Unfit, check_stream, laying_out, read_lines

SECONDS = 120  # of the processor, for a file of any size; a usual one takes less than one
SMALL_SECONDS, SMALL = 20, 20 * 2**20  # for files up to so many bytes
MEMORY = 3 * 2**30  # bytes of address space
_DAYS = {"date", "datetime", "time", "timedelta"}


def look_apart(path: Path, limits: Limits) -> Book:
    """What a file is; Unfit when it is not taken.

    A smaller workbook, and any of the old kind, is laid out to its end as well.
    """
    return Book(**_run(("look", str(path), asdict(limits)), path.stat().st_size))


def read_lines_apart(content: bytes, limits: Limits = USUAL) -> list[list[Any]]:
    """The cells of the first sheet of a small file, line by line; Unfit when the file is not taken."""
    if len(content) > limits.size:
        raise Unfit(Fault.TOO_LARGE)
    lines: list[list[Any]] = _run(("read", content, asdict(limits)), len(content))
    return lines


def _run(job: tuple[str, object, dict[str, object]], size: int) -> Any:
    seconds = SMALL_SECONDS if size <= SMALL else SECONDS
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "lxbt.documents.apart", str(seconds)],
            input=pickle.dumps(job),
            capture_output=True,
            timeout=4 * seconds,  # of the clock on the wall: others may be busy
            check=False,
        )
        if ended.returncode:
            raise Unfit(Fault.DAMAGED)
        fault, answer = _Plain(io.BytesIO(ended.stdout)).load()
    except (subprocess.TimeoutExpired, pickle.UnpicklingError, EOFError) as error:
        raise Unfit(Fault.DAMAGED) from error
    if fault:
        raise Unfit(Fault(fault))
    return answer


class _Plain(pickle.Unpickler):
    """Values and days only: what the other process says is not trusted with more."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in _DAYS:
            return getattr(dt, name)
        raise pickle.UnpicklingError(name)


def main() -> None:
    """Open what the standard input names, under limits that the system keeps."""
    seconds = int(sys.argv[1])
    what, told, limits = pickle.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write anywhere
    try:
        found = read_lines(told, Limits(**limits)) if what == "read" else _look(Path(told), Limits(**limits))
        answer: tuple[str, Any] = ("", found)
    except Unfit as unfit:
        answer = (unfit.fault.value, None)
    sys.stdout.buffer.write(pickle.dumps(answer))


def _look(path: Path, limits: Limits) -> dict[str, Any]:
    size = path.stat().st_size
    with path.open("rb") as stream:
        book = check_stream(stream, size, limits)
    if book.kind == "xls" or (book.kind not in ("text", "page") and size <= SMALL):
        with laying_out():
            opened = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in opened.sheet_names:
            try:
                with laying_out():
                    for _row in opened.get_sheet_by_name(name).iter_rows():
                        pass
            except Unfit:
                if book.kind == "xls":
                    raise  # of the others a sheet may be beyond reading that nobody asks for
    return asdict(book)


if __name__ == "__main__":
    main()
