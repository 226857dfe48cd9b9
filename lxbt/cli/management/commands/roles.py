"""`lxbt roles`: the document of roles and operations, as the code has them."""

from __future__ import annotations

from lxbt.cli.documents import DocumentCommand
from lxbt.cli.roles_document import document


class Command(DocumentCommand):
    help = "Print who may do what, as Markdown; with --write, into a file."
    example = "roles --write docs/roles.md"
    document = staticmethod(document)
