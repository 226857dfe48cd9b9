"""Messages that go out: queued with what they answer, sent when the line allows, tried again until the partner has
them.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from lxbt import vault
from lxbt.core.refusal import Refusal
from lxbt.core.signing import BadSignature
from lxbt.exchange import queries, signing
from lxbt.exchange.client import NoAnswer, SaysNo, line_to
from lxbt.exchange.models import Link, Partner, Sending
from lxbt.exchange.rules import breaker as rules
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules.signature import verify

T = TypeVar("T")
WAKE_IN, WAKE_OUT = "exchange.work_inbox", "exchange.work_outbox"


class LinkDown(Refusal):
    """The line to the partner is interrupted; what was to be sent waits."""


def wake(task: str) -> None:
    """Have the worker look at once. The state in the table is the queue: a lost wake-up loses nothing."""
    app.configure_task(task, queueing_lock=task, allow_unknown=True).defer()


def wake_after_commit(task: str) -> None:
    """The same, when what it shall find is there."""
    from procrastinate.exceptions import AlreadyEnqueued

    def now() -> None:
        try:
            wake(task)
        except AlreadyEnqueued:
            return

    transaction.on_commit(now)


def queue_sending(
    *,
    partner: Partner,
    action: str,
    url: str,
    message: Mapping[str, Any],
    status: str,
    transaction_id: str,
    correlation_id: str,
    at: datetime,
) -> Sending:
    """Put a callback, an event or a request into the queue, in the caller's transaction.

    With `status` it is a callback.
    """
    number, us = str(uuid.uuid4()), settings.LXBT_EXCHANGE_ID
    if status:
        header = e.callback_header(
            action, message_id=number, at=at, sender_id=us, receiver_id=partner.sender_id, status=status
        )
    else:
        header = e.header(
            action,
            message_id=number,
            at=at,
            sender_id=us,
            receiver_id=partner.sender_id,
            sender_uri=our_address(partner),
        )
    made = Sending.objects.create(
        partner=partner,
        message_id=number,
        action=action,
        url=url,
        transaction_id=transaction_id,
        correlation_id=correlation_id,
        next_at=at,
        made_at=at,
        body=vault.seal_body({"header": header, "message": message}),
    )
    wake_after_commit(WAKE_OUT)
    return made


def our_address(partner: Partner) -> str:
    """Where a partner reaches us."""
    register = {"federation": "dr", "lister": "list"}.get(partner.kind, "ibr")
    return f"{settings.LXBT_EXCHANGE_URL}/{register}/v1.0.0"


def speak(partner: Partner, at: datetime, say: Callable[[Any], T]) -> T:
    """Use the line to a partner through its circuit breaker.

    LinkDown when it is interrupted, NoAnswer when it breaks now, SaysNo when refused.
    """
    with transaction.atomic():
        link = Link.objects.select_for_update().get_or_create(partner=partner)[0]
        state = queries.breaker_of(link)
        if not state.allows(at):
            raise LinkDown(
                _("与“%(name)s”的连接暂时中断，系统将自动重试；业务按已知情况照常办理。") % {"name": partner.name}
            )
        _keep(link, state.trying(at))
    line = line_to(
        partner.base_url,
        settings.LXBT_EXCHANGE_ID,
        vault.open_sealed(partner.client_secret) if partner.client_secret else "",
    )
    try:
        answer = say(line)
    except NoAnswer as error:
        note_failure(partner=partner, why=str(error), at=at)
        raise
    except SaysNo:
        note_success(partner=partner, at=at)  # it lives
        raise
    note_success(partner=partner, at=at)
    return answer


def _keep(link: Link, state: rules.Breaker, **more: Any) -> None:
    Link.objects.filter(pk=link.pk).update(state=state.state, failures=state.failures, next_at=state.next_at, **more)


def note_failure(*, partner: Partner, why: str, at: datetime) -> None:
    """The partner did not answer."""
    with transaction.atomic():
        link = Link.objects.select_for_update().get_or_create(partner=partner)[0]
        _keep(link, queries.breaker_of(link).after_failure(at, random.random()), failed_at=at, why=why[:300])


def note_success(*, partner: Partner, at: datetime) -> None:
    """The partner answered."""
    with transaction.atomic():
        link = Link.objects.select_for_update().get_or_create(partner=partner)[0]
        _keep(link, queries.breaker_of(link).after_success(), answered_at=at, why="")


def signed_now(body: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A kept header and message with a fresh signature: the one of the first attempt would have expired."""
    return signing.signed(
        body["header"], body["message"], at=at, sender_id=settings.LXBT_EXCHANGE_ID, key=signing.signing_keys()[-1]
    )


