"""Opens files and reads their rows; knows no database."""

from lxbt.imports.reading.batch import Batch
from lxbt.imports.reading.batches import RecordReader, read_batches, record_layout, skipped_rows
from lxbt.imports.reading.layout import Layout
from lxbt.imports.reading.survey import recognise

__all__ = ["Batch", "Layout", "RecordReader", "read_batches", "recognise", "record_layout", "skipped_rows"]
