"""`lxbt draw`: draw a month for every payer of an area; run again after an interruption, it finishes and doubles
nothing.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from lxbt.accounts.queries import user_named
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.payments import queries
from lxbt.payments.operations import draw_area


class NothingToDraw(Refusal):
    """The area has no payer, or the account does not exist."""


class Command(Base):
    help = "Draw a month's batches by difference for every body that pays in an area."
    example = "draw --division 420102000000 --month 2026-03 --by payer --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", required=True, help="12-digit code; every payer in it draws")
        parser.add_argument("--month", required=True, help="YYYY-MM")
        parser.add_argument(
            "--workers", type=int, default=min(4, os.cpu_count() or 1), help="connections that draw at the same time"
        )
        parser.add_argument("--by", help="user name of the one who draws; left out: the system")

    def run(self, **options: Any) -> dict[str, Any]:
        try:
            month = Month.parse(options["month"])
        except ValueError as error:
            raise NothingToDraw(str(error)) from None
        by = user_named(options["by"]) if options["by"] else None
        if options["by"] and by is None:
            raise NothingToDraw(f"没有用户 {options['by']}。")
        payers = queries.payers_in(options["division"]) or [p for p in [queries.payer_of(options["division"])] if p]
        if not payers:
            raise NothingToDraw(f"区划 {options['division']} 内没有发放单位，请核对代码。")
        batches = []
        with tqdm(total=len(payers), disable=not sys.stderr.isatty(), unit="payer") as progress:
            for done, drawn in draw_area(
                area=options["division"], month=month, by=by, on=Now.read().on, workers=options["workers"]
            ):
                batches += drawn
                progress.update(done)
        return {
            "month": str(month),
            "payers": len(payers),
            "batches": [batch.pk for batch in batches],
            "items": sum(batch.item_count for batch in batches),
            "total": f"{sum(batch.total for batch in batches):.2f}",
            "held": sum(batch.held_count for batch in batches),
        }
