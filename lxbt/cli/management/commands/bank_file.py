"""`lxbt bank-file`: make the bank file of an approved batch, or write it out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.accounts.queries import user_named
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now
from lxbt.payments.operations import send_batch
from lxbt.payments.queries import file_content


class Command(Base):
    help = "Make the bank file of an approved batch (CSV with title row and control totals) and write it to a folder."
    example = "bank-file 12 --encoding gbk --to /tmp --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int, help="number of the batch")
        parser.add_argument("--encoding", default="gbk", choices=["gbk", "utf-8"])
        parser.add_argument("--to", default=".", help="folder")
        parser.add_argument("--by", help="user name; left out: the system")

    def run(self, **options: Any) -> dict[str, Any]:
        by = user_named(options["by"]) if options["by"] else None
        stored = send_batch(batch_id=options["batch"], encoding=options["encoding"], by=by, on=Now.read().on)
        path = Path(options["to"]) / stored.name
        path.write_bytes(file_content(stored))
        return {
            "path": str(path),
            "rows": stored.row_count,
            "total": str(stored.total),
            "sm3": bytes(stored.digest).hex(),
        }
