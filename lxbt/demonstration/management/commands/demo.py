"""`lxbt demo`: an invented population with eight months of payments, for trying the system out. Never in production."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import connection, transaction
from tqdm import tqdm

from lxbt.cli.command import Command as Base
from lxbt.config.command_line import var_folder
from lxbt.core.clock import Now
from lxbt.core.refusal import Refusal
from lxbt.demonstration import progress
from lxbt.demonstration.fate import MONTHS
from lxbt.demonstration.faults import plant_faults, write_truth
from lxbt.demonstration.places import SHOW_COUNTY
from lxbt.demonstration.population import beginning_of_payments
from lxbt.demonstration.report import counts
from lxbt.demonstration.story import Story, analyze
from lxbt.divisions.models import Division
from lxbt.registry.models import Person
from lxbt.rollout.operations.counting import count_progress
from lxbt.statistics.coverage import count_coverage
from lxbt.statistics.operations import count_stale


class DemoRefused(Refusal):
    """The demonstration cannot be made here."""


class Command(Base):
    help = (
        "Make the demonstration: invented persons in every province, accounts of every role, eight months of "
        "payments and"
        " applications at every step. The same seed and day give the same data. A run that was interrupted is "
        "finished by the next."
    )
    example = "demo --persons 20000 --seed 1"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--persons", type=int, default=20_000, help="how many persons (default 20000)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--on", type=date.fromisoformat, help="the day it is seen from, YYYY-MM-DD (default: today)"
        )
        parser.add_argument(
            "--faults",
            type=int,
            default=0,
            help="plant each kind of fault so many times in the show county, and tell them in a file",
        )
        parser.add_argument(
            "--faults-file", default="", help="where to tell them (default: faults.json in the folder of data)"
        )
        parser.add_argument("--force", action="store_true", help="also where persons are registered already")

    def run(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        asked, next_step = self.wish(**options)
        with connection.cursor() as cursor:  # a lost commit is only done again: its mark is lost with it
            cursor.execute("set synchronous_commit = off")
        story = Story(asked)
        steps = list(story.steps())
        with tqdm(steps, disable=not sys.stderr.isatty(), initial=next_step, unit="step") as bar:
            for number, (title, work) in enumerate(steps):
                if number >= next_step:
                    bar.set_description(title)
                    progress.run_step(number, work)
                    bar.update()
        while count_stale(limit=200):
            pass
        now = Now.read()
        count_coverage(on=now.on, at=now.at)
        count_progress(day=asked.day, at=now.at)
        analyze()
        progress.finish()
        planted = self.plant(asked, options["faults"], options["faults_file"]) if options["faults"] else {}
        with connection.cursor() as cursor:
            cursor.execute("reset synchronous_commit")
        answer = counts(asked)
        return {
            "persons": asked.persons,
            "day": asked.day,
            "seed": asked.seed,
            "seconds": round(time.monotonic() - started, 1),
            "tables": answer,
        } | planted

    def plant(self, asked: progress.Asked, each: int, path: str) -> dict[str, Any]:
        """Faults for comparing to find; what was planted stands in the file alone."""
        month = beginning_of_payments(asked.day, MONTHS) + (MONTHS - 1)
        with transaction.atomic():
            planted = plant_faults(area=SHOW_COUNTY, month=month, on=asked.day, each=each, seed=asked.seed)
        where = Path(path) if path else var_folder() / "faults.json"
        write_truth(where, planted)
        return {"faults": len(planted), "faults_file": str(where)}

    def wish(
        self, *, persons: int, seed: int, on: date | None, force: bool, **_options: Any
    ) -> tuple[progress.Asked, int]:
        """What is to be made and from which step on. Refuses where real persons may be."""
        if settings.LXBT_ENVIRONMENT == "production":
            raise DemoRefused("这是正式环境（LXBT_ENVIRONMENT=production），不能生成演示数据。")
        if persons < 100:
            raise DemoRefused("演示人数至少为 100。")
        unfinished = progress.begun()
        if unfinished is not None:
            asked = unfinished[0]
            self.stderr.write(f"接着完成上次中断的演示数据：{asked.persons} 人，种子 {asked.seed}，日期 {asked.day}。")
            return unfinished
        if not Division.objects.filter(acts_as_county=True).exists():
            raise DemoRefused("还没有行政区划，请先运行 lxbt setup。")
        if not force and Person.objects.exists():
            raise DemoRefused(
                "数据库里已有人员。确需在其上再生成演示数据，请加 --force；或换一个空数据库（LXBT_VAR 或 "
                "DATABASE_URL）。"
            )
        return progress.begin(persons=persons, seed=seed, day=on or Now.read().on), 0

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write(
            f"{answer['persons']} persons in {answer['seconds']} s; day {answer['day']}, seed {answer['seed']}"
        )
        for name, count in answer["tables"].items():
            self.stdout.write(f"  {name:<32}{count:>12}")
