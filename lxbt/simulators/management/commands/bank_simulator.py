"""`lxbt bank-simulator`: plays the agent bank, from file to file or over HTTP on this machine. Knows no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.core.refusal import Refusal
from lxbt.simulators.bank import bank
from lxbt.simulators.bank.server import serve


class BankSaysNo(Refusal):
    """The bank does not take the file, or the command was called wrongly."""


class Command(Base):
    help = (
        "Play the agent bank: read a bank file, check its control totals, write the result file."
        " With --serve: POST /files takes a bank file, GET /results/<id> gives the result; "
        "?fault=half,duplicate,unknown,slow."
    )
    example = "bank-simulator batch.csv --out result.csv --fail-rate 0.003 --seed 1"
    requires_system_checks = ()

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the bank file")
        parser.add_argument("--out", type=Path, help="the result file to write")
        parser.add_argument("--fail-rate", type=float, default=0.0, help="share of rows that fail (default 0)")
        parser.add_argument(
            "--fail-row",
            action="append",
            default=[],
            metavar="N",
            help="row number that fails; may be given several times",
        )
        parser.add_argument(
            "--fault",
            action="append",
            default=[],
            choices=[f for f in bank.FAULTS if f != "slow"],
            help="a faulty result file",
        )
        parser.add_argument("--seed", default="1")
        parser.add_argument(
            "--encoding", choices=sorted(bank.CODECS), help="of the bank file; left out: found by reading"
        )
        parser.add_argument("--serve", type=int, metavar="PORT", help="serve on this port of 127.0.0.1")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["serve"]:
            serve(options["serve"], fail_rate=options["fail_rate"], seed=options["seed"], say=self.stdout.write)
            return {"served": True}
        if options["file"] is None or options["out"] is None:
            raise BankSaysNo("请给出银行文件和 --out 回盘文件，或用 --serve 端口。")
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise BankSaysNo(f"无法读取 {options['file']}:{error.strerror}。") from None
        try:
            answer = bank.play(
                content,
                encoding=options["encoding"],
                fail_rate=options["fail_rate"],
                seed=options["seed"],
                fail_rows=options["fail_row"],
                faults=options["fault"],
            )
        except bank.BankRefuses as no:
            raise BankSaysNo(str(no)) from None
        options["out"].write_bytes(answer.content)
        return {
            "rows_paid": answer.paid,
            "rows_failed": answer.failed,
            "total_paid": f"{answer.total_paid:.2f}",
            "result": str(options["out"]),
        }
