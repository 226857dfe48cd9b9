"""Messages that come: checked, kept once, answered at once or later. Nothing is acknowledged before it is kept."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from lxbt import vault
from lxbt.accounts.operations.tallies import count_hit, tallied, tally_key
from lxbt.core.refusal import Refusal
from lxbt.core.signing import BadSignature
from lxbt.exchange import queries, signing
from lxbt.exchange.models import Link, Message, Partner
from lxbt.exchange.operations import answering, applying, listing
from lxbt.exchange.operations.partners import give_token, was_right
from lxbt.exchange.operations.sending import WAKE_IN, wake_after_commit
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.envelope import Envelope, Fault
from lxbt.exchange.rules.list_records import NotGranted
from lxbt.exchange.rules.signature import is_unsigned, verify

_ILLEGIBLE = re.compile(r"\\u0000|[\ud800-\udfff]")  # in JSON: NUL, half of a pair of surrogates
LARGEST = 32 * 2**20  # bytes of a message
OLDEST = timedelta(days=2)  # a message may have waited at its sender; its signature is fresh all the same
AHEAD = timedelta(minutes=2)
MINUTE = 60
WRONG_SECRETS = 20  # from one address in a quarter of an hour


@dataclass(frozen=True, slots=True)
class Route:
    """What an address takes: the actions, whether it is a callback, whether it is answered at once, in which
    registers.
    """

    actions: tuple[str, ...]
    kind: str  # sync, async, callback
    registers: tuple[str, ...] = ("ibr", "social")


EVERY = ("ibr", "social", "dr", listing.REGISTER)
ROUTES = {
    "search": Route(("search",), "async"),
    "subscribe": Route(("subscribe",), "async"),
    "unsubscribe": Route(("unsubscribe",), "async"),
    "txn/status": Route(("txn-status", "status"), "async"),
    "sync/search": Route(("search",), "sync"),
    "sync/txn/status": Route(("txn-status", "status"), "sync"),
    "sync/enrolled": Route(("search", "enrolled"), "sync", ("ibr",)),
    "sync/enrollment/updates": Route(("notify", "updates"), "sync", ("ibr",)),
    "on-search": Route(("on-search",), "callback", EVERY),
    "on-subscribe": Route(("on-subscribe",), "callback", EVERY),
    "on-unsubscribe": Route(("on-unsubscribe",), "callback", EVERY),
    "txn/on-status": Route(("txn-on-status",), "callback", EVERY),
    "notify": Route(("notify",), "callback", EVERY),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer by HTTP."""

    status: int
    body: dict[str, Any]


