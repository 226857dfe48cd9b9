"""`lxbt doors`: the document of the doors that facts come in by, as the code has them."""

from __future__ import annotations

from lxbt.cli.documents import DocumentCommand
from lxbt.cli.doors_document import document


class Command(DocumentCommand):
    help = "Print which door takes which fact, as Markdown; with --write, into a file."
    example = "doors --write docs/doors.md"
    document = staticmethod(document)
