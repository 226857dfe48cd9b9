"""A county of the tests, with standards, and files that its clerks send."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxbt.accounts.models import User
from lxbt.core.idnumber import check_digit
from lxbt.divisions.models import Division
from lxbt.entitlements.operations.releasing import ask_to_release
from lxbt.imports.kinds import kind_of
from lxbt.imports.models import Import
from lxbt.imports.operations.confirming import ask_to_undo, ask_to_write
from lxbt.imports.operations.intake import EVERYTHING, open_import, parts_of, start_pass
from lxbt.imports.operations.planned import figures_of
from lxbt.imports.operations.recognising import recognise_file
from lxbt.imports.operations.running import Running
from lxbt.imports.operations.undoing import moves_money, start_undo, undo_some
from lxbt.imports.rules.moving import MOVING
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import accept, effect_now
from lxbt.rollout.models import Plan
from tests import factories as b

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COUNTY, TOWNSHIP, OTHER = b.COUNTY, b.FIRST_TOWNSHIP, "420103000000"


def make_county() -> None:
    """江岸区 with two townships and a neighbour, and amounts since 2016."""
    b.county()
    b.county(OTHER)
    for code, name in ((TOWNSHIP, "大智街道"), ("420102002000", "一元街道"), ("420103001000", "民族街道")):
        Division.objects.get_or_create(
            code=code, defaults={"name": name, "pinyin": "", "level": 4, "parent_code": code[:6] + "000000"}
        )
    b.flat_standards(living="80", care="100")
    open_window()


def open_window(opens_on: date = date(2016, 1, 1), closes_on: date = date(2099, 12, 31), **other: Any) -> Plan:
    """The province goes live in these days."""
    return Plan.objects.create(
        province_code="420000000000", batch=1, opens_on=opens_on, closes_on=closes_on, basis="测试计划", **other
    )


def decider(name: str = "decider") -> User:
    """Another person, who decides for the county and so confirms plans."""
    found = User.objects.filter(name=name).first()
    if found is None:
        found = b.official(name, role="decider")
    return found


def agreed(proposal: Proposal, *, by: User | None = None, at: datetime = NOW) -> Proposal:
    """What was proposed, accepted by another person as it is shown to them now."""
    _effect, digest = effect_now(proposal, at.date())
    return accept(proposal_id=proposal.pk, digest=digest, by=by or decider(), at=at, on=at.date())


def released(entry: Import, why: str = "unconfirmed", *, payer: str = COUNTY) -> None:
    """What is held of an import, paid after all: asked by one, agreed by another."""
    proposal = ask_to_release(
        import_id=entry.pk, payer_code=payer, why=why, reason="逐人核对无误", by=decider("first"), at=NOW, on=NOW.date()
    )
    agreed(proposal)


def officer(*, area: str = COUNTY, role: str = "payment_officer") -> User:
    """Somebody who may import for the county."""
    return b.official("officer", role=role, area=area)


def identity(number: int = 1, birth: str = "19650312") -> str:
    """A valid identity number, another one for another number."""
    first = f"420102{birth}{number % 1000:03d}"
    return first + check_digit(first)


def recipient(number: int = 1, **other: Any) -> dict[str, Any]:
    """A row of recipients that is right; other values by title."""
    row = {
        "姓名": "张三",
        "身份证号": identity(number),
        "残疾人证号": identity(number) + "41",
        "补贴类型": "护理补贴",
        "行政区划": TOWNSHIP,
        "低保类别": "农村低保",
        "发放月份": "2026-10",
        "发放金额": "100",
        "开户行": "农商行",
        "账号": f"62284800000{number:08d}",
    }
    return {**row, **other}


def paid(number: int = 1, month: str = "2019-03", **other: Any) -> dict[str, Any]:
    """A row of history."""
    return {
        "姓名": "张三",
        "身份证号": identity(number),
        "年月": month,
        "补贴类型": "护理补贴",
        "金额": "60",
        "发放部门": "残联",
        "行政区划": TOWNSHIP,
        **other,
    }


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """The rows as a CSV file; the titles are the keys of the first."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def opened(path: Path, kind: str, *, area: str = COUNTY, by: User | None = None) -> Import:
    """The file taken in and recognised."""
    entry, _known = open_import(
        kind=kind_of(kind), division_code=area, name=path.name, parts=parts_of(path), by=by, at=NOW
    )
    recognise_file(entry=entry, path=path, kind=kind_of(kind), by=by)
    return entry


def passed(
    entry: Import,
    path: Path,
    act: str = "write",
    *,
    by: User | None = None,
    now: datetime = NOW,
    accepts: Iterable[str] | None = None,
) -> Import:
    """A whole pass over the file; what a user writes is planned first, and confirmed by another where it moves
    money.
    """
    if act == "write" and by is not None and entry.kind in MOVING and not entry.planned:
        entry = passed(entry, path, "plan", by=by, now=now)
    chosen = list(EVERYTHING if accepts is None else accepts)
    if act == "write" and by is not None and entry.kind in MOVING and figures_of(entry, chosen).moved:
        agreed(
            ask_to_write(import_id=entry.pk, accepts=chosen, reason="上线数据，逐行核对", by=by, at=now, on=now.date()),
            at=now,
        )
        entry.refresh_from_db()
    else:
        entry = start_pass(import_id=entry.pk, act=act, by=by, at=now, accepts=accepts)
    running = Running(entry, path, clock=lambda: now)
    running.run()
    running.close()
    entry.refresh_from_db()
    return entry


def taken(tmp_path: Path, kind: str, *rows: Mapping[str, Any], area: str = COUNTY, by: User | None = None) -> Import:
    """The rows as a file, written."""
    number = len(list(tmp_path.iterdir()))
    path = write_csv(tmp_path / f"{kind}-{number}.csv", rows)
    return passed(opened(path, kind, area=area, by=by), path, by=by)


def undone(entry: Import, *, by: User | None = None) -> Import:
    """The import taken back; by a user, another agrees where it takes rights or payments away."""
    if by is not None and moves_money(entry):
        agreed(ask_to_undo(import_id=entry.pk, reason="文件有误，整个撤销", by=by, at=NOW, on=NOW.date()))
    else:
        start_undo(import_id=entry.pk, by=by, at=NOW)
    while undo_some(import_id=entry.pk, at=NOW):
        pass
    entry.refresh_from_db()
    return entry


def reasons(entry: Import) -> dict[int, list[str]]:
    """Row of the sheet -> codes that stand against it."""
    return {row.row_no: row.codes for row in entry.kept.exclude(outcome__in=["new", "changed", "same"])}


@contextmanager
def chunks_of(size: int) -> Any:
    """Chunks of a few rows, so that a short file has several."""
    from lxbt.imports.operations import reading_ahead

    before = reading_ahead.SIZE
    reading_ahead.SIZE = size
    try:
        yield
    finally:
        reading_ahead.SIZE = before
