"""`lxbt`: one entry for the operator. Finds the database, then hands over to Django's commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NEEDS_NO_DATABASE = {
    "rights",
    "collectstatic",
    "compile_messages",
    "import_divisions_data",
    "bank_simulator",
    "cdpf_simulator",
    "province",
    "province_simulator",
    "roles",
    "manual",
    "help",
    "version",
}


def var_folder() -> Path:
    """The folder for what the installation makes itself: database, keys, documents."""
    return Path(os.environ.get("LXBT_VAR") or Path.cwd() / "var").resolve()


def ensure_database() -> str:
    """The address of the database: DATABASE_URL, or the embedded server, started if need be."""
    if not os.environ.get("DATABASE_URL"):
        from lxbt.config import postgres

        os.environ["DATABASE_URL"] = postgres.url(var_folder() / "postgres")
        os.environ["LXBT_EMBEDDED"] = "1"
    return os.environ["DATABASE_URL"]


def main() -> None:
    """Run `lxbt COMMAND`; hyphens in command names are Django's underscores."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lxbt.config.settings")
    argv = list(sys.argv)
    if len(argv) > 1:
        argv[1] = argv[1].replace("-", "_") if not argv[1].startswith("-") else argv[1]
    command = argv[1] if len(argv) > 1 else "help"
    from django.core.management import execute_from_command_line

    from lxbt.config.keys import KeysUnusable
    from lxbt.config.lost_keys import refuse_lost_keys
    from lxbt.config.master import MasterUnusable
    from lxbt.config.postgres import StartFailed

    try:
        if command not in NEEDS_NO_DATABASE and not {"--help", "-h", "--version"} & set(argv):
            refuse_lost_keys(var_folder(), ensure_database(), only_looks=command == "doctor")
        execute_from_command_line(argv)
    except KeysUnusable as error:
        sys.exit(f"lxbt: {error}. Nothing was changed.")
    except MasterUnusable as error:
        sys.exit(f"lxbt: {error}. Restore the master key that belongs to this installation; nothing was changed.")
    except StartFailed as error:
        sys.exit(f"lxbt: {error}\nMend what the log says (room, permissions, memory) and run it again.")
    except OSError as error:
        named = f" {error.filename}" if error.filename else ""
        sys.exit(f"lxbt: the machine refused{named}: {error.strerror}. Nothing was changed.")


if __name__ == "__main__":
    main()
