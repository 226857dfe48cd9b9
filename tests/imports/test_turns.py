"""Several imports at once: the background takes turns, leaves to others what others are at, and says when it
is done.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.imports import tasks
from lxbt.imports.models import Import
from lxbt.imports.operations.confirming import ask_to_undo, ask_to_write
from lxbt.imports.operations.intake import EVERYTHING, halt_import, resume_import, start_pass
from lxbt.imports.queries import next_import, rate_and_left
from lxbt.notices.models import Notice
from lxbt.payments.models import Item
from lxbt.registry.models import Person
from tests.imports.county import COUNTY, OTHER, agreed, chunks_of, make_county, officer, opened, recipient, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _county() -> Any:
    make_county()
    with chunks_of(2):
        yield
    for held in list(tasks._open.held):
        tasks._open.drop(held)


@pytest.fixture
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_A_TIME", 0.0)


def begun(path: Path, area: str = COUNTY, act: str = "write", by: User | None = None) -> Import:
    return start_pass(import_id=opened(path, "recipients", area=area, by=by).pk, act=act, by=by, at=timezone.now())


def files(tmp_path: Path) -> tuple[Path, Path]:
    first = write_csv(tmp_path / "a.csv", [recipient(n) for n in range(1, 8)])
    second = write_csv(tmp_path / "b.csv", [recipient(n, 行政区划="420103001000") for n in range(11, 18)])
    return first, second


def test_two_counties_take_turns(tmp_path: Path, short_turns: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = files(tmp_path)
    one, two = begun(first), begun(second, area=OTHER)
    turns: list[int] = []
    take = tasks.take_turn

    def noted(entry: Import) -> None:
        turns.append(entry.pk)
        take(entry)

    monkeypatch.setattr(tasks, "take_turn", noted)
    tasks.work(0)
    assert turns[:4] == [one.pk, two.pk, one.pk, two.pk]
    assert set(Import.objects.values_list("state", flat=True)) == {"done"}
    assert (Person.objects.count(), Item.objects.count()) == (14, 14)


def test_what_another_process_is_at_is_left_to_it(
    tmp_path: Path, short_turns: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = files(tmp_path)
    one, two = begun(first), begun(second, area=OTHER)
    alone = tasks.alone

    class Theirs:
        def __enter__(self) -> bool:
            return False

        def __exit__(self, *_error: object) -> None:
            pass

    monkeypatch.setattr(tasks, "alone", lambda pk: Theirs() if pk == one.pk else alone(pk))
    tasks.work(0)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, one.row_no, two.state) == ("writing", 0, "done")


def test_paused_it_waits_and_goes_on_where_it_was(tmp_path: Path, short_turns: None) -> None:
    entry = begun(files(tmp_path)[0])
    tasks.take_turn(Import.objects.get(pk=entry.pk))
    halt_import(import_id=entry.pk, act="pause", by=None, at=timezone.now())
    assert next_import() is None
    resume_import(import_id=entry.pk, by=None, at=timezone.now())
    assert Import.objects.get(pk=entry.pk).counts == {"new": 2}
    tasks.work(0)
    assert Import.objects.get(pk=entry.pk).counts == {"new": 7}


def test_a_plan_then_writing_then_undoing_in_the_background(tmp_path: Path) -> None:
    by = officer()
    entry = begun(files(tmp_path)[0], act="plan", by=by)
    tasks.work(0)
    entry.refresh_from_db()
    assert (entry.state, entry.planned, Person.objects.count()) == ("planned", {"new": 7}, 0)
    now = timezone.now()
    asked = ask_to_write(
        import_id=entry.pk, accepts=EVERYTHING, reason="上线数据，逐行核对", by=by, at=now, on=now.date()
    )
    agreed(asked, at=now)
    tasks.work(0)
    entry.refresh_from_db()
    assert (entry.state, Person.objects.count(), rate_and_left(entry)[1]) == ("done", 7, None)
    agreed(ask_to_undo(import_id=entry.pk, reason="文件有误，整个撤销", by=by, at=now, on=now.date()), at=now)
    tasks.work(0)
    entry.refresh_from_db()
    assert (entry.state, Person.objects.count(), Item.objects.count()) == ("undone", 0, 0)


def test_after_long_work_its_sender_is_told(tmp_path: Path, short_turns: None) -> None:
    entry = begun(files(tmp_path)[0], act="plan", by=officer())
    tasks.take_turn(Import.objects.get(pk=entry.pk))
    Import.objects.filter(pk=entry.pk).update(seconds=100)
    tasks.work(0)
    assert list(Notice.objects.values_list("kind", "division_code")) == [("import_planned", COUNTY)]
