"""A scratch database beside the main one, for what must leave no trace in it."""

from __future__ import annotations

import psycopg
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from lxbt.core.refusal import Refusal

_LOCK = 7_301_009


class NoScratch(Refusal):
    """The scratch database cannot be made."""


def use_scratch_database(suffix: str) -> None:
    """Point this process's connection at `<main database>_<suffix>`, created and migrated when needed."""
    name = f"{connection.settings_dict['NAME']}_{suffix}"
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        if cursor.fetchone() is None:
            try:
                cursor.execute(f'create database "{name}"')
            except psycopg.errors.DuplicateDatabase:
                pass
            except Exception as error:
                if "already exists" not in str(error):
                    raise NoScratch(_("无法创建临时数据库 %(name)s,请为数据库账号授予 CREATEDB。") % {"name": name}) from error
    connection.close()
    connection.settings_dict["NAME"] = name
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])
