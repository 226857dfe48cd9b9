"""`lxbt setup`: bring an installation to the state of the code: schema, divisions, messages, static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connection

from lxbt.accounts import queries as accounts
from lxbt.cli.command import Command as Base
from lxbt.config.messages import compile_messages
from lxbt.divisions.operations import load_divisions
from lxbt.practice.operations.world import prepare_world
from lxbt.rollout.operations.planning import load_plan
from lxbt.support.operations.manual import take_pictures


def demonstration_wanted() -> bool:
    """Whether the database is empty, or holds a demonstration that was cut off and is to be finished."""
    return not accounts.any_account() or "demo_progress" in connection.introspection.table_names()


class Command(Base):
    help = (
        "Create or upgrade the installation: schema, divisions, message catalogues, static files, demonstration data."
    )
    example = "setup --persons 20000"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="no demonstration population on an empty database")
        parser.add_argument(
            "--persons", type=int, default=20_000, help="size of the demonstration population (default 20000)"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        call_command("migrate", verbosity=0)
        added = load_divisions()
        load_plan()
        compiled = compile_messages()
        call_command("collectstatic", interactive=False, verbosity=0)
        demo = not options["no_demo"] and apps.is_installed("lxbt.demonstration") and demonstration_wanted()
        if demo:
            call_command("demo", persons=options["persons"])
        prepare_world()
        if (built := settings.BASE.parent / "build" / "manual").is_dir():
            take_pictures(built)
        return {
            "divisions_added": added,
            "catalogues": compiled,
            "static": str(Path(settings.STATIC_ROOT)),
            "demonstration": demo,
        }

    def tell(self, answer: dict[str, Any]) -> None:
        self.stdout.write("lxbt is set up.")
