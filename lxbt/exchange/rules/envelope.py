"""Envelopes: read with every field checked, and written. Pure.

The published specification has two readings of several names, and typing errors in some; both are taken, the right ones
are written (`docs/dci.md`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

VERSION = "1.0.0"
STATUSES = ("rcvd", "pdng", "succ", "rjct")
LONGEST_ID, LONGEST_REASON = 99, 999
MOST_REQUESTS = 2000  # in one envelope
LARGEST_PAGE = 2000
_LOCALE = re.compile(r"[a-z]{3}", re.ASCII)
_MISSING = object()


class Fault(ValueError):
    """The message is not of the agreed form. `code` is of the specification, `where` the path of the field."""

    def __init__(self, where: str, message: str, code: str = "err.request.bad") -> None:
        super().__init__(f"{where}: {message}"[:LONGEST_REASON])
        self.where, self.code = where, code


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a request or of a callback; `status` only of a callback."""

    message_id: str
    message_ts: datetime
    action: str
    sender_id: str
    sender_uri: str
    receiver_id: str
    total_count: int
    status: str
    meta: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it came: what was signed is kept as it stood."""

    signature: str | None
    raw_header: dict[str, Any]
    header: Header
    message: dict[str, Any]


def table(value: object, where: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise Fault(where, "must be an object")
    return value


def listed(value: object, where: str, least: int = 1) -> list[Any]:
    """An array with at least so many members."""
    if not isinstance(value, list) or len(value) < least:
        raise Fault(where, f"must be an array of {least} or more" if least else "must be an array")
    if len(value) > MOST_REQUESTS:
        raise Fault(where, f"more than {MOST_REQUESTS}", "rjct.total_count.limit_exceeded")
    return value


def text(source: Mapping[str, Any], name: str, where: str, *, needed: bool = True, longest: int = LONGEST_ID) -> str:
    """A text of 1 to `longest` characters; empty when it may be left out and is."""
    value = source.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value) or len(value) > longest:
        raise Fault(f"{where}.{name}", f"must be a text of 1 to {longest} characters")
    if "\x00" in value:
        raise Fault(f"{where}.{name}", "must not hold a NUL")
    return value


def whole(source: Mapping[str, Any], name: str, where: str, *, low: int, high: int, default: int | None = None) -> int:
    """A whole number in [low, high]."""
    value = source.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Fault(f"{where}.{name}", f"must be a whole number from {low} to {high}")
    return value


def stamp(source: Mapping[str, Any], name: str, where: str, *other_names: str) -> datetime:
    """A moment: ISO 8601 with a time zone."""
    value = next((source[n] for n in (name, *other_names) if n in source), _MISSING)
    code = "rjct.message_ts.invalid" if name == "message_ts" else "rjct.timestamp.invalid"
    if not isinstance(value, str) or "T" not in value:
        raise Fault(f"{where}.{name}", "must be an ISO 8601 moment with a time zone", code)
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise Fault(f"{where}.{name}", "must be an ISO 8601 moment with a time zone", code) from None
    if found.tzinfo is None:
        raise Fault(f"{where}.{name}", "must have a time zone", code)
    return found


def locale(source: Mapping[str, Any], where: str) -> str:
    """A language by ISO 639-3, three small letters; empty when left out."""
    value = source.get("locale")
    if value is None:
        return ""
    if not isinstance(value, str) or not _LOCALE.fullmatch(value):
        raise Fault(f"{where}.locale", "must be three small letters (ISO 639-3)")
    return value


def read_envelope(body: object, actions: Sequence[str], *, callback: bool) -> Envelope:
    """The envelope of a request, or of a callback; Fault names what is wrong."""
    whole_body = table(body, "body")
    signature = whole_body.get("signature")
    if signature is not None and not isinstance(signature, str):
        raise Fault("signature", "must be a text")
    raw, message = table(whole_body.get("header"), "header"), table(whole_body.get("message"), "message")
    if raw.get("is_msg_encrypted"):
        raise Fault(
            "header.is_msg_encrypted",
            "encrypted messages are not taken here; the line is encrypted by TLS",
            "err.encryption.invalid",
        )
    if raw.get("version", VERSION) != VERSION:
        raise Fault("header.version", f"must be {VERSION}", "err.version.not_supported")
    action = text(raw, "action", "header")
    if action not in actions:
        raise Fault("header.action", f"must be {' or '.join(actions)}", "rjct.action.invalid")
    status = text(
        raw, "status", "header", needed=callback and action not in ("on-subscribe", "on-unsubscribe"), longest=4
    )
    if status and status not in STATUSES:
        raise Fault("header.status", f"must be one of {', '.join(STATUSES)}")
    return Envelope(
        signature,
        raw,
        Header(
            message_id=text(raw, "message_id", "header"),
            message_ts=stamp(raw, "message_ts", "header"),
            action=action,
            sender_id=text(raw, "sender_id", "header", needed=not callback),
            sender_uri=text(raw, "sender_uri", "header", needed=False, longest=500),
            receiver_id=text(raw, "receiver_id", "header", needed=False),
            total_count=whole(raw, "total_count", "header", low=0, high=MOST_REQUESTS, default=1),
            status=status,
            meta=table(raw.get("meta") or {}, "header.meta"),
        ),
        message,
    )


def header(
    action: str,
    *,
    message_id: str,
    at: datetime,
    sender_id: str,
    receiver_id: str,
    sender_uri: str = "",
    count: int = 1,
) -> dict[str, Any]:
    """The header of a request."""
    made = {
        "version": VERSION,
        "message_id": message_id,
        "message_ts": at.isoformat(timespec="milliseconds"),
        "action": action,
        "sender_id": sender_id,
        "receiver_id": receiver_id,
        "total_count": count,
        "is_msg_encrypted": False,
    }
    return made | ({"sender_uri": sender_uri} if sender_uri else {})


def callback_header(
    action: str,
    *,
    message_id: str,
    at: datetime,
    sender_id: str,
    receiver_id: str,
    status: str = "succ",
    count: int = 1,
    reason: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The header of a callback, of an event, or of an answer at once. `reason` is (code, message) of a rejection."""
    made: dict[str, Any] = {
        "version": VERSION,
        "message_id": message_id,
        "message_ts": at.isoformat(timespec="milliseconds"),
        "action": action,
        "status": status,
        "total_count": count,
        "completed_count": count,
        "sender_id": sender_id,
        "receiver_id": receiver_id,
        "is_msg_encrypted": False,
    }
    return made | (
        {"status_reason_code": reason[0], "status_reason_message": reason[1][:LONGEST_REASON]} if reason else {}
    )


