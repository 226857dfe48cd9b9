"""`lxbt replay FILE`: a story over months, through the real operations, in a scratch database; nothing stays."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from lxbt.cases.replay import Draw, play, read_story
from lxbt.cases.scratch import use_scratch_database
from lxbt.cases.situations import load_yaml
from lxbt.cli.command import Command as Base
from lxbt.core.reading import Unreadable
from lxbt.core.refusal import Refusal


class Command(Base):
    help = "Play a story over months (YAML: scheme, steps) and print what each draw brought. Exit code 1 when an `expect` is not met."
    requires_system_checks = ()
    example = "replay tests/cases/replay/retroactive-rise.yaml --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a replay file (YAML)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scheme, division, steps = read_story(load_yaml(options["file"]))
            use_scratch_database("replay")
            draws = play(scheme, division, steps)
        except (Unreadable, Refusal) as error:
            raise CommandError(f"{options['file']}: {error}") from None
        if options["json"]:
            json.dump({"draws": [as_json(draw) for draw in draws]}, sys.stdout, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
        else:
            for draw in draws:
                self.stdout.write(as_text(draw))
        wrong = [draw for draw in draws if draw.differs()]
        if wrong:
            raise CommandError("\n".join(["与 expect 不符：", *(_difference(draw) for draw in wrong)]))


def as_json(draw: Draw) -> dict[str, Any]:
    """A draw for machines."""
    items = [{"person": p, "subsidy": s, "right_month": m, "amount": f"{amount:.2f}"} for p, s, m, amount in draw.items]
    return {"month": str(draw.month), "items": items}


def as_text(draw: Draw) -> str:
    """A draw for people."""
    lines = [f"    {person:<8} {subsidy:<6} {month} {amount:>10.2f}" for person, subsidy, month, amount in draw.items]
    return "\n".join([f"{draw.day}  draw {draw.month}", *(lines or ["    -"])])


def _difference(draw: Draw) -> str:
    wanted = set(draw.expect or [])
    missing = [f"缺少 {' '.join(map(str, item))}" for item in sorted(wanted - set(draw.items))]
    extra = [f"多出 {' '.join(map(str, item))}" for item in sorted(set(draw.items) - wanted)]
    return f"{draw.day} draw {draw.month}: " + "; ".join([*missing, *extra] or ["有重复的条目"])
