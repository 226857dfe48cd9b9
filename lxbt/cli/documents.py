"""Commands that print a document which the code itself determines, or write it where the docs keep it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command


class DocumentCommand(Command):
    """Prints `document()` as Markdown; with --write, into a file."""

    document: Callable[[], str]

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, help="the file to write")

    def run(self, **options: Any) -> dict[str, Any]:
        text = type(self).document()
        if options["write"] is None:
            return {"document": text}
        options["write"].write_text(text, encoding="utf-8")
        return {"written": str(options["write"])}

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write(answer.get("document") or f"written: {answer['written']}")
