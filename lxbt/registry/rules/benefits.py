"""Other benefits, each for itself: recording one never touches the others. Pure. Values as JSON, see `core.profile`."""

from __future__ import annotations

from collections.abc import Mapping


def merged(held: Mapping[str, object], told: Mapping[str, object]) -> dict[str, object]:
    """What is held with what was told: a benefit told as None is not received any more, one not named stays as it was."""
    return {name: value for name, value in {**held, **told}.items() if value is not None}


def spread(later: Mapping[str, object], held: Mapping[str, object], told: Mapping[str, object]) -> dict[str, object]:
    """A later month's table with what was told of an earlier one, as far as that month did not say otherwise itself."""
    return merged(later, {name: value for name, value in told.items() if later.get(name) == held.get(name)})
