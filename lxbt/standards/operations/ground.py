"""What every change of a standard stands on: refusals, two persons, locks, and the change that payers look at."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.humans import same_human
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.standards.models import Change
from lxbt.standards.rules.conditions import write_condition
from lxbt.standards.rules.rows import StandardRow

_CHANGE_LOCK = 7_301_001  # held while a change is written, so that change ids appear in the order of commits


EARLIEST, AHEAD = Month(2000, 1), 36  # the first month that a rule may begin with, and how many months ahead of today


class StandardRefused(Refusal):
    """The standard, 低保 row or parameter cannot be taken so."""


def conditions_key(row: StandardRow) -> str:
    """Equal conditions have equal keys, whatever the order they were written in."""
    return json.dumps(write_condition(row.when), sort_keys=True, ensure_ascii=False)


def mark_change(*, division_code: str, subsidy: str, since: Month) -> None:
    """Note, in the caller's transaction, that months from `since` on are priced anew."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_CHANGE_LOCK])
    Change.objects.create(division_code=division_code, subsidy=subsidy, since=since.first)


def _supersede(rows: Any, since: date) -> None:
    rows.update(superseded_from=Func(F("superseded_from"), Value(since), function="least"))


def lock_place(key: str) -> None:
    """Wait for whoever publishes for the same place and conditions, so that each sees what the other published."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, _CHANGE_LOCK])


def two_persons(first: User | None, second: User | None) -> None:
    """Refuse one human being where two are asked for; nobody at all is the set-up of a place."""
    if second is None and first is None:
        return
    if first is None or second is None or same_human(first.pk, second.pk):
        raise StandardRefused(_("须由一人起草、另一人复核，您不能一人办完。"))
