"""Answers to what partners ask: at once, or later by a callback."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.exchange import queries
from lxbt.exchange.models import Message, Partner, Sending, Subscription
from lxbt.exchange.operations.sending import queue_sending
from lxbt.exchange.queries import beneficiaries as b
from lxbt.exchange.rules import beneficiaries as records
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.questions import NotAskable, read_question

RECORDED_IDS = 200  # persons named in one line of the record


def answer_search(
    *, partner: Partner, namespace: str, message: Mapping[str, Any], correlation_id: str, at: datetime, on: date
) -> dict[str, Any]:
    """The SearchResponse to a search. Every question gets its own answer; who asked for whom is recorded."""
    asked = r.read_search(message, b.askable(partner), b.identifiers(partner))
    answers: list[dict[str, Any]] = []
    seen: list[int] = []
    total = 0
    for one in asked:
        answer: dict[str, Any] = {
            "reference_id": one.reference_id,
            "timestamp": at.isoformat(timespec="milliseconds"),
        } | ({"locale": one.locale} if one.locale else {})
        try:
            if one.fault or one.question is None:
                raise NotAskable(*(one.fault or ("rjct.search_criteria.invalid", ""))[::-1])
            found = b.beneficiaries(partner, one.question, on=on, size=one.page_size, page=one.page_number)
        except NotAskable as no:
            answers.append(answer | {"status": "rjct", "status_reason_code": no.code, "status_reason_message": str(no)})
            continue
        seen += [person.person_id for person in found.beneficiaries]
        total += found.total
        data = {
            "version": e.VERSION,
            "reg_type": records.SOCIAL if namespace == "social" else records.IBR,
            "reg_record_type": records.RECORD_TYPE,
            "reg_records": written(partner, namespace, found.beneficiaries),
        }
        pagination = {"page_size": one.page_size, "page_number": one.page_number, "total_count": found.total}
        answers.append(answer | {"status": "succ", "data": data, "pagination": pagination})
    details = {"questions": len(asked), "found": total, "persons": seen[:RECORDED_IDS], "register": namespace}
    record_event(
        by=None, action="partner.searched", subject_kind="partner", subject_id=partner.sender_id, details=details
    )
    return {"transaction_id": message["transaction_id"], "correlation_id": correlation_id, "search_response": answers}


def written(partner: Partner, namespace: str, found: list[records.Beneficiary]) -> list[dict[str, Any]]:
    """The records in the partner's eyes."""
    space, told = queries.namespace_of(partner), []
    for person in found:
        token = queries.person_token(partner, person.person_id)
        if namespace == "social":
            told.append(records.social_record(person, token=token, namespace=space, fields=partner.fields))
        else:
            told += records.beneficiary_records(person, token=token, namespace=space, fields=partner.fields)
    return told


def answer_enrolled(
    *, partner: Partner, message: Mapping[str, Any], correlation_id: str, at: datetime, on: date
) -> dict[str, Any]:
    """Whether the person receives a subsidy now: `yes` or `no`. Unknown and out of scope are `no` alike."""
    asked = r.read_status_question(message, "enrolled_criteria", b.askable(partner), b.identifiers(partner))
    answer: dict[str, Any] = {"reference_id": asked.reference_id, "timestamp": at.isoformat(timespec="milliseconds")}
    try:
        if asked.fault or asked.question is None:
            raise NotAskable(*(asked.fault or ("rjct.search_criteria.invalid", ""))[::-1])
        enrolled = b.holds_a_subsidy(partner, asked.question, on=on)
        answer |= {"status": "succ", "enrolled_status": "yes" if enrolled else "no"}
    except NotAskable as no:
        answer |= {"status": "rjct", "status_reason_message": f"{no.code}: {no}", "enrolled_status": "no"}
    record_event(
        by=None,
        action="partner.asked_enrolled",
        subject_kind="partner",
        subject_id=partner.sender_id,
        details={"answer": answer["enrolled_status"]},
    )
    return {
        "transaction_id": message["transaction_id"],
        "correlation_id": correlation_id,
        "enrolled_response": [answer],
    }


