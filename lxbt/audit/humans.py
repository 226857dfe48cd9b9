"""Two persons are two human beings: the trigger that holds it in the tables, and the same question for operations.

One holder may have several accounts, at different offices. Wherever two persons are asked for, they count as one: the
SQL function `same_human` (made by the migrations of `accounts`, over `accounts_user`) is the only answer, for
operations and triggers.
"""

from __future__ import annotations

import pgtrigger
from django.db import connection


def other_human(*, name: str, constraint: str, one: str, other: str, sentence: str) -> pgtrigger.Trigger:
    """A trigger of a table: the accounts in the columns `one` and `other` never belong to the same human being."""
    both = f"new.{one} is not null and new.{other} is not null"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(one, other),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(both),
        func=(
            f"IF same_human(NEW.{one}, NEW.{other}) THEN RAISE EXCEPTION '{sentence}'"
            f" USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}'; END IF; RETURN NULL;"
        ),
    )


def same_human(one: int | None, other: int | None) -> bool:
    """Whether two accounts belong to the same human being; false without two accounts."""
    if one is None or other is None or one == other:
        return one is not None and one == other
    with connection.cursor() as cursor:
        cursor.execute("select same_human(%s, %s)", [one, other])
        answer: bool = cursor.fetchone()[0]
        return answer


def accounts_of_human(account_id: int) -> list[int]:
    """All accounts of the human being whose account this is, the account itself among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select %(id)s::bigint union select b.id from accounts_user a "
            "join accounts_user b on a.holder_id = b.holder_id"
            " where a.id = %(id)s",
            {"id": account_id},
        )
        return [row[0] for row in cursor.fetchall()]
