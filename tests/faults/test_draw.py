"""A draw that is cut off, however and whenever, is finished by the same command, with the outcome of an undisturbed
one.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.faults.filling import PAYERS
from tests.faults.installation import LIMIT, PAYER_LOCK, Installation, kill, wait_for

DRAW = ("draw", "--division", "420000000000", "--month", "2026-02")
Hold = Callable[[Installation, str], AbstractContextManager[None]]


def before_the_payer(place: Installation, payer: str) -> AbstractContextManager[None]:
    """The draw waits before it begins with this payer."""
    return place.holding("select pg_advisory_lock(%s, hashtext(%s))", PAYER_LOCK, payer)


def before_the_commit(place: Installation, payer: str) -> AbstractContextManager[None]:
    """The draw waits with this payer's items written and not committed."""
    return place.holding("insert into divisions_stalemonth (division_code, month) values (%s, '2026-02-01')", payer)


MOMENTS = [
    pytest.param(before_the_payer, 0, 1, id="before the first payer, others done"),
    pytest.param(before_the_payer, 4, 2, id="between payers"),
    pytest.param(before_the_commit, 2, 2, id="items written, not committed"),
    pytest.param(before_the_commit, 7, 4, id="at the last payer"),
]


def new_batches(place: Installation) -> int:
    return place.count("select count(*) from payments_batch where month = '2026-02-01'")


def until_in_the_middle(place: Installation, process: subprocess.Popen[str], batches: int) -> None:
    """Some batches are there, and the draw waits for what the test holds."""
    wait_for(
        "draw in the middle", lambda: process.poll() is not None or (new_batches(place) >= batches and place.waiting())
    )
    assert process.poll() is None, process.communicate()
    assert batches <= new_batches(place) < len(PAYERS)


def finished_as(place: Installation, drawn: dict[str, Any]) -> None:
    """The same command finishes; all is as in the undisturbed twin."""
    place.run(*DRAW)
    assert place.outcome() == drawn
    place.is_sound()


@pytest.mark.parametrize(("hold", "payer", "batches"), MOMENTS)
def test_a_draw_killed_in_the_middle_is_finished_by_the_same_command(
    place: Installation, drawn: dict[str, Any], hold: Hold, payer: int, batches: int
) -> None:
    with hold(place, PAYERS[payer]):
        process = place.start(*DRAW)
        until_in_the_middle(place, process, batches)
        kill(process)
    finished_as(place, drawn)


def test_a_draw_killed_at_its_first_batch_and_again_is_finished(place: Installation, drawn: dict[str, Any]) -> None:
    for _time in range(2):
        process, before = place.start(*DRAW), new_batches(place)
        wait_for(
            "another batch, or the end",
            lambda process=process, before=before: process.poll() is not None or new_batches(place) > before,
        )
        if process.poll() is None:
            kill(process)
    finished_as(place, drawn)
    assert place.run(*DRAW)["items"] == 0


@pytest.mark.parametrize(("hold", "payer", "batches"), [MOMENTS[1], MOMENTS[2]])
def test_postgres_killed_in_the_middle_of_a_draw(
    place: Installation, drawn: dict[str, Any], hold: Hold, payer: int, batches: int
) -> None:
    with hold(place, PAYERS[payer]):
        process = place.start(*DRAW)
        until_in_the_middle(place, process, batches)
        place.kill_postgres()
        _out, errors = process.communicate(timeout=LIMIT)
    assert process.returncode != 0
    assert "请稍后再运行同一命令" in errors
    assert "Traceback" not in errors
    finished_as(place, drawn)


def test_two_draws_of_the_same_area_at_once_leave_what_one_leaves(place: Installation, drawn: dict[str, Any]) -> None:
    both = [place.start(*DRAW, "--json") for _n in range(2)]
    items = [place.answer(process)["items"] for process in both]
    assert sum(items) == place.count(
        "select count(*) from payments_item i join payments_batch b on b.id = i.batch_id where b.month = '2026-02-01'"
    )
    assert place.outcome() == drawn
    place.is_sound()
