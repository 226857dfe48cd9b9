"""Records into a batch: one canonical JSON object a line, packed with gzip into a file, digested on the way.

Never wholly in memory.
"""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from lxbt.core.canonical import canonical
from lxbt.provincial.client.line import NDJSON, Body

MOST_ROWS = 100_000  # of one batch
IN_MEMORY = 4 * 2**20  # bytes of a batch before it goes to disk
LEVEL = 3


@dataclass
class Packed:
    """A batch ready to be sent, again and again: rows, bytes, digest."""

    file: IO[bytes]
    rows: int
    length: int
    digest: str

    def body(self) -> Body:
        """As it is sent."""
        return Body(self.file, NDJSON, self.digest, self.length, packed=True)

    def close(self) -> None:
        """Remove the file."""
        self.file.close()


class _Digested:
    """A file that digests what is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.length = file, hashlib.new("sm3"), 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.length += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def pack(records: Iterable[Mapping[str, Any]]) -> Packed:
    """Records as a batch. The same records give the same bytes, and so the same digest."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (its owner closes it)
    out = _Digested(file)
    rows = 0
    with gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=out, mtime=0) as packed:
        for record in records:
            packed.write(canonical(record) + b"\n")
            rows += 1
    return Packed(file, rows, out.length, "sm3=" + out.digest.hexdigest())


def in_batches(records: Iterable[Mapping[str, Any]], rows: int = MOST_ROWS) -> Iterator[Packed]:
    """Records from an iterator, so many to a batch. Each is closed when the next is asked for."""
    source = iter(records)
    while True:
        made = pack(islice(source, rows))
        if not made.rows:
            made.close()
            return
        try:
            yield made
        finally:
            made.close()
