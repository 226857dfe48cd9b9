"""docs/doors.md is what the forms, files, records and rules say; every key of a profile has a door."""

from __future__ import annotations

from pathlib import Path

from lxbt.cli.doors_document import DOORS, document, doors
from lxbt.core.profile import EVENTS, TIMELINE_KEYS

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "doors.md"
OF_THE_IDENTITY = {"division", "birth", "sex"}  # corrected where identities and moves are, not among changed facts


def test_the_document_of_doors_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: lxbt doors --write docs/doors.md"


def test_every_key_has_a_door_and_what_a_scheme_turns_on_has_all_of_them() -> None:
    found = doors()
    assert [key for key, there in found.items() if not there] == []
    whole = [key for key in found if key in TIMELINE_KEYS or key.startswith("other_benefits.")]
    for key in whole:
        missing = {"window", "change", "recipients", "registry", "provincial"} - set(found[key])
        assert missing <= ({"change"} if key in OF_THE_IDENTITY else set()), key
    for key in (*EVENTS, "custody", *(key for key in found if key.startswith("certificate."))):
        assert "change" in found[key]
    assert set(DOORS) == {door for there in found.values() for door in there}