def ask(
    *, partner: Partner, path: str, action: str, message: Mapping[str, Any], at: datetime, count: int = 1
) -> dict[str, Any]:
    """Ask something and have the answer at once, its signature checked. Gives the message of the answer."""
    header = e.header(
        action,
        message_id=str(uuid.uuid4()),
        at=at,
        sender_id=settings.LXBT_EXCHANGE_ID,
        receiver_id=partner.sender_id,
        sender_uri=our_address(partner),
        count=count,
    )
    envelope = signed_now({"header": header, "message": message}, at)
    return speak(
        partner, at, lambda line: _checked(partner, line.post(f"{partner.base_url}/registry/{path}", envelope, at), at)
    )


def _checked(partner: Partner, answer: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The message in an answer; an answer that is not signed by the partner is none."""
    header, message = answer.get("header"), answer.get("message")
    if not isinstance(message, dict):
        raise NoAnswer("an answer without a message")
    if "ack_status" in message:
        return message
    if not isinstance(header, dict):
        raise NoAnswer("an answer without a header")
    if partner.must_sign:
        try:
            verify(
                str(answer.get("signature") or ""),
                header,
                message,
                sender_id=partner.sender_id,
                at=at,
                key_of=lambda key_id, algorithm: queries.public_key(partner, key_id, algorithm, at),
            )
        except BadSignature as error:
            raise NoAnswer(f"signature: {error}") from None
    if header.get("status") == "rjct" and header.get("status_reason_code"):
        raise SaysNo(str(header["status_reason_code"])[:60])
    return message


def send_due(*, at: datetime, limit: int = 500) -> int:
    """Send what is due, each in its own transaction; gives how many went. What fails waits longer each time."""
    sent = 0
    for pk in queries.waiting_out(at, limit):
        sent += _send_one(pk, at)
    return sent


def _send_one(pk: int, at: datetime) -> int:
    with transaction.atomic():
        found = (
            Sending.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("partner")
            .filter(pk=pk, state="waiting", next_at__lte=at)
            .first()
        )
        if found is None:
            return 0
        attempts = found.attempts + 1
        # The row is taken for as long as an answer may take: another worker passes it over, and a killed one leaves it
        # to be tried again.
        Sending.objects.filter(pk=pk).update(attempts=attempts, next_at=at + rules.wait(attempts, 1.0) + rules.REST * 4)
    try:
        answer = speak(found.partner, at, lambda line: line.post(found.url, signed_now(found.opened(), at), at))
    except (NoAnswer, LinkDown) as error:
        gone = attempts >= rules.GIVE_UP
        held = isinstance(error, LinkDown)
        Sending.objects.filter(pk=pk, state="waiting").update(
            state="failed" if gone and not held else "waiting",
            why=str(error)[:300],
            attempts=attempts - held,
            next_at=at + rules.wait(attempts, random.random()),
        )
        return 0
    except SaysNo as error:
        Sending.objects.filter(pk=pk).update(state="failed", why=str(error)[:300], done_at=at)
        return 0
    told = answer.get("message") if isinstance(answer.get("message"), dict) else answer
    status = str((told or {}).get("ack_status", "ACK"))
    if status == "ERR":
        error_told = (told or {}).get("error")
        code = error_told.get("code", "") if isinstance(error_told, dict) else ""
        Sending.objects.filter(pk=pk).update(state="failed", why=f"ERR {code}"[:300], done_at=at)
        return 0
    correlation = (told or {}).get("correlation_id")
    Sending.objects.filter(pk=pk).update(
        state="sent", done_at=at, why="", correlation_id=found.correlation_id or str(correlation or "")[:99]
    )
    return 1
