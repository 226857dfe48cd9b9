"""A file of recipients read and checked, against calamine laying out the same sheet."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

from lxbt.core.idnumber import check_digit
from lxbt.imports.reading import read_batches, recognise
from lxbt.imports.rules.kinds import kind_named

ON = date(2026, 11, 24)
MOST = 200_000  # a workbook of this size is what a large county sends
HEADS = (
    "姓名",
    "身份证号",
    "残疾人证号",
    "残疾类别",
    "残疾等级",
    "补贴类型",
    "发放金额",
    "补贴标准",
    "发放月份",
    "起始享受月份",
    "所在区划",
    "低保类别",
    "开户行",
    "银行账号",
)
_CATEGORIES, _GRADES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), ("一级", "二级", "三级", "四级")


def measure_import_xlsx(rows: int) -> dict[str, Any]:
    """Rows a second, recognised, read and with every value checked; the limit is what calamine alone needs.

    At most 200,000 rows.
    """
    rows = min(rows, MOST)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recipients.xlsx"
        _write(path, rows)
        begun = time.perf_counter()
        laid_out = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        alone = time.perf_counter() - begun
        assert len(laid_out) == rows + 1
        del laid_out
        begun = time.perf_counter()
        kind = kind_named("recipients")
        layout = recognise(path, kind)
        good = sum(len(batch.row_nos) - len(batch.faults) for batch in read_batches(path, kind, layout, on=ON))
        ours = time.perf_counter() - begun
    assert good == rows, f"{rows - good} rows were refused"
    return {"ours": rows / ours, "limit": rows / alone, "unit": "rows/s", "ratio": alone / ours, "rows": rows}


def _write(path: Path, rows: int) -> None:
    """Invented recipients, few amounts and months and many persons, as in a real file."""
    chance = random.Random(7)
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("领取人")
    sheet.write_row(0, 0, HEADS)
    for number in range(1, rows + 1):
        sheet.write_row(number, 0, _person(chance))
    book.close()


def _person(chance: random.Random) -> tuple[Any, ...]:
    year, month, day = chance.randint(1940, 2020), chance.randint(1, 12), chance.randint(1, 28)
    first = f"4201{chance.randint(1, 20):02d}{year}{month:02d}{day:02d}{chance.randint(1, 999):03d}"
    identity = first + check_digit(first)
    category, grade = chance.randrange(7), chance.randrange(4)
    name = chance.choice("王李张刘陈杨黄赵周吴") + "".join(
        chance.choices("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平", k=2)
    )
    return (
        name,
        identity,
        f"{identity}{category + 1}{grade + 1}",
        _CATEGORIES[category],
        _GRADES[grade],
        chance.choice(("生活补贴", "护理补贴")),
        chance.choice((80, 100, 120.5)),
        80,
        "202610",
        f"{chance.randint(2016, 2025)}-{chance.randint(1, 12):02d}",
        f"4201{chance.randint(1, 20):02d}{chance.randint(1, 20):03d}000",
        chance.choice(("低保", "低保边缘", "无")),
        chance.choice(("农村商业银行", "邮政储蓄银行")),
        f"62{chance.randint(10**16, 10**17 - 1)}",
    )
