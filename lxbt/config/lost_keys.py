"""Keys that are gone while their data is there: nothing starts, rather than that new keys take their place.

New keys would open nothing of what is sealed, and would find nobody again by their number: all could be registered,
and paid, a second time. This looks before the settings are read, for these would make the keys.
"""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from lxbt.config.keys import KeysUnusable, keys_of_the_moment

FILE = "keys.json"
HELD = ("registry_identifier", "audit_event")  # what keys were needed for, from the first day on


def refuse_lost_keys(folder: Path, database: str, *, only_looks: bool = False) -> None:
    """KeysUnusable when neither the environment nor the folder has keys and the database holds what was sealed by some.

    Nor may keys be made while the database does not answer. A command that `only_looks` goes on then, with keys of this
    moment that are written nowhere.
    """
    if "LXBT_KEYS" in os.environ or (folder / FILE).exists():
        return
    try:
        connection = psycopg.connect(database, connect_timeout=10)
    except psycopg.OperationalError as error:
        if only_looks:
            os.environ["LXBT_KEYS"] = keys_of_the_moment()
            return
        raise KeysUnusable(
            f"there are no keys ({FILE} in {folder}, or LXBT_KEYS), and the database does not answer:"
            f" whether it holds data of former keys cannot be known ({str(error).splitlines()[0]})"
        ) from error
    with connection:
        for table in HELD:
            there = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
            if there and there[0] and connection.execute(f"select from {table} limit 1").fetchone() is not None:
                raise KeysUnusable(
                    f"the database holds data, but its keys are not there ({FILE} in {folder}, or LXBT_KEYS)."
                    " Restore the keys that belong to this database from their own backup"
                )
