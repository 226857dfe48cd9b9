"""`lxbt worker`: runs the background jobs queued in PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.cli.waking import keep_watch
from lxbt.config.lifeline import leave_with_serve

QUEUES = {"quick": ("default", "builtin"), "long": ("long",), "all": ()}


class Command(Base):
    help = (
        "Run the background worker: recounts stale months and takes what is due. State is in the tables; a lost "
        "worker loses nothing. Work of minutes (imports, comparisons) has a queue of its own, so that it never holds "
        "up sealing and figures; each worker takes up to six connections."
    )
    example = "worker --queues quick"
    origin = "worker"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", choices=sorted(QUEUES), default="all", help="which queues this worker serves")

    def run(self, **options: Any) -> dict[str, Any]:
        leave_with_serve()
        queues = QUEUES[options["queues"]]
        keep_watch(wakes=options["queues"] != "long")
        named = ("--queues", ",".join(queues)) if queues else ()
        call_command("procrastinate", "worker", "--concurrency", "1", *named)
        return {"stopped": True}
