"""`lxbt serve` under load: whatever is killed, pages answer again by themselves."""

from __future__ import annotations

import threading
import urllib.error

import psutil

from tests.faults.filling import SENT
from tests.faults.installation import kill, wait_for
from tests.faults.serving import BACK, Official, Served


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
            "select count(*) from payments_item i where not exists (select from payments_batch b "
            "where b.id = i.batch_id)"
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
