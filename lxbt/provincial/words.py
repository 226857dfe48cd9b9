"""Sentences about rows, in the caller's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from lxbt.imports.rules.conflicts import words_of

NOT_YOURS = "not_yours"


def worded(told: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    """[column, code] each, as it is answered: with a sentence and how to mend it."""
    found = []
    for column, code in told:
        words = words_of("division_outside" if code == NOT_YOURS else code)
        found.append(
            {
                "field": column,
                "code": code,
                "message": _(words.problem) if words else code,
                "remedy": _(words.mend) if words else "",
            }
        )
    return found
