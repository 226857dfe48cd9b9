"""Opens files and reads their rows; knows no database."""

from lxbt.imports.reading.batches import Batch, read_batches, skipped_rows
from lxbt.imports.reading.layout import Layout
from lxbt.imports.reading.recognition import recognise

__all__ = ["Batch", "Layout", "read_batches", "recognise", "skipped_rows"]
