"""A scratch database beside the main one, for what must leave no trace in it."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from lxbt.core.crypto import sm3
from lxbt.core.refusal import Refusal

_LOCK = 7_301_009
PACKAGE = Path(__file__).resolve().parent.parent


class NoScratch(Refusal):
    """The scratch database cannot be made."""


def fingerprint() -> str:
    """Of all migrations: a scratch database made from others is made anew."""
    files = sorted(PACKAGE.glob("*/migrations/*.py"))
    return sm3(b"".join(path.name.encode() + path.read_bytes() for path in files)).hex()


def use_scratch_database(suffix: str) -> None:
    """Point this process's connection at `<main database>_<suffix>`, made when it is not there or is out of date."""
    name, wanted = f"{connection.settings_dict['NAME']}_{suffix}", fingerprint()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])  # until it is ready; two programs make one database
        try:
            cursor.execute("select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name])
            row = cursor.fetchone()
            if row is not None and row[0] != wanted:
                cursor.execute(f'drop database "{name}"')
                row = None
            if row is None:
                cursor.execute(f'create database "{name}"')
                _migrate(name)
                cursor.execute(f"comment on database \"{name}\" is '{wanted}'")
        except DatabaseError as error:
            sentence = _("无法准备临时数据库 %(name)s：请确认数据库账号有 CREATEDB 权限，且没有其他程序占用它。")
            raise NoScratch(sentence % {"name": name}) from error
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])
    connection.close()
    connection.settings_dict["NAME"] = name


def _migrate(name: str) -> None:
    """Migrate by a connection of its own: the caller's holds the lock."""
    from django.db import connections

    scratch = {**connection.settings_dict, "NAME": name}
    connections.databases["scratch"] = scratch
    try:
        call_command("migrate", database="scratch", verbosity=0, interactive=False)
    finally:
        connections["scratch"].close()
        del connections.databases["scratch"]
