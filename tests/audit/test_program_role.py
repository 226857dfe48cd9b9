"""The pages and the worker are a role that owns nothing: it may add to the record, and cannot alter it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from lxbt.audit.operations import record_event
from lxbt.audit.program_role import has_rights
from lxbt.core.months import Month
from lxbt.payments.operations.partitions import ensure_partitions

pytestmark = pytest.mark.django_db


def as_program(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role lxbt_app")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("reset role")


def test_migrations_leave_the_role_with_its_rights() -> None:
    assert has_rights()


@pytest.mark.parametrize(
    "statement",
    [
        "delete from audit_event",
        "update audit_event set by_name = 'x'",
        "truncate audit_event",
        "delete from audit_block",
        "update audit_anchor set number = 1",
        "alter table audit_event disable trigger all",
        "drop trigger pgtrigger_append_only_7d947 on audit_event",
        "set session_replication_role = replica",
        "alter table payments_item add column x int",
        "drop table audit_block",
        "create table mine (x int)",
        "select payments_make_month('payments_item_2031_01; drop table audit_event', '2031-01-01')",
        "delete from django_migrations",
    ],
)
def test_it_cannot_alter_the_record_or_any_table(statement: str) -> None:
    record_event(by=None, action="test.written", subject_kind="test", subject_id=1)
    with pytest.raises(DatabaseError):
        as_program(statement)


def test_it_may_add_to_the_record_and_make_the_months_of_payments() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role lxbt_app")
        record_event(by=None, action="test.written", subject_kind="test", subject_id=1)
        ensure_partitions([Month(2031, 1)])
        cursor.execute(
            "select pg_get_userbyid(relowner) <> 'lxbt_app' from pg_class where relname = 'payments_item_2031_01'"
        )
        assert cursor.fetchone() == (True,)
        cursor.execute("reset role")
