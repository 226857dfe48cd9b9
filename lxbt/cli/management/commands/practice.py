"""`lxbt practice`: make the practice area, or throw away what was practised and make it anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.practice.operations.world import prepare_world


class Command(Base):
    help = "Make the practice area, a schema of its own beside the real tables, or bring it up to date."
    example = "practice --rebuild"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="throw away what was practised; training records stay"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        return {"new": prepare_world(rebuild=options["rebuild"])}

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write("Practice was made." if answer["new"] else "Practice is up to date.")
