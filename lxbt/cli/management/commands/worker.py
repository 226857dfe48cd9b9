"""`lxbt worker`: runs the background jobs queued in PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command

from lxbt.cli.command import Command as Base
from lxbt.config.lifeline import leave_with_serve


class Command(Base):
    help = (
        "Run the background worker: recounts stale months and takes what is due. State is in the tables; a lost "
        "worker loses nothing."
    )
    example = "worker"
    origin = "worker"

    def run(self, **options: Any) -> dict[str, Any]:
        leave_with_serve()
        call_command("procrastinate", "worker", "--concurrency", "1")
        return {"stopped": True}
