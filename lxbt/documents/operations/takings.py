"""Files of persons that leave the system: each counts within a rolling window, for the human being and not for the
account.

Five files just below the limit are one large file. What a second person let go counts for nothing here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from lxbt.accounts.models import User
from lxbt.audit.humans import accounts_of_human
from lxbt.audit.watching import note_limit_reached
from lxbt.core.clock import beijing_day
from lxbt.documents.models import Taking

_TAKEN = """
with taken as (select rows, persons from documents_taking where account_id = any(%(accounts)s) and at > %(since)s),
known as (select unnest(persons) as person from taken union select unnest(%(persons)s::bigint[]))
select coalesce((select sum(rows) from taken), 0),
  (select count(*) from known) + coalesce((select sum(rows) from taken where persons is null), 0)
"""


@transaction.atomic
def take_out(*, title: str, rows: int, persons: Collection[int] | None, by: User, at: datetime) -> bool:
    """Note a file of persons that `by` takes out, if it stays within the window; else False, and those above are told.

    `persons`: whom it tells of; None where that is not known one by one: then every row counts as another person.
    """
    accounts = sorted(accounts_of_human(by.pk))
    list(User.objects.select_for_update().filter(pk__in=accounts).order_by("pk"))  # one after another
    ids = sorted(set(persons)) if persons is not None else None
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKEN,
            {
                "accounts": accounts,
                "since": at - timedelta(days=settings.LXBT_EXPORT_DAYS),
                "persons": ids or [],
            },
        )
        taken_rows, taken_persons = cursor.fetchone()
    known = taken_persons + (rows if ids is None else 0)
    if taken_rows + rows > settings.LXBT_EXPORT_ROWS or known > settings.LXBT_EXPORT_PERSONS:
        note_limit_reached(by=by, on=beijing_day(at), at=at, count=known, kind="export")
        return False
    Taking.objects.create(account_id=by.pk, at=at, title=title[:60], rows=rows, persons=ids)
    return True


def forget_takings(*, at: datetime) -> int:
    """Take away what left the window; gives how many."""
    return Taking.objects.filter(at__lte=at - timedelta(days=settings.LXBT_EXPORT_DAYS)).delete()[0]
