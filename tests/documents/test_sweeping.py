"""A file without a row goes after a day, a file with a row never, in whatever schema the row stands."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from lxbt.core.clock import this_moment
from lxbt.documents.models import LargeFile, Piece
from lxbt.documents.operations import keep_large_file, sweep_folders
from lxbt.documents.operations.sealed import keep_sealed
from lxbt.documents.operations.sweeping import ROUND, sweep_folder

pytestmark = pytest.mark.django_db


def aged(path: str, hours: int) -> str:
    """The file as if written so many hours ago."""
    moment = (this_moment() - timedelta(hours=hours)).timestamp()
    os.utime(default_storage.path(path), (moment, moment))
    return path


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def test_what_no_row_names_goes_after_a_day_and_nothing_else() -> None:
    kept = keep_large_file(parts=[b"named by a row"])
    (named,) = Piece.objects.filter(file=kept).values_list("path", flat=True)
    aged(named, 100)
    lost, fresh = aged(keep_sealed(b"left by a kill")["path"], 100), aged(keep_sealed(b"on its way")["path"], 2)
    elsewhere = aged(keep_sealed(b"of a practice")["path"], 100)
    with connection.cursor() as cursor:
        cursor.execute("create schema apart")
        cursor.execute("create table apart.documents_piece (like public.documents_piece)")
        other = LargeFile.objects.create()
        cursor.execute(
            "insert into apart.documents_piece (id, file_id, number, size, digest, path, key_id)"
            " values (1, %s, 0, 1, '', %s, 1)",
            [other.pk, elsewhere],
        )
    begin = this_moment()
    removed = sum(sweep_folders(at=begin + timedelta(hours=hour)) for hour in range(22))
    assert removed <= 1  # a part of the folders each hour
    removed += sum(sweep_folder(path[:2], before=begin - timedelta(days=1)) for path in {lost, fresh, named, elsewhere})
    assert removed == 1
    assert not default_storage.exists(lost)
    assert all(default_storage.exists(path) for path in (named, fresh, elsewhere))


def test_every_folder_has_its_turn_within_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("lxbt.documents.operations.sweeping._folders", lambda: [f"{n:02x}" for n in range(256)])
    monkeypatch.setattr(
        "lxbt.documents.operations.sweeping.sweep_folder", lambda folder, before: seen.append(folder) or 0
    )
    begin = this_moment()
    for hour in range(ROUND):
        sweep_folders(at=begin + timedelta(hours=hour))
    assert sorted(seen) == [f"{n:02x}" for n in range(256)]


def test_a_paper_is_on_the_disk_before_its_row_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("lxbt.documents.storage.sync", synced.append)
    path = Path(default_storage.path(keep_sealed(b"paper")["path"]))
    assert synced == [path, path.parent, path.parent.parent]
