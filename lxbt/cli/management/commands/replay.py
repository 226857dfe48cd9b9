"""`lxbt replay FILE`: a story over months, through the real operations, in a scratch database; nothing stays."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser

from lxbt.cases.replay import Draw, play, read_story
from lxbt.cases.scratch import use_scratch_database
from lxbt.cases.situations import load_yaml
from lxbt.cases.story import Claims, Summed
from lxbt.cli.command import Command as Base
from lxbt.core.reading import Unreadable
from lxbt.core.refusal import Refusal


class Command(Base):
    help = (
        "Play a story over months (YAML: scheme, steps) and print what each draw brought. Exit code 1 when an "
        "`expect` is not met."
    )
    requires_system_checks = ()
    example = "replay tests/cases/replay/retroactive-rise.yaml --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a replay file (YAML)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scheme, division, steps = read_story(load_yaml(options["file"]))
            use_scratch_database("replay")
            played = play(scheme, division, steps)
        except (Unreadable, Refusal) as error:
            raise CommandError(f"{options['file']}: {error}") from None
        if options["json"]:
            told = {
                "draws": [as_json(draw) for draw in played.draws],
                "claims": [[summed(claim) for claim in look.claims] for look in played.claims],
            }
            json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
        else:
            for draw in played.draws:
                self.stdout.write(as_text(draw))
        wrong = [_difference(draw) for draw in played.draws if draw.differs()]
        wrong += [_claims_differ(look) for look in played.claims if look.differs()]
        if wrong:
            raise CommandError("\n".join(["与预期不符：", *wrong]))


def as_json(draw: Draw) -> dict[str, Any]:
    """A draw for machines."""
    items = [{"person": p, "subsidy": s, "right_month": m, "amount": f"{amount:.2f}"} for p, s, m, amount in draw.items]
    return {
        "month": str(draw.month),
        "items": items,
        "lines": [summed(line) for line in draw.lines],
        "claims": [summed(claim) for claim in draw.claims],
    }


def summed(row: Summed) -> dict[str, str]:
    """A line or a claim for machines."""
    person, subsidy, amount = row
    return {"person": person, "subsidy": subsidy, "amount": f"{amount:.2f}"}


def as_text(draw: Draw) -> str:
    """A draw for people."""
    lines = [f"    {person:<8} {subsidy:<6} {month} {amount:>10.2f}" for person, subsidy, month, amount in draw.items]
    ordered = [f"    -> bank  {person:<8} {subsidy:<6} {amount:>10.2f}" for person, subsidy, amount in draw.lines]
    claims = [f"    <- claim {person:<8} {subsidy:<6} {amount:>10.2f}" for person, subsidy, amount in draw.claims]
    return "\n".join([f"{draw.day}  draw {draw.month}", *(lines or ["    -"]), *ordered, *claims])


def _difference(draw: Draw) -> str:
    return "; ".join(
        f"{draw.day} draw {draw.month} {word}: {_beside(made, wanted)}"
        for word, made, wanted in draw.pairs()
        if wanted is not None and sorted(made, key=str) != sorted(wanted, key=str)
    )


def _claims_differ(look: Claims) -> str:
    return f"{look.day} claims: {_beside(look.claims, look.wanted)}"


def _beside(made: Sequence[tuple[object, ...]], wanted: Sequence[tuple[object, ...]]) -> str:
    missing = [f"缺少 {' '.join(map(str, item))}" for item in sorted(set(wanted) - set(made), key=str)]
    extra = [f"多出 {' '.join(map(str, item))}" for item in sorted(set(made) - set(wanted), key=str)]
    return "; ".join([*missing, *extra] or ["有重复的条目"])
