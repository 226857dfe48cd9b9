"""`lxbt rights FILE`: what each case of a rights file has a right to, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter

from django.core.management.base import BaseCommand, CommandError

from lxbt.cases.situations import Case, answer, differences, load_yaml, read_rights_file
from lxbt.core.profile import SUBSIDIES
from lxbt.core.reading import Unreadable
from lxbt.entitlements.rules import Right
from lxbt.standards.rules.conditions import write_condition
from lxbt.standards.rules.rows import write_amount


class Command(BaseCommand):
    help = (
        "Answer policy situations: amount or reasons, for each case of a YAML file.\n\n"
        "Example: lxbt rights tests/cases/rights/shanghai-highest-wins.yaml --json\n"
        "Exit code 1 when the file cannot be read or an `expect` is not met."
    )
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: object) -> ArgumentParser:  # type: ignore[override]
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a rights file (YAML: scheme, cases)")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--explain", action="store_true", help="with --json: also the sentences and the row that decided"
        )

    def handle(self, *args: object, **options: object) -> None:
        try:
            scheme, cases = read_rights_file(load_yaml(str(options["file"])))
        except Unreadable as error:
            raise CommandError(f"{options['file']}: {error}") from None
        answers = [(case, answer(case, scheme)) for case in cases]
        if options["json"]:
            told = {"cases": [as_json(case, found, explain=bool(options["explain"])) for case, found in answers]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            for case, found in answers:
                self.stdout.write(as_text(case, found))
        wrong = [line for case, found in answers for line in differences(case, found)]
        if wrong:
            raise CommandError("\n".join(["与 expect 不符：", *wrong]))


def as_json(case: Case, found: dict[str, Right], *, explain: bool) -> dict[str, object]:
    """The answer to one case, for machines; `explain` adds the sentences and the row that decided."""
    told: dict[str, object] = {"name": case.name, "month": str(case.month)}
    for subsidy in SUBSIDIES:
        right = found[subsidy]
        reasons = [
            {"code": reason.code, "basis": reason.basis} | ({"sentence": reason.sentence} if explain else {})
            for reason in right.reasons
        ]
        told[subsidy] = {"amount": f"{right.amount:.2f}", "reasons": reasons}
        if explain and right.standard:
            row = right.standard
            decided = {
                "division": row.division,
                "since": str(row.since),
                "when": write_condition(row.when),
                "amount": write_amount(row.amount),
            }
            told[subsidy] |= {"standard": {**decided, "floor": row.floor, "document": row.document}}  # type: ignore[operator]
    return told


def as_text(case: Case, found: dict[str, Right]) -> str:
    """The answer to one case, for people."""
    lines = [f"{case.month}  {case.name}"]
    for subsidy, title in (("living", "困难残疾人生活补贴"), ("care", "重度残疾人护理补贴")):
        right = found[subsidy]
        if right.reasons:
            lines += [
                f"    {title}      0.00  {reason.code}: {reason.sentence} ({reason.basis})" for reason in right.reasons
            ]
        else:
            document = f"  {right.standard.document}" if right.standard and right.standard.document else ""
            lines.append(f"    {title}  {right.amount:>8.2f}{document}")
    return "\n".join(lines)
