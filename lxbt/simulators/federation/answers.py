"""What the played Federation answers: each function takes the checked message of a request and gives the message of the
answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lxbt.divisions.rules import prefix as prefix_of
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules import records as dr
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.questions import NotAskable
from lxbt.registry.rules.federation import FederationRecord
from lxbt.simulators.federation.faults import Faults
from lxbt.simulators.federation.store import Store


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _about(message: Mapping[str, Any], correlation: str) -> dict[str, Any]:
    return {"transaction_id": message["transaction_id"], "correlation_id": correlation}


def search(store: Store, faults: Faults, message: Mapping[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
    """SearchResponse: a page of records for each question."""
    answers = []
    for one in r.read_search(message, dr.ATTRIBUTES, tuple(dr.IDENTIFIERS)):
        answer: dict[str, Any] = {"reference_id": one.reference_id, "timestamp": _stamp(at)}
        try:
            if one.question is None:
                raise NotAskable((one.fault or ("", ""))[1], (one.fault or ("rjct.search_criteria.invalid", ""))[0])
            found, total = store.find(one.question, one.page_size, one.page_number)
        except NotAskable as no:
            answers.append(answer | {"status": "rjct", "status_reason_code": no.code, "status_reason_message": str(no)})
            continue
        data = {
            "version": e.VERSION,
            "reg_type": dr.REG_TYPE,
            "reg_record_type": dr.RECORD_TYPE,
            "reg_records": written(faults, found),
        }
        pagination = {"page_size": one.page_size, "page_number": one.page_number, "total_count": total}
        answers.append(answer | {"status": "succ", "data": data, "pagination": pagination})
    if faults.strikes("half"):
        answers = answers[: len(answers) // 2] if len(answers) > 1 else [_halved(answers[0])] if answers else []
    return _about(message, correlation) | {"search_response": answers}


def _halved(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data", {})
    records = data.get("reg_records")
    return (
        answer | {"data": data | {"reg_records": records[: len(records) // 2]}} if isinstance(records, list) else answer
    )


def written(faults: Faults, found: list[FederationRecord]) -> Any:
    """Records as they travel: one is an object, as the register's schema has it; several are an array."""
    told = [dr.write_record(record) for record in found]
    for record in told:
        if faults.strikes("schema"):
            record["personal_details"].pop("additional_attributes")
    return told[0] if len(told) == 1 else told


def disabled(
    store: Store, faults: Faults, message: Mapping[str, Any], correlation: str, at: datetime
) -> dict[str, Any]:
    """Whether a person holds a certificate that counts: yes or no."""
    asked, found = _one(store, message)
    answer: dict[str, Any] = {"reference_id": asked.reference_id, "timestamp": _stamp(at)}
    if asked.fault:
        answer |= {"status": "rjct", "status_reason_message": ": ".join(asked.fault), "disabled_status": "no"}
    else:
        counts = found is not None and found.state in ("valid", "moved") and found.died_on is None
        answer |= {"status": "succ", "disabled_status": "yes" if counts else "no"}
    return _about(message, correlation) | {"disabled_response": [answer]}


