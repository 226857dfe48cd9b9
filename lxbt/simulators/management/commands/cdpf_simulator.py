"""`lxbt cdpf-simulator`: plays the Federation's database over HTTP on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.core.clock import this_moment
from lxbt.divisions.operations import rows_of_data
from lxbt.simulators.command import LineCommand, SimulatorError, add_faults
from lxbt.simulators.federation.clock import Clock, population
from lxbt.simulators.federation.faults import KINDS
from lxbt.simulators.federation.running import serve_until_stopped
from lxbt.simulators.federation.server import Federation, Server
from lxbt.simulators.federation.store import Store, read_csv


class Command(LineCommand):
    help = (
        "Play the Federation's database of persons with disabilities: the DCI Disability Registry interface with "
        "signatures, a clock that changes"
        f" certificates, faults on demand ({', '.join(KINDS)})."
    )
    example = "cdpf-simulator --folder var/cdpf --port 8101 --rate 0.1 --fault slow=0.05 --fault lost=0.01"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, help="folder with link.json; data and signing key are kept there")
        parser.add_argument(
            "--demonstration-of",
            metavar="URL",
            help="play the Federation of the demonstration served there: the line is made, and the persons known "
            "here are told",
        )
        parser.add_argument("--port", type=int, help="of 127.0.0.1; left out: as link.json says")
        parser.add_argument(
            "--persons", type=int, default=0, help="begin with so many invented persons, unless there is persons.csv"
        )
        parser.add_argument("--divisions", default="420102002000", help="townships of invented persons, with commas")
        parser.add_argument("--rate", type=float, default=0.0, help="changes a second")
        add_faults(parser, "; slow_seconds=3 too")
        parser.add_argument("--fresh", action="store_true", help="forget the data of earlier runs")

    def run(self, **options: Any) -> dict[str, Any]:
        folder = self.folder(options)
        link, faults = self.begin(folder, options)
        store = self.store(folder, options)
        places = self.places(store, options)
        federation = Federation(
            store,
            link,
            folder / "keys",
            faults=faults,
            clock=Clock(store, options["seed"], places),
            rate=options["rate"],
        )
        server = Server(options["port"] or link["port"], federation)
        self.announce("cdpf-simulator", server.server_port, f"{store.count()} persons")
        serve_until_stopped(server, federation)
        return {"served": True}

    def folder(self, options: dict[str, Any]) -> Path:
        """The folder that was named, or that of this installation's demonstration, made if need be."""
        if options["demonstration_of"]:
            from lxbt.simulators.federation import link

            return link.prepare(
                port=options["port"] or link.PORT, partner_url=options["demonstration_of"], at=this_moment()
            )
        if not options["folder"]:
            raise SimulatorError("请用 --folder 指明资料所在的文件夹。")
        return Path(options["folder"])

    def store(self, folder: Path, options: dict[str, Any]) -> Store:
        """The data, filled at the first run."""
        from django.conf import settings

        path = folder / "data.sqlite"
        if options["fresh"]:
            for one in folder.glob("data.sqlite*"):
                one.unlink()
        store = Store(path, settings.LXBT_ROSTER_KEY)
        if store.count() == 0:
            if (folder / "persons.csv").exists():
                store.put(read_csv(folder / "persons.csv"), tell=False)
            elif options["persons"]:
                store.put(
                    population(options["seed"], options["divisions"].split(","), options["persons"], Federation.now()),
                    tell=False,
                )
        return store

    def places(self, store: Store, options: dict[str, Any]) -> list[str]:
        """Townships where new certificates are issued: those that persons live in."""
        known = [code for (code,) in store.rows("select distinct division_code from record order by 1 limit 5000")]
        existing = {row["code"] for row in rows_of_data()}
        return [code for code in known if code in existing] or options["divisions"].split(",")
