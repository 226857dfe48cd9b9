"""No model without its migration, no migration that locks or loses data: makemigrations --check and squawk on the SQL.

Needs no running database for the first part; the SQL for squawk is rendered by sqlmigrate.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lxbt.config.settings")
ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("LXBT_VAR", str(ROOT / "var" / "test"))


def main() -> int:
    from lxbt.config.command_line import ensure_database

    ensure_database()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader

    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        print("A model changed without its migration: run .venv/bin/lxbt makemigrations")
        return 1
    texts = []
    loader = MigrationLoader(None)
    for app, name in sorted(loader.disk_migrations):
        if (ROOT / "lxbt" / app / "migrations" / f"{name}.py").exists() and name.split("_")[0] != "0001":
            out = io.StringIO()
            call_command("sqlmigrate", app, name, stdout=out)
            texts.append(f"-- {app} {name}\n{out.getvalue()}")
    if not texts:  # the first migrations create empty tables, which locks nobody out
        return 0
    with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as file:
        file.write("\n".join(texts))
    squawk = Path(sys.executable).with_name("squawk")
    return subprocess.run([str(squawk), "--config", str(ROOT / ".squawk.toml"), file.name], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
