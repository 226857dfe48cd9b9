"""What every `lxbt` command shares: JSON on demand, refusals as one sentence and a non-zero exit."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lxbt.core.refusal import Refusal


class Command(BaseCommand):
    """Base of the commands: subclasses write `arguments` and `run`; `run` gives a dictionary for --json."""

    example = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        name = subcommand.replace("_", "-")
        return super().create_parser("lxbt", name, epilog=f"example: lxbt {self.example}" if self.example else None, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")
        self.arguments(parser)

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work and give the answer."""
        raise NotImplementedError

    def tell(self, answer: dict[str, Any]) -> None:
        """Print the answer for a person."""
        for key, value in answer.items():
            self.stdout.write(f"{key}: {value}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self.run(**options)
        except Refusal as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": str(refusal)}, ensure_ascii=False))
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            json.dump(answer, sys.stdout, ensure_ascii=False, default=str, indent=None)
            sys.stdout.write("\n")
        else:
            self.tell(answer)
        if answer.get("failed"):
            sys.exit(1)
