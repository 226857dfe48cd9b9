"""lxbt schemes: the published schemes that ship, and taking one in as a draft."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from lxbt.accounts.models import User
from lxbt.cli.command import Command as Base
from lxbt.cli.command import month_named
from lxbt.core.clock import Now
from lxbt.divisions.queries import name_of
from lxbt.standards.library import SchemeSet, all_sets, set_named
from lxbt.standards.operations.taking import take_scheme


class Command(Base):
    """The library of published schemes."""

    help = "published schemes that ship: list them, or take one in as a draft that another person publishes"
    example = "schemes take shanghai-2025 --by 31_standards"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["list", "take"])
        parser.add_argument("name", nargs="?", default="", help="the set to take, as `list` names it")
        parser.add_argument("--by", default="", help="user name of whoever drafts")
        parser.add_argument("--since", default="", help="first month YYYY-MM, where the source says none")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["act"] == "list":
            return {"schemes": [self.line(one) for one in all_sets()]}
        found = set_named(options["name"])
        if found is None:
            raise CommandError(f"标准库里没有 {options['name']}，请用 lxbt schemes list 查看。")
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError("请用 --by 写明由哪个账号起草。")
        since = month_named(options["since"]) if options["since"] else None
        revision = take_scheme(scheme=found, since=since, by=by, at=Now.read().at)
        return {"revision": revision.pk, "rows": revision.rows.count(), "since": f"{revision.since:%Y-%m}"}

    @staticmethod
    def line(one: SchemeSet) -> dict[str, Any]:
        """What is told of a set."""
        return {
            "name": one.name,
            "place": name_of(one.place),
            "number": one.number,
            "since": str(one.since) if one.since else None,
            "verified": one.verified,
            "rows": len(one.raw),
        }

    def tell(self, answer: dict[str, Any]) -> None:
        for one in answer.get("schemes", ()):
            said = "\t".join(str(one[key] or "—") for key in ("name", "place", "number", "since", "verified", "rows"))
            self.stdout.write(said)
        if "revision" in answer:
            super().tell(answer)
