"""`lxbt serve` under load: whatever is killed, pages answer again by themselves."""

from __future__ import annotations

import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import CookieJar

import psutil
import pytest

from tests.faults.filling import PASSWORD, SENT
from tests.faults.installation import Installation, free_port, kill, wait_for

BACK = 30.0  # seconds within which pages answer again; measured: some 2 to 6


def living_children(pid: int) -> list[tuple[psutil.Process, list[str]]]:
    """The children of a process that are not dead, each with its command line."""
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.Error):
            found.append((child, child.cmdline()))
    return found


class Served:
    """A running `lxbt serve`, and a few readers who keep asking."""

    def __init__(self, place: Installation) -> None:
        self.place = place
        self.port = free_port()
        self.process = self.serve()
        self.stop = threading.Event()
        self.answered = 0
        self.readers = [threading.Thread(target=self.read) for _n in range(3)]
        wait_for("first page", self.answers)
        for reader in self.readers:
            reader.start()

    def serve(self) -> subprocess.Popen[str]:
        return self.place.start("serve", "--port", str(self.port), "--workers", "2")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answers(self, path: str = "/login/") -> bool:
        try:
            with urllib.request.urlopen(self.url(path), timeout=5) as answer:
                return bool(answer.status == 200 and answer.read())
        except OSError:
            return False

    def read(self) -> None:
        while not self.stop.is_set():
            self.answered += self.answers("/health/")
            self.stop.wait(0.1)

    def web(self) -> psutil.Process:
        return next(child for child, line in living_children(self.process.pid) if "lxbt.config.web_server" in line)

    def web_workers(self) -> list[psutil.Process]:
        return [child for child, _line in living_children(self.web().pid)]

    def worker(self) -> psutil.Process | None:
        return next((child for child, line in living_children(self.process.pid) if line[-1:] == ["worker"]), None)

    def is_back(self) -> None:
        """The pages and the health of the database answer ten times in a row, and marks are recounted."""
        wait_for("pages", lambda: all(self.answers(path) for _n in range(5) for path in ("/login/", "/health/")), BACK)

    def recounts(self) -> None:
        """The background worker takes what is marked."""
        with self.place.connect(autocommit=True) as connection:
            connection.execute(
                "insert into divisions_stalemonth (division_code, month) values (%s, '2026-01-01') on conflict do nothing",
                [SENT],
            )
        wait_for("a recount", lambda: self.place.count("select count(*) from divisions_stalemonth") == 0)

    def end(self) -> None:
        self.stop.set()
        for reader in self.readers:
            reader.join()
        self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture
def served(place: Installation) -> Iterator[Served]:
    running = Served(place)
    yield running
    running.end()


class Official:
    """A person with a browser, as far as the wire shows."""

    def __init__(self, served: Served, username: str) -> None:
        self.served = served
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.open(served.url("/login/"), timeout=10).read()
        self.post("/login/", username=username, password=PASSWORD)

    def post(self, path: str, **fields: str) -> str:
        """The address where it ends."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken") or ""
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        with self.opener.open(self.served.url(path), data, timeout=60) as answer:
            answer.read()
            return str(answer.url)


def test_a_killed_web_worker_is_replaced(served: Served) -> None:
    victim = served.web_workers()[0]
    victim.kill()
    psutil.wait_procs([victim], 10)
    served.is_back()
    wait_for("two web workers again", lambda: len(served.web_workers()) == 2, BACK)
    served.is_back()


def test_a_request_in_flight_is_lost_whole(served: Served) -> None:
    """Both web workers die while a page draws a batch: nothing of the batch is there, and drawing again draws it."""
    place, officer = served.place, Official(served, "420102_payment_officer")
    ask = {"payer": SENT, "month": "2026-02"}
    lost: list[object] = []

    def draw() -> None:
        try:
            lost.append(officer.post("/batches/draw/", **ask))
        except (OSError, urllib.error.URLError) as error:
            lost.append(error)

    with place.holding("insert into divisions_stalemonth (division_code, month) values (%s, '2026-02-01')", SENT):
        asking = threading.Thread(target=draw)
        asking.start()
        wait_for("the page in the middle of its draw", place.waiting)
        for victim in served.web_workers():
            victim.kill()
        asking.join(30)
        assert isinstance(lost[0], OSError), lost
    wait_for("nobody waiting", lambda: not place.waiting())
    wait_for(
        "its transaction gone",
        lambda: (
            place.count("select count(*) from pg_locks where locktype = 'advisory' and objid = hashtext(%s)::oid", SENT)
            == 0
        ),
    )
    assert place.count("select count(*) from payments_batch where month = '2026-02-01'") == 0
    assert (
        place.count(
            "select count(*) from payments_item i where not exists (select from payments_batch b where b.id = i.batch_id)"
        )
        == 0
    )
    served.is_back()
    assert "/batches/" in officer.post("/batches/draw/", **ask)
    assert place.count("select count(*) from payments_batch where month = '2026-02-01' and item_count > 0") == 1
    place.is_sound()


def test_a_killed_web_server_leaves_no_worker_behind_and_is_started_again(served: Served) -> None:
    web, workers = served.web(), served.web_workers()
    web.kill()
    gone, alive = psutil.wait_procs(workers, 10)
    assert (len(gone), alive) == (2, [])
    served.is_back()


def test_a_killed_background_worker_is_started_again(served: Served) -> None:
    served.recounts()
    victim = served.worker()
    assert victim is not None
    victim.kill()
    wait_for("another background worker", lambda: (now := served.worker()) is not None and now.pid != victim.pid, BACK)
    served.recounts()
    served.is_back()


def test_a_killed_postgres_is_started_again(served: Served) -> None:
    served.place.kill_postgres()
    served.is_back()
    served.recounts()


def test_serve_killed_takes_its_programs_along_and_starts_again_on_the_same_port(served: Served) -> None:
    programs = psutil.Process(served.process.pid).children(recursive=True)
    assert len(programs) >= 4
    kill(served.process)
    _gone, alive = psutil.wait_procs(programs, 15)
    assert alive == []
    served.process = served.serve()
    served.is_back()
    served.recounts()
