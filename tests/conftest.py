"""What every test stands on: an embedded PostgreSQL of its own, and habits that must not come back."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("LXBT_VAR", str(ROOT / "var" / "test"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lxbt.config.settings")
os.environ["LXBT_ENVIRONMENT"] = "test"


def pytest_configure() -> None:
    """Find the database before Django reads its settings."""
    from lxbt.config.command_line import ensure_database

    ensure_database()

    import django

    django.setup()
