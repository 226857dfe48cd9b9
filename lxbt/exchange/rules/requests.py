"""Requests of partners, read with every field checked; and the same written. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules.envelope import Fault
from lxbt.exchange.rules.questions import GRAPHQL, QUERY_TYPES, NotAskable, Question, read_question

SUBSCRIBED_FOR = timedelta(days=30)  # a subscription of ours
RENEWED_BEFORE = timedelta(days=3)  # its end
TXN_TYPES = ("search", "subscribe", "receipt")
TXN_ATTRIBUTES = ("transaction_id", "reference_id_list", "correlation_id")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a search.

    `fault` is (code, text) when it cannot be answered; the others of the envelope still are.
    """

    reference_id: str
    question: Question | None
    response_entity: str = "Member"
    page_size: int = 100
    page_number: int = 1
    locale: str = ""
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WantedEvents:
    """One subscription that is asked for."""

    reference_id: str
    event: str
    record_type: str
    criteria: Mapping[str, Any]
    question: Question | None = None
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """What has become of an earlier request."""

    reference_id: str
    txn_type: str
    attribute: str
    values: tuple[str, ...]


def read_search(message: Mapping[str, Any], attributes: Collection[str], identifiers: Collection[str]) -> list[Asked]:
    """The questions of a search.

    What breaks the schema refuses the envelope (Fault); what cannot be answered, its question only.
    """
    e.transaction(message)
    found, seen = [], set()
    for number, told in enumerate(e.listed(message.get("search_request"), "message.search_request")):
        where = f"message.search_request[{number}]"
        item = e.table(told, where)
        reference = e.text(item, "reference_id", where)
        e.stamp(item, "timestamp", where)
        language = e.locale(item, where)
        criteria = e.table(item.get("search_criteria"), f"{where}.search_criteria")
        _pagination(item, where)  # some put it beside the criteria: checked there too
        size, page = _pagination(criteria if "pagination" in criteria else item, where)
        entity = criteria.get("response_entity") or "Member"
        if entity not in ("Member", "Group"):
            raise Fault(f"{where}.search_criteria.response_entity", "must be Member or Group")
        question, fault = _question(
            criteria, f"{where}.search_criteria", "query_type", "query", attributes, identifiers
        )
        if reference in seen:
            question, fault = None, ("rjct.reference_id.duplicate", "this reference_id was used twice in one message")
        seen.add(reference)
        found.append(Asked(reference, question, entity, size, page, language, fault))
    return found


def _pagination(source: Mapping[str, Any], where: str) -> tuple[int, int]:
    told = source.get("pagination")
    if told is None:
        return 100, 1
    place = f"{where}.pagination"
    table = e.table(told, place)
    size = e.whole(table, "page_size", place, low=1, high=2**31)
    return min(size, e.LARGEST_PAGE), e.whole(table, "page_number", place, low=1, high=2**31, default=1)


def _question(
    source: Mapping[str, Any],
    where: str,
    type_name: str,
    name: str,
    attributes: Collection[str],
    identifiers: Collection[str],
) -> tuple[Question | None, tuple[str, str] | None]:
    kind = e.text(source, type_name, where)
    if kind not in (*QUERY_TYPES, GRAPHQL):
        raise Fault(f"{where}.{type_name}", f"must be one of {', '.join(QUERY_TYPES)}")
    if source.get(name) is None:
        raise Fault(f"{where}.{name}", "must be there")
    try:
        return read_question(kind, source[name], attributes, identifiers), None
    except NotAskable as no:
        return None, (no.code, str(no))


def read_status_question(
    message: Mapping[str, Any], name: str, attributes: Collection[str], identifiers: Collection[str]
) -> Asked:
    """The one question of `sync/enrolled` and of the three disability questions; `name` is the field of its
    criteria.
    """
    e.transaction(message)
    where = f"message.{name}"
    criteria = e.table(message.get(name), where)
    entity = criteria.get("response_entity") or "Member"
    if entity not in ("Member", "Group"):
        raise Fault(f"{where}.response_entity", "must be Member or Group")
    question, fault = _question(criteria, where, "query_type", "query", attributes, identifiers)
    return Asked(str(message.get("reference_id") or message["transaction_id"])[:99], question, entity, fault=fault)


def read_subscribe(
    message: Mapping[str, Any], events: Collection[str], attributes: Collection[str], identifiers: Collection[str]
) -> list[WantedEvents]:
    """The subscriptions that are asked for.

    `filter_type` may be left out, as later copies of the specification do: then it is told by its form.
    """
    e.transaction(message)
    found, seen = [], set()
    for number, told in enumerate(e.listed(message.get("subscribe_request"), "message.subscribe_request")):
        where = f"message.subscribe_request[{number}]"
        item = e.table(told, where)
        reference = e.text(item, "reference_id", where)
        e.stamp(item, "timestamp", where)
        e.locale(item, where)
        criteria = e.table(item.get("subscribe_criteria"), f"{where}.subscribe_criteria")
        place = f"{where}.subscribe_criteria"
        event = e.text(criteria, "reg_event_type", place)
        record_type = e.text(criteria, "notify_record_type", place)
        wanted = dict(criteria)
        wanted.setdefault("filter_type", _form_of(criteria.get("filter")))
        question, fault = _question(wanted, place, "filter_type", "filter", attributes, identifiers)
        if fault is None and event.rpartition(":")[2] not in events:
            fault = ("rjct.notify_types.invalid", f"no such event here; there are {', '.join(events)}")
        if reference in seen:
            fault = ("rjct.reference_id.duplicate", "this reference_id was used twice in one message")
        seen.add(reference)
        found.append(WantedEvents(reference, event.rpartition(":")[2], record_type, wanted, question, fault))
    return found


