"""What a table itself refuses, whichever door the statement came by."""

from __future__ import annotations

import pgtrigger


def refusing(
    *, name: str, operation: pgtrigger.Operation, when: str, sentence: str, constraint: str
) -> pgtrigger.Trigger:
    """A trigger of a table: the operation fails on rows of which the SQL condition `when` holds, as a violated check
    of that constraint's name does.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=pgtrigger.Condition(when),
        func=f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';",
    )
