"""Files of counties taken in: recipients from CSV against COPY of the same rows into the same tables; the history since
2016.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import tempfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.ground import Stopwatch, copied_again
from bench.population import PROVINCE, set_standards
from lxbt.core.idnumber import check_digit
from lxbt.core.months import Month
from lxbt.divisions.models import Division
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.intake import open_import, parts_of, start_pass
from lxbt.imports.operations.recognising import recognise_file
from lxbt.imports.operations.running import Running

TABLES = (
    "registry_person",
    "registry_identifier",
    "registry_certificate",
    "registry_fact",
    "registry_bankaccount",
    "registry_personprofile",
    "entitlements_entitlement",
    "entitlements_stale",
    "entitlements_uncompared",
    "payments_item",
    "imports_touched",
    "audit_event",
)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONTH = Month(2026, 10)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
HEADER = (
    "姓名",
    "身份证号",
    "残疾人证号",
    "补贴类型",
    "行政区划代码",
    "低保类别",
    "发放标准",
    "发放月份",
    "发放金额",
    "开户行",
    "账号",
    "起始享受月份",
    "联系电话",
    "家庭住址",
)


def people(rows: int, townships: list[str], *, born_in: str = "42") -> Any:
    """(name, identity number, category digit, grade digit, township) of invented persons, each once, those of a
    township together.
    """
    chance = random.Random(7)
    for n in range(rows):
        birth = date(1940, 1, 1).toordinal() + n * 7919 % 27000
        first = f"{born_in}{n // 1000 % 10000:04d}{date.fromordinal(birth):%Y%m%d}{n % 1000:03d}"
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + (chance.choice(GIVEN) if n % 3 else "")
        yield name, first + check_digit(first), 1 + n % 7, 1 + n // 7 % 4, townships[n * len(townships) // rows]


def write_recipients(path: Path, rows: int) -> None:
    """A county's list of recipients, as it would come for the month before."""
    townships = list(
        Division.objects.filter(level=4, code__startswith="42").order_by("code").values_list("code", flat=True)
    )
    with path.open("w", encoding="gb18030", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for n, (name, identity, category, grade, place) in enumerate(people(rows, townships)):
            care = grade <= 2 and n % 3 > 0
            amount = {1: "120", 2: "100"}[grade] if care else "80.00"
            out.writerow(
                (
                    name,
                    identity,
                    f"{identity}{category}{grade}",
                    "护理补贴" if care else "困难残疾人生活补贴",
                    place,
                    "农村低保",
                    f"{amount}元",
                    "2026年10月",
                    amount,
                    "农村商业银行",
                    f"62284804{n:011d}",
                    "2019-03",
                    f"138{n % 10**8:08d}",
                    f"和平路{n % 500}号",
                )
            )


def take(path: Path, kind: str) -> Running:
    """The whole of a file, as `lxbt import` does it."""
    entry, _known = open_import(
        kind=kind_of(kind), division_code=PROVINCE, name=path.name, parts=parts_of(path), by=None, at=NOW
    )
    recognise_file(entry=entry, path=path, kind=kind_of(kind), by=None)
    entry = start_pass(import_id=entry.pk, act="write", by=None, at=NOW)
    running = Running(entry, path, clock=lambda: NOW, ahead=True)
    running.run()
    running.close()
    return running


def measure_import_csv(rows: int) -> dict[str, Any]:
    """Recipients a second from a CSV file into an empty registry: validated, sealed, compared, written with
    certificates, accounts, rights and the month paid.
    """
    set_standards()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "recipients.csv"
        write_recipients(path, rows)
        with Stopwatch() as ours:
            running = take(path, "recipients")
    running.entry.refresh_from_db()
    assert running.entry.counts == {"new": rows}, (running.entry.counts, running.entry.reasons)
    plain = copied_again(TABLES)
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    if os.environ.get("BENCH_VERBOSE"):
        print(
            f"  ours {ours.seconds:.1f} s, COPY {plain:.1f} s, {memory:.0f} MB at most in a process, "
            f"{running.entry.effects} {running.entry.remarks}"
        )
    return {
        "ours": rows / ours.seconds,
        "limit": rows / plain,
        "unit": "persons/s",
        "ratio": plain / ours.seconds,
        "rows": rows,
        "seconds": ours.seconds,
        "memory_mb": memory,
    }


HISTORY = (
    "registry_person",
    "registry_identifier",
    "registry_fact",
    "registry_personprofile",
    "entitlements_entitlement",
    "payments_item",
    "imports_tally",
    "imports_touched",
)


def write_history(folder: Path, rows: int, *, most: int = 3_000_000) -> tuple[list[Path], int]:
    """What was paid from 2016-01 on, month by month as the books are kept, in files of at most so many rows; with the
    number of rows.
    """
    months = list(Month(2016, 1).until(MONTH + 1))
    persons = max(1, rows // len(months))
    townships = list(
        Division.objects.filter(level=4, code__startswith="42").order_by("code").values_list("code", flat=True)
    )
    known = list(people(persons, townships, born_in="43"))  # others than the recipients, who may be there already
    step = max(1, most // persons)
    paths = []
    for start in range(0, len(months), step):
        paths.append(folder / f"history-{months[start]}.csv")
        with paths[-1].open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(("姓名", "身份证号", "年月", "补贴类型", "金额", "发放部门", "行政区划"))
            for month in months[start : start + step]:
                for n, (name, identity, _category, grade, place) in enumerate(known):
                    amount, organ = (
                        "60" if month.year < 2020 else f"{60 + 20 * grade}.00",
                        "残联" if month.year < 2019 else "民政",
                    )
                    out.writerow(
                        (
                            name,
                            identity,
                            str(month).replace("-", ""),
                            "护理补贴" if n % 3 else "生活补贴",
                            amount,
                            organ,
                            place,
                        )
                    )
    return paths, persons * len(months)


def measure_import_history(rows: int) -> dict[str, Any]:
    """Person-months a second from a CSV file: persons found or made, priced by the rules of the time, kept as paid, the
    ledger built backwards.
    """
    set_standards()
    with tempfile.TemporaryDirectory() as name:
        paths, written = write_history(Path(name), rows)
        with Stopwatch() as ours:
            entries = [take(path, "history").entry for path in paths]
    counts: Counter[str] = Counter()
    for entry in entries:
        entry.refresh_from_db()
        counts.update(entry.counts)
    assert counts == {"new": written}, (counts, [entry.reasons for entry in entries])
    plain = copied_again(HISTORY)
    if os.environ.get("BENCH_VERBOSE"):
        memory = (
            max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        )
        print(
            f"  ours {ours.seconds:.1f} s, COPY {plain:.1f} s, {memory:.0f} MB at most in a process, "
            f"{entries[-1].effects} {entries[-1].remarks}"
        )
    return {
        "ours": written / ours.seconds,
        "limit": written / plain,
        "unit": "person-months/s",
        "ratio": plain / ours.seconds,
        "rows": written,
    }