def answer_updates(*, message: Mapping[str, Any], correlation_id: str, at: datetime) -> dict[str, Any]:
    """Enrolments are decided here, by law, and by nobody else: updates by partners are rejected, each with the
    reason.
    """
    e.transaction(message)
    told = e.table(message.get("enrolled_updates"), "message.enrolled_updates")
    sent = e.listed(told.get("beneficiaries"), "message.enrolled_updates.beneficiaries")
    stamp, reason = (
        at.isoformat(timespec="milliseconds"),
        "enrolments are decided by the county that is in charge; file an objection there",
    )
    answers = [
        {"reference_id": str(n + 1), "timestamp": stamp, "status": "rjct", "status_reason_message": reason}
        for n in range(len(sent))
    ]
    return {"transaction_id": message["transaction_id"], "correlation_id": correlation_id, "enrolled_response": answers}


def answer_status(
    *, partner: Partner, message: Mapping[str, Any], correlation_id: str, at: datetime
) -> tuple[dict[str, Any], str]:
    """What became of an earlier request of the same partner, and the status for the header; one never heard of is an
    empty answer.
    """
    asked = r.read_txn_status(message)
    kind = {"subscribe": "subscribe_response"}.get(asked.txn_type, "search_response")
    by = "correlation_id" if asked.attribute == "correlation_id" else "transaction_id"
    value = asked.values[0]
    sent = Sending.objects.filter(partner=partner, **{by: value}, action__startswith="on-").order_by("-pk").first()
    waits = sent is None and Message.objects.filter(partner=partner, state="waiting", **{by: value}).exists()
    status: dict[str, Any] = {"transaction_id": value, "correlation_id": correlation_id, kind: []}
    if sent is not None and sent.body is not None:
        told = sent.opened()["message"]
        status = told if kind in told else status
    answer = {
        "transaction_id": message["transaction_id"],
        "correlation_id": correlation_id,
        "txnstatus_response": {"txn_type": asked.txn_type, "txn_status": status},
    }
    return answer, "pdng" if waits else "succ"


@transaction.atomic
def answer_subscribe(
    *, partner: Partner, namespace: str, message: Mapping[str, Any], correlation_id: str, at: datetime
) -> dict[str, Any]:
    """Take subscriptions: each gets a code, or a reason why not."""
    answers = []
    for wanted in r.read_subscribe(message, records.EVENTS, b.askable(partner), b.identifiers(partner)):
        stamp = at.isoformat(timespec="milliseconds")
        answer: dict[str, Any] = {"reference_id": wanted.reference_id, "timestamp": stamp}
        if wanted.fault:
            answers.append(
                answer
                | {"status": "rjct", "status_reason_code": wanted.fault[0], "status_reason_message": wanted.fault[1]}
            )
            continue
        criteria = {
            "filter_type": wanted.criteria["filter_type"],
            "filter": wanted.criteria["filter"],
            "namespace": namespace,
        }
        known = Subscription.objects.filter(
            partner=partner, ours=False, ended_at__isnull=True, event=wanted.event, criteria=criteria
        ).first()
        if known is None:
            known = Subscription.objects.create(
                partner=partner,
                ours=False,
                code=secrets.token_hex(12),
                event=wanted.event,
                criteria=criteria,
                since_at=at,
                told_until_at=at,
            )
        info = {
            "version": e.VERSION,
            "code": known.code,
            "status": "subscribe",
            "timestamp": stamp,
            "reg_event_type": wanted.event,
        }
        info |= {
            name: wanted.criteria[name]
            for name in ("reg_type", "filter_type", "filter", "notify_record_type", "frequency")
            if name in wanted.criteria
        }
        answers.append(answer | {"status": "succ", "subscriptions": [info]})
    return {
        "transaction_id": message["transaction_id"],
        "correlation_id": correlation_id,
        "subscribe_response": answers,
    }


@transaction.atomic
def answer_unsubscribe(
    *, partner: Partner, message: Mapping[str, Any], correlation_id: str, at: datetime
) -> dict[str, Any]:
    """End subscriptions. A code of somebody else is answered like one that never was."""
    codes = r.read_unsubscribe(message)
    mine = Subscription.objects.filter(partner=partner, ours=False, code__in=codes)
    known = set(mine.values_list("code", flat=True))
    mine.filter(ended_at__isnull=True).update(ended_at=at)
    answer: dict[str, Any] = {
        "transaction_id": message["transaction_id"],
        "correlation_id": correlation_id,
        "timestamp": at.isoformat(timespec="milliseconds"),
        "status": "succ" if known == set(codes) else "rjct",
        "subscription_status": [{"code": code, "status": "unsubscribe"} for code in codes if code in known],
    }
    if known != set(codes):
        answer |= {
            "status_reason_code": "rjct.subscription_code.invalid",
            "status_reason_message": "a code is not known",
        }
    return answer


