"""An import that is cut off, however and whenever, is finished by the same command: every row once."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import psutil
import pytest

from lxbt.core.idnumber import check_digit
from tests.faults.filling import PAYERS
from tests.faults.installation import LIMIT, TWIN, Installation, wait_for

ROWS = 16_000
WRITTEN = {
    "persons": "select name, birth, division_code, pinyin from registry_person where person_id > 1600",
    "numbers": "select kind, index, person_id > 0 from registry_identifier",
    "accounts": "select masked, state, until from registry_bankaccount where person_id > 1600",
    "rights": "select p.name, p.birth, subsidy, since, until, after, state from entitlements_entitlement "
    "join registry_person p using (person_id) where person_id > 1600",
    "items": "select p.name, p.birth, subsidy, right_month, seq, amount, reasons from payments_item "
    "join registry_person p using (person_id) where person_id > 1600",
    "batches": "select payer_code, month, item_count, total from payments_batch where state = 'recorded'",
    "tallies": "select payer_code, month, subsidy, payments, amount, doubtful from imports_tally",
    "kept": "select row_no, outcome, codes::text from imports_keptrow",
    "touched": "select count(*), count(*) filter (where made) from imports_touched",
    "events": "select action, division_code, count(*) from audit_event where action like '%import%' group by 1, 2",
}


def file_of(folder: Path) -> Path:
    """Recipients of eight counties, above the size from which a second process reads; one in five hundred rows
    wrong.
    """
    path = folder / "领取人.csv"
    if not path.exists():
        with path.open("w", encoding="gb18030", newline="") as file:
            out = csv.writer(file)
            out.writerow(
                (
                    "姓名",
                    "身份证号",
                    "残疾人证号",
                    "补贴类型",
                    "行政区划代码",
                    "低保类别",
                    "发放月份",
                    "发放金额",
                    "开户行",
                    "账号",
                    "联系电话",
                    "家庭住址",
                )
            )
            for n in range(ROWS):
                first = f"42{n // 1000 + 1:04d}19{50 + n % 49}0{1 + n % 9}1{n % 10}{n % 1000:03d}"
                number = first + check_digit(first)
                amount = "8o" if n % 500 == 7 else "100"
                out.writerow(
                    (
                        "张三丰",
                        number,
                        number + "41",
                        "护理补贴",
                        PAYERS[n % 8],
                        "农村低保",
                        "2026-01",
                        amount,
                        "农村商业银行江岸支行",
                        f"62284800000{n:08d}",
                        f"138{n:08d}",
                        f"和平路{n}号二单元三零一室",
                    )
                )
    return path


def done(place: Installation) -> int:
    return place.count("select coalesce(max(row_no), 0) from imports_import")


def contents(place: Installation, database: str) -> dict[str, Any]:
    with place.connect(database) as connection:
        return {name: sorted(map(repr, connection.execute(sql).fetchall())) for name, sql in WRITTEN.items()}  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def undisturbed(filled: Installation) -> dict[str, Any]:
    """What the same file leaves when nobody disturbs it."""
    filled.renew(TWIN)
    path = file_of(filled.folder)
    answer = filled.run("import", str(path), "--kind", "recipients", "--division", "420000000000", database=TWIN)
    assert (answer["rows"], answer["accepted"], answer["rejected"], answer["state"]) == (ROWS, ROWS - 32, 32, "done")
    return contents(filled, TWIN)


def test_an_import_killed_again_and_again_is_finished_by_the_same_command(
    place: Installation, undisturbed: dict[str, Any]
) -> None:
    command = ("import", str(file_of(place.folder)), "--kind", "recipients", "--division", "420000000000")
    readers: list[psutil.Process] = []
    for rows in (1, 5_000, 10_000):
        process = place.start(*command)
        wait_for("rows written", lambda process=process, rows=rows: process.poll() is not None or done(place) >= rows)
        assert process.poll() is None, process.communicate()
        readers += psutil.Process(process.pid).children(recursive=True)
        process.kill()  # the process alone: the one that reads ahead has to see for itself that nobody waits
        process.wait(LIMIT)
    answer = place.run(*command)
    assert (answer["rows"], answer["accepted"], answer["state"], answer["again"]) == (ROWS, ROWS - 32, "done", None)
    assert contents(place, "lxbt") == undisturbed
    wait_for(
        "the readers gone",
        lambda: not any(reader.is_running() and reader.status() != psutil.STATUS_ZOMBIE for reader in readers),
    )
    again = place.run(*command)
    assert (again["accepted"], again["unchanged"], again["rejected"]) == (0, ROWS - 32, 32)


def test_postgres_killed_in_the_middle_of_an_import(place: Installation, undisturbed: dict[str, Any]) -> None:
    command = ("import", str(file_of(place.folder)), "--kind", "recipients", "--division", "420000000000")
    process = place.start(*command)
    wait_for("rows written", lambda: process.poll() is not None or done(place) > 0)
    place.kill_postgres()
    _out, errors = process.communicate(timeout=LIMIT)
    assert process.returncode != 0
    assert "Traceback" not in errors
    place.run(*command)
    assert contents(place, "lxbt") == undisturbed


def test_two_terminals_with_the_same_file_write_every_row_once(
    place: Installation, undisturbed: dict[str, Any]
) -> None:
    command = ("import", str(file_of(place.folder)), "--kind", "recipients", "--division", "420000000000", "--json")
    first = place.start(*command)
    wait_for("rows written", lambda: first.poll() is not None or done(place) > 0)
    second = place.start(*command)
    for process in (first, second):
        out, errors = process.communicate(timeout=LIMIT)
        assert process.returncode == 0, (out, errors)
    assert contents(place, "lxbt") == undisturbed
