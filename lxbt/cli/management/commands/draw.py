"""`lxbt draw`: draw a month for every payer of an area; run again after an interruption, it finishes and doubles
nothing.
"""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from lxbt.accounts.queries import user_named
from lxbt.cli.command import Command as Base
from lxbt.cli.command import month_named
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.payments import queries
from lxbt.payments.operations import DrawRefused, Pricer, draw_area, try_payer

if TYPE_CHECKING:
    from lxbt.accounts.models import User


class NothingToDraw(Refusal):
    """The area has no payer, or the account does not exist."""


def try_payers(payers: list[str], month: Month, by: User | None) -> dict[str, Any]:
    """What a draw would bring each payer: counts of items, yuan due, lines and yuan net to the bank, persons held."""
    on, pricer = Now.read().on, Pricer()
    rows: list[dict[str, Any]] = []
    for payer in tqdm(payers, disable=not sys.stderr.isatty(), unit="payer"):
        try:
            tried = try_payer(payer_code=payer, month=month, by=by, on=on, pricer=pricer)
        except DrawRefused as refusal:
            rows.append({"payer": payer, "refused": str(refusal)})
            continue
        row = {"payer": payer, "due": f"{tried.due:.2f}", "net": f"{tried.net:.2f}", "lines": tried.lines}
        rows.append(row | {"held": tried.held} | tried.counts)
    net = sum(Decimal(row["net"]) for row in rows if "net" in row)
    return {"month": str(month), "trial": True, "payers": len(payers), "net": f"{net:.2f}", "rows": rows}


class Command(Base):
    help = "Draw a month's batches by difference for every body that pays in an area."
    example = "draw --division 420102000000 --month 2026-03 --by payer --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", required=True, help="12-digit code; every payer in it draws")
        parser.add_argument("--month", required=True, help="YYYY-MM")
        parser.add_argument(
            "--workers", type=int, default=min(4, os.cpu_count() or 1), help="connections that draw at the same time"
        )
        parser.add_argument(
            "--trial", action="store_true", help="say what a draw would bring now, payer by payer; nothing is kept"
        )
        parser.add_argument("--by", help="user name of the one who draws; left out: the system")

    def run(self, **options: Any) -> dict[str, Any]:
        month = month_named(options["month"])
        by = user_named(options["by"]) if options["by"] else None
        if options["by"] and by is None:
            raise NothingToDraw(f"没有用户 {options['by']}。")
        payers = queries.payers_in(options["division"]) or [p for p in [queries.payer_of(options["division"])] if p]
        if not payers:
            raise NothingToDraw(f"区划 {options['division']} 内没有发放单位，请核对代码。")
        if options["trial"]:
            return try_payers([payer.code for payer in payers], month, by)
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
