"""The record: what writing it costs the steps of an application, and how fast its seals are verified."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count as count_from
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from bench.ground import Stopwatch
from lxbt.accounts.operations.appointing import open_account
from lxbt.accounts.rules import Organ
from lxbt.applications import operations as applications
from lxbt.audit import operations as audit
from lxbt.audit.sealing import RECORDS, seal_events, verify_chain
from lxbt.core.clock import beijing_day
from lxbt.core.idnumber import check_digit
from lxbt.divisions.models import Division

TOWNSHIP, COUNTY = "420102002000", "420102000000"
AT = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ROUND = 20  # applications in a block of one way before a block of the other


def measure_audit_write(rows: int) -> dict[str, Any]:
    """Applications from intake to decision, with the record and without, block by block in turn, so that both meet the
    same machine.
    """
    officials = [
        open_account(
            username=f"bench_{role}",
            name=role,
            organ=organ,
            place=Division.objects.get(code=place),
            roles=[role],
            by=None,
            on=beijing_day(AT),
        )[0]
        for role, organ, place in (
            ("clerk", Organ.CIVIL_AFFAIRS, TOWNSHIP),
            ("reviewer", Organ.FEDERATION, COUNTY),
            ("decider", Organ.CIVIL_AFFAIRS, COUNTY),
        )
    ]
    count = max(60, rows // 2500)
    numbers = count_from(0)
    run_some(officials, numbers, ROUND)  # warm
    spent = {"with": 0.0, "without": 0.0}
    steps = {"with": 0, "without": 0}
    for _block in range(max(1, count // ROUND)):
        for way in ("with", "without"):
            with unrecorded() if way == "without" else recorded():
                began = time.perf_counter()
                steps[way] += run_some(officials, numbers, ROUND)
                spent[way] += time.perf_counter() - began
    ours, limit = steps["with"] / spent["with"], steps["without"] / spent["without"]
    return {"ours": ours, "limit": limit, "unit": "steps/s", "ratio": ours / limit, "rows": steps["with"]}


def run_some(officials: list[Any], numbers: Iterator[int], count: int) -> int:
    """Take in, examine, review and decide `count` applications; gives the number of steps."""
    clerk, reviewer, decider = officials
    verdicts = {"living": "agree"}
    for _n in range(count):
        serial = next(numbers)
        first = f"420102{date(1950, 1, 1) + timedelta(days=serial // 900):%Y%m%d}{100 + serial % 900}"
        number = first + check_digit(first)
        declared = applications.Declaration(
            identity_number=number,
            name="张三",
            division_code=TOWNSHIP,
            certificate_number=number + "42",
            certificate={"category": "physical", "grade": 2, "issued_on": "2024-01-01", "valid_until": "2034-01-01"},
            profile={"economic": "dibao", "area": "urban"},
            bank="银行",
            holder="张三",
            account_number=f"62220200000{serial:08d}",
        )
        case = applications.take_in(
            declaration=declared, subsidies=["living"], applicant=applications.Applicant(), by=clerk, at=AT
        )
        for by in (clerk, reviewer, decider):
            case = applications.pass_step(
                number=case.number, version=case.version, verdicts=verdicts, opinion="同意", by=by, at=AT
            )
    return 4 * count


@contextmanager
def recorded() -> Iterator[None]:
    """As it is."""
    yield


@contextmanager
def unrecorded() -> Iterator[None]:
    """Every operation of the system without its line in the record."""

    def nothing(**_said: object) -> None:
        return None

    real = audit.record_event
    holders = [
        module
        for name, module in sys.modules.items()
        if name.startswith("lxbt.") and getattr(module, "record_event", None) is real
    ]
    for module in holders:
        module.record_event = nothing  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module in holders:
            module.record_event = real  # type: ignore[attr-defined]


def measure_audit_verify(rows: int) -> dict[str, Any]:
    """The whole chain verified, against the bare reading of the same rows in the form that they were sealed in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_event (by_id, by_name, by_place, action, subject_kind, subject_id, person_id, "
            "division_code, reason, details, origin, changes)"
            " select i %% 900, '经办人' || i %% 900, '420102002000', 'facts.recorded', 'person', i::text, i, "
            "'420102002000', '',"
            " jsonb_build_object('keys', jsonb_build_array('economic'), 'source', 'bench'), '10.0.0.1',"
            " jsonb_build_object('economic', jsonb_build_array('none', 'dibao')) from generate_series(1, %s::bigint) i",
            [rows],
        )
        cursor.execute("vacuum analyze audit_event")
    while seal_events() or seal_events():
        pass
    with connection.cursor() as cursor:
        with Stopwatch() as plain:
            cursor.execute("select count(*) from audit_event")
            total = cursor.fetchone()[0]
            cursor.execute(f"select max(length({RECORDS[max(RECORDS)]})) from audit_event")
        with Stopwatch() as ours:
            found = verify_chain()
    assert found.fault is None
    assert found.events == total
    return {
        "ours": total / ours.seconds,
        "limit": total / plain.seconds,
        "unit": "rows/s",
        "ratio": plain.seconds / ours.seconds,
        "rows": total,
    }
