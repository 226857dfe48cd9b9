"""`lxbt divisions`: areas that merge, split, get another code or name: shows what it does, and asks the level above."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from lxbt.accounts.queries import user_named
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now
from lxbt.core.refusal import Refusal
from lxbt.registry.operations.areas import ACTS, Wanted, ask_to_change, effect_of


class CannotChange(Refusal):
    """The command cannot begin."""


class Command(Base):
    help = (
        "Merge, rename, split or recode an area: shows the effect, then asks the level above, who agrees on the "
        "page of proposals."
    )
    example = "divisions merge 420103000000 --into 420102000000 --by 4201_admin --reason 区划调整 --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=tuple(ACTS))
        parser.add_argument("code", help="12-digit code of the area")
        parser.add_argument("--into", default="", help="merge: the receiving area; recode, split: the new code")
        parser.add_argument("--name", default="", help="rename, split: the new name")
        parser.add_argument("--townships", default="", help="split: codes below the area that go over, with commas")
        parser.add_argument("--by", default="", help="user name of the administrator who asks")
        parser.add_argument("--reason", default="", help="why, at least 4 characters")
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and ask nobody")

    def run(self, **options: Any) -> dict[str, Any]:
        listed = tuple(code.strip() for code in options["townships"].split(",") if code.strip())
        wanted = Wanted(options["act"], options["code"], options["into"], options["name"], listed)
        effect = effect_of(wanted)
        told: dict[str, Any] = {"effect": effect.as_json(), "waits_for": None}
        if options["dry_run"]:
            return told
        by = user_named(options["by"]) if options["by"] else None
        if by is None:
            raise CannotChange("请用 --by 给出提出人的用户名，由上一级另一人同意后办理；只看影响用 --dry-run。")
        now = Now.read()
        proposal = ask_to_change(wanted=wanted, reason=options["reason"], by=by, at=now.at, on=now.on)
        return told | {"waits_for": proposal.pk}
