"""What comes of a kept message: records are taken into the registry, requests are answered.

Each in one transaction, once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction

from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.exchange import queries
from lxbt.exchange.models import Link, Message, Partner, SeenEvent, Sending, Subscription
from lxbt.exchange.operations import answering, asking, listing
from lxbt.exchange.rules import breaker
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.envelope import Fault
from lxbt.exchange.rules.records import read_record
from lxbt.registry.operations.federation import take_federation_records
from lxbt.registry.operations.preparing import RecordNumbers
from lxbt.registry.rules.federation import FederationRecord

FEDERATION = "federation"  # the source of facts
REQUESTS = ("search", "subscribe", "unsubscribe", "txn-status")


def apply_waiting(*, at: datetime, on: date, limit: int = 500) -> int:
    """Apply what waits in the inbox and is due; gives how many messages were done."""
    return sum(apply_message(pk=pk, at=at, on=on) for pk in queries.waiting_in(at, limit))


def apply_message(*, pk: int, at: datetime, on: date) -> bool:
    """Apply one message, unless it was done meanwhile.

    What fails waits, longer each time; what is of wrong form waits for a person.
    """
    try:
        with transaction.atomic():
            found = (
                Message.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("partner")
                .filter(pk=pk, state="waiting")
                .first()
            )
            if found is None:
                return False
            counts = _apply(found, at, on)
            faults = counts.pop("faults", [])
            Message.objects.filter(pk=pk).update(
                state="failed" if faults else counts.pop("state", "applied"),
                counts=counts,
                done_at=at,
                why="; ".join(faults)[:300],
                attempts=found.attempts + 1,
            )
    except Fault as fault:
        Message.objects.filter(pk=pk).update(state="failed", why=str(fault)[:300], done_at=at)
    except (DatabaseError, Refusal, ArithmeticError, LookupError, TypeError, ValueError) as error:
        return _again(pk, error, at)
    return True


def _again(pk: int, error: Exception, at: datetime) -> bool:
    found = Message.objects.filter(pk=pk, state="waiting").first()
    if found is not None:
        attempts = found.attempts + 1
        why = (
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            if isinstance(error, Refusal)
            else type(error).__name__
        )
        state = "failed" if attempts >= breaker.GIVE_UP else "waiting"
        Message.objects.filter(pk=pk).update(
            state=state, attempts=attempts, why=why[:300], next_at=at + breaker.wait(attempts, random.random())
        )
    return False


def _apply(message: Message, at: datetime, on: date) -> dict[str, Any]:
    told = message.opened()
    if message.action in REQUESTS:
        return answering.answer_later(message=message, told=told, at=at, on=on)
    body, partner = told["message"], message.partner
    if partner.kind == listing.LISTER:
        return _of_lister(message, body, at, on)
    if partner.kind != FEDERATION:
        return {"state": "put_aside"}  # only the Federation tells of certificates
    if message.action == "notify":
        return _events(message, body, at, lambda records: take(records, received_at=at, on=on, partner=partner))
    asked = Sending.objects.filter(partner=partner, transaction_id=message.transaction_id, action__in=REQUESTS).first()
    if asked is None:
        return {"state": "put_aside"}  # an answer to a question that was not asked
    if message.action == "on-search":
        records = [record for answer in r.read_answers(body) for record in _of_answer(answer)]
        return take(records, received_at=message.received_at, on=on, partner=partner)
    if message.action == "on-subscribe":
        return {"subscriptions": _subscribed(partner, body, at)}
    if message.action == "on-unsubscribe":
        codes = [one.get("code") for one in body.get("subscription_status", []) if isinstance(one, dict)]
        return {
            "ended": Subscription.objects.filter(
                partner=partner, ours=True, code__in=codes, ended_at__isnull=True
            ).update(ended_at=at)
        }
    return {}


def _of_lister(message: Message, body: dict[str, Any], at: datetime, on: date) -> dict[str, Any]:
    """What a body that gives lists says: records it tells, or the answer to a question of ours."""
    partner = message.partner
    if message.action == "notify":
        received_on = beijing_day(message.received_at)
        return _events(
            message, body, at, lambda records: listing.take_told(records, partner=partner, received_on=received_on)
        )
    if message.action == "on-search":
        return asking.take_answer(
            partner=partner, transaction_id=message.transaction_id, message=body, at=message.received_at, on=on
        ) or {"state": "put_aside"}
    return {}


def _of_answer(answer: dict[str, Any]) -> list[dict[str, Any]]:
    data = answer.get("data")
    return (
        r.records_in(data.get("reg_records"), "reg_records")
        if isinstance(data, dict) and answer.get("status") == "succ"
        else []
    )


def _events(
    message: Message, body: dict[str, Any], at: datetime, taker: Callable[[list[dict[str, Any]]], dict[str, Any]]
) -> dict[str, Any]:
    """Take the events that did not come before.

    One whose record is of wrong form is not marked as seen: put right, it may come again.
    """
    partner, transaction_id, events = message.partner, message.transaction_id, r.read_events(body)
    rows = SeenEvent.objects.filter(
        partner=partner, transaction_id=transaction_id, reference_id__in=[reference for reference, _r in events]
    )
    known = set(rows.values_list("reference_id", flat=True))
    fresh = [(reference, records) for reference, records in events if reference not in known]
    counts = taker([record for _ref, records in fresh for record in records])
    if not counts.get("faults"):
        seen = [
            SeenEvent(partner=partner, transaction_id=transaction_id, reference_id=reference, seen_at=at)
            for reference, _records in fresh
        ]
        SeenEvent.objects.bulk_create(seen, ignore_conflicts=True)
    return counts | {"events": len(fresh), "seen": len(events) - len(fresh)}


def take(told: Iterable[dict[str, Any]], *, received_at: datetime, on: date, partner: Partner) -> dict[str, Any]:
    """Take records into the registry: those of wrong form are left and named, all others are taken."""
    records: list[FederationRecord] = []
    faults = []
    for number, one in enumerate(told):
        try:
            records.append(read_record(one, f"record {number + 1}"))
        except Fault as fault:
            faults.append(str(fault))
    counts = take_records(records, received_at=received_at, on=on, partner=partner)
    return counts | ({"faults": faults} if faults else {})


def take_records(
    records: list[FederationRecord],
    *,
    received_at: datetime,
    on: date,
    partner: Partner,
    prepared: list[RecordNumbers] | None = None,
    alongside: bool = False,
) -> dict[str, Any]:
    """Take records that were read already; gives counts: new, changed, same, older, doubtful.

    `alongside`: while others of the same file are taken.
    """
    if not records:
        return {}
    told: dict[str, Any] = {
        "records": records,
        "source": FEDERATION,
        "received_at": received_at,
        "on": on,
        "prepared": prepared,
    }
    try:
        taken = take_federation_records(**told, alongside=alongside)
    except IntegrityError:
        if not alongside:
            raise
        taken = take_federation_records(**told)  # two of them were told with one number: one after the other then
    newest = max(record.changed_at for record in records)
    Link.objects.filter(partner=partner).exclude(changed_at__gte=newest).update(changed_at=newest)
    return asdict(taken)


def _subscribed(partner: Partner, body: dict[str, Any], at: datetime) -> int:
    codes = []
    for answer in r.read_answers(body, "subscribe_response"):
        for info in answer.get("subscriptions") or []:
            if isinstance(info, dict) and info.get("code") and info.get("status") == "subscribe":
                code = str(info["code"])[:99]
                defaults = {
                    "event": str(info.get("reg_event_type") or "REGISTER")[:40],
                    "since_at": at,
                    "until_at": at + r.SUBSCRIBED_FOR,
                    "ended_at": None,
                }
                Subscription.objects.update_or_create(partner=partner, ours=True, code=code, defaults=defaults)
                codes.append(code)
    if codes:
        Subscription.objects.filter(partner=partner, ours=True, ended_at__isnull=True).exclude(code__in=codes).update(
            ended_at=at
        )
    return len(codes)


@transaction.atomic
def replay(
    *, by: Any, at: datetime, incoming: bool = True, outgoing: bool = True, pks: Iterable[int] | None = None
) -> dict[str, int]:
    """Let failed messages be tried again at once, all or those named; what was taken of them before is not
    taken twice.
    """
    chosen = {} if pks is None else {"pk__in": list(pks)}
    again = {"state": "waiting", "attempts": 0, "next_at": at, "done_at": None}
    done = {
        "incoming": Message.objects.filter(state="failed", body__isnull=False, **chosen).update(**again)
        if incoming
        else 0,
        "outgoing": Sending.objects.filter(state="failed", body__isnull=False, **chosen).update(**again)
        if outgoing
        else 0,
    }
    record_event(by=by, action="exchange.replayed", subject_kind="exchange", subject_id="queue", details=done)
    return done


@transaction.atomic
def put_aside(*, pk: int, incoming: bool, by: Any, reason: str, at: datetime) -> None:
    """Take a failed message out of the queue for good, with the reason; it stays to be read."""
    rows: Any = Message.objects if incoming else Sending.objects
    if rows.filter(pk=pk, state="failed").update(state="put_aside", done_at=at):
        record_event(
            by=by,
            action="exchange.put_aside",
            subject_kind="message" if incoming else "sending",
            subject_id=pk,
            reason=reason,
        )


@transaction.atomic
def forget_old(*, before: datetime) -> int:
    """Take the bodies of what was done away, and the marks of events: the line of each message stays."""
    SeenEvent.objects.filter(seen_at__lt=before).delete()
    done = ("applied", "put_aside")
    gone = Message.objects.filter(received_at__lt=before, state__in=done, body__isnull=False).update(body=None)
    return gone + Sending.objects.filter(
        made_at__lt=before, state__in=("sent", "put_aside"), body__isnull=False
    ).update(body=None)
