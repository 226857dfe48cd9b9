"""What every test stands on: an embedded PostgreSQL of its own, found before Django reads its settings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("LXBT_VAR", str(ROOT / "var" / "test"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lxbt.config.settings")
os.environ["LXBT_ENVIRONMENT"] = "test"

import psycopg  # noqa: E402  (the environment comes first)

from lxbt.config.command_line import ensure_database  # noqa: E402

with psycopg.connect(ensure_database(), autocommit=True) as _server:  # what a crash would lose nobody misses here
    for _setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _server.execute(f"alter system set {_setting} = off")
    _server.execute("select pg_reload_conf()")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

settings.LXBT_AUDIT_FOLDER = Path(settings.LXBT_VAR) / f"audit{os.environ.get('PYTEST_XDIST_WORKER', '')}"
settings.PASSWORD_HASHERS = ["tests.hashers.LightArgon2"]

from django.db.backends.postgresql.operations import DatabaseOperations  # noqa: E402

_empty = DatabaseOperations.execute_sql_flush


def _empty_all(self: DatabaseOperations, sql_list: list[str]) -> None:
    """Between tests the record is emptied too, which its triggers forbid to everybody who keeps them on."""
    _empty(self, ["set local session_replication_role = replica", *sql_list])
    shutil.rmtree(settings.LXBT_AUDIT_FOLDER, ignore_errors=True)  # what is known of it outside of the database


DatabaseOperations.execute_sql_flush = _empty_all  # type: ignore[method-assign]

from lxbt.config.messages import compile_messages  # noqa: E402

compile_messages()
