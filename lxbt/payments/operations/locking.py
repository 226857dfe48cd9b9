"""One at a time for a payer."""

from __future__ import annotations

from django.db import connection

from lxbt.core.refusal import Refusal

_PAYER_LOCK = 7_301_003


class DrawRefused(Refusal):
    """The batch cannot be drawn now."""


def lock_payer(payer_code: str) -> None:
    """Until the end of the transaction nobody else draws, approves or takes results for a payer."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", [_PAYER_LOCK, payer_code])