def details(store: Store, faults: Faults, message: Mapping[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
    """Categories and grades."""
    asked, found = _one(store, message)
    records = [{"disability_details": dr.write_record(found)["disability_details"]}] if found else []
    return _about(message, correlation) | {"search_response": [_answer(asked, records, at)]}


def support(store: Store, faults: Faults, message: Mapping[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
    """What support is needed: for grades 1 and 2, help by a person."""
    asked, found = _one(store, message)
    needs = []
    if found is not None and found.grade <= 2:
        needs = [
            {
                "human_assistance": [{"type": "basic_activity", "intensity": "2", "support": "0"}],
                "last_updated": found.changed_at.isoformat(),
            }
        ]
    return _about(message, correlation) | {"search_response": [_answer(asked, [needs] if needs else [], at)]}


def _one(store: Store, message: Mapping[str, Any]) -> tuple[r.Asked, FederationRecord | None]:
    asked = r.read_status_question(message, "disabled_criteria", dr.ATTRIBUTES, tuple(dr.IDENTIFIERS))
    if asked.question is None:
        return asked, None
    found, _total = store.find(asked.question, 1, 1)
    return asked, found[0] if found else None


def _answer(asked: r.Asked, records: list[Any], at: datetime) -> dict[str, Any]:
    answer: dict[str, Any] = {"reference_id": asked.reference_id, "timestamp": _stamp(at)}
    if asked.fault:
        return answer | {
            "status": "rjct",
            "status_reason_code": asked.fault[0],
            "status_reason_message": asked.fault[1],
        }
    return answer | {
        "status": "succ",
        "data": {
            "version": e.VERSION,
            "reg_type": dr.REG_TYPE,
            "reg_record_type": dr.RECORD_TYPE,
            "reg_records": records,
        },
    }


def subscribe(store: Store, message: Mapping[str, Any], correlation: str, at: datetime, address: str) -> dict[str, Any]:
    """Take subscriptions; a new one replaces those of the same address."""
    answers = []
    for wanted in r.read_subscribe(message, (dr.EVENT,), dr.ATTRIBUTES, tuple(dr.IDENTIFIERS)):
        answer: dict[str, Any] = {"reference_id": wanted.reference_id, "timestamp": _stamp(at)}
        if wanted.fault:
            answers.append(
                answer
                | {"status": "rjct", "status_reason_code": wanted.fault[0], "status_reason_message": wanted.fault[1]}
            )
            continue
        for code, url, _criteria in store.subscriptions():
            if url == address:
                store.unsubscribe(code)
        code = secrets.token_hex(12)
        store.subscribe(code, address, dict(wanted.criteria), at)
        info = {
            "version": e.VERSION,
            "code": code,
            "status": "subscribe",
            "timestamp": _stamp(at),
            "reg_type": dr.REG_TYPE,
            "reg_event_type": wanted.event,
        }
        info |= {
            name: wanted.criteria[name]
            for name in ("filter_type", "filter", "notify_record_type")
            if name in wanted.criteria
        }
        answers.append(answer | {"status": "succ", "subscriptions": [info]})
    return _about(message, correlation) | {"subscribe_response": answers}


def unsubscribe(store: Store, message: Mapping[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
    """End subscriptions."""
    codes = r.read_unsubscribe(message)
    ended = [code for code in codes if store.unsubscribe(code)]
    answer: dict[str, Any] = {"timestamp": _stamp(at), "status": "succ" if len(ended) == len(codes) else "rjct"}
    if len(ended) < len(codes):
        answer |= {
            "status_reason_code": "rjct.subscription_code.invalid",
            "status_reason_message": "a code is not known",
        }
    return (
        _about(message, correlation)
        | answer
        | {"subscription_status": [{"code": code, "status": "unsubscribe"} for code in ended]}
    )


def status(known: Mapping[str, dict[str, Any]], message: Mapping[str, Any], correlation: str) -> dict[str, Any]:
    """What became of an earlier request."""
    asked = r.read_txn_status(message)
    kind = "subscribe_response" if asked.txn_type == "subscribe" else "search_response"
    told = known.get(asked.values[0]) or {"transaction_id": asked.values[0], "correlation_id": correlation, kind: []}
    return _about(message, correlation) | {"txnstatus_response": {"txn_type": asked.txn_type, "txn_status": told}}


def digests(store: Store, faults: Faults, message: Mapping[str, Any]) -> dict[str, Any]:
    """Counts and digests of the counties of an area, or handles and running numbers of the persons of a county."""
    wanted = e.table(message.get("digest_request"), "message.digest_request")
    if "county" in wanted:
        rows = store.digests_by_person(e.text(wanted, "county", "message.digest_request"))
    else:
        rows = store.digests_by_county(prefix_of(e.text(wanted, "area", "message.digest_request")))
    told = {"transaction_id": e.transaction(message), "digest_response": rows, "count": len(rows)}
    if faults.strikes("half"):
        told["digest_response"] = rows[: len(rows) // 2]
    return told
