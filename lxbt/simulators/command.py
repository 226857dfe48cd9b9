"""What the commands of the simulators share: a folder, a seed, faults on demand, and refusals."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command
from lxbt.config.lifeline import leave_with_serve
from lxbt.core.refusal import Refusal
from lxbt.simulators.federation.faults import Faults


class SimulatorError(Refusal):
    """The folder, the faults or the other side are not what they should be."""


def add_faults(parser: CommandParser, more: str = "") -> None:
    """The arguments of a simulator that goes wrong on demand."""
    parser.add_argument("--seed", default="1")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND=CHANCE", help="may be given several times" + more
    )


def chances_of(options: dict[str, Any]) -> dict[str, str]:
    """The chances that were asked for, by kind of fault."""
    return dict(one.partition("=")[::2] for one in options["fault"])


class LineCommand(Command):
    """A simulator at the other end of a line: it has a folder with link.json, and goes when `lxbt serve` goes."""

    requires_system_checks = ()

    def begin(self, folder: Path, options: dict[str, Any]) -> tuple[dict[str, Any], Faults]:
        """The line as the folder says, and the faults that were asked for; SimulatorError when either is wrong."""
        leave_with_serve()
        os.umask(0o077)  # persons stand in its data
        try:
            return json.loads((folder / "link.json").read_text()), Faults(options["seed"], chances_of(options))
        except (OSError, ValueError) as error:
            raise SimulatorError(f"无法开始：{error}") from None

    def announce(self, name: str, port: int, persons: str) -> None:
        """Say where it is reached."""
        self.stdout.write(f"{name} on http://127.0.0.1:{port}/ with {persons}  (Ctrl C stops)")
        self.stdout.flush()
