"""`lxbt doors`: the document of the doors that facts come in by, as the code has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.cli.doors_document import document


class Command(Base):
    help = "Print which door takes which fact, as Markdown; with --write, into a file."
    example = "doors --write docs/doors.md"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, help="the file to write")

    def run(self, **options: Any) -> dict[str, Any]:
        text = document()
        if options["write"] is None:
            return {"document": text}
        options["write"].write_text(text, encoding="utf-8")
        return {"written": str(options["write"])}

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write(answer.get("document") or f"written: {answer['written']}")
