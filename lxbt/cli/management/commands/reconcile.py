"""`lxbt reconcile`: items, orders, lines, bank files and figures of a month against each other, to the fen."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.cli.command import month_named
from lxbt.statistics.reconciling import reconcile


class Command(Base):
    help = "Lay a month's items, orders, lines, bank files and published figures side by side; 1 where they differ."
    example = "reconcile --division 420000000000 --month 2026-03 --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", default="000000000000", help="12-digit code; every payer in it is looked at")
        parser.add_argument("--month", required=True, help="YYYY-MM")

    def run(self, **options: Any) -> dict[str, Any]:
        month = month_named(options["month"])
        payers = reconcile(options["division"], month)
        differences = [
            {
                "payer": one.payer_code,
                "batch": one.batch_id,
                "what": one.what,
                "told": str(one.told),
                "found": str(one.found),
            }
            for payer in payers
            for one in payer.differences
        ]
        sums = {
            name: f"{sum(getattr(payer, name) for payer in payers):.2f}"
            for name in ("items", "net", "file", "paid", "figures")
        }
        return {
            "month": str(month),
            "payers": len(payers),
            **sums,
            "waiting": [payer.code for payer in payers if payer.waits],
            "differences": differences,
            "failed": len(differences),
        }
