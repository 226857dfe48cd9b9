"""Chunks of a file, prepared: here, or by a process of its own that reads ahead while the database takes the chunk
before.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxbt.documents.rules.workbooks import Unfit
from lxbt.imports.apart import begin
from lxbt.imports.operations.handlers import Handler, Prepared, Task
from lxbt.imports.places import Places
from lxbt.imports.reading import Layout, read_batches
from lxbt.imports.rules.kinds import Kind

SIZE = 5000  # rows of a chunk
AHEAD = 3  # chunks that wait to be taken
PATIENCE = 1.0  # seconds between looks whether the other side still lives
END = "end"


def batches_here(
    path: Path, kind: Kind, layout: Layout, handler: type[Handler], places: Places, task: Task, *, after_row: int
) -> Iterator[Prepared]:
    """The chunks, one by one, in this process."""
    for batch in read_batches(path, kind, layout, on=task.on, after_row=after_row, size=SIZE):
        yield handler.prepare(batch, places, task)


def batches_ahead(
    path: Path, kind: Kind, layout: Layout, handler: type[Handler], places: Places, task: Task, *, after_row: int
) -> Iterator[Prepared]:
    """The same, from a second process. It ends when this one does, however that comes about."""
    context = multiprocessing.get_context("spawn")
    waiting: Any = context.Queue(AHEAD)
    packed = pickle.dumps((_read, (path, kind, layout, handler, places, task, after_row)))
    worker = context.Process(target=begin, args=(waiting, os.getpid(), packed), daemon=True)
    worker.start()
    try:
        while True:
            try:
                found = waiting.get(timeout=PATIENCE)
            except queue.Empty:
                if worker.is_alive():
                    continue
                raise RuntimeError("the reader of the file is gone") from None
            if isinstance(found, Prepared):
                yield found
            elif isinstance(found, Exception):
                raise found
            else:
                return
    finally:
        worker.terminate()
        worker.join()


def _read(
    waiting: Any,
    _parent: int,
    path: Path,
    kind: Kind,
    layout: Layout,
    handler: type[Handler],
    places: Places,
    task: Task,
    after_row: int,
) -> None:
    try:
        for prepared in batches_here(path, kind, layout, handler, places, task, after_row=after_row):
            prepared.batch.values = {}  # what the rows tell is in `prepared`: not to be carried over twice
            waiting.put(prepared)
        waiting.put(END)
    except Unfit as unfit:
        waiting.put(unfit)
