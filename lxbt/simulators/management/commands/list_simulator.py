"""`lxbt list-simulator`: plays a body that gives lists, over HTTP on this machine. Needs no database of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.simulators.command import LineCommand, SimulatorError, add_faults
from lxbt.simulators.federation.faults import KINDS
from lxbt.simulators.federation.running import serve_until_stopped
from lxbt.simulators.federation.server import Server
from lxbt.simulators.lists.body import Body
from lxbt.simulators.lists.book import Book


class Command(LineCommand):
    help = (
        "Play a body that gives lists (deaths, dibao and the like): it answers whether persons are on them, at once "
        "or later, and tells records by itself;"
        f" signatures, faults on demand ({', '.join(KINDS)}). records.json of the folder, if there, "
        "is what it begins with."
    )
    example = "list-simulator --folder var/police --port 8102 --fault lost=0.1"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, required=True, help="folder with link.json; data and signing key are kept there"
        )
        parser.add_argument("--port", type=int, help="of 127.0.0.1; left out: as link.json says")
        add_faults(parser, "; slow_seconds=3 too")

    def run(self, **options: Any) -> dict[str, Any]:
        folder: Path = options["folder"]
        link, faults = self.begin(folder, options)
        try:
            book = Book(folder / "book.sqlite")
            if book.count() == 0 and (folder / "records.json").exists():
                book.put(json.loads((folder / "records.json").read_text()), tell=False)
        except (OSError, ValueError) as error:
            raise SimulatorError(f"无法开始：{error}") from None
        body = Body(book, link, folder / "keys", faults=faults)
        server = Server(options["port"] or link["port"], body)
        self.announce("list-simulator", server.server_port, f"{book.count()} records")
        serve_until_stopped(server, body)
        return {"served": True}
