"""`lxbt compare`: compare an area by the rules; interrupted, run it again and it goes on; doubled, it raises nothing
twice.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from lxbt.accounts.queries import user_named
from lxbt.cli.command import Command as Base
from lxbt.cli.command import month_named
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions.queries import division
from lxbt.matching.operations import finding, running, trying


class NothingToCompare(Refusal):
    """The area, the month or the account is not known."""


class Command(Base):
    help = (
        "Compare everybody of an area with the lists of other bodies and with the rules themselves; what is found "
        "waits for people to verify."
    )
    example = "compare --division 420100000000 --rules R01,R05 --month 2026-05 --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", required=True, help="12-digit code; 000000000000 is the nation")
        parser.add_argument("--rules", default="", help="codes, comma between; left out: all")
        parser.add_argument("--month", help="YYYY-MM, the month compared (default: the one before this)")
        parser.add_argument("--changed", action="store_true", help="only persons of whom something became known since")
        parser.add_argument("--dry-run", action="store_true", help="say what would be found, raise nothing")
        parser.add_argument("--by", help="user name; left out: the system")

    def run(self, **options: Any) -> dict[str, Any]:
        now = Now.read()
        on, at = now.on, now.at
        month = month_named(options["month"]) if options["month"] else Month.of(on).back(1)
        if division(options["division"]) is None:
            raise NothingToCompare(f"没有区划 {options['division']}，请核对代码。")
        by = user_named(options["by"]) if options["by"] else None
        if options["by"] and by is None:
            raise NothingToCompare(f"没有用户 {options['by']}。")
        codes = [code.strip().upper() for code in options["rules"].split(",") if code.strip()] or None
        if options["dry_run"]:
            chosen = finding.chosen_rules(codes)
            tried = [
                trying.try_rule(code=rule.code, setting=None, area=options["division"], month=month, on=on)
                for rule in chosen
                if not rule.of_places
            ]
            return {
                "month": str(month),
                "rules": {
                    t.rule: {"persons": t.persons, "months": t.months, "amount": f"{t.amount:.2f}"} for t in tried
                },
            }
        if options["changed"]:
            report = running.compare_changed(month=month, on=on, at=at)
        else:
            report = running.Report()
            with tqdm(disable=not sys.stderr.isatty(), unit="county") as bar:
                for done, total, found in running.run_rules(
                    area=options["division"], rules=codes, month=month, on=on, at=at, by=by
                ):
                    bar.total, bar.n, report = total, done, found
                    bar.refresh()
        return {
            "month": str(month),
            "persons": report.persons,
            "found": report.total("found"),
            "raised": report.total("raised"),
            "lapsed": report.total("lapsed"),
            "signals": report.signals,
            "rules": {code: numbers for code, numbers in report.counts.items() if any(numbers.values())},
        }
