"""Rows of result files that fitted no line, and the lines that may have been meant."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db.models import Q, QuerySet

from lxbt import vault
from lxbt.payments.models import Line, UnmatchedRow

MEANT = 10  # lines shown for a row


@dataclass(frozen=True)
class Said:
    """What the bank wrote in a row: number, account, holder, amount and reason; amounts in yuan, as text."""

    row_no: str
    account: str
    holder: str
    amount: str
    reason: str


def unmatched_within(scope: Q, *, handled: bool | None = None, text: str = "") -> QuerySet[UnmatchedRow]:
    """Those of batches in the scope (a condition on file__batch__payer_code), the newest first.

    `handled`: only closed or only open ones; `text`: digits of the masked account, or the number of a batch.
    """
    rows = UnmatchedRow.objects.filter(scope).select_related("file__batch", "handled_by").order_by("-pk")
    if handled is not None:
        rows = rows.filter(handled_by__isnull=not handled)
    if text:
        number = Q(file__batch_id=int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else Q()
        rows = rows.filter(Q(masked_account__contains=text) | number if number else Q(masked_account__contains=text))
    return rows


def said_of(row: UnmatchedRow) -> Said:
    """The row as it came, opened."""
    number, account, holder, amount, _paid, reason = [*vault.open_sealed(row.sealed).split("\t"), *[""] * 6][:6]
    return Said(number, account, holder, "" if amount == "None" else amount, reason)


def lines_meant(row: UnmatchedRow, said: Said) -> list[Line]:
    """Lines of the batch with the amount of the row, or at its number: whoever looks compares them with the bank."""
    try:
        same = Q(amount=Decimal(said.amount))
    except InvalidOperation:
        same = Q(pk__in=[])
    place = Q(row_no=int(said.row_no)) if said.row_no.isdigit() and len(said.row_no) < 10 else Q(pk__in=[])
    return list(Line.objects.filter(same | place, batch=row.file.batch).order_by("row_no")[:MEANT])
