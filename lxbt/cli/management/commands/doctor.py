"""`lxbt doctor`: says what is wrong with an installation, and how to mend each thing."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from lxbt.accounts import queries as accounts
from lxbt.audit import anchoring, program_role
from lxbt.audit import queries as audit
from lxbt.audit.sealing import head_against
from lxbt.cli.command import Command as Base
from lxbt.config.master import master_file
from lxbt.core.clock import Now
from lxbt.divisions import queries as divisions
from lxbt.documents.typesetting import families_in
from lxbt.payments.queries.places import unpaid_places
from lxbt.registry import queries as registry
from lxbt.standards.checking import faulty_rows

ROOM = 2 * 2**30  # bytes free that an installation should have
DIVISIONS = 44_000  # nodes of the national data set, roughly


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ok, warning or fault, what was seen, and what to do."""

    what: str
    state: str  # ok | warning | fault
    seen: str
    mend: str = ""


def database() -> Finding:
    """Whether the server answers and is new enough."""
    where = "embedded" if os.environ.get("LXBT_EMBEDDED") else "DATABASE_URL"
    try:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version_num')::int, current_setting('server_encoding')")
            version, encoding = cursor.fetchone()
    except Exception as error:
        return Finding(
            "PostgreSQL",
            "fault",
            str(error).strip().splitlines()[0],
            "check DATABASE_URL, or unset it to use the embedded server",
        )
    if version < 160_000:
        return Finding(
            "PostgreSQL", "fault", f"version {version // 10_000}, {where}", "use a server of version 16 or newer"
        )
    if encoding != "UTF8":
        return Finding("PostgreSQL", "fault", f"encoding {encoding}", "create the database with ENCODING 'UTF8'")
    return Finding("PostgreSQL", "ok", f"version {version // 10_000}, {where}")


def migrations() -> Finding:
    """Whether the schema is that of the code."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding("schema", "fault", f"{len(waiting)} migrations wait", "run: lxbt migrate (or make setup)")
    return Finding("schema", "ok", "as the code wants it")


def payers() -> Finding:
    """Whether everybody with a right lives where a body pays."""
    lost = unpaid_places()
    if lost:
        named = "; ".join(f"{divisions.name_of(code)} {code}: {count}" for code, count in lost[:10])
        mend = "lxbt divisions merge CODE --into COUNTY, or let a body act as the county there"
        return Finding("payers", "fault", f"{sum(n for _c, n in lost)} persons have no payer: {named}", mend)
    return Finding("payers", "ok", "everybody with a right has a body that pays")


def places() -> Finding:
    """Whether the divisions are loaded."""
    count = sum(divisions.counts_by_level("000000000000").values())
    if count < DIVISIONS:
        return Finding("divisions", "fault", f"{count} loaded", "run: lxbt setup")
    return Finding("divisions", "ok", f"{count} in force")


def keys() -> Finding:
    """Whether the keys are there, closed to others, and open what was sealed with them."""
    path = Path(settings.LXBT_VAR) / "keys.json"
    if not os.environ.get("LXBT_KEYS"):
        if not path.exists():
            return Finding(
                "keys", "fault", f"{path} is not there", "restore the key file that belongs to this database"
            )
        for file in (path, master_file(path)):
            mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0
            if mode & 0o077:
                return Finding(
                    "keys", "fault", f"{file.name} can be read by others (mode {mode:o})", f"run: chmod 600 {file}"
                )
        if "wrapped" not in json.loads(path.read_text()):
            return Finding(
                "keys", "warning", f"{path.name} was written before there was a master key", "run: lxbt keys rewrap"
            )
    if not registry.sealed_values_open():
        return Finding(
            "keys",
            "fault",
            "the numbers in the database were sealed with other keys",
            "restore the key file that belongs to this database",
        )
    return Finding("keys", "ok", "environment" if os.environ.get("LXBT_KEYS") else "key file, closed to others")


def rules() -> Finding:
    """Whether every standard, 低保 standard and parameter in the tables can be read and is within its bounds."""
    rows = faulty_rows()
    if not rows:
        return Finding("rules", "ok", "every standard and parameter counts")
    first = "; ".join(f"{one.kind} {one.name} of {one.division_code}: {one.why}" for one in rows[:5])
    return Finding(
        "rules",
        "fault",
        f"{len(rows)} count as not set: {first}",
        "the nearest valid value upward counts in their place; set them anew on the page of parameters or standards",
    )


def role() -> Finding:
    """Whether the pages and the worker can be a role that owns nothing and may not alter the record."""
    if program_role.has_rights():
        return Finding("database role", "ok", f"pages and worker run as {program_role.ROLE}")
    return Finding(
        "database role",
        "warning",
        "pages and worker run as the owner of their tables",
        f"create role {program_role.ROLE} nologin and grant it to the account of DATABASE_URL, then run: lxbt migrate",
    )


def record() -> Finding:
    """Whether the record is whole as far as is known outside of the database, and whether its anchors leave."""
    _head, fault = head_against(audit.last_block())
    if fault is not None:
        return Finding(
            "record",
            "fault",
            f"block {fault.block}: {fault.what}",
            "keep the database as it is, run: lxbt audit verify",
        )
    outside = [name for name in anchoring.channels() if name != anchoring.HERE]
    if not outside:
        return Finding(
            "record",
            "warning",
            "anchors of the record do not leave this machine",
            "set LXBT_ANCHOR_FOLDER (a folder of another machine) or LXBT_ANCHOR_MAIL",
        )
    for name in outside:
        sent = anchoring.last_sent(name)
        if sent is None or Now.read().at - sent.at > anchoring.LATE:
            seen = f"{sent.at:%Y-%m-%d %H:%M}" if sent else "never"
            return Finding(
                "record", "warning", f"last anchor by {name}: {seen}", "is the worker running? try: lxbt audit send"
            )
    return Finding("record", "ok", f"sealed, anchors leave by {', '.join(outside)}")


def static_files() -> Finding:
    """Whether the pages find their style sheets and scripts."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    vendor = Path(settings.STATIC_ROOT) / "vendor"
    if not manifest.exists():
        return Finding("static files", "fault", "not collected", "run: make setup")
    if not vendor.exists():
        return Finding(
            "static files",
            "fault",
            "charts, fonts and icons are missing",
            "run: .venv/bin/python scripts/assets.py, then: lxbt setup",
        )
    return Finding("static files", "ok", "collected")


