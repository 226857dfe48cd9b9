"""`lxbt province`: the province's side of the interface on the command line. Needs no database of ours."""

from __future__ import annotations

import base64
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.cli.command import Command as Base
from lxbt.cli.province_settings import NAME, SetWrong, closed_to_others, make_key, read_setting
from lxbt.core.clock import Now
from lxbt.core.refusal import Refusal
from lxbt.core.signing import ALGORITHMS, ED25519
from lxbt.provincial.client import NotDone, Province, Refused, Unreachable, rows_of_payments
from lxbt.provincial.client.manifests import different
from lxbt.provincial.rules.handles import handle_of

ACTS = ("keygen", "status", "push", "batch", "results", "manifest", "reconcile")
PAYMENT = ("county", "month", "subsidy", "identity_number", "fen")
Payments = dict[tuple[str, str, str], dict[str, int]]  # fen by identity number, by county, month and subsidy


class Failed(Refusal):
    """The interface refuses, or was not reached."""


class Command(Base):
    help = (
        "Speak to the provincial interface: make a key, push one record or a file of them, ask for row results, "
        "show a manifest, compare one's own"
        " payments (a CSV of county, month, subsidy, identity_number, fen) with what the interface holds, down to "
        "the person."
    )
    example = "province batch --config var/province/province.yaml --kind payments --month 2026-11 november.ndjson"
    requires_system_checks = ()

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=ACTS)
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            help="records, one JSON object a line (- reads the standard input); for reconcile a CSV of payments",
        )
        parser.add_argument("--config", type=Path, default=Path(NAME))
        parser.add_argument("--kind", default="payments", help="persons, applications, rights, payments, changes")
        parser.add_argument(
            "--month",
            action="append",
            default=[],
            help="YYYY-MM; may be given several times for manifest and reconcile",
        )
        parser.add_argument("--key", default="", help="idempotency key: the same key again does nothing twice")
        parser.add_argument("--batch", default="", help="for results")
        parser.add_argument("--only", default="", choices=("", "problems"), help="for results")
        parser.add_argument("--rows", type=int, default=100_000, help="rows of one batch")
        parser.add_argument("--no-wait", action="store_true", help="for batch: do not wait until it is done")
        parser.add_argument("--day", default="", help="of the manifest; left out: today")
        parser.add_argument("--client", default="", help="for keygen: how the system is called there")
        parser.add_argument("--url", default="", help="for keygen: https://…")
        parser.add_argument("--algorithm", default=ED25519, choices=tuple(ALGORITHMS), help="for keygen")
        parser.add_argument(
            "--handle-key",
            default="",
            help="for keygen: the key told at opening, 64 hexadecimal digits; - reads it from the standard input",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        closed_to_others()
        act = options["act"]
        if act == "keygen":
            handle = sys.stdin.readline().strip() if options["handle_key"] == "-" else options["handle_key"]
            key_id, public = make_key(
                options["config"].parent,
                client_id=options["client"],
                url=options["url"],
                algorithm=options["algorithm"],
                handle_key=handle,
            )
            return {"key": key_id, "algorithm": options["algorithm"], "public_key": base64.b64encode(public).decode()}
        setting = read_setting(options["config"])
        self.handle_key, self.day = (
            setting.handle_key,
            options["day"] or str(Now.read().on),
        )
        province = setting.province()
        try:
            found: dict[str, Any] = getattr(self, f"act_{act}")(province, options)
            return found
        except (Refused, Unreachable, NotDone) as no:
            raise Failed(str(no)) from None
        finally:
            province.line.close()

    def act_status(self, province: Province, options: dict[str, Any]) -> dict[str, Any]:
        return province.status()

    def act_push(self, province: Province, options: dict[str, Any]) -> dict[str, Any]:
        """Every record of the file by itself."""
        outcomes: Counter[str] = Counter()
        for number, record in enumerate(self.records(options)):
            told = province.push(options["kind"], record, key=f"{options['key']}-{number}" if options["key"] else "")
            outcomes[told["outcome"]] += 1
            self.stderr.write(json.dumps(told, ensure_ascii=False))
        return {"outcomes": dict(outcomes), "failed": bool(outcomes["refused"] + outcomes["conflict"])}

    def act_batch(self, province: Province, options: dict[str, Any]) -> dict[str, Any]:
        month = options["month"][0] if options["month"] else ""
        sent = list(
            province.push_all(
                options["kind"], self.records(options), month=month, key=options["key"], rows=options["rows"]
            )
        )
        if not options["no_wait"]:
            sent = [province.wait_batch(batch.batch_id) for batch in sent]
        outcomes: Counter[str] = Counter()
        for batch in sent:
            outcomes.update(batch.counts)
        failed = any(batch.state == "failed" for batch in sent)
        return {
            "batches": [batch.batch_id for batch in sent],
            "rows": sum(batch.rows for batch in sent),
            "outcomes": dict(outcomes),
            "failed": failed,
        }

    def act_results(self, province: Province, options: dict[str, Any]) -> dict[str, Any]:
        rows = 0
        for told in province.results(options["batch"], only=options["only"]):
            rows += 1
            self.stderr.write(json.dumps(told, ensure_ascii=False))
        return {"rows": rows}

    def act_manifest(self, province: Province, options: dict[str, Any]) -> dict[str, Any]:
        rows = list(province.manifest(self.day, months=options["month"]).values())
        return {
            "day": self.day,
            "rows": [row.told() for row in rows],
            "persons": sum(row.count for row in rows),
            "fen": sum(row.fen for row in rows),
        }

    def act_reconcile(self, province: Province, options: dict[str, Any]) -> dict[str, Any]:
        """Compare, and name who differs by record of our own file, never by number."""
        if not self.handle_key:
            raise SetWrong("没有人员对账密钥，请在 province.yaml 中填写 handle_key_file。")
        payments = self.payments(options)
        rows = rows_of_payments(
            ((*group, number, fen) for group, paid in sorted(payments.items()) for number, fen in paid.items()),
            self.handle_key,
        )
        answer = province.compare(self.day, list(rows), months=options["month"])
        persons = []
        for one in answer["differences"]:
            group = (str(one["county"]), str(one["month"]), str(one["subsidy"]))
            held = payments.get(group, {})
            ours = {handle_of(number, self.handle_key).hex(): fen for number, fen in held.items()}
            lines = {handle_of(number, self.handle_key).hex(): place for place, number in enumerate(held, 1)}
            both = different(ours, province.persons(self.day, group))
            province.compare_persons(
                self.day, group, {handle: here or 0 for handle, (here, _there) in list(both.items())[:20_000]}
            )
            told: dict[str, Any] = dict(zip(("county", "month", "subsidy"), group, strict=True))
            persons += [
                told | {"handle": handle, "place": lines.get(handle), "ours": here, "theirs": there}
                for handle, (here, there) in both.items()
            ]
        return {
            "day": self.day,
            "equal": answer["equal"],
            "compared": answer["compared"],
            "differences": persons,
            "failed": not answer["equal"],
        }

    def records(self, options: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The records of the file, read as they are needed."""
        if options["file"] is None:
            raise Failed("请给出记录文件，每行一个 JSON 对象。")
        with sys.stdin if str(options["file"]) == "-" else options["file"].open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield json.loads(line)
                    except ValueError:
                        raise Failed(f"第 {number} 行不是 JSON。") from None

    def payments(self, options: dict[str, Any]) -> Payments:
        """The payments of a CSV, in groups; several of one person are summed."""
        found: Payments = {}
        if options["file"] is None:
            raise Failed(f"请给出 CSV 文件，首行为 {','.join(PAYMENT)}。")
        with options["file"].open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if list(reader.fieldnames or ()) != list(PAYMENT):
                raise Failed(f"CSV 首行应为 {','.join(PAYMENT)}。")
            for row in reader:
                paid = found.setdefault((row["county"], row["month"], row["subsidy"]), {})
                try:
                    paid[row["identity_number"]] = paid.get(row["identity_number"], 0) + int(row["fen"])
                except ValueError:
                    raise Failed(f"第 {reader.line_num} 行的金额（分）不是整数。") from None
        return found
