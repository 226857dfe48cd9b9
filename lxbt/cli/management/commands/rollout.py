"""`lxbt rollout`: count progress now, or tell how the provinces stand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now
from lxbt.divisions.rules import NATION
from lxbt.rollout.operations.counting import count_progress
from lxbt.rollout.queries.progress import board
from lxbt.rollout.rules.plan import Task


class Command(Base):
    help = (
        "Going live: count the progress of every county of an area now (count), or tell how each province stands "
        "(status)."
    )
    example = "rollout count --division 420000000000"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["count", "status"])
        parser.add_argument("--division", default=NATION, help="12-digit code of the area (default: the nation)")

    def run(self, **options: Any) -> dict[str, Any]:
        act, division = options["act"], options["division"]
        read = Now.read()
        now, on = read.at, read.on
        if act == "count":
            return {"counties": count_progress(area=division, day=on, at=now)}
        found = board(area=division, on=on, now=now)
        return {
            "on": str(on),
            "counted_at": str(found.counted_at or ""),
            "provinces": {
                code: {
                    "state": judged.verdict.state.value,
                    "counties": judged.figures.counties,
                    **{task.value: round(judged.figures.share(task), 4) for task in Task},
                }
                for code, judged in found.judged.items()
            },
        }

    def tell(self, answer: dict[str, Any]) -> None:
        if "provinces" not in answer:
            self.stdout.write(f"{answer['counties']} counties counted")
            return
        for code, told in answer["provinces"].items():
            self.stdout.write(
                f"{code} {told['state']:<10}" + "".join(f"{task.value} {told[task.value]:>7.1%}  " for task in Task)
            )