def messages() -> Finding:
    """Whether the English screen has its words."""
    missing = [folder for folder in settings.LOCALE_PATHS if not list(Path(folder).glob("*/LC_MESSAGES/*.mo"))]
    return (
        Finding("languages", "warning", "English is not compiled", "run: lxbt setup")
        if missing
        else Finding("languages", "ok", "Chinese, English")
    )


def room() -> Finding:
    """Whether the disk has room."""
    free = shutil.disk_usage(settings.LXBT_VAR).free
    if free < ROOM:
        return Finding(
            "disk", "warning", f"{free // 2**20} MiB free", "free some room, or set LXBT_VAR to a larger disk"
        )
    return Finding("disk", "ok", f"{free // 2**30} GiB free")


def people() -> Finding:
    """Whether anybody can log in, and whether demonstration passwords stand in production."""
    if not accounts.any_account():
        return Finding(
            "accounts",
            "warning",
            "none",
            "run: lxbt demo, or open the first administrator with: lxbt open-administrator",
        )
    if settings.LXBT_ENVIRONMENT == "production" and accounts.demonstration_lines():
        return Finding(
            "accounts",
            "fault",
            "demonstration accounts with known passwords in production",
            "disable them before anybody else finds them",
        )
    return Finding("accounts", "ok", "present")


def security() -> Finding:
    """Whether production is served as it should be."""
    if settings.LXBT_ENVIRONMENT == "production" and not settings.SESSION_COOKIE_SECURE:
        return Finding("transport", "fault", "cookies are sent without HTTPS", "serve behind TLS and set LXBT_HTTPS=1")
    if settings.LXBT_ENVIRONMENT == "production" and settings.LXBT_SECOND_FACTOR != "required":
        return Finding(
            "transport",
            "fault",
            "the second factor is only offered",
            "unset LXBT_SECOND_FACTOR, or set it to `required`",
        )
    return Finding(
        "transport",
        "ok",
        "HTTPS" if settings.SESSION_COOKIE_SECURE else f"plain, environment {settings.LXBT_ENVIRONMENT}",
    )


def fonts() -> Finding:
    """Whether documents can be typeset in Chinese."""
    found = families_in(settings.LXBT_FONTS)
    if found is None:
        where = settings.LXBT_FONTS or "the system"
        return Finding(
            "fonts",
            "warning",
            f"no Chinese font in {where}: notices have no PDF",
            "install fonts-noto-cjk, or set LXBT_FONTS to a folder with fonts",
        )
    return Finding("fonts", "ok", f"{found.title}, {found.body}, {found.sans}")


CHECKS: tuple[Callable[[], Finding], ...] = (
    database,
    migrations,
    places,
    keys,
    rules,
    record,
    role,
    static_files,
    messages,
    fonts,
    room,
    people,
    payers,
    security,
)
MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}


class Command(Base):
    help = (
        "Look an installation over: database, schema, divisions, keys, files, accounts. Non-zero exit when "
        "something is at fault."
    )
    example = "doctor --json"

    def run(self, **options: Any) -> dict[str, Any]:
        found = list(self.findings())
        return {
            "findings": [finding.__dict__ for finding in found],
            "failed": any(finding.state == "fault" for finding in found),
        }

    def findings(self) -> Iterator[Finding]:
        """Look at everything; after a fault of the database what needs it is left out."""
        first = database()
        yield first
        if first.state == "fault":
            return
        schema = migrations()
        yield schema
        for check in CHECKS[2:]:
            if schema.state == "fault" and check in (places, keys, record, role, people, rules, payers):
                continue
            yield check()

    def tell(self, answer: dict[str, Any]) -> None:
        for finding in answer["findings"]:
            line = f"{MARKS[finding['state']]} {finding['what']}: {finding['seen']}"
            self.stdout.write(line + (f"\n    -> {finding['mend']}" if finding["mend"] else ""))
