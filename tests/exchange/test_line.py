"""Both ends over a real connection: searching, subscribing, being told, and every fault by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from lxbt.exchange import queries
from lxbt.exchange.client import NoAnswer
from lxbt.exchange.models import Link, Message, Sending, Subscription
from lxbt.exchange.operations import applying, reconciling, sending, subscribing, syncing
from lxbt.exchange.operations.sending import LinkDown
from lxbt.registry.operations import preparing
from tests.exchange.conftest import Line, wait_for


def sync(**options: object) -> syncing.Fetched:
    return syncing.synchronise(at=timezone.now(), on=timezone.localdate(), **options)  # type: ignore[arg-type]


def subscribed(line: Line) -> None:
    assert subscribing.keep_subscribed(at=timezone.now())
    assert sending.send_due(at=timezone.now()) == 1
    wait_for("subscription", lambda: Subscription.objects.filter(ours=True, ended_at__isnull=True).exists())


def test_everything_is_fetched_page_by_page_and_again_changes_nothing(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "PAGE", 7)
    fetched = sync()
    assert (fetched.records, fetched.counts["new"], fetched.faults) == (60, 60, [])
    assert line.agrees()
    assert sync(everything=True).counts == {"new": 0, "changed": 0, "same": 60, "older": 0, "doubtful": 0}


def test_only_what_changed_since_is_fetched(line: Line) -> None:
    sync()
    Link.objects.update(synced_at=timezone.now() + syncing.OVERLAP)
    line.federation.clock.ticks(5, timezone.now() + timedelta(seconds=1))
    assert 0 < sync().records <= 5
    assert line.agrees()


def test_everything_is_loaded_by_files(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "FILE", 25)
    fetched = syncing.load_files(at=timezone.now(), on=timezone.localdate())
    assert (fetched.records, fetched.counts["new"]) == (60, 60)
    assert line.agrees()


def test_a_long_file_is_prepared_by_another_process_and_taken_by_two_threads(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (syncing, preparing):
        monkeypatch.setattr(module, "WORTH", 10)
    monkeypatch.setattr(syncing, "CHUNK", 8)
    fetched = syncing.load_files(at=timezone.now(), on=timezone.localdate())
    assert (fetched.records, fetched.counts["new"]) == (60, 60)
    assert line.agrees()
    assert syncing.load_files(at=timezone.now(), on=timezone.localdate()).counts["same"] == 60


def test_two_persons_of_one_number_in_a_long_file_are_both_taken_and_one_is_doubtful(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (syncing, preparing):
        monkeypatch.setattr(module, "WORTH", 10)
    monkeypatch.setattr(syncing, "CHUNK", 8)
    first, other = (line.store.of("identity_number", number) for number in list(line.theirs())[::40][:2])
    assert first is not None
    assert other is not None
    line.store.put([replace(other, certificate_number=first.certificate_number)], tell=False)
    fetched = syncing.load_files(at=timezone.now(), on=timezone.localdate())
    assert (fetched.records, fetched.counts["doubtful"]) == (60, 1)
    assert line.agrees()


def test_hundreds_of_persons_are_asked_for_in_one_envelope(line: Line) -> None:
    numbers = list(line.theirs())
    asked = line.federation.asked
    fetched = syncing.fetch_persons(
        identity_numbers=[*numbers, "110101199001010015"], at=timezone.now(), on=timezone.localdate()
    )
    assert fetched.records == 60
    assert line.federation.asked == asked + 1


def test_a_change_is_told_and_taken_at_once(line: Line) -> None:
    sync()
    subscribed(line)
    who = next(iter(line.theirs()))
    line.federation.administer("change", {"kind": "cancelled", "identity_number": who})
    wait_for("the change", lambda: line.ours()[who] == line.theirs()[who], limit=2.0)
    kept = Message.objects.get(action="notify")
    assert (kept.state, kept.counts["changed"]) == ("applied", 1)
    assert queries.link_of(line.partner).heard_at is not None


def test_a_subscription_is_renewed_and_ended(line: Line) -> None:
    subscribed(line)
    first = queries.subscription_of_ours(line.partner)
    assert first is not None
    assert not subscribing.keep_subscribed(at=timezone.now())
    Subscription.objects.update(until_at=timezone.now() + timedelta(days=1))
    Sending.objects.update(made_at=timezone.now() - timedelta(days=29))
    assert subscribing.keep_subscribed(at=timezone.now())
    sending.send_due(at=timezone.now())
    wait_for("renewed", lambda: queries.subscription_of_ours(line.partner) not in (None, first))
    assert len(line.store.subscriptions()) == 1
    assert subscribing.unsubscribe(at=timezone.now()) == 1
    sending.send_due(at=timezone.now())
    wait_for("ended", lambda: queries.subscription_of_ours(line.partner) is None)
    assert line.store.subscriptions() == []


def test_an_answer_by_callback_is_taken_and_its_status_can_be_asked(line: Line) -> None:
    transaction_id = subscribing.search_later(conditions=[syncing.condition("grade", "le", 4)], at=timezone.now())
    assert sending.send_due(at=timezone.now()) == 1
    wait_for("on-search", lambda: Message.objects.filter(action="on-search", state="applied").exists())
    assert line.agrees()
    told = subscribing.ask_status(transaction_id=transaction_id, at=timezone.now())["txnstatus_response"]["txn_status"]
    assert len(told["search_response"][0]["data"]["reg_records"]) == 60


def test_an_answer_to_a_question_that_was_not_asked_is_put_aside(line: Line) -> None:
    at = timezone.now()
    message = {"transaction_id": "nobody-asked", "correlation_id": "c", "search_response": []}
    header = line.federation.callback_header("on-search", at)
    line.federation.teller.later(
        f"{line.federation.link['partner_url']}/registry/on-search", {"header": header, "message": message}
    )
    wait_for("put aside", lambda: Message.objects.filter(action="on-search", state="put_aside").exists())


def test_the_three_disability_questions(line: Line) -> None:
    who, grade = line.store.rows(
        "select identity_number, grade from record where category <> 'multiple' and grade <= 2 limit 1"
    )[0]
    at = timezone.now()
    assert (
        subscribing.ask_disability(identity_number=who, path="disabled", at=at)["disabled_response"][0][
            "disabled_status"
        ]
        == "yes"
    )
    details = subscribing.ask_disability(identity_number=who, path="get-disability-details", at=at)["search_response"][
        0
    ]["data"]["reg_records"]
    assert details[0]["disability_details"][0]["impairment_level"] == {1: "4", 2: "3"}[grade]
    assert subscribing.ask_disability(identity_number=who, path="get-disability-support", at=at)["search_response"][0][
        "data"
    ]["reg_records"]
    assert (
        subscribing.ask_disability(identity_number="110101199001010015", path="disabled", at=at)["disabled_response"][
            0
        ]["disabled_status"]
        == "no"
    )


def test_a_lost_notification_is_found_and_healed(line: Line) -> None:
    sync()
    subscribed(line)
    line.federation.faults.set({"lost": 1})
    line.federation.administer("changes", {"count": 9})
    wait_for("events lost", lambda: not line.store.events(1))
    assert not line.agrees()
    compared = reconciling.reconcile(at=timezone.now(), on=timezone.localdate())
    assert compared.persons > 0
    assert (compared.left, compared.healed) == (0, compared.healed)
    assert line.agrees()
    assert reconciling.reconcile(at=timezone.now(), on=timezone.localdate()).persons == 0


def test_events_told_twice_and_in_another_order_are_taken_once(line: Line) -> None:
    sync()
    subscribed(line)
    line.federation.faults.set({"duplicates": 1, "disorder": 1})
    line.federation.clock.ticks(40, timezone.now())
    line.federation.teller.wake.set()
    wait_for("agreement", line.agrees)
    wait_for("nothing waits", lambda: not line.store.events(1))
    assert Message.objects.filter(state="failed").count() == 0
    assert any(message.counts.get("seen") for message in Message.objects.filter(action="notify"))


@pytest.mark.parametrize("fault", ["down", "half", "broken", "signature", "refused"])
def test_a_faulty_answer_is_no_answer_and_what_was_fetched_stays(line: Line, fault: str) -> None:
    line.federation.faults.set({fault: 1})
    with pytest.raises(NoAnswer):
        sync()
    assert Link.objects.get().failures == 1
    line.federation.faults.set({fault: 0})
    sync()
    assert line.agrees()
    assert Link.objects.get().failures == 0


def test_a_slow_answer_is_waited_for_only_so_long(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    from lxbt.exchange import client

    monkeypatch.setattr(client, "READ", 0.2)
    line.federation.faults.set({"slow": 1, "slow_seconds": 1})
    fresh = client.Line(line.partner.base_url, "lxbt", "shown-to-the-federation")
    with pytest.raises(NoAnswer):
        fresh.post(f"{line.partner.base_url}/registry/sync/search", {}, timezone.now())
    fresh.close()


def test_records_of_wrong_form_are_named_and_the_others_taken(line: Line) -> None:
    sync()
    subscribed(line)
    line.federation.faults.set({"schema": 1})
    line.federation.administer("change", {"kind": "frozen"})
    wait_for("failed", lambda: Message.objects.filter(state="failed").exists())
    failed = Message.objects.get(state="failed")
    assert "additional_attributes" in failed.why
    line.federation.faults.set({"schema": 0})
    assert applying.replay(by=None, at=timezone.now())["incoming"] == 1
    applying.apply_waiting(at=timezone.now(), on=timezone.localdate())
    assert Message.objects.get(pk=failed.pk).state == "failed"  # what was sent wrong stays wrong ...
    reconciling.reconcile(at=timezone.now(), on=timezone.localdate())
    assert line.agrees()  # ... and the comparison heals it


def test_after_five_failures_nobody_asks_for_a_while_and_then_one_tries(line: Line) -> None:
    line.federation.faults.set({"refused": 1})
    at = timezone.now()
    for _n in range(5):
        with pytest.raises(NoAnswer):
            sync()
    asked = line.federation.asked
    with pytest.raises(LinkDown):
        sync()
    assert line.federation.asked == asked
    assert queries.link_of(line.partner).state == "open"
    line.federation.faults.set({"refused": 0})
    Link.objects.update(next_at=at)
    sync()
    assert queries.link_of(line.partner).state == "closed"


def test_a_notification_with_a_wrong_signature_changes_nothing(line: Line) -> None:
    sync()
    subscribed(line)
    line.federation.faults.set({"signature": 1})
    line.federation.administer("change", {"kind": "frozen"})
    wait_for("refused", lambda: line.federation.teller.failed > 0)
    assert not Message.objects.filter(action="notify").exists()
    line.federation.faults.set({"signature": 0})
    wait_for("told again", line.agrees)


def test_what_cannot_be_sent_waits_and_is_sent_later(line: Line) -> None:
    line.federation.faults.set({"down": 1})
    subscribing.subscribe(at=timezone.now())
    assert sending.send_due(at=timezone.now()) == 0
    waits = Sending.objects.get()
    assert (waits.state, waits.attempts) == ("waiting", 1)
    assert waits.next_at > timezone.now()
    line.federation.faults.set({"down": 0})
    Link.objects.update(next_at=None)
    Sending.objects.update(next_at=timezone.now())
    assert sending.send_due(at=timezone.now()) == 1


def test_change_after_change_arrives_by_itself(line: Line) -> None:
    sync()
    subscribed(line)
    for number in range(12):  # each is told before the next is made, so that nothing is told together
        line.federation.administer("change", {"kind": "grade"})
        wait_for(f"change {number}", lambda: not line.store.events(1) and line.agrees(), limit=5.0)
    assert not any(message.counts.get("seen") for message in Message.objects.filter(action="notify"))