class Declined(Exception):
    """The message is not taken: HTTP status, code of the specification, sentence for the other side's operator."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def receive(
    *, namespace: str, path: str, raw: bytes, content_type: str, authorization: str, at: datetime, on: date
) -> Reply:
    """Take a message at an address of a register, and answer it."""
    try:
        route = ROUTES.get(path)
        if route is None or namespace not in route.registers:
            raise Declined(404, "err.request.not_found", "there is nothing at this address")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise Declined(415, "err.request.bad", "send application/json")
        partner = _caller(authorization, at)
        _at_its_door(partner, namespace, path)
        envelope = _read(raw, route)
        _sender(partner, envelope, at)
        if route.kind == "sync":
            return _answer_at_once(partner, namespace, path, envelope, at, on)
        return _keep_and_acknowledge(partner, namespace, path, route, envelope, at, on)
    except Declined as no:
        return Reply(no.status, e.errors(no.code, str(no), at, str(uuid.uuid4())))
    except Fault as fault:
        return Reply(400, e.errors(fault.code, str(fault), at, str(uuid.uuid4())))


def _at_its_door(partner: Partner, namespace: str, path: str) -> None:
    """Bodies that give lists have a register of their own, and ask nothing."""
    if (partner.kind == listing.LISTER) != (namespace == listing.REGISTER) or (
        partner.kind == listing.LISTER and path not in listing.TAKES
    ):
        raise Declined(403, "err.request.forbidden", "this address is not for this sender")


def _caller(authorization: str, at: datetime) -> Partner:
    scheme, _space, token = authorization.partition(" ")
    partner = queries.partner_of_token(token.strip(), at) if scheme.lower() == "bearer" and token.strip() else None
    if partner is None:
        raise Declined(
            401, "err.request.unauthorized", "a bearer token of /oauth2/client/token is needed, or this one has ended"
        )
    if count_hit(key=tally_key("exchange", partner.pk), seconds=MINUTE, at=at).count > partner.quota:
        raise Declined(429, "err.request.too_many_requests", f"more than {partner.quota} requests a minute")
    return partner


def _read(raw: bytes, route: Route) -> Envelope:
    if len(raw) > LARGEST:
        raise Declined(413, "err.request.bad", "the message is too large")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise Declined(400, "err.request.bad", "the body is no JSON") from None
    if _ILLEGIBLE.search(json.dumps(body, ensure_ascii=False)):
        raise Declined(
            400, "err.request.bad", "the message holds NUL or half of a pair of surrogates, which no text can"
        )
    return e.read_envelope(body, route.actions, callback=route.kind == "callback")


def _sender(partner: Partner, envelope: Envelope, at: datetime) -> None:
    """The sender is the one that the token belongs to, the message is signed by it, and new."""
    header = envelope.header
    if header.sender_id and header.sender_id != partner.sender_id:
        raise Declined(403, "err.sender_id.invalid", "sender_id is not the one of this token")
    if is_unsigned(envelope.signature):
        if partner.must_sign:
            raise Declined(401, "err.signature.missing", "messages of this sender must be signed")
    else:
        try:
            verify(
                envelope.signature or "",
                envelope.raw_header,
                envelope.message,
                sender_id=partner.sender_id,
                at=at,
                key_of=lambda key_id, algorithm: queries.public_key(partner, key_id, algorithm, at),
            )
        except BadSignature as error:
            raise Declined(401, "err.signature.invalid", str(error)) from None
    if not at - OLDEST <= header.message_ts <= at + AHEAD:
        raise Declined(400, "rjct.message_ts.invalid", "message_ts is too old, or ahead of the time")


def _answer_at_once(partner: Partner, namespace: str, path: str, envelope: Envelope, at: datetime, on: date) -> Reply:
    correlation, message, status = str(uuid.uuid4()), envelope.message, "succ"
    with transaction.atomic():
        _once(partner, namespace, envelope, correlation, at, state="applied")
        about: dict[str, Any] = {"message": message, "correlation_id": correlation, "at": at}
        if path == "sync/search":
            action, answer = "on-search", answering.answer_search(**about, partner=partner, namespace=namespace, on=on)
        elif path == "sync/enrolled":
            action, answer = "on-search", answering.answer_enrolled(**about, partner=partner, on=on)
        elif path == "sync/enrollment/updates":
            action, answer = "on-search", answering.answer_updates(**about)
            status = "rjct"
        else:
            action, (answer, status) = "txn-on-status", answering.answer_status(**about, partner=partner)
    us = settings.LXBT_EXCHANGE_ID
    header = e.callback_header(
        action, message_id=str(uuid.uuid4()), at=at, sender_id=us, receiver_id=partner.sender_id, status=status
    )
    return Reply(200, signing.signed(header, answer, at=at, sender_id=us, key=signing.signing_keys()[-1]))


def _once(
    partner: Partner,
    namespace: str,
    envelope: Envelope,
    correlation: str,
    at: datetime,
    *,
    state: str,
    body: bytes | None = None,
) -> Message:
    """Keep a message; Declined when its number came before. The database decides, so two at the same moment are one."""
    header = envelope.header
    try:
        with transaction.atomic():
            return Message.objects.create(
                partner=partner,
                sender_id=partner.sender_id,
                message_id=header.message_id,
                action="txn-status" if header.action == "status" else header.action,
                namespace=namespace,
                transaction_id=e.transaction(envelope.message),
                correlation_id=correlation,
                sent_at=header.message_ts,
                received_at=at,
                state=state,
                next_at=at,
                done_at=None if state == "waiting" else at,
                body=body,
            )
    except IntegrityError:
        raise Declined(409, "rjct.message_id.duplicate", "this message_id came before") from None


def _keep_and_acknowledge(
    partner: Partner, namespace: str, path: str, route: Route, envelope: Envelope, at: datetime, on: date
) -> Reply:
    correlation = str(uuid.uuid4())
    if route.kind == "callback":
        r.read_callback(envelope.header.action, envelope.message)
        if partner.kind == listing.LISTER and envelope.header.action == "notify":
            _check_lists(partner, envelope)
    else:
        _check_request(partner, path, envelope)
    try:
        kept = _once(
            partner,
            namespace,
            envelope,
            correlation,
            at,
            state="waiting",
            body=vault.seal_body({"header": envelope.raw_header, "message": envelope.message}),
        )
    except Declined:
        if route.kind != "callback":
            raise
        return Reply(
            200, e.acknowledged(_known_correlation(partner, envelope), at)
        )  # it has it already: say so, else it sends forever
    if route.kind == "callback":
        Link.objects.update_or_create(partner=partner, defaults={"heard_at": at})
        _apply_now(kept.pk, at, on)
    else:
        wake_after_commit(WAKE_IN)
    return Reply(200, e.acknowledged(correlation, at))


def _check_lists(partner: Partner, envelope: Envelope) -> None:
    try:
        listing.check_told(partner, envelope.message)
    except NotGranted as no:
        raise Declined(403, "err.request.forbidden", str(no)) from None


def _known_correlation(partner: Partner, envelope: Envelope) -> str:
    found = (
        Message.objects.filter(sender_id=partner.sender_id, message_id=envelope.header.message_id)
        .values_list("correlation_id", flat=True)
        .first()
    )
    return found or str(uuid.uuid4())


def _check_request(partner: Partner, path: str, envelope: Envelope) -> None:
    """What breaks the schema is refused now, not by a callback."""
    message: Mapping[str, Any] = envelope.message
    uri = envelope.header.sender_uri
    if uri and not answering.is_theirs(partner, uri):
        raise Declined(400, "err.sender_uri.invalid", "sender_uri is not under the address of this partner")
    if not uri and not partner.base_url:
        raise Declined(400, "err.sender_uri.invalid", "there is no address to answer to")
    if path == "search":
        r.read_search(message, (), ())
    elif path == "subscribe":
        r.read_subscribe(message, (), (), ())
    elif path == "unsubscribe":
        r.read_unsubscribe(message)
    else:
        r.read_txn_status(message)


def _apply_now(pk: int, at: datetime, on: date) -> None:
    """Apply a kept callback in the same request, so that it is seen at once; what fails is left to the worker."""
    try:
        applying.apply_message(pk=pk, at=at, on=on)
    except (DatabaseError, Refusal):
        wake_after_commit(WAKE_IN)


def credentials(raw: bytes, content_type: str, authorization: str) -> dict[str, str]:
    """Client credentials from a form, from JSON, or from the Authorization header (Basic)."""
    try:
        told = (
            json.loads(raw)
            if content_type.partition(";")[0].strip().lower() == "application/json"
            else dict(parse_qsl(raw[:10_000].decode()))
        )
    except (ValueError, RecursionError):
        return {}
    found = {str(name): str(value)[:500] for name, value in told.items()} if isinstance(told, dict) else {}
    scheme, _space, text = authorization.partition(" ")
    if scheme.lower() == "basic" and "client_secret" not in found:
        try:
            client_id, _colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return found
        found |= {"client_id": client_id, "client_secret": secret}
    return found


def token_for(told: Mapping[str, str], *, address: str, at: datetime) -> tuple[str, int] | None:
    """A token for these credentials. After many wrong ones from one address no new one is tried there for a while.

    Only trying is stopped: a secret that was right before is right from everywhere, whoever else calls from the same
    address.
    """
    key = tally_key("exchange token", address)
    client_id, secret = told.get("client_id", ""), told.get("client_secret", "")
    if tallied(key=key, at=at).count > WRONG_SECRETS and not was_right(client_id, secret, at):
        return None
    given = give_token(client_id=client_id, client_secret=secret, at=at)
    if given is None:
        count_hit(key=key, seconds=15 * MINUTE, at=at)
    return given
