"""Files that no row names: left by a process that was killed, or by an upload that was refused after it was written."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.core.files.storage import default_storage
from django.db import connection

from lxbt.documents.operations.sealed import KINDS

AGE = timedelta(days=1)  # a row may still be on its way
ROUND = 7 * 24  # hours in which every folder has its turn
AT_A_TIME = 1000
log = structlog.get_logger("lxbt.documents")


def sweep_folders(*, at: datetime) -> int:
    """Sweep the folders whose hour of the week it is; return how many files were removed."""
    turn = int(at.timestamp()) // 3600 % ROUND
    folders = [name for name in _folders() if int(name, 16) % ROUND == turn]
    return sum(sweep_folder(name, before=at - AGE) for name in folders)


def sweep_folder(folder: str, *, before: datetime) -> int:
    """Remove the files of one folder that were written before a moment and that no row names."""
    names = [f"{folder}/{name}" for name in sorted(default_storage.listdir(folder)[1])]
    old = [path for path in names if default_storage.get_modified_time(path) < before]
    removed = 0
    for start in range(0, len(old), AT_A_TIME):
        some = old[start : start + AT_A_TIME]
        for path in sorted(set(some) - _named(some)):
            default_storage.delete(path)
            removed += 1
    if removed:
        log.warning("files without a row removed", folder=folder, files=removed)
    return removed


def _folders() -> list[str]:
    if not default_storage.exists(""):
        return []
    return sorted(
        name for name in default_storage.listdir("")[0] if len(name) == 2 and set(name) <= set("0123456789abcdef")
    )


def _named(paths: list[str]) -> set[str]:
    """Those that a row names, in whatever schema the tables stand once more."""
    tables = [kind._meta.db_table for kind in KINDS]
    with connection.cursor() as cursor:
        cursor.execute(
            "select format('%%I.%%I', n.nspname, c.relname) from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace where c.relname = any(%s) and c.relkind in ('r', 'p')",
            [tables],
        )
        each = [f"select path from {table} where path = any(%(paths)s)" for (table,) in cursor.fetchall()]
        cursor.execute(" union all ".join(each), {"paths": paths})
        return {path for (path,) in cursor.fetchall()}
