"""Provinces with systems of their own: that they were heard."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from lxbt.core.months import Month


@transaction.atomic
def note_province_heard(*, province_code: str, at: datetime, synced_until: Month | None = None) -> None:
    """A province's own system told something at this moment; with `synced_until`, both sides hold the same up to that
    month. Neither goes back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_provinceheard as h (province_code, heard_at, synced_until) values (%s, %s, %s) "
            "on conflict (province_code) do update"
            " set heard_at = greatest(h.heard_at, excluded.heard_at), synced_until = greatest(h.synced_until, "
            "excluded.synced_until)",
            [province_code, at, synced_until.first if synced_until else None],
        )