def _form_of(query: object) -> str:
    if isinstance(query, list):
        return "predicate"
    return (
        "expression" if isinstance(query, Mapping) and not isinstance(query.get("value"), str | int) else "idtype-value"
    )


def read_unsubscribe(message: Mapping[str, Any]) -> list[str]:
    """The codes of the subscriptions to end; the typing errors of the official file are taken too."""
    e.transaction(message)
    e.stamp(message, "timestamp", "message", "timesstamp", "timesatmp")
    codes = message.get("subscription_codes", message.get("sunscription_codes"))
    return [
        e.text({"code": code}, "code", f"message.subscription_codes[{n}]")
        for n, code in enumerate(e.listed(codes, "message.subscription_codes"))
    ]


def read_txn_status(message: Mapping[str, Any]) -> StatusAsked:
    """What is asked of an earlier request."""
    e.transaction(message)
    where = "message.txnstatus_request"
    told = e.table(message.get("txnstatus_request"), where)
    kind, attribute = e.text(told, "txn_type", where), e.text(told, "attribute_type", where)
    if kind not in TXN_TYPES:
        raise Fault(f"{where}.txn_type", f"must be one of {', '.join(TXN_TYPES)}")
    if attribute not in TXN_ATTRIBUTES:
        raise Fault(f"{where}.attribute_type", f"must be one of {', '.join(TXN_ATTRIBUTES)}")
    e.locale(told, where)
    value = told.get("attribute_value")
    values = e.listed(value, f"{where}.attribute_value") if isinstance(value, list) else [value]
    return StatusAsked(
        e.text(told, "reference_id", where),
        kind,
        attribute,
        tuple(e.text({"attribute_value": one}, "attribute_value", where) for one in values),
    )


def read_events(message: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The events of a notification: (reference, records). Records may be one object or an array."""
    e.transaction(message)
    found = []
    for number, told in enumerate(e.listed(message.get("notify_event"), "message.notify_event")):
        where = f"message.notify_event[{number}]"
        item = e.table(told, where)
        reference = e.text(item, "reference_id", where)
        e.stamp(item, "timestamp", where)
        e.locale(item, where)
        data = e.table(item.get("data"), f"{where}.data")
        e.text(data, "reg_record_type", f"{where}.data")
        found.append((reference, records_in(data.get("reg_records"), f"{where}.data.reg_records")))
    return found


def records_in(told: object, where: str) -> list[dict[str, Any]]:
    """Records as an array: the specification has one object in some registers and an array in others; an empty object
    is none.
    """
    if isinstance(told, Mapping):
        return [dict(told)] if told else []
    if isinstance(told, list):
        return [e.table(one, where) for one in told if one != {}]
    raise Fault(where, "must be an object or an array")


def read_answers(message: Mapping[str, Any], name: str = "search_response") -> list[dict[str, Any]]:
    """The answers to a search, a subscription: each with reference_id and status checked."""
    e.transaction(message)
    found = []
    for number, told in enumerate(e.listed(message.get(name), f"message.{name}", least=0)):
        where = f"message.{name}[{number}]"
        item = e.table(told, where)
        e.text(item, "reference_id", where)
        if item.get("status") not in e.STATUSES:
            raise Fault(f"{where}.status", f"must be one of {', '.join(e.STATUSES)}")
        found.append(item)
    return found


def read_callback(action: str, message: Mapping[str, Any]) -> None:
    """Check the form of a callback; Fault names what is wrong."""
    e.transaction(message)
    if action != "notify":
        e.text(message, "correlation_id", "message")
    if action == "on-search":
        read_answers(message)
    elif action == "on-subscribe":
        read_answers(message, "subscribe_response")
    elif action == "on-unsubscribe":
        if message.get("status") not in e.STATUSES:
            raise Fault("message.status", f"must be one of {', '.join(e.STATUSES)}")
    elif action == "txn-on-status":
        e.table(message.get("txnstatus_response"), "message.txnstatus_response")
    elif action == "notify":
        read_events(message)


def search(
    transaction_id: str,
    questions: Sequence[tuple[str, str, object]],
    at: datetime,
    *,
    reg_type: str,
    record_type: str,
    size: int = 0,
    page: int = 1,
) -> dict[str, Any]:
    """The message of a search: (reference, query type, query) for each question."""
    stamp = at.isoformat(timespec="milliseconds")
    requests = []
    for reference, kind, query in questions:
        criteria: dict[str, Any] = {
            "version": e.VERSION,
            "reg_type": reg_type,
            "reg_record_type": record_type,
            "query_type": kind,
            "query": query,
        }
        if size:
            criteria["pagination"] = {"page_size": size, "page_number": page}
        requests.append({"reference_id": reference, "timestamp": stamp, "search_criteria": criteria, "locale": "zho"})
    return {"transaction_id": transaction_id, "search_request": requests}
