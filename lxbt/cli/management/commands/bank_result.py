"""`lxbt bank-result`: take in a bank's result file; the same file again changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.accounts.queries import user_named
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now
from lxbt.core.refusal import Refusal
from lxbt.payments.operations import record_results


class NoFile(Refusal):
    """The file cannot be read."""


class Command(Base):
    help = "Take in the bank's result file of a batch that was sent. Run again after an interruption, it finishes."
    example = "bank-result 12 /tmp/420102-202603-1-result.csv --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int, help="number of the batch")
        parser.add_argument("file", help="result file, CSV in GBK or UTF-8")
        parser.add_argument("--by", help="user name; left out: the system")

    def run(self, **options: Any) -> dict[str, Any]:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise NoFile(f"无法读取 {path}: {error.strerror}") from None
        by = user_named(options["by"]) if options["by"] else None
        taken = asdict(
            record_results(batch_id=options["batch"], content=content, name=path.name, by=by, on=Now.read().on)
        )
        # `failed` is a count of lines here, not a failure of the command
        return {
            "file": taken["file_id"],
            "paid": taken["paid"],
            "lines_failed": taken["failed"],
            "unmatched": taken["unmatched"],
            "again": taken["again"],
        }