CALLBACKS = {
    "search": ("on-search", "on-search"),
    "subscribe": ("on-subscribe", "on-subscribe"),
    "unsubscribe": ("on-unsubscribe", "on-unsubscribe"),
    "txn-status": ("txn-on-status", "txn/on-status"),
}


def answer_later(*, message: Message, told: Mapping[str, Any], at: datetime, on: date) -> dict[str, Any]:
    """Answer a request that waited in the inbox: the callback is queued in the same transaction."""
    partner, body = message.partner, told["message"]
    about = {"partner": partner, "message": body, "correlation_id": message.correlation_id, "at": at}
    status = "succ"
    if message.action == "search":
        answer = answer_search(**about, namespace=message.namespace, on=on)
        if all(one["status"] == "rjct" for one in answer["search_response"]):
            status = "rjct"
    elif message.action == "subscribe":
        answer = answer_subscribe(**about, namespace=message.namespace)
    elif message.action == "unsubscribe":
        answer = answer_unsubscribe(**about)
        status = answer["status"]
    else:
        answer, status = answer_status(**about)
    action, path = CALLBACKS[message.action]
    queue_sending(
        partner=partner,
        action=action,
        url=callback_address(partner, told["header"].get("sender_uri", ""), path),
        message=answer,
        status=status,
        transaction_id=message.transaction_id,
        correlation_id=message.correlation_id,
        at=at,
    )
    return {"answered": action}


def callback_address(partner: Partner, sender_uri: str, path: str) -> str:
    """Where an answer goes: what the request names, when it lies under the partner's own address; it may be the base or
    the full path.
    """
    base = sender_uri.rstrip("/") or partner.base_url
    return base if base.endswith("/" + path) else f"{base}/registry/{path}"


def is_theirs(partner: Partner, sender_uri: str) -> bool:
    """Whether an address lies where the partner said it is: nobody makes this system call somewhere else."""
    own, given = urlsplit(partner.base_url), urlsplit(sender_uri)
    if (
        not partner.base_url
        or (own.scheme, own.hostname, own.port) != (given.scheme, given.hostname, given.port)
        or given.username
        or ".." in given.path
    ):
        return False
    return given.path.rstrip("/").startswith(own.path.rstrip("/"))


def notify_subscribers(*, at: datetime, on: date) -> int:
    """Tell partners of periods that began, and of those that ended on days before today; gives how many events were
    queued.
    """
    told = 0
    for subscription in Subscription.objects.filter(
        ours=False, ended_at__isnull=True, partner__closed_at__isnull=True
    ).select_related("partner"):
        told += _notify(subscription, at, on)
    return told


@transaction.atomic
def _notify(subscription: Subscription, at: datetime, on: date) -> int:
    subscription = Subscription.objects.select_for_update().select_related("partner").get(pk=subscription.pk)
    partner, criteria = subscription.partner, subscription.criteria
    question = read_question(criteria["filter_type"], criteria["filter"], b.askable(partner), b.identifiers(partner))
    since = subscription.told_until_at or subscription.since_at
    changed = b.changed(partner, question, since=since, until=at, on=on)
    Subscription.objects.filter(pk=subscription.pk).update(told_until_at=at)
    namespace = criteria.get("namespace", "ibr")
    events = []
    for person in b.told(partner, changed, Month.of(on)):
        for number, record in enumerate(written(partner, namespace, [person])):
            data = {
                "version": e.VERSION,
                "reg_type": records.SOCIAL if namespace == "social" else records.IBR,
                "reg_event_type": subscription.event,
                "reg_record_type": records.RECORD_TYPE,
                "reg_records": record,
            }
            reference = f"{queries.person_token(partner, person.person_id)}-{number}-{int(at.timestamp())}"
            events.append(
                {
                    "reference_id": reference,
                    "timestamp": at.isoformat(timespec="milliseconds"),
                    "data": data,
                    "locale": "zho",
                }
            )
    for start in range(0, len(events), 500):
        transaction_id = f"{subscription.code}-{int(at.timestamp() * 1000)}-{start}"
        message = {"transaction_id": transaction_id, "notify_event": events[start : start + 500]}
        address = f"{partner.base_url}/registry/notify"
        queue_sending(
            partner=partner,
            action="notify",
            url=address,
            message=message,
            status="succ",
            transaction_id=transaction_id,
            correlation_id="",
            at=at,
        )
    return len(events)
