"""A result file is read once, whoever sends it, how often, and whatever dies meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.faults.conftest import filled_batch
from tests.faults.installation import LIMIT, MAIN, Installation, kill, wait_for

Hold = Callable[[Installation, int], AbstractContextManager[None]]


def at_a_line(place: Installation, batch: int) -> AbstractContextManager[None]:
    """The file is stored; the reading waits for one of its lines."""
    return place.holding("select from payments_line where batch_id = %s and row_no = 50 for update", batch)


def before_the_commit(place: Installation, _batch: int) -> AbstractContextManager[None]:
    """Lines, items and accounts are written and not committed: the mark of the month waits."""
    return place.holding(
        "insert into divisions_stalemonth (division_code, month) select payer_code, month from payments_batch "
        "where state = 'sent'",
    )


def command(place: Installation) -> tuple[str, ...]:
    return ("bank-result", str(filled_batch(place, MAIN)), str(place.folder / "result.csv"))


def unmarked(place: Installation) -> None:
    """The filling's marks away, so that a mark can be held."""
    with place.connect(autocommit=True) as connection:
        connection.execute("delete from divisions_stalemonth")


def stored(place: Installation) -> int:
    return place.count("select count(*) from payments_bankfile where direction = 'in'")


MOMENTS = pytest.mark.parametrize("hold", [at_a_line, before_the_commit])


@MOMENTS
@pytest.mark.parametrize("victim", ["command", "postgres"])
def test_a_reading_cut_off_is_finished_by_the_same_command(
    place: Installation, taken: dict[str, Any], hold: Hold, victim: str
) -> None:
    unmarked(place)
    asked = command(place)
    with hold(place, int(asked[1])):
        process = place.start(*asked)
        wait_for(
            "reading in the middle", lambda: process.poll() is not None or (stored(place) == 1 and place.waiting())
        )
        assert process.poll() is None, process.communicate()
        if victim == "command":
            kill(process)
        else:
            place.kill_postgres()
            _out, errors = process.communicate(timeout=LIMIT)
            assert process.returncode != 0
            assert "请稍后再运行同一命令" in errors
        assert place.count("select count(*) from payments_line where state <> 'sent'") == 0  # nothing is half-done
    first, again = place.run(*asked), place.run(*asked)
    assert (first["again"], again["again"]) == (False, True)
    assert stored(place) == 1
    assert place.outcome() == taken
    place.is_sound()


def test_two_processes_sending_the_same_file_at_once_are_one(place: Installation, taken: dict[str, Any]) -> None:
    asked = command(place)
    both = [place.start(*asked, "--json") for _n in range(2)]
    answers = [place.answer(process) for process in both]
    assert sorted(answer["again"] for answer in answers) == [False, True]
    assert (
        len({(answer["file"], answer["paid"], answer["lines_failed"], answer["unmatched"]) for answer in answers}) == 1
    )
    assert place.outcome() == taken


def test_what_came_back_is_drawn_once_the_account_is_good(place: Installation) -> None:
    """The failed persons are held back, and nobody else: the money of the month is whole again after the correction."""
    asked = command(place)
    place.run(*asked)
    failed = place.count("select count(distinct person_id) from payments_line where state = 'failed'")
    held = place.run("draw", "--division", "420102000000", "--month", "2026-02")["held"]
    assert held == failed > 0
    with place.connect(autocommit=True) as connection:
        connection.execute("update registry_bankaccount set state = 'good', reason = '' where state = 'bad'")
        connection.execute(
            "insert into entitlements_stale (person_id, division_code, since) "
            "select distinct p.person_id, p.division_code, date '2026-01-01'"
            " from payments_line l join registry_personprofile p on p.person_id = l.person_id where l.state = 'failed'"
        )
    place.run("draw", "--division", "420102000000", "--month", "2026-02")
    assert place.count("select count(*) from payments_line where state in ('failed', 'corrected')") == 0
    assert (
        place.count(
            "select count(*) from payments_line l where l.state = 'resent' "
            "and l.amount > (select coalesce(sum(i.amount), 0) from payments_item i"
            " where i.person_id = l.person_id and i.subsidy = l.subsidy and i.void is null "
            "and i.right_month = '2026-01-01')"
        )
        == 0
    )
