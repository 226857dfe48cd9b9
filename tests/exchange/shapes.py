"""The published shapes of messages, as JSON Schemas: required fields, kinds, lengths and code lists of the two copies
of the specification.
"""

from __future__ import annotations

from typing import Any

import jsonschema

STAMP = {"type": "string", "format": "date-time"}
ID = {"type": "string", "minLength": 1, "maxLength": 99}
STATUS = {"enum": ["rcvd", "pdng", "succ", "rjct"]}
REASON = {"type": "string", "maxLength": 999}
LOCALE = {"type": "string", "pattern": "^[a-z]{3}$"}


def table(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": required | optional}


def several(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def envelope(header: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    return table({"header": header, "message": message}, signature={"type": "string"})


def request_header(*actions: str) -> dict[str, Any]:
    return table(
        {
            "message_id": ID,
            "message_ts": STAMP,
            "action": {"enum": list(actions)},
            "sender_id": ID,
            "total_count": {"type": "integer"},
        },
        version={"const": "1.0.0"},
        sender_uri={"type": "string", "format": "uri"},
        receiver_id=ID,
        is_msg_encrypted={"type": "boolean"},
        meta={"type": "object"},
    )


def callback_header(*actions: str) -> dict[str, Any]:
    return table(
        {"message_id": ID, "message_ts": STAMP, "action": {"enum": list(actions)}, "status": STATUS},
        version={"const": "1.0.0"},
        status_reason_code={"type": "string"},
        status_reason_message=REASON,
        total_count={"type": "integer"},
        completed_count={"type": "integer"},
        sender_id=ID,
        receiver_id=ID,
        is_msg_encrypted={"type": "boolean"},
        meta={"type": "object"},
    )


IDENTIFIER = table({"type": {"type": "string"}, "value": {"type": ["string", "number", "boolean", "object"]}})
EXPRESSION = table({"value": {"type": "object"}}, type={"type": "string"})
MEMBER = table(
    {
        "attribute_name": {"type": "string"},
        "operator": {"enum": ["gt", "lt", "eq", "ge", "le", "in"]},
        "attribute_value": {"type": ["string", "boolean", "object"]},
    }
)
PREDICATE = several(
    table(
        {"expression1": MEMBER},
        seq_num={"type": "integer"},
        condition={"enum": ["and", "or", "not"]},
        expression2=MEMBER,
    )
)
QUERY = {"anyOf": [IDENTIFIER, EXPRESSION, PREDICATE]}
QUERY_TYPE = {"enum": ["idtype-value", "expression", "predicate"]}
PAGINATION = table(
    {"page_size": {"type": "integer", "minimum": 1}},
    page_number={"type": "integer", "minimum": 1},
    total_count={"type": "integer"},
)
FREQUENCY = table({"start_time": STAMP, "end_time": STAMP, "frequency": {"type": "string"}})

SEARCH = envelope(
    request_header("search"),
    table(
        {
            "transaction_id": ID,
            "search_request": several(
                table(
                    {
                        "reference_id": ID,
                        "timestamp": STAMP,
                        "search_criteria": table({"query_type": QUERY_TYPE, "query": QUERY}, pagination=PAGINATION),
                    },
                    locale=LOCALE,
                )
            ),
        }
    ),
)
SUBSCRIBE = envelope(
    request_header("subscribe"),
    table(
        {
            "transaction_id": ID,
            "subscribe_request": several(
                table(
                    {
                        "reference_id": ID,
                        "timestamp": STAMP,
                        "subscribe_criteria": table(
                            {"reg_event_type": ID, "filter": QUERY, "notify_record_type": ID},
                            frequency=FREQUENCY,
                            filter_type=QUERY_TYPE,
                        ),
                    },
                    locale=LOCALE,
                )
            ),
        }
    ),
)
UNSUBSCRIBE = envelope(
    request_header("unsubscribe"), table({"transaction_id": ID, "timestamp": STAMP, "subscription_codes": several(ID)})
)
TXN_STATUS = envelope(
    request_header("txn-status"),
    table(
        {
            "transaction_id": ID,
            "txnstatus_request": table(
                {
                    "reference_id": ID,
                    "txn_type": {"enum": ["search", "subscribe", "receipt"]},
                    "attribute_type": {"enum": ["transaction_id", "reference_id_list", "correlation_id"]},
                    "attribute_value": {"type": ["string", "array"]},
                }
            ),
        }
    ),
)

SEARCH_CODES = {
    "enum": [
        "rjct.reference_id.invalid",
        "rjct.reference_id.duplicate",
        "rjct.timestamp.invalid",
        "rjct.search_criteria.invalid",
        "rjct.filter.invalid",
        "rjct.sort.invalid",
        "rjct.pagination.invalid",
        "rjct.search.too_many_records_found",
    ]
}


def search_response(records: dict[str, Any]) -> dict[str, Any]:
    answer = table(
        {"reference_id": ID, "timestamp": STAMP, "status": STATUS},
        status_reason_code=SEARCH_CODES,
        status_reason_message=REASON,
        locale=LOCALE,
        pagination=PAGINATION,
        data=table({"reg_records": records}),
    )
    return table({"transaction_id": ID, "correlation_id": ID, "search_response": several(answer)})


MEMBER_OBJECT = table(
    {
        "member_identifier": several(
            table({"identifier_type": {"type": "string"}, "identifier_value": {"type": "string"}})
        )
    },
    demographic_info=table(
        {}, sex={"enum": ["male", "female", "other", "unknown"]}, birth_date={"type": "string", "format": "date"}
    ),
    is_disabled={"type": "boolean"},
)
BENEFICIARY = table(
    {
        "assistance_unit": {"enum": ["1", "2", "3"]},
        "member": MEMBER_OBJECT,
        "programme_identifier": {"type": "object"},
        "enrollment_date": {"type": "string", "format": "date"},
        "enrollment_status": {"enum": ["1", "2", "3", "4"]},
    },
    benefits=several(table({"benefit_type": {"enum": ["1", "2", "3", "4", "5", "6"]}})),
)
DISABLED_PERSON = table(
    {"personal_details": MEMBER_OBJECT},
    disability_status={"enum": ["0", "1", "2"]},
    disability_status_level={"enum": ["1", "2", "3", "4"]},
    disability_details=several(
        table({"impairment_type": {"enum": list("123456")}, "impairment_level": {"enum": list("1234")}})
    ),
    last_updated=STAMP,
)

IBR_SEARCHED = envelope(callback_header("on-search"), search_response(several(BENEFICIARY)))
SOCIAL_SEARCHED = envelope(callback_header("on-search"), search_response(several(MEMBER_OBJECT)))
DR_SEARCHED = envelope(
    callback_header("on-search"), search_response({"anyOf": [DISABLED_PERSON, several(DISABLED_PERSON)]})
)
ENROLLED = envelope(
    callback_header("on-search"),
    table(
        {
            "transaction_id": ID,
            "correlation_id": ID,
            "enrolled_response": several(
                table(
                    {
                        "reference_id": ID,
                        "timestamp": STAMP,
                        "status": STATUS,
                        "enrolled_status": {"enum": ["yes", "no"]},
                    },
                    status_reason_message=REASON,
                )
            ),
        }
    ),
)
UPDATED = envelope(
    callback_header("on-search"),
    table(
        {
            "transaction_id": ID,
            "correlation_id": ID,
            "enrolled_response": several(table({"reference_id": ID, "timestamp": STAMP, "status": STATUS})),
        }
    ),
)
DISABLED = envelope(
    callback_header("on-search"),
    table(
        {
            "transaction_id": ID,
            "correlation_id": ID,
            "disabled_response": several(
                table(
                    {
                        "reference_id": ID,
                        "timestamp": STAMP,
                        "status": STATUS,
                        "disabled_status": {"enum": ["yes", "no"]},
                    }
                )
            ),
        }
    ),
)
SUBSCRIPTION = table({"code": ID, "status": {"enum": ["subscribe", "unsubscribe"]}, "timestamp": STAMP})
SUBSCRIBED = envelope(
    callback_header("on-subscribe"),
    table(
        {
            "transaction_id": ID,
            "correlation_id": ID,
            "subscribe_response": several(
                table({"reference_id": ID, "timestamp": STAMP, "status": STATUS}, subscriptions=several(SUBSCRIPTION))
            ),
        }
    ),
)
UNSUBSCRIBED = envelope(
    callback_header("on-unsubscribe"),
    table(
        {"transaction_id": ID, "correlation_id": ID, "timestamp": STAMP, "status": STATUS},
        subscription_status=several(table({"code": ID, "status": {"enum": ["subscribe", "unsubscribe"]}})),
    ),
)
STATUS_TOLD = envelope(
    callback_header("txn-on-status"),
    table(
        {
            "transaction_id": ID,
            "correlation_id": ID,
            "txnstatus_response": table(
                {"txn_type": {"enum": ["search", "subscribe", "receipt"]}, "txn_status": {"type": "object"}}
            ),
        }
    ),
)


def notified(record: dict[str, Any]) -> dict[str, Any]:
    data = table({"reg_record_type": ID, "reg_records": record}, reg_type=ID, reg_event_type=ID)
    event = table({"reference_id": ID, "timestamp": STAMP, "data": data}, locale=LOCALE)
    return envelope(callback_header("notify"), table({"transaction_id": ID, "notify_event": several(event)}))


DR_NOTIFIED, IBR_NOTIFIED = notified(DISABLED_PERSON), notified(BENEFICIARY)
ACK_CODES = {
    "enum": [
        "err.request.bad",
        "err.request.unauthorized",
        "err.request.forbidden",
        "err.request.not_found",
        "err.request.timeout",
        "err.request.too_many_requests",
        "err.version.not_supported",
        "err.sender_id.invalid",
        "err.sender_uri.invalid",
        "err.receiver_id.invalid",
        "err.signature.missing",
        "err.signature.invalid",
        "err.encryption.invalid",
        "err.service.unavailable",
    ]
}
ACKNOWLEDGED = table(
    {
        "message": table(
            {"ack_status": {"enum": ["ACK", "NACK", "ERR"]}, "timestamp": STAMP, "correlation_id": ID},
            error=table({"code": ACK_CODES, "message": REASON}),
        )
    }
)
REFUSED = table({"errors": several(table({"code": {"type": "string"}, "message": {"type": "string"}}))}) | {
    "allOf": [ACKNOWLEDGED]
}


def check(message: object, shape: dict[str, Any]) -> None:
    """AssertionError names what is wrong."""
    jsonschema.Draft202012Validator.check_schema(shape)
    wrong = sorted(
        jsonschema.Draft202012Validator(shape, format_checker=jsonschema.FormatChecker()).iter_errors(message), key=str
    )
    assert wrong == [], "; ".join(f"{one.json_path}: {one.message[:200]}" for one in wrong)
