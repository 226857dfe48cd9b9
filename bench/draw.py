"""A monthly draw with the arrears of a retroactive rise of two months, against a plain INSERT ...

SELECT of the same items.
"""

from __future__ import annotations

import os
from typing import Any

from django.db import connection

from bench.ground import Stopwatch
from bench.population import DAY, FIRST, PROVINCE, make_recipients, raise_standards, set_standards
from lxbt.core.months import Month
from lxbt.payments.operations import draw_area


def draw_province(month: Month) -> int:
    """Draw for every payer of the province; gives the number of items."""
    drawn = draw_area(
        area=PROVINCE, month=month, by=None, on=max(DAY, month.first), workers=min(4, os.cpu_count() or 1)
    )  # as `lxbt draw` does
    return sum(batch.item_count for _payers, batches in drawn for batch in batches)


def measure_draw(rows: int) -> dict[str, Any]:
    """Two months at the old amounts, a rise from the first month on, then the third month: measured with its
    arrears.
    """
    make_recipients(rows)
    set_standards()
    draw_province(FIRST + 1)
    raise_standards()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze payments_item")
        cursor.execute("select coalesce(max(id), 0) from payments_batch")
        last = cursor.fetchone()[0]
        with Stopwatch() as ours:
            items = draw_province(FIRST + 2)
        cursor.execute("create table plain_item (like payments_item including all) partition by range (right_month)")
        for month in FIRST.until(FIRST + 3):
            name = f"plain_item_{month.year:04d}_{month.month:02d}"
            cursor.execute(
                f"create table {name} partition of plain_item for values from ('{month.first}') to "
                f"('{(month + 1).first}')"
            )
        cursor.execute("create temporary table same_item as select * from payments_item where batch_id > %s", [last])
        cursor.execute("select count(*) from same_item")
        assert cursor.fetchone()[0] == items
        with Stopwatch() as plain:
            cursor.execute("insert into plain_item select * from same_item")
        cursor.execute("drop table plain_item, same_item")
    if os.environ.get("BENCH_VERBOSE"):
        print(f"  ours {ours.seconds:.1f} s, plain {plain.seconds:.1f} s, {items:,} items")
    return {
        "ours": items / ours.seconds,
        "limit": items / plain.seconds,
        "unit": "rows/s",
        "ratio": plain.seconds / ours.seconds,
        "rows": rows,
    }
