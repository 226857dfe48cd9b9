"""`lxbt import`: take in a file; run again after an interruption, it finishes and doubles nothing."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction
from tqdm import tqdm

from lxbt.accounts.models import User
from lxbt.accounts.queries import user_named, user_of
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now, this_moment
from lxbt.core.refusal import Refusal
from lxbt.imports import queries
from lxbt.imports.kinds import kind_of, kinds
from lxbt.imports.models import Import
from lxbt.imports.operations.accounts import import_accounts
from lxbt.imports.operations.answering import answer_doubts
from lxbt.imports.operations.confirming import WRITE, ask_to_write
from lxbt.imports.operations.detailed import Detailed, column_at, in_order, mapping_of, sentences_of, unread_columns
from lxbt.imports.operations.intake import (
    digest_of,
    finished_import,
    layout_of,
    live_import,
    open_import,
    parts_of,
    resume_import,
    start_pass,
)
from lxbt.imports.operations.locking import alone
from lxbt.imports.operations.planned import figures_of
from lxbt.imports.operations.recognising import recognise_file
from lxbt.imports.operations.running import Progress, Running
from lxbt.imports.reading import Layout
from lxbt.imports.reading.layout import MADE
from lxbt.imports.rules.conflicts import WORDS
from lxbt.imports.rules.doubts import DOUBTS
from lxbt.imports.rules.faults import Fault
from lxbt.imports.rules.kinds import Kind
from lxbt.imports.rules.moving import MOVING
from lxbt.imports.rules.values import BadValue, read_cell
from lxbt.imports.states import NEW, PAUSED, PLANNED, PLANNING, SAME, STOPPED, UPLOADED, WRITING, WRITTEN
from lxbt.proposals.queries import waiting_for

ACCOUNTS = "accounts"  # have a sheet of their own, see accounts.operations.sheets
PARALLEL = 2_000_000  # bytes from which on a second process pays for its start


class CannotImport(Refusal):
    """The command cannot begin."""


class Command(Base):
    help = (
        "Take in a workbook or CSV file of a county. Run again after an interruption, it goes on; the same file "
        "again changes nothing."
    )
    example = "import 领取人.xlsx --kind recipients --division 420102000000 --by 420102_officer --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="XLSX, XLS, ODS or CSV (UTF-8 or GB18030)")
        parser.add_argument(
            "--kind", required=True, help="recipients, history, changes, registry, accounts or list:<name>"
        )
        parser.add_argument("--division", required=True, help="12-digit code; every row lies in this area")
        parser.add_argument("--by", help="user name; left out: the system")
        parser.add_argument(
            "--reason",
            default="命令行导入，请核对计划",
            help="what the second person is told, where rights or payments need a confirmation",
        )
        parser.add_argument("--dry-run", action="store_true", help="plan only: say what each row would do")
        parser.add_argument(
            "--sheet", action="append", help="name of a sheet to read, more than once for several; else all that fit"
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="TITLE=KEY",
            help="what a column is, by its title or its letter (C=identity_number), where its title does not say so",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="what holds for every row that does not say it, e.g. month=2025-03",
        )
        parser.add_argument(
            "--take",
            action="append",
            default=[],
            metavar="CODE",
            help="a doubt (its code in `asked`) whose rows are taken all the same",
        )
        parser.add_argument(
            "--report", help="where the workbook of rows not accepted goes; beside the file when left out"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        path = Path(options["file"])
        self.detailed, self.details = options["json"], list[dict[str, Any]]()
        try:
            kind = None if options["kind"] == ACCOUNTS else kind_of(options["kind"])
        except KeyError:
            raise CannotImport(f"没有“{options['kind']}”这种导入，可用：{'、'.join((*kinds(), ACCOUNTS))}。") from None
        by = user_named(options["by"]) if options["by"] else None
        if options["by"] and by is None:
            raise CannotImport(f"没有用户 {options['by']}。")
        try:
            digest = digest_of(path)
        except OSError as error:
            raise CannotImport(f"无法读取 {path}: {error.strerror}") from None
        if kind is None:
            return import_accounts(path=path, by=by, at=this_moment(), dry_run=options["dry_run"])
        entry = self._entry(path, kind, options, digest, by)
        with alone(entry.pk) as mine:
            if not mine:
                return self._watch(entry)
            if by is not None and kind.key in MOVING and not options["dry_run"]:
                self._plan_first(entry, path, by, options["reason"])
                entry.refresh_from_db()
            if not waiting_for(subject_kind="import", subject_id=entry.pk, kind=WRITE).exists():
                entry = self._begin(entry, by, plan=options["dry_run"])
            if entry.state in (PLANNING, WRITING):
                self._work(entry, path)
        return self._answer(Import.objects.get(pk=entry.pk), kind, path, options["report"])

    def _plan_first(self, entry: Import, path: Path, by: User, reason: str) -> None:
        """What an official takes in is planned; where it moves money, another person is asked, and nothing is written
        yet.
        """
        entry.refresh_from_db()
        if entry.state in (UPLOADED, PLANNING) or (entry.state == PLANNED and not entry.planned):
            entry = self._begin(entry, by, plan=True)
            self._work(entry, path)
            entry.refresh_from_db()
        waits = waiting_for(subject_kind="import", subject_id=entry.pk, kind=WRITE).exists()
        if entry.state == PLANNED and figures_of(entry).moved and not waits:
            now = Now.read()
            ask_to_write(import_id=entry.pk, accepts=entry.accepts, reason=reason, by=by, at=now.at, on=now.on)

    def _entry(self, path: Path, kind: Kind, options: dict[str, Any], digest: bytes, by: User | None) -> Import:
        entry = live_import(kind.key, options["division"], digest)
        set_by_hand = options["map"] or options["sheet"] or options["set"]
        settings = _settings(options["set"], kind)
        if entry is not None and entry.titles and not set_by_hand:
            return self._answered(entry, options["take"])
        now = this_moment()
        if entry is None:
            entry, _known = open_import(
                kind=kind, division_code=options["division"], name=path.name, parts=parts_of(path), by=by, at=now
            )
        if entry.state in (UPLOADED, PLANNED):
            if options["sheet"] and entry.sheets and not set(options["sheet"]) <= set(entry.sheets):
                raise CannotImport(f"没有工作表“{'、'.join(options['sheet'])}”，可选：{'、'.join(entry.sheets)}。")
            layout = recognise_file(
                entry=entry, path=path, kind=kind, sheets=options["sheet"], settings=settings or None, by=by
            )
            if options["map"]:
                recognise_file(
                    entry=entry,
                    path=path,
                    kind=kind,
                    mapping=_mapping(layout, options["map"], kind),
                    by=by,
                    remember=not options["dry_run"],
                )
        return self._answered(entry, options["take"])

    def _answered(self, entry: Import, codes: list[str]) -> Import:
        unknown = [code for code in codes if code not in DOUBTS]
        if unknown:
            raise CannotImport(f"没有“{'、'.join(unknown)}”这种疑问，可用：{'、'.join(DOUBTS)}。")
        if codes and entry.state in (UPLOADED, PLANNED):
            answer_doubts(import_id=entry.pk, codes=codes, by=user_of(entry.by_id), at=this_moment())
            entry.refresh_from_db()
        return entry

    def _begin(self, entry: Import, by: User | None, *, plan: bool) -> Import:
        now = this_moment()
        entry = Import.objects.get(pk=entry.pk)
        if entry.state == PAUSED:
            entry = resume_import(import_id=entry.pk, by=by, at=now)
        if entry.missing:
            raise CannotImport(f"缺少必填的列：{_titles(entry)}。请补上这些列，或用 --map 指明是哪一列。")
        if plan and entry.state in (UPLOADED, PLANNED):
            return start_pass(import_id=entry.pk, act="plan", by=by, at=now)
        if not plan and entry.state == PLANNING:  # an interrupted plan: writing looks at every row anyway
            with transaction.atomic():
                Import.objects.filter(pk=entry.pk, state=PLANNING).update(state=PLANNED)
        if not plan and entry.state in (UPLOADED, PLANNING, PLANNED, STOPPED):
            return start_pass(import_id=entry.pk, act="write", by=by, at=now)
        return entry

    def _work(self, entry: Import, path: Path) -> None:
        ahead = path.stat().st_size > PARALLEL
        running = (Detailed if self.detailed else Running)(entry, path, clock=this_moment, ahead=ahead)
        with tqdm(
            total=100,
            disable=not sys.stderr.isatty(),
            unit="%",
            bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}",
        ) as bar:

            def tell(progress: Progress) -> None:
                bar.set_postfix_str(f"{progress.rows:,} 行，{progress.rate:,.0f} 行/秒")
                bar.update(progress.share * 100 - bar.n)

            try:
                running.run(tell=tell)
            finally:
                running.close()
                if isinstance(running, Detailed):
                    self.details = getattr(running, "details", [])

    def _watch(self, entry: Import) -> dict[str, Any]:
        """Another process is at it: wait until it is done."""
        while entry.state in (PLANNING, WRITING):
            time.sleep(1)
            entry.refresh_from_db()
        return self._answer(entry, kind_of(entry.kind), Path(entry.name), None, report=False)

    def _answer(
        self, entry: Import, kind: Kind, path: Path, where: str | None, *, report: bool = True
    ) -> dict[str, Any]:
        counts = entry.counts if entry.state != PLANNED else entry.planned
        kept = sum(count for outcome, count in counts.items() if outcome not in (*WRITTEN, SAME))
        written = (
            self._report(entry, kind, Path(where) if where else path.with_name(f"{path.stem}-未通过.xlsx"))
            if kept and report
            else None
        )
        before = finished_import(entry)
        waiting = waiting_for(subject_kind="import", subject_id=entry.pk).first()
        return {
            "import": entry.pk,
            "state": entry.state,
            "rows": sum(counts.values()),
            "accepted": sum(counts.get(outcome, 0) for outcome in WRITTEN),
            "new": counts.get(NEW, 0),
            "unchanged": counts.get(SAME, 0),
            "rejected": kept,
            "skipped": entry.effects.get("skipped", 0),
            "reasons": entry.reasons,
            "remarks": entry.remarks,
            "effects": entry.effects,
            "total": f"{entry.total:.2f}",
            "sentences": _sentences(entry),
            "told": sentences_of(entry),
            "asked": {code: rows for code, rows in entry.reasons.items() if code in DOUBTS},
            "taken": entry.answers,
            "once": {
                key: {"value": value, "from": origin} for key, (value, origin) in layout_of(entry).constants.items()
            },
            "unread": {
                "sheets": [list(told) for told in layout_of(entry).unread],
                "columns": unread_columns(entry),
            },
            "mapping": mapping_of(entry, kind),
            **({"rows_detail": in_order(self.details, entry.sheets)} if self.detailed else {}),
            "waits_for": waiting.pk if waiting else None,
            "held_back": entry.effects.get("held", 0),
            "said": _said(entry, waiting is not None),
            "again": before.pk if before else None,
            "report": str(written) if written else None,
            "seconds": round(entry.seconds, 2),
        }

    def _report(self, entry: Import, kind: Kind, path: Path) -> Path:
        """The rows not accepted, in a workbook that only its owner may read; in our own folder where the place asked
        for cannot be written.
        """
        from lxbt.imports.writing import error_workbook

        rows = (
            (row_no, cells, [Fault(*fault) for fault in faults])
            for row_no, cells, faults in queries.error_rows(entry.pk)
        )
        try:
            out = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        except OSError:
            path = Path(settings.LXBT_VAR) / f"import-{entry.pk}.xlsx"
            out = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        with out:
            error_workbook(kind, layout_of(entry), rows, out, asked=bool(DOUBTS.keys() & entry.reasons.keys()))
        return path


def _said(entry: Import, waits: bool) -> str:
    """What is left to do by persons."""
    if waits:
        return "计划已提交，等另一人在“等我复核”里确认；确认后再运行本命令，或由后台写入。"
    if entry.effects.get("held"):
        return "未经另一人确认的享受资格先不发放；在“暂缓的月份”里由一人提出、另一人同意后，下一次编制时发放。"
    return ""


def _sentences(entry: Import) -> dict[str, str]:
    codes = (*entry.reasons, *entry.remarks)
    return {code: WORDS[code].problem for code in codes if code in WORDS}


def _titles(entry: Import) -> str:
    kind = kind_of(entry.kind)
    names = {column.key: column.title for column in kind.columns}
    return "、".join(" 或 ".join(names.get(key, key) for key in missing.split("|")) for missing in entry.missing)


def _settings(given: list[str], kind: Kind) -> dict[str, str]:
    settings = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not (equals and value and kind.has(key)):
            keys = "、".join(column.key for column in kind.columns)
            raise CannotImport(f"--set {pair} 不对：写成 项=值，项应为 {keys} 之一。")
        try:
            read_cell(kind.column(key).kind, value, on=Now.read().on)
        except BadValue as error:
            raise CannotImport(f"--set {pair} 不对：{WORDS[error.code].problem}。{WORDS[error.code].mend}。") from None
        settings[key] = value
    return settings


def _mapping(layout: Layout, given: list[str], kind: Kind) -> dict[int, str]:
    titles = layout.titles
    mapping = {at: key for at, key in layout.mapping.items() if layout.sure.get(at) not in MADE}
    for pair in given:
        title, _equals, key = pair.rpartition("=")
        at = titles.index(title) if title in titles else column_at(title)
        if at < 0 or not (key == "" or kind.has(key)):
            raise CannotImport(
                f"--map {pair} 不对：列名应为 {'、'.join(filter(None, titles))} 之一或列的字母，项应为 "
                f"{'、'.join(c.key for c in kind.columns)} 之一。"
            )
        mapping.pop(at, None)
        if key:
            mapping = {place: other for place, other in mapping.items() if other != key} | {at: key}
    return mapping