def acknowledged(
    correlation_id: str, at: datetime, *, fault: tuple[str, str] | None = None, more: bool = True
) -> dict[str, Any]:
    """ACK: taken, a callback follows. NACK: taken, nothing follows. ERR with the code and text of a fault."""
    told: dict[str, Any] = {
        "ack_status": "ERR" if fault else "ACK" if more else "NACK",
        "timestamp": at.isoformat(timespec="milliseconds"),
    }
    told["correlation_id"] = correlation_id
    if fault:
        told["error"] = {"code": fault[0], "message": fault[1][:LONGEST_REASON]}
    return {"message": told}


def errors(code: str, message: str, at: datetime | None = None, correlation_id: str = "none") -> dict[str, Any]:
    """The body of an answer by HTTP status, for both readings of the specification: HttpErrorResponse, and an
    acknowledgement ERR.

    The acknowledgement knows codes that begin with `err.` only; the exact one stands in `errors`.
    """
    told: dict[str, Any] = {"errors": [{"code": code, "message": message[:LONGEST_REASON]}]}
    if at is not None:
        told |= acknowledged(
            correlation_id, at, fault=(code if code.startswith("err.") else "err.request.bad", message)
        )
    return told


def transaction(message: Mapping[str, Any]) -> str:
    """The transaction of a message."""
    return text(message, "transaction_id", "message")
