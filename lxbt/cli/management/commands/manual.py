"""`lxbt manual`: take in the pictures that a build made, and write the books as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.accounts.rules import ROLES
from lxbt.cli.command import Command as Base
from lxbt.support.operations.manual import book, take_pictures
from lxbt.support.queries.guide import LANGUAGES
from lxbt.support.rules.guide import MANUAL


class Command(Base):
    help = "Take in the pictures of the manual, made by the journeys of a build, and write manual and guides as PDF."
    example = "manual --pictures build/manual --write build/books"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pictures", type=Path, help="folder with the pictures of a build")
        parser.add_argument("--write", type=Path, help="folder to write the books to")

    def run(self, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "pictures": take_pictures(options["pictures"]) if options["pictures"] else 0,
            "books": 0,
        }
        if options["write"]:
            options["write"].mkdir(parents=True, exist_ok=True)
            for language in LANGUAGES:
                for name in (MANUAL, *(role.key for role in ROLES)):
                    (options["write"] / f"{name}-{language}.pdf").write_bytes(book(name, language=language))
                    answer["books"] += 1
        return answer
