"""The role that the pages and the worker are in the database: it owns nothing, and may add to the record but not alter
it.

It is given its rights after every migration, by who migrates; tables and partitions are made by their owner only.
"""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connections, transaction

ROLE = "lxbt_app"
WRITTEN_ONCE = ("audit_event", "audit_block", "audit_anchor")
_MAKE = (
    "do $$ begin if not exists (select from pg_roles where rolname = 'lxbt_app') then create role lxbt_app nologin; "
    "end if;"
    " exception when duplicate_object or unique_violation then null; end $$"  # another program was a moment quicker
)


def give_rights(*, using: str = "default", plan: Any = None, **_kept: Any) -> None:
    """After a migration: the role, and its rights in the schema that was migrated.

    Without the right to make roles nothing happens; doctor says so.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("select to_regclass('audit_anchor') is not null and current_user <> %s", [ROLE])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "select exists (select from pg_roles where rolname = %s) "
            "and has_table_privilege(to_regrole(%s), 'audit_anchor', 'insert')",
            [ROLE, ROLE],
        )
        if cursor.fetchone()[0] and not plan:
            return
        try:
            with transaction.atomic(using=using):
                cursor.execute(_MAKE)
                cursor.execute("select current_schema(), current_user, pg_has_role(current_user, %s, 'member')", [ROLE])
                schema, owner, member = cursor.fetchone()
                if not member:
                    cursor.execute(f'grant {ROLE} to "{owner}"')
                cursor.execute(f'grant usage on schema "{schema}" to {ROLE}')
                cursor.execute(f'grant select, insert, update, delete on all tables in schema "{schema}" to {ROLE}')
                cursor.execute(f'grant usage, select, update on all sequences in schema "{schema}" to {ROLE}')
                cursor.execute(f"revoke update, delete, truncate on {', '.join(WRITTEN_ONCE)} from {ROLE}")
                cursor.execute(f"revoke insert, update, delete on django_migrations from {ROLE}")
        except DatabaseError:
            return


def has_rights() -> bool:
    """Whether the role stands, may work, may not alter the record, and may be taken by this account."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_roles where rolname = %s) "
            "and has_table_privilege(to_regrole(%s), 'audit_event', 'insert')"
            " and not has_table_privilege(to_regrole(%s), 'audit_event', 'delete') and pg_has_role(current_user, "
            "%s, 'member')",
            [ROLE] * 4,
        )
        return bool(cursor.fetchone()[0])
