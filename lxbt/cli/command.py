"""What every `lxbt` command shares: JSON on demand, refusals as one sentence and a non-zero exit."""

from __future__ import annotations

import json
import sys
from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from lxbt.audit.origin import acts_from
from lxbt.core.refusal import Refusal


def _broken(error: OperationalError) -> str:
    """What to do when the database did not carry a statement out: what was begun is undone."""
    return (
        "与数据库的连接中断，没有完成的部分已撤销。请稍后再运行同一命令；数据库没有起来时先运行 lxbt doctor。"
        f"（{str(error).strip().splitlines()[0]}）"
    )


class Command(BaseCommand):
    """Base of the commands: subclasses write `arguments` and `run`; `run` gives a dictionary for --json."""

    example = ""
    origin = "terminal"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        name = subcommand.replace("_", "-")
        return super().create_parser(
            "lxbt", name, epilog=f"example: lxbt {self.example}" if self.example else None, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")
        self.arguments(parser)

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    @abstractmethod
    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work and give the answer."""

    def tell(self, answer: dict[str, Any]) -> None:
        """Print the answer for a person."""
        for key, value in answer.items():
            self.stdout.write(f"{key}: {value}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acts_from(self.origin):
                answer = self.run(**options)
        except Refusal as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": str(refusal)}, ensure_ascii=False))
            raise CommandError(str(refusal)) from refusal
        except OperationalError as error:
            sentence = _broken(error)
            if options["json"]:
                self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
            raise CommandError(sentence) from error
        if options["json"]:
            json.dump(answer, sys.stdout, ensure_ascii=False, default=str, indent=None)
            sys.stdout.write("\n")
        else:
            self.tell(answer)
        if answer.get("failed"):
            sys.exit(1)
