"""Vocabulary and states of payments. Pure.

batch:    drawn -> approved -> sent -> settled          drawn -> returned (its items count for nothing)
          recorded: paid before the system, entered from the books of the time; never moves
line:     ready (approved) -> sent -> paid | failed -> corrected -> resent
          paid -> failed (the bank sends it back later), failed | corrected | resent -> paid (paid after all)
          failed -> resent (the account was corrected by another door)
recovery: open -> partly -> recovered | offset | waived | unrecoverable | lifted
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lxbt.core import reading
from lxbt.core.money import CENT, plain

DRAWN, APPROVED, SENT, SETTLED, RETURNED, RECORDED = "drawn", "approved", "sent", "settled", "returned", "recorded"
BATCH_STATES = (DRAWN, APPROVED, SENT, SETTLED, RETURNED, RECORDED)
BEFORE_SENDING = (DRAWN, APPROVED)
ORDERED = (APPROVED, SENT, SETTLED)  # batches that have an order to the bank
BATCH_MOVES: Mapping[tuple[str, str], str] = {
    (DRAWN, "approve"): APPROVED,
    (DRAWN, "return"): RETURNED,
    (APPROVED, "return"): RETURNED,
    (APPROVED, "send"): SENT,
    (SENT, "settle"): SETTLED,
    (SETTLED, "settle"): SETTLED,
}

READY, PAID, FAILED, CORRECTED, RESENT = "ready", "paid", "failed", "corrected", "resent"
LINE_STATES = (READY, SENT, PAID, FAILED, CORRECTED, RESENT)
CAME_BACK = (FAILED, CORRECTED, RESENT)  # the bank said that it did not arrive
LINE_MOVES: Mapping[tuple[str, str], str] = {
    (READY, "send"): SENT,
    (SENT, "pay"): PAID,
    (SENT, "fail"): FAILED,
    (PAID, "fail"): FAILED,
    (FAILED, "correct"): CORRECTED,
    (CORRECTED, "resend"): RESENT,
    (FAILED, "resend"): RESENT,  # the account was corrected by another door
    (FAILED, "pay"): PAID,
    (CORRECTED, "pay"): PAID,
    (RESENT, "pay"): PAID,
}


def lines_open_to(act: str) -> list[str]:
    """The states of lines that an act moves; a line in any other stays as it is."""
    return [state for state, known in LINE_MOVES if known == act]


OPEN, PARTLY, RECOVERED, OFFSET, WAIVED, UNRECOVERABLE, LIFTED = (
    "open",
    "partly",
    "recovered",
    "offset",
    "waived",
    "unrecoverable",
    "lifted",
)
RECOVERY_STATES = (OPEN, PARTLY, RECOVERED, OFFSET, WAIVED, UNRECOVERABLE, LIFTED)
RESTORED, SENT_BACK = "restored", "sent_back"  # lifted: due again after all; what never arrived
MOVES = (RESTORED, SENT_BACK, RECOVERED, OFFSET, WAIVED, UNRECOVERABLE)
RECOVERY_OPEN = (OPEN, PARTLY)
NEED_BASIS = (WAIVED, UNRECOVERABLE)
RECOVERY_MOVES: Mapping[tuple[str, str], str] = {
    (state, outcome): outcome
    for state in RECOVERY_OPEN
    for outcome in (PARTLY, RECOVERED, OFFSET, WAIVED, UNRECOVERABLE)
}

# the kind of an item. `lifted` is not drawn: it carries what of a void or claimed item counts on (operations.books)
REGULAR, ARREARS, RECOVERY, LIFTED_ITEM = "regular", "arrears", "recovery", "lifted"

FAILURES: Mapping[str, str] = {
    "account_name": "户名不符",
    "account_number": "账号不存在",
    "account_closed": "账户已销户",
    "account_frozen": "账户冻结或止付",
    "identity": "证件号码不符",
    "other": "其他原因",
}

OUT_COLUMNS = ("序号", "批次号", "户名", "账号", "开户银行", "金额", "补贴类型", "用途", "参考号")
IN_COLUMNS = ("序号", "账号", "户名", "金额", "状态", "原因")
BATCH_COLUMN, REFERENCE_COLUMN = "批次号", "参考号"  # by which a result tells what it answers
SUBSIDY_TITLES: Mapping[str, str] = {"living": "困难残疾人生活补贴", "care": "重度残疾人护理补贴"}
SUCCESS_WORDS = ("成功", "已付", "paid", "ok", "success")
FAILURE_WORDS = ("失败", "退票", "退回", "failed", "fail")
ENCODINGS = ("gbk", "utf-8")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a risky beginning is preceded by an apostrophe."""
    return "'" + text if text.startswith(_RISKY) else text


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of a bank's result file as read: its own number in the file, paid or failed, and why."""

    row_no: int
    account: str
    holder: str
    amount: Decimal | None
    paid: bool | None  # None: the word is not known
    reason: str
    batch: str = ""
    reference: str = ""


def read_result_cells(cells: Mapping[str, str], row_no: int) -> ResultRow:
    """A row of a result file from its cells by column title."""
    word = cells.get("状态", "").strip().lower()
    paid = True if word in SUCCESS_WORDS else False if word in FAILURE_WORDS else None
    amount = cells.get("金额", "").strip().replace(",", "")
    number = cells.get("序号", "").strip()
    return ResultRow(
        row_no=int(number) if re.fullmatch(r"[0-9]{1,9}", number) else -row_no,
        account=cells.get("账号", "").strip().lstrip("'"),
        holder=cells.get("户名", "").strip().lstrip("'"),
        amount=Decimal(amount).quantize(CENT) if re.fullmatch(r"\d{1,9}(\.\d{1,2})?", amount, re.ASCII) else None,
        paid=paid,
        reason=cells.get("原因", "").strip(),
        batch=cells.get(BATCH_COLUMN, "").strip().lstrip("'"),
        reference=cells.get(REFERENCE_COLUMN, "").strip().lstrip("'").upper(),
    )


def failure_code(reason: str) -> str:
    """The code of a bank's reason; `other` when its words are not known."""
    return next((code for code, words in FAILURES.items() if reason in (code, words)), "other")


SHARING = ("nation", "province", "city", "county")


def read_shares(name: str, raw: object) -> Mapping[str, object]:
    """The parameter `funding_shares`: per cent of each level, together 100; nothing at all: the county pays."""
    table = reading.mapping(raw, name, SHARING)
    parts = {level: reading.not_negative(percent, f"{name}.{level}") for level, percent in table.items()}
    if parts and sum(parts.values()) != 100:
        raise reading.Unreadable(name, f"各级比例之和应为 100，现为 {plain(sum(parts.values(), Decimal(0)))}")
    if any(percent != round(percent, 2) for percent in parts.values()):
        raise reading.Unreadable(name, "比例最多两位小数")
    return {level: plain(parts[level]) for level in SHARING if level in parts}


def shares(total: Decimal, by_level: Mapping[str, object]) -> dict[str, Decimal]:
    """A total divided by per-cent shares of levels; the last level takes what rounding leaves.

    No shares: the county pays all.
    """
    parts = {level: Decimal(str(percent)) for level, percent in by_level.items()}
    if not parts or sum(parts.values()) != 100:
        return {"county": total}
    found: dict[str, Decimal] = {}
    left = total
    for level in list(parts)[:-1]:
        found[level] = (total * parts[level] / 100).quantize(CENT)
        left -= found[level]
    found[list(parts)[-1]] = left
    return found
