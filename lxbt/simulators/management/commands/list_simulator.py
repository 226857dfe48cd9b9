"""`lxbt list-simulator`: plays a body that gives lists, over HTTP on this machine. Needs no database of ours."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.config.lifeline import leave_with_serve
from lxbt.core.refusal import Refusal
from lxbt.simulators.federation.faults import KINDS, Faults
from lxbt.simulators.federation.running import serve_until_stopped
from lxbt.simulators.federation.server import Server
from lxbt.simulators.lists.body import Body
from lxbt.simulators.lists.book import Book


class CannotPlay(Refusal):
    """The folder or the faults are not what they should be."""


class Command(Base):
    help = (
        "Play a body that gives lists (deaths, dibao and the like): it answers whether persons are on them, at once or later, and tells records by itself;"
        f" signatures, faults on demand ({', '.join(KINDS)}). records.json of the folder, if there, is what it begins with."
    )
    example = "list-simulator --folder var/police --port 8102 --fault lost=0.1"
    requires_system_checks = ()

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, required=True, help="folder with link.json; data and signing key are kept there"
        )
        parser.add_argument("--port", type=int, help="of 127.0.0.1; left out: as link.json says")
        parser.add_argument("--seed", default="1")
        parser.add_argument(
            "--fault",
            action="append",
            default=[],
            metavar="KIND=CHANCE",
            help="may be given several times; slow_seconds=3 too",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        leave_with_serve()
        os.umask(0o077)  # persons stand in its data
        folder: Path = options["folder"]
        try:
            link = json.loads((folder / "link.json").read_text())
            faults = Faults(options["seed"], dict(one.partition("=")[::2] for one in options["fault"]))
            book = Book(folder / "book.sqlite")
            if book.count() == 0 and (folder / "records.json").exists():
                book.put(json.loads((folder / "records.json").read_text()), tell=False)
        except (OSError, ValueError) as error:
            raise CannotPlay(f"无法开始：{error}") from None
        body = Body(book, link, folder / "keys", faults=faults)
        server = Server(options["port"] or link["port"], body)
        self.stdout.write(
            f"list-simulator on http://127.0.0.1:{server.server_port}/ with {book.count()} records  (Ctrl C stops)"
        )
        self.stdout.flush()
        serve_until_stopped(server, body)
        return {"served": True}
