"""The embedded server comes up whatever was left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from lxbt.config import postgres
from tests.faults.installation import LIMIT, Installation


def answers(place: Installation) -> bool:
    return place.count("select 1") == 1


def test_a_pid_file_with_the_number_of_another_program_is_not_believed(place: Installation) -> None:
    """As after a power failure: the number in the file is somebody else's by now."""
    path = place.data / "postmaster.pid"
    place.kill_postgres()
    _number, rest = path.read_text().split("\n", 1)
    path.write_text(f"{os.getpid()}\n{rest}")
    assert postgres.postmaster(place.data) is None
    assert answers(place)


def test_the_servers_log_holds_no_values_and_does_not_grow_for_ever(place: Installation) -> None:
    log = place.data / "log"
    with psycopg.connect(postgres.url(place.data), autocommit=True) as server:
        server.execute("create table seat (name text unique)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            server.execute("insert into seat values ('张三'), ('张三')")
        with pytest.raises(psycopg.errors.DataError):
            server.execute("select '张三'::int")
        assert "张三" not in log.read_text()
        size = log.stat().st_size
        postgres.rotate_log(place.data, longest=size)
        assert log.stat().st_size == size
        postgres.rotate_log(place.data, longest=size - 1)
        server.execute("checkpoint")  # told in the log, which goes on
    assert (place.data / "log.1").stat().st_size == size
    assert log.stat().st_size < size


def test_killed_programs_do_not_keep_the_server_up_for_ever(place: Installation) -> None:
    server = postgres.start(place.data)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(LIMIT)
    known = server.global_process_id_list
    known.put([*known._get(), dead.pid])
    postgres.start(place.data)
    assert dead.pid not in known._get()
    assert os.getpid() in known._get()


def test_a_long_recovery_is_waited_for(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel gives up after ten seconds, and then asserts that a server in recovery is ready."""
    server = postgres.start(place.data)
    real, refusals = server.start, iter([subprocess.TimeoutExpired("pg_ctl", 10), AssertionError(), AssertionError()])

    def recovering() -> None:
        if (refusal := next(refusals, None)) is not None:
            raise refusal
        real()

    monkeypatch.setattr(server, "start", recovering)
    monkeypatch.setattr("lxbt.config.postgres.time.sleep", lambda _seconds: None)
    assert postgres.start(place.data) is server
    assert next(refusals, None) is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # SystemExit ends the thread
def test_who_watches_goes_on_after_a_start_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried, twice = [], threading.Event()

    def failing(folder: Path) -> None:
        tried.append(folder)
        if len(tried) == 2:
            twice.set()
            raise SystemExit  # ends the thread
        raise postgres.StartFailed(folder)

    monkeypatch.setattr(postgres, "start", failing)
    thread = postgres.watch(tmp_path, every=0.01)
    assert twice.wait(LIMIT)
    thread.join(LIMIT)
