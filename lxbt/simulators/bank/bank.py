"""The agent bank, played: reads a bank file as a bank would, checks its control totals, answers with a result file.

Knows nothing of the system but the two file formats, so that it can stand for a bank in a demonstration or a test.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from random import Random

FILE_COLUMNS = ("序号", "批次号", "户名", "账号", "开户银行", "金额", "补贴类型", "用途", "参考号")
RESULT_COLUMNS = ("序号", "账号", "户名", "金额", "状态", "原因", "批次号", "参考号")
TRAILER = "合计"
CODECS = {"gbk": "gb18030", "utf-8": "utf-8-sig"}
REASONS = ("户名不符", "账号不存在", "账户已销户", "账户冻结或止付", "证件号码不符", "其他原因")
REASON_SHARES = (30, 16, 26, 14, 9, 5)
FAULTS = ("half", "duplicate", "unknown", "slow")


class BankRefuses(Exception):
    """The bank does not take the file; the text says why."""


@dataclass(frozen=True)
class Order:
    """One payment that the file orders."""

    number: str
    account: str
    holder: str
    amount: Decimal
    batch: str
    reference: str


@dataclass(frozen=True)
class Answer:
    """A result file and what it says in sum."""

    content: bytes
    paid: int
    failed: int
    total_paid: Decimal


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text and the encoding it was in; without one told, UTF-8 is tried before GBK."""
    for name in [encoding] if encoding else ["utf-8", "gbk"]:
        try:
            return content.decode(CODECS[name]), name
        except UnicodeDecodeError:
            continue
    raise BankRefuses("文件编码无法识别，请用 GBK 或 UTF-8。")


def read_orders(text: str) -> list[Order]:
    """The payments of a bank file, after checking its columns, row numbers, amounts and control totals."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or tuple(rows[0]) != FILE_COLUMNS:
        raise BankRefuses(f"首行应为列名：{'、'.join(FILE_COLUMNS)}。")
    if len(rows) < 2 or rows[-1][0] != TRAILER:
        raise BankRefuses("文件没有合计行，可能不完整。")
    orders = [_order(cells, line) for line, cells in enumerate(rows[1:-1], start=2)]
    if len({order.number for order in orders}) != len(orders):
        raise BankRefuses("序号重复。")
    if len({cells[1] for cells in rows[1:]}) != 1:
        raise BankRefuses("文件中有多个批次号。")
    count, total = rows[-1][4], rows[-1][5]
    if str(len(orders)) != count:
        raise BankRefuses(f"笔数不符：文件有 {len(orders)} 笔，合计行为 {count}。")
    summed = sum((order.amount for order in orders), Decimal(0))
    if f"{summed:.2f}" != f"{_amount(total, len(rows)):.2f}":
        raise BankRefuses(f"金额不符：各笔合计 {summed:.2f}，合计行为 {total}。")
    return orders


def _amount(text: str, line: int) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BankRefuses(f"第 {line} 行金额无法识别。") from None


def _order(cells: list[str], line: int) -> Order:
    if len(cells) != len(FILE_COLUMNS):
        raise BankRefuses(f"第 {line} 行应有 {len(FILE_COLUMNS)} 列。")
    number, batch, holder, account, _bank, amount, _subsidy, _purpose, reference = cells
    value = _amount(amount, line)
    if not number.isdigit() or not account.strip("'") or value <= 0:
        raise BankRefuses(f"第 {line} 行的序号、账号或金额不正确。")
    return Order(number, account.strip("'"), holder.strip("'"), value, batch, reference)


def play(
    content: bytes,
    *,
    encoding: str | None = None,
    fail_rate: float = 0.0,
    seed: int | str = 1,
    fail_rows: Collection[str] = (),
    faults: Collection[str] = (),
) -> Answer:
    """Pay the file and give the result file, in the encoding of the file.

    `fail_rate`: the share of rows that fail by the roll of `seed`. `fail_rows`: row numbers that fail in any case.
    `faults`: `half` leaves out the second half, `duplicate` says some rows twice, `unknown` adds a row nobody ordered.
    """
    text, used = decode(content, encoding)
    rng = Random(f"{seed}")
    rows: list[list[str]] = []
    paid, failed, total = 0, 0, Decimal(0)
    for order in read_orders(text):
        fails = rng.random() < fail_rate or order.number in fail_rows
        reason = rng.choices(REASONS, REASON_SHARES)[0] if fails else ""
        rows.append(
            [
                order.number,
                order.account,
                order.holder,
                f"{order.amount:.2f}",
                "失败" if fails else "成功",
                reason,
                order.batch,
                order.reference,
            ]
        )
        failed, paid, total = failed + fails, paid + (not fails), total + (0 if fails else order.amount)
    if "half" in faults:
        rows = rows[: max(1, len(rows) // 2)]
    if "duplicate" in faults:
        rows += rows[: max(1, len(rows) // 10)]
    if "unknown" in faults:
        rows.append(["999999", "6200000000000000000", "无此人", "1.00", "成功", "", "", ""])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(RESULT_COLUMNS)
    writer.writerows(rows)
    return Answer(out.getvalue().encode(CODECS[used]), paid, failed, total)
