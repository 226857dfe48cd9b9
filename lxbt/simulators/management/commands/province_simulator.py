"""`lxbt province-simulator`: plays a province with a system of its own against the provincial interface.

Needs no database of ours.
"""

from __future__ import annotations

import json
import resource
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.cli.province_settings import NAME, Setting, SetWrong, closed_to_others, read_setting
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.divisions.operations import rows_of_data
from lxbt.provincial.client import NotDone, Refused, Unreachable, keys_of_set
from lxbt.simulators.command import SimulatorError, add_faults, chances_of
from lxbt.simulators.province.faults import KINDS, Faults
from lxbt.simulators.province.habits import Habits
from lxbt.simulators.province.playing import Play, Report
from lxbt.simulators.province.server import Ear
from lxbt.simulators.province.store import Store


class Command(Base):
    help = (
        "Play a province with a system of its own: invented persons and payments of months, pushed in batches and "
        "one by one with its own codes,"
        f" with faults on demand ({', '.join(KINDS)}); events taken, manifests compared, differences healed down to "
        "the person."
    )
    example = (
        "province-simulator --folder var/province --persons 1000 --months 2 --fault cut=0.2 --fault repeated=0.1 "
        "--fault clock=0.1"
    )
    requires_system_checks = ()

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder",
            type=Path,
            required=True,
            help=f"with {NAME} and its keys (lxbt province keygen); the books are kept there",
        )
        parser.add_argument("--against", default="", help="address of the interface; left out: as the file says")
        parser.add_argument("--area", default="42", help="the province, or a part of it: a prefix of division codes")
        parser.add_argument("--persons", type=int, default=1000)
        parser.add_argument("--months", type=int, default=1, help="so many months of payments, up to --until")
        parser.add_argument("--until", default="", help="last month, YYYY-MM; left out: last month")
        parser.add_argument("--batch-rows", type=int, default=50_000)
        parser.add_argument("--zones", type=int, default=3, help="so many townships bear codes of the province's own")
        parser.add_argument(
            "--shared", type=int, default=0, help="so many persons are known to another played province too"
        )
        parser.add_argument("--no-persons", action="store_true", help="push payments only")
        add_faults(parser)
        parser.add_argument("--ear", type=int, default=0, help="port of 127.0.0.1 for events; 0: any, -1: none")
        parser.add_argument("--fresh", action="store_true", help="forget the books of earlier runs")

    def run(self, **options: Any) -> dict[str, Any]:
        closed_to_others()
        folder: Path = options["folder"]
        setting = read_setting(folder / NAME)
        if not setting.handle_key:
            raise SetWrong("没有人员对账密钥，请在 province.yaml 中填写 handle_key_file。")
        if options["against"]:
            setting = replace(setting, url=options["against"])
        try:
            faults = Faults(options["seed"], chances_of(options))
            habits = Habits.of(
                options["seed"], options["area"], rows_of_data(), zones=options["zones"], shared=options["shared"]
            )
            today = Now.read().on
            until = Month.parse(options["until"]) if options["until"] else Month.of(today).back(1)
        except ValueError as error:
            raise SimulatorError(f"无法开始：{error}") from None
        if options["fresh"]:
            for one in folder.glob("books.sqlite*"):
                one.unlink()
        store = Store(folder / "books.sqlite")
        months = [str(until.back(n)) for n in reversed(range(options["months"]))]
        began = time.monotonic()
        store.fill(habits, options["persons"], months, setting.handle_key)
        filled = time.monotonic() - began
        ear = (
            None
            if options["ear"] < 0
            else Ear(options["ear"], store, setting.client_id, lambda: self.keys(setting), faults)
        )
        province = setting.province()
        name = f"{store.run_name()}"
        play = Play(
            store,
            province,
            habits,
            faults,
            name=name,
            months=months,
            batch_rows=options["batch_rows"],
            day=str(today),
            tell=self.say,
            persons=not options["no_persons"],
        )
        try:
            if ear:
                ear.thread.start()
            play.open(ear.url if ear else "")
            report = play.run()
            return self.answer(play, report, ear, filled)
        except (Refused, Unreachable, NotDone) as no:
            raise SimulatorError(f"接口没有按约定回答：{no}") from None
        finally:
            if ear:
                ear.close()
            province.line.close()
            store.close()

    def keys(self, setting: Setting) -> dict[str, bytes]:
        """The interface's public keys."""
        try:
            return keys_of_set(
                httpx.get(
                    f"{setting.url.rstrip('/')}/.well-known/jwks.json",
                    timeout=10,
                    trust_env=False,
                    verify=setting.authority or True,
                ).json()
            )
        except (httpx.HTTPError, ValueError):
            return {}

    def say(self, said: str) -> None:
        """How far it is, for a terminal."""
        if self.stderr.isatty():
            self.stderr.write(said)

    def answer(self, play: Play, report: Report, ear: Ear | None, filled: float) -> dict[str, Any]:
        """What happened, in numbers."""
        count, total = play.store.totals()
        theirs = [row for month in play.months for row in play.province.manifest(play.day, months=[month]).values()]
        held = sum(row.count for row in theirs), sum(row.fen for row in theirs)
        refused, refused_fen = play.store.refused()
        agree = not report.open_groups and held == (count, total)
        return {
            "persons": play.store.count(),
            "payments": count,
            "fen": total,
            "held_there": {"payments": held[0], "fen": held[1]},
            "agree": agree,
            "refused_there": {"payments": refused, "fen": refused_fen},
            "open_groups": len(report.open_groups),
            "open_persons": report.open_persons,
            "explained": report.explained,
            "rows_pushed": report.rows,
            "batches": report.batches,
            "singles": report.singles,
            "seconds": round(report.seconds, 1),
            "rows_per_second": round(report.rows / report.seconds) if report.seconds else 0,
            "outcomes": dict(report.outcomes),
            "codes": dict(report.codes),
            "rounds": report.rounds,
            "faults": dict(play.faults.happened),
            "unexpected": play.faults.unexpected,
            "events": dict(ear.counts) if ear else {},
            "filled_in": round(filled, 1),
            "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "failed": bool(play.faults.unexpected) or report.open_persons > report.explained,
        }

    def tell(self, answer: dict[str, Any]) -> None:
        for key, value in answer.items():
            self.stdout.write(
                f"{key}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}"
            )
