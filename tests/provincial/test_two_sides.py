"""A played province and this side over a real connection, with everything going wrong: afterwards both hold the same,
to the person and the fen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from lxbt.core import signing
from lxbt.divisions.operations import load_divisions, rows_of_data
from lxbt.exchange import signing as keys
from lxbt.imports.operations.locking import alone
from lxbt.payments.models import Item
from lxbt.provincial import queries
from lxbt.provincial.client import Key, Line, Province
from lxbt.provincial.models import Client, Delivery, Difference
from lxbt.provincial.operations import batches, clients, single, webhooks
from lxbt.simulators.province.faults import Faults
from lxbt.simulators.province.habits import Habits
from lxbt.simulators.province.playing import Play, Report
from lxbt.simulators.province.server import Ear
from lxbt.simulators.province.store import Store

AREA, CLIENT = "420102", "hubei"
MONTHS = ["2026-09", "2026-10"]
ALL = {
    "cut": 0.4,
    "repeated": 0.4,
    "reordered": 0.7,
    "signature": 0.4,
    "clock": 0.4,
    "nonce": 0.4,
    "stranger": 0.03,
    "wrong": 0.05,
    "garbled": 0.02,
    "lost": 0.2,
    "deaf": 0.3,
}


class Side:
    """This side, and provinces that speak to it."""

    def __init__(self, url: str) -> None:
        self.url, self.ears = url, list[Ear]()

    def work(self, _seconds: float = 0.0) -> None:
        """What the worker would do: batches in turn, events on their way."""
        while (batch := queries.next_batch()) is not None:
            with alone(batch.importing_id) as mine:
                assert mine
                batches.run_batch(batch=batch, clock=timezone.now)
        webhooks.deliver_due(at=timezone.now())

    def open(
        self, client_id: str = CLIENT, area: str = "420102000000", algorithm: str = signing.ED25519, **more: Any
    ) -> tuple[Province, bytes]:
        opened = clients.open_client(
            client_id=client_id,
            name="省系统",
            division_code=area,
            sandbox=False,
            quota=100_000,
            by=None,
            at=datetime.now(UTC),
            **more,
        )
        private, public = signing.new_pair(algorithm)
        clients.add_key(
            client=opened.client, key_id="k1", algorithm=algorithm, public_key=public, by=None, at=datetime.now(UTC)
        )
        return Province(Line(self.url, client_id, Key("k1", algorithm, private), wait=self.work)), bytes.fromhex(
            opened.handle_key
        )

    def play(
        self,
        province: Province,
        key: bytes,
        *,
        persons: int,
        faults: dict[str, float],
        seed: str = "1",
        area: str = AREA,
        batch_rows: int = 120,
        ear: bool = True,
        months: list[str] = MONTHS,
        shared: int = 0,
    ) -> Play:
        store, wrong = Store(None), Faults(seed, faults)
        habits = Habits.of(seed, area, rows_of_data(), shared=shared)
        store.fill(habits, persons, months, key)
        made = Play(
            store,
            province,
            habits,
            wrong,
            name=f"run-{seed}",
            months=months,
            batch_rows=batch_rows,
            day=str(timezone.localdate()),
        )
        url = ""
        if ear:
            self.ears.append(
                Ear(
                    0,
                    store,
                    province.line.client_id,
                    lambda: {one.key_id: one.public for one in keys.signing_keys()},
                    wrong,
                )
            )
            self.ears[-1].thread.start()
            url = self.ears[-1].url
        made.open(url)
        return made

    def close(self) -> None:
        for ear in self.ears:
            ear.close()


@pytest.fixture
def side(transactional_db: None, live_server: Any, tmp_path: Path, settings: Any) -> Iterator[Side]:
    settings.LXBT_EXCHANGE_KEYS, settings.LXBT_WEBHOOK_LOOPBACK = tmp_path / "keys", True
    load_divisions([row["code"] for row in rows_of_data() if row["code"].startswith((AREA, "430102", "110101"))])
    single.forget_warm()
    made = Side(live_server.url)
    yield made
    made.close()


def held(**where: Any) -> tuple[int, int]:
    """Payments that count here, and their sum in fen."""
    rows = (
        Item.objects.filter(void__isnull=True, **where)
        .values("person_id", "subsidy", "right_month")
        .annotate(sum=Sum("amount"))
        .exclude(sum=0)
    )
    return len(rows), int(sum(row["sum"] for row in rows) * 100)


def agrees(play: Play, report: Report) -> None:
    assert play.faults.unexpected == []
    assert (report.open_groups, report.open_persons) == ([], 0), report
    assert held() == play.store.totals()
    assert not Difference.objects.filter(closed_at__isnull=True).exists()


def test_with_everything_going_wrong_both_sides_agree_to_the_person_and_the_fen(side: Side) -> None:
    province, key = side.open(algorithm=signing.SM2)  # each fault by itself is signed by the other kind of key
    play = side.play(province, key, persons=600, faults=ALL)
    report = play.run()
    agrees(play, report)
    assert report.codes["not_yours"] > 0
    missing = [kind for kind in ALL if not play.faults.happened[kind] and kind != "deaf"]
    assert not missing
    assert len(report.rounds) > 1  # what was lost was found by the manifest, and healed
    for _n in range(20):
        Delivery.objects.filter(state="waiting").update(next_at=datetime.now(UTC))
        side.work()
    told = play.store.rows("select count(*) from event where event = 'batch.done'")[0][0]
    assert told == Delivery.objects.filter(event="batch.done", state="sent").count() > 0


@pytest.mark.parametrize("kind", sorted(ALL))
def test_each_fault_by_itself_is_answered_and_leaves_both_sides_equal(side: Side, kind: str) -> None:
    province, key = side.open()
    play = side.play(
        province, key, persons=40, faults={kind: 0.6}, batch_rows=30, months=MONTHS[:1], ear=kind == "deaf"
    )
    report = play.run()
    agrees(play, report)


def test_a_run_goes_on_where_it_was_stopped_and_pushes_nothing_twice(side: Side) -> None:
    province, key = side.open()
    play = side.play(province, key, persons=200, faults={}, batch_rows=60, ear=False)
    jobs = list(play.jobs())
    for job in jobs[: len(jobs) // 2]:
        play.push(job)
    again = Play(
        play.store, province, play.habits, play.faults, name=play.name, months=MONTHS, batch_rows=60, day=play.day
    )
    report = again.run()
    agrees(again, report)
    assert report.batches == len(jobs) - len(jobs) // 2


def test_what_another_province_paid_the_same_person_for_the_month_is_told_to_the_second_and_stays_different(
    side: Side,
) -> None:
    first, key = side.open("hubei")
    one = side.play(first, key, persons=60, faults={}, shared=10, months=MONTHS[:1], ear=False)
    agrees(one, one.run())
    before = held()
    second, other = side.open("hunan", "430102000000")
    two = side.play(
        second, other, persons=60, faults={}, shared=10, months=MONTHS[:1], seed="2", area="430102", ear=False
    )
    report = two.run()
    refused, _fen = two.store.refused()
    assert refused > 0
    assert report.explained == report.open_persons == refused
    count, fen = two.store.totals()
    assert held() == (before[0] + count - refused, before[1] + fen - two.store.refused()[1])
    assert Difference.objects.filter(client=Client.objects.get(client_id="hunan"), closed_at__isnull=True).exists()


def test_the_same_province_played_twice_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    make: Callable[[], list[Any]] = lambda: [Habits.of("1", AREA, rows_of_data()).person(n) for n in range(50)]  # noqa: E731
    assert make() == make()
    assert len({person.identity_number for person in make()}) == 50
