"""What the tests of the demonstration share."""

from __future__ import annotations

from datetime import date
from io import StringIO

from django.core.management import call_command

DAY = date(2026, 6, 17)
SOME_COUNTIES = ("420102", "330106", "4419", "110108", "6601")


def run_demo(**options: object) -> None:
    call_command(
        "demo",
        persons=options.pop("persons", 150),
        on=DAY,
        stdout=StringIO(),
        stderr=StringIO(),
        skip_checks=True,
        **options,
    )
