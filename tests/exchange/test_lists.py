"""Lists that come over a line: told in any order, repeated, corrected, taken back; or answered, batch by batch, in
spite of faults.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.entitlements.models import Uncompared
from lxbt.exchange.models import AskedBatch, Asking, Link, Message, Sending
from lxbt.exchange.operations import asking, listing, partners, sending
from lxbt.exchange.operations.partners import PartnerRefused
from lxbt.exchange.rules import list_records as lr
from lxbt.matching.models import List, ListEntry, ListRecord, Suspicion
from lxbt.matching.operations.list_records import take_list_records
from lxbt.matching.operations.running import compare_changed
from lxbt.matching.rules.lists import Complete, ListRow, RecordsTaken, ToldRecord
from tests import factories as f
from tests.exchange.bodies import Other, number, recipient, record
from tests.exchange.conftest import wait_for

DAY = date(2026, 5, 2)


@pytest.fixture
def other(
    transactional_db: None, tmp_path: Path, live_server: Any, wake_nobody: None, settings: Any
) -> Iterator[Callable[..., Other]]:
    settings.LXBT_EXCHANGE_URL = f"{live_server.url}/dci"
    f.load_places()
    made: list[Other] = []

    def make(**options: Any) -> Other:
        made.append(Other(tmp_path, f"{live_server.url}/dci/list/v1.0.0", **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def persons(count: int) -> dict[int, int]:
    """So many recipients: serial -> person."""
    on = timezone.localdate()
    return {serial: recipient(serial, Month.of(on).back(6), on=on).pk for serial in range(11, 11 + count)}


def told(
    sequence: int,
    *,
    serial: int = 11,
    on: date = DAY,
    withdrawn: bool = False,
    kind: str = "deaths",
    record_id: str = "r1",
    **row: Any,
) -> ToldRecord:
    event = {"event_on": on} if kind == "deaths" else {}
    return ToldRecord(
        kind, f.COUNTY, record_id, sequence, ListRow(sequence, "吴德明", number(serial), **event, **row), withdrawn
    )


def take(*records: ToldRecord, complete: tuple[Complete, ...] = (), on: date = date(2026, 6, 1)) -> RecordsTaken:
    return take_list_records(sender="police", source="公安局", records=records, complete=complete, received_on=on)


def standing() -> list[tuple[int | None, date | None]]:
    return sorted(ListEntry.objects.values_list("person_id", "event_on"), key=str)


@pytest.mark.django_db
class TestTaking:
    @pytest.fixture(autouse=True)
    def places(self) -> None:
        f.load_places()

    def test_a_newer_record_replaces_and_an_older_one_changes_nothing(self) -> None:
        (person,) = persons(1).values()
        assert take(told(5)) == RecordsTaken(new=1)
        Uncompared.objects.all().delete()
        assert take(told(3, on=date(2026, 4, 1)), told(5)) == RecordsTaken(same=2)
        assert standing() == [(person, DAY)]
        assert not Uncompared.objects.exists()
        assert take(told(8, on=date(2026, 5, 9))) == RecordsTaken(changed=1)
        assert standing() == [(person, date(2026, 5, 9))]
        assert list(Uncompared.objects.values_list("person_id", flat=True)) == [person]
        assert [(kept.row_count, kept.known_count) for kept in List.objects.all()] == [(1, 1)]

    def test_a_record_taken_back_is_gone_even_when_it_comes_after_its_taking_back(self) -> None:
        persons(1)
        assert take(told(9, withdrawn=True)) == RecordsTaken(withdrawn=1)
        assert take(told(4)) == RecordsTaken(same=1)
        assert standing() == []
        take(told(10))
        take(told(11, withdrawn=True))
        assert standing() == []
        assert List.objects.get().row_count == 0

    def test_a_corrected_number_leaves_the_first_person(self) -> None:
        known = persons(2)
        take(told(1, serial=11))
        take(told(2, serial=12))
        assert standing() == [(known[12], DAY)]
        assert set(Uncompared.objects.values_list("person_id", flat=True)) == set(known.values())

    def test_the_day_of_receipt_is_kept_apart_from_the_day_of_the_event(self) -> None:
        persons(2)
        take(told(1), on=date(2026, 6, 1))
        take(told(2, serial=12, record_id="r2"), on=date(2026, 6, 2))
        assert [(kept.received_on, kept.state) for kept in List.objects.order_by("pk")] == [
            (date(2026, 6, 1), "taken"),
            (date(2026, 6, 2), "open"),
        ]
        assert {day for _person, day in standing()} == {DAY}

    def test_a_roster_counts_once_it_is_complete_whatever_the_order(self) -> None:
        persons(2)
        whole = Complete("destitute", f.COUNTY, 3, date(2026, 5, 31), 2)
        take(told(1, kind="destitute"), complete=(whole,))
        assert List.objects.get().state == "open"
        take(told(2, kind="destitute", serial=12, record_id="r2"))
        kept = List.objects.get()
        assert (kept.state, kept.as_of) == ("taken", date(2026, 5, 31))
        take(told(4, kind="destitute", serial=12, record_id="r2", withdrawn=True))  # goes on living
        assert (List.objects.get().row_count, ListRecord.objects.filter(withdrawn=True).count()) == (1, 1)

    def test_what_a_sender_calls_its_record_stands_in_no_table(self) -> None:
        persons(1)
        take(told(1, record_id=number(11)))
        kept = ListRecord.objects.get()
        assert number(11).encode() not in bytes(kept.handle) + bytes(kept.entry_handle or b"")
        assert number(11) not in json.dumps(list(Event.objects.values_list("details", flat=True)))

    def test_two_bodies_may_use_the_same_numbers(self) -> None:
        persons(1)
        take(told(1))
        take_list_records(sender="health", source="卫健委", records=[told(1)], received_on=date(2026, 6, 1))
        assert ListEntry.objects.count() == 2


def test_records_told_in_disorder_and_twice_stand_once_and_raise_one_case(other: Callable[..., Other]) -> None:
    known = persons(4)
    body = other()
    body.faults(disorder=1, duplicates=1)
    records = [record("deaths", serial, event_on=DAY, value="police") for serial in known]
    body.tell(*records)
    body.tell(*[one | {"values": one["values"] | {"value": "health"}} for one in records])
    wait_for("told", lambda: not body.book.events(1))
    wait_for("applied", lambda: not Message.objects.filter(state="waiting").exists())
    assert sorted(ListEntry.objects.values_list("person_id", "value")) == [
        (person, "health") for person in sorted(known.values())
    ]
    assert not Message.objects.exclude(state="applied").exists()
    on = timezone.localdate()
    compare_changed(month=Month.of(on).back(1), on=on, at=timezone.now())
    assert sorted(Suspicion.objects.filter(rule="R01").values_list("person_id", "source")) == [
        (person, "deaths") for person in sorted(known.values())
    ]
    assert Link.objects.get(partner=body.partner).heard_at is not None
    assert Event.objects.filter(action="partner.told_lists").exists()


def test_a_line_that_breaks_loses_nothing_of_what_was_told(other: Callable[..., Other]) -> None:
    known = persons(6)
    body = other()
    body.faults(down=0.6, signature=0.3, duplicates=0.3, disorder=0.5)
    for serial in known:
        body.tell(record("deaths", serial, event_on=DAY))
    wait_for("told in spite of all", lambda: not body.book.events(1), 40)
    wait_for("applied", lambda: not Message.objects.filter(state="waiting").exists())
    assert sorted(ListEntry.objects.values_list("person_id", flat=True)) == sorted(known.values())


def send(
    body: Other, message: dict[str, Any], *, path: str = "notify", register: str = "list", action: str = "notify"
) -> Any:
    """A message of the body, straight to our address."""
    at = timezone.now()
    envelope = body.body.signed(body.body.callback_header(action, at), message, at)
    token, _seconds = partners.keep_token(partner=body.partner, at=at)
    root = str(body.body.link["partner_url"]).partition("/dci/")[0]
    return httpx.post(
        f"{root}/dci/{register}/v1.0.0/registry/{path}",
        json=envelope,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )


def event(*records: dict[str, Any]) -> dict[str, Any]:
    stamp = timezone.now().isoformat()
    events = [
        {"reference_id": str(n), "timestamp": stamp, "data": {"reg_record_type": lr.RECORD_TYPE, "reg_records": [one]}}
        for n, one in enumerate(records, start=1)
    ]
    return {"transaction_id": str(uuid.uuid4()), "notify_event": events}


def test_a_list_that_is_none_or_was_not_granted_is_refused_before_it_is_kept(other: Callable[..., Other]) -> None:
    body = other()
    assert send(body, event(record("deaths", 11, event_on=DAY) | {"list": "gossip"})).status_code == 400
    refused = send(body, event(record("prison", 11, event_on=DAY)))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "err.request.forbidden")
    assert send(body, event(record("deaths", 11, event_on=DAY) | {"division_code": "420103000000"})).status_code == 403
    assert not Message.objects.exists()
    assert not List.objects.exists()


def test_a_body_that_gives_lists_asks_nothing_and_has_its_own_door(other: Callable[..., Other]) -> None:
    body = other()
    for register, path, action in (
        ("ibr", "sync/search", "search"),
        ("list", "sync/search", "search"),
        ("dr", "notify", "notify"),
    ):
        assert send(
            body, event(record("deaths", 11, event_on=DAY)), path=path, register=register, action=action
        ).status_code in (403, 404)
    assert not Message.objects.exists()


def test_a_record_of_wrong_form_is_named_the_others_are_taken_and_it_may_come_again(
    other: Callable[..., Other],
) -> None:
    known = persons(2)
    body = other()
    wrong = record("deaths", 12, event_on=DAY, sequence=2)
    del wrong["values"]["event_on"]
    assert send(body, event(record("deaths", 11, event_on=DAY), wrong)).status_code == 200
    kept = Message.objects.get()
    assert (kept.state, "event_on" in kept.why) == ("failed", True)
    assert [person for person, _day in standing()] == [known[11]]
    assert send(body, event(record("deaths", 12, event_on=DAY, sequence=2))).status_code == 200
    assert len(standing()) == 2


@pytest.mark.django_db
def test_a_body_is_opened_only_with_lists_that_there_are() -> None:
    with pytest.raises(PartnerRefused):
        partners.open_partner(sender_id="x", name="某局", kind="lister", areas=[], lists=["gossip"], by=None)


# -- asked batch by batch


def begin(body: Other, kind: str = "deaths") -> Asking:
    on = timezone.localdate()
    return asking.start_asking(
        partner=body.partner, kind=kind, area=f.COUNTY, month=Month.of(on).back(1), at=timezone.now(), on=on
    )


def go_on(begun: Asking, **options: Any) -> asking.Progress:
    return list(
        asking.ask_on(asking_id=begun.pk, clock=options.pop("clock", timezone.now), on=timezone.localdate(), **options)
    )[-1]


def hits(body: Other, known: dict[int, int], every: int) -> set[int]:
    dead = [serial for n, serial in enumerate(known) if n % every == 0]
    body.book.put([record("deaths", serial, event_on=DAY) for serial in dead], tell=False)
    return {known[serial] for serial in dead}


def test_recipients_are_asked_for_in_batches_and_hits_are_kept_with_when_it_was_asked(
    other: Callable[..., Other], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 4)
    known = persons(10)
    body = other(answers="at_once")
    dead = hits(body, known, 3)
    told = go_on(begin(body))
    assert (told.answered, told.batches, told.persons, told.found) == (3, 3, 10, 4)
    entries = ListEntry.objects.all()
    assert {entry.person_id for entry in entries} == dead
    assert all(entry.asked_at and entry.answered_at and entry.asked_at <= entry.answered_at for entry in entries)
    kept = List.objects.get()
    assert (kept.channel, kept.state, kept.source, kept.known_count) == ("question", "taken", "公安局", 4)
    asked = Event.objects.get(action="exchange.asked")
    assert (asked.details["persons"], asked.details["found"]) == (10, 4)
    assert not Event.objects.filter(action__startswith="exchange.ask", person_id__isnull=False).exists()


def test_a_later_round_says_anew_what_holds(other: Callable[..., Other]) -> None:
    known = persons(3)
    body = other(answers="at_once")
    hits(body, known, 2)
    go_on(begin(body))
    body.book.put([record("deaths", 11, withdrawn=True)], tell=False)
    go_on(begin(body))
    assert [entry.person_id for entry in ListEntry.objects.all()] == [known[13]]
    assert sorted(List.objects.values_list("state", flat=True)) == ["taken", "withdrawn"]


def test_broken_and_halved_answers_are_asked_for_again(
    other: Callable[..., Other], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 2)
    known = persons(8)
    body = other(answers="at_once", seed="4")
    dead = hits(body, known, 2)
    body.faults(half=0.25, broken=0.25, schema=0.2, signature=0.2, disorder=1)
    begun = begin(body)
    for _round in range(40):
        if go_on(begun).finished:
            break
        Link.objects.update(state="closed", failures=0, next_at=None)  # time passes
    assert {entry.person_id for entry in ListEntry.objects.all()} == dead
    assert ListEntry.objects.count() == len(dead)


def test_an_interrupted_round_stands_still_while_the_breaker_holds_and_goes_on(
    other: Callable[..., Other], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 2)
    known = persons(6)
    body = other(answers="at_once")
    hits(body, known, 2)
    begun = begin(body)
    go_on(begun, limit=1)
    body.faults(down=1)
    told = go_on(begun)
    assert (told.answered, told.finished, bool(told.why)) == (1, False, True)
    asked = body.body.asked
    go_on(begun)
    assert body.body.asked == asked  # nothing goes out while the line rests
    assert begin(body).pk == begun.pk
    body.faults(down=0)
    Link.objects.update(state="closed", failures=0, next_at=None)
    assert go_on(begun).finished
    assert body.body.asked == asked + 2
    assert sorted(AskedBatch.objects.values_list("number", "state")) == [
        (1, "answered"),
        (2, "answered"),
        (3, "answered"),
    ]


def later(body: Other, begun: Asking, rounds: int = 40) -> bool:
    """Let answers come; what was lost is asked for again when its time has passed."""
    for _round in range(rounds):
        go_on(begun)
        wait_for(
            "sent",
            lambda: sending.send_due(at=timezone.now()) == 0 and not Sending.objects.filter(state="waiting").exists(),
        )
        wait_for("answers gone", lambda: not body.body.teller.waiting)
        wait_for("applied", lambda: not Message.objects.filter(state="waiting").exists())
        begun.refresh_from_db()
        if begun.finished_at is not None:
            return True
        AskedBatch.objects.filter(state="asked").update(asked_at=timezone.now() - 2 * asking.PATIENCE)
    return False


def test_answers_that_come_later_lost_twice_and_in_disorder_are_each_taken_once(
    other: Callable[..., Other], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 2)
    known = persons(19)
    body = other(answers="later", seed="2")
    dead = hits(body, known, 2)
    body.faults(lost=0.5, duplicates=0.5, disorder=0.6)
    begun = begin(body)
    assert later(body, begun)
    assert sorted(entry.person_id or 0 for entry in ListEntry.objects.all()) == sorted(dead)
    assert begun.found == len(dead)
    assert body.body.faults.happened["lost"] > 0
    assert AskedBatch.objects.filter(attempts__gt=1).exists()


def test_an_answer_about_somebody_who_was_not_asked_for_is_not_taken(other: Callable[..., Other]) -> None:
    persons(1)
    body = other(answers="at_once")
    begun = begin(body)
    stranger = record("deaths", 77, event_on=DAY)
    answer = {
        "transaction_id": "t",
        "search_response": [{"reference_id": "1", "status": "succ", "data": {"reg_records": [stranger]}}],
    }
    with pytest.raises(Exception, match="somebody else"):
        asking.rows_of_answer(begun, [number(11)], answer, timezone.localdate())


def test_an_answer_that_nobody_asked_for_is_put_aside(other: Callable[..., Other]) -> None:
    body = other(answers="later")
    answer = {"transaction_id": "t", "correlation_id": "c", "search_response": []}
    assert send(body, answer, path="on-search", action="on-search").status_code == 200
    assert Message.objects.get().state == "put_aside"


def test_the_terminal_asks_and_says_how_far_it_came(
    other: Callable[..., Other], capsys: pytest.CaptureFixture[str]
) -> None:
    known = persons(3)
    body = other(answers="at_once")
    dead = hits(body, known, 2)
    call_command("exchange", "ask", list="deaths", division=f.COUNTY, json=True)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["persons"], told["found"], told["answered"]) == (3, len(dead), told["batches"])
    with pytest.raises(CommandError, match="服刑人员"):
        call_command("exchange", "ask", list="prison", division=f.COUNTY, json=True)


def test_each_month_a_round_begins_for_each_list_and_area(other: Callable[..., Other]) -> None:
    persons(1)
    other(answers="at_once")
    assert asking.start_month(at=timezone.now(), on=timezone.localdate()) == 2
    assert asking.keep_asking(clock=timezone.now, on=timezone.localdate()) == 2
    assert Asking.objects.filter(finished_at__isnull=False).count() == 2
    assert asking.start_month(at=timezone.now(), on=timezone.localdate()) == 0
    assert listing.REGISTER == "list"
