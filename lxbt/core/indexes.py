"""Indexes made beside running work, by migrations that can be run again after they were killed.

A migration outside a transaction leaves what it had done: a whole index that nobody noted, or an unfinished one that
PostgreSQL keeps as invalid.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently

_VALID = "select i.indisvalid from pg_index i where i.indexrelid = to_regclass(%s)"


def drop_unfinished(schema_editor: Any, name: str) -> bool:
    """Drop the index if it is there unfinished; return whether a finished one is there."""
    quoted = schema_editor.quote_name(name)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_VALID, [quoted])
        found = cursor.fetchone()
        if found and not found[0]:
            cursor.execute(f"drop index concurrently {quoted}")
    return bool(found and found[0])


class AddIndexAgain(AddIndexConcurrently):
    """Make an index without locking anybody out, whatever an earlier attempt has left."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make it unless it is there whole."""
        if not drop_unfinished(schema_editor, self.index.name):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
