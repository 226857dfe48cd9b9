"""Lists of other bodies: taken once, matched by number, proposed by name, undone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lxbt.audit.models import Event
from lxbt.entitlements.models import Uncompared
from lxbt.matching.models import List, ListEntry
from lxbt.matching.operations.lists import (
    ListRefused,
    close_list,
    match_unknown,
    open_list,
    take_list_rows,
    withdraw_list,
)
from lxbt.matching.rules.lists import LISTS, ListRow, ListTaken
from lxbt.registry.models import Person
from lxbt.registry.operations import register_person
from tests import factories as f

ON = date(2026, 3, 2)


@pytest.fixture
def places(db: None) -> None:
    f.load_places()


def person(serial: int = 11, name: str = "吴德明", birth: date = date(1947, 5, 1)) -> Person:
    number = f.identity_number(birth=birth, serial=serial)
    return register_person(
        name=name, sex="male", birth=birth, division_code=f.TOWNSHIP, identity_number=number, by=None, on=ON
    )


def row(serial: int = 11, *, number: bool = True, **more: object) -> ListRow:
    told = {"row": serial, "name": "吴德明", "event_on": date(2026, 2, 1), **more}
    return ListRow(identity_number=f.identity_number(birth=date(1947, 5, 1), serial=serial) if number else "", **told)  # type: ignore[arg-type]


def deaths(digest: bytes | None = None) -> List:
    return open_list(
        kind="deaths", division_code=f.COUNTY, received_on=ON, as_of=date(2026, 2, 28), digest=digest, by=None
    )


@pytest.mark.usefixtures("places")
def test_a_row_finds_its_person_by_number_and_keeps_the_number_sealed() -> None:
    known = person()
    entry = deaths()
    assert take_list_rows(list_id=entry.pk, rows=[row(11), row(13)], on=ON) == ListTaken(2, 0, 1)
    found = ListEntry.objects.get(person_id=known.pk)
    assert (found.matched, found.birth) == ("number", date(1947, 5, 1))
    assert found.sealed is not None
    assert b"19470501" not in bytes(found.sealed)
    entry.refresh_from_db()
    assert (entry.row_count, entry.known_count) == (2, 1)
    assert list(Uncompared.objects.values_list("person_id", flat=True)) == [known.pk]


@pytest.mark.usefixtures("places")
def test_the_same_rows_again_change_nothing() -> None:
    person()
    entry = deaths()
    take_list_rows(list_id=entry.pk, rows=[row(11), row(13)], on=ON)
    assert take_list_rows(list_id=entry.pk, rows=[row(11), row(13), row(11)], on=ON) == ListTaken(0, 3, 0)
    assert take_list_rows(list_id=entry.pk, rows=[row(11, note="另")], on=ON) == ListTaken(1, 0, 0)


@pytest.mark.usefixtures("places")
def test_a_name_proposes_one_person_only_where_birth_and_area_agree() -> None:
    known = person()
    entry = deaths()
    rows = [
        row(1, number=False, birth=date(1947, 5, 1)),
        row(2, number=False),
        row(3, number=False, birth=date(1947, 5, 2)),
    ]
    assert take_list_rows(list_id=entry.pk, rows=rows, on=ON) == ListTaken(3, 0, 2)
    assert ListEntry.objects.get(person_id=known.pk).matched == "name"
    person(13)  # a second of the same name and birth
    assert take_list_rows(
        list_id=entry.pk, rows=[row(4, number=False, birth=date(1947, 5, 1), note="再")], on=ON
    ) == ListTaken(1, 0, 1)


@pytest.mark.usefixtures("places")
def test_who_is_registered_after_the_list_came_is_matched_later() -> None:
    entry = deaths()
    take_list_rows(list_id=entry.pk, rows=[row(11)], on=ON)
    known = person()
    assert match_unknown(person_ids=[known.pk]) == 1
    assert ListEntry.objects.get().person_id == known.pk
    assert match_unknown() == 0


@pytest.mark.usefixtures("places")
def test_a_withdrawn_list_leaves_no_rows_and_its_file_may_come_again() -> None:
    known = person()
    entry = deaths(b"d" * 32)
    take_list_rows(list_id=entry.pk, rows=[row(11)], on=ON)
    with pytest.raises(ListRefused):
        deaths(b"d" * 32)
    Uncompared.objects.all().delete()
    withdraw_list(list_id=entry.pk, by=None, on=ON, reason="给错了")
    assert not ListEntry.objects.exists()
    assert list(Uncompared.objects.values_list("person_id", flat=True)) == [known.pk]
    assert take_list_rows(list_id=deaths(b"d" * 32).pk, rows=[row(11)], on=ON).new == 1
    assert Event.objects.get(action="list.withdrawn").why == "给错了"
    with pytest.raises(ListRefused):
        take_list_rows(list_id=entry.pk, rows=[row(11)], on=ON)


@pytest.mark.usefixtures("places")
def test_a_new_roster_marks_who_has_left_the_old_one() -> None:
    known = person()
    for as_of, rows in ((date(2026, 1, 31), [row(11, event_on=None, value="dibao")]), (date(2026, 2, 28), [])):
        entry = open_list(kind="dibao", division_code=f.COUNTY, received_on=ON, as_of=as_of, by=None)
        take_list_rows(list_id=entry.pk, rows=rows, on=ON)
        Uncompared.objects.all().delete()
        close_list(list_id=entry.pk, by=None, on=ON)
    assert list(Uncompared.objects.values_list("person_id", flat=True)) == [known.pk]


@given(st.sampled_from(sorted(LISTS)))
def test_every_list_can_be_read_from_its_titles(key: str) -> None:
    kind = LISTS[key]
    titles = [title for column in kind.columns for title in (column.title, *column.aliases)]
    assert len(titles) == len(set(titles))  # no title fits two columns
    assert {column.key for column in kind.columns} <= set(ListRow.__dataclass_fields__)
    assert kind.column("identity_number") is not None
