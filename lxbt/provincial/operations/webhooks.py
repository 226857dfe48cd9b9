"""Events told to provinces: queued in the caller's transaction, signed, tried again until they are taken, to the one
registered address.
"""

from __future__ import annotations

import base64
import ipaddress
import random
import socket
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.audit.operations import record_event
from lxbt.core import signing as core_signing
from lxbt.core.addresses import is_public, within
from lxbt.core.canonical import canonical
from lxbt.core.signing import ED25519
from lxbt.exchange import signing as keys
from lxbt.exchange.rules import breaker as rules
from lxbt.provincial.models import Batch, Client, Delivery, Webhook
from lxbt.provincial.queries import deliveries as queries
from lxbt.provincial.rules import signing
from lxbt.provincial.rules.events import (
    BATCH_DONE,
    EVENTS,
    FAILED,
    PERSON_CONFLICT,
    PUT_ASIDE,
    RIGHT_DOUBT,
    SENT,
    WAITING,
)
from lxbt.provincial.rules.problems import Problem

if TYPE_CHECKING:
    from lxbt.accounts.models import User

CONNECT, READ = 5.0, 15.0  # seconds
TAKEN_FOR = timedelta(seconds=60)  # by one worker
KEPT = timedelta(days=30)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _NotTaken(Exception):
    """The address did not take an event; `status` is that of HTTP, if it answered."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


@transaction.atomic
def set_webhook(*, client: Client, url: str, events: Iterable[str], at: datetime) -> Webhook | None:
    """Take the address and the events that a client wants to be told of.

    An empty address ends it; what waits is put aside.
    """
    wanted = sorted(set(events))
    if unknown := [event for event in wanted if event not in EVENTS]:
        raise Problem(
            422,
            "event_unknown",
            _("没有事件 %(name)s。") % {"name": unknown[0][:40]},
            "events",
            _("可订阅：%(known)s。") % {"known": "、".join(EVENTS)},
        )
    before = Webhook.objects.select_for_update().filter(client=client).first()
    if not url:
        if before is not None:
            before.delete()
        Delivery.objects.filter(client=client, state=WAITING).update(
            state=PUT_ASIDE, done_at=at, why=_("接收地址已取消")
        )
    else:
        check_address(url)
    record_event(
        by=None,
        action="province.webhook_set",
        subject_kind="province",
        subject_id=client.client_id,
        division_code=client.division_code,
        changes={"url": (before.url if before else "", url)},
        details={"events": wanted},
    )
    if not url:
        return None
    hook, _made = Webhook.objects.update_or_create(
        client=client,
        defaults={
            "url": url,
            "events": wanted,
            "set_at": at,
            "failures": 0,
            "state": "closed",
            "next_at": None,
            "why": "",
        },
    )
    return hook


def check_address(url: str) -> None:
    """Problem unless events may be told to this address."""
    remedy = _("填写 https:// 开头、本单位系统的地址，不带用户名和片段。")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Problem(422, "url_invalid", _("接收地址不正确。"), "url", remedy) from None
    bad = not host or parts.username is not None or parts.password is not None or bool(parts.fragment) or port == 0
    if bad or len(url) > 300 or not url.isascii() or not url.isprintable() or " " in url:
        raise Problem(422, "url_invalid", _("接收地址不正确。"), "url", remedy)
    allowed = settings.LXBT_WEBHOOK_LOOPBACK and host in LOOPBACK
    if parts.scheme != "https" and not (allowed and parts.scheme == "http"):
        raise Problem(422, "url_invalid", _("接收地址须以 https:// 开头。"), "url", remedy)
    if not allowed and _forbidden(host):
        raise Problem(422, "url_forbidden", _("这个地址不能作为接收地址。"), "url", remedy)


def _forbidden(host: str) -> bool:
    """Whether a host is told as an address that is never called. What a name stands for is seen when it is called."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2].lower()
        # 127.1, 0x7f000001 and the like are read as addresses by resolvers
        return last in ("localhost", "local", "internal") or last.isdigit() or last.startswith("0x")
    return not _may_be_called(host)


def _may_be_called(address: str) -> bool:
    """An address on the open network, or within a net of the installation's own that provinces stand in."""
    return is_public(address) or within(address, settings.LXBT_WEBHOOK_NETWORKS)


@transaction.atomic
def tell_event(*, client: Client, event: str, body: Mapping[str, Any], at: datetime) -> Delivery | None:
    """Queue an event for a client that wants it. None when it does not."""
    hook = Webhook.objects.filter(client=client).first()
    if hook is None or event not in hook.events:
        return None
    number = str(uuid.uuid4())
    told = {
        "id": number,
        "event": event,
        "at": at.isoformat(timespec="milliseconds"),
        "client": client.client_id,
        "data": dict(body),
    }
    return Delivery.objects.create(
        client=client, delivery_id=number, event=event, body=vault.seal_body(told), made_at=at, next_at=at
    )


def tell_batch(*, batch: Batch, counts: Mapping[str, int], at: datetime) -> None:
    """A batch is through: its counts; apart from that, where a person is another's or already paid elsewhere, and where
    the rules doubt a right.
    """
    told = {
        "batch": batch.pk,
        "kind": batch.kind,
        "state": "done" if batch.importing.state == "done" else "failed",
        "rows": batch.rows,
        "counts": dict(counts),
    }
    hook = Webhook.objects.filter(client_id=batch.client_id).first()
    if hook is None:
        return
    tell_event(client=batch.client, event=BATCH_DONE, body=told, at=at)
    if counts.get("conflict"):
        tell_event(
            client=batch.client, event=PERSON_CONFLICT, body={"batch": batch.pk, "rows": counts["conflict"]}, at=at
        )
    if RIGHT_DOUBT in hook.events and (doubts := queries.rows_in_doubt(batch.pk)):
        tell_event(client=batch.client, event=RIGHT_DOUBT, body={"batch": batch.pk, "rows": doubts}, at=at)


def deliver_due(*, at: datetime, limit: int = 100) -> int:
    """Send what is due, each in its own transaction; gives how many were taken. What fails waits longer each time."""
    return sum(_deliver(pk, at) for pk in queries.due(at, limit))


def _deliver(pk: int, at: datetime) -> int:
    with transaction.atomic():
        found = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("client")
            .filter(pk=pk, state=WAITING, next_at__lte=at)
            .first()
        )
        hook = Webhook.objects.select_for_update().filter(client=found.client).first() if found else None
        if found is None:
            return 0
        if hook is None or found.client.closed_at is not None:
            Delivery.objects.filter(pk=pk).update(state=PUT_ASIDE, done_at=at, why=_("接收地址已取消"))
            return 0
        state = queries.breaker_of(hook)
        if not state.allows(at):
            Delivery.objects.filter(pk=pk).update(next_at=hook.next_at)
            return 0
        _note(hook, state.trying(at))
        attempts = found.attempts + 1
        Delivery.objects.filter(pk=pk).update(attempts=attempts, next_at=at + TAKEN_FOR)
    try:
        status = _post(hook.url, found.delivery_id, canonical(vault.open_body(found.body)), at)
    except _NotTaken as no:
        with transaction.atomic():
            hook = Webhook.objects.select_for_update().filter(client=found.client).first()
            if hook is not None:
                _note(hook, queries.breaker_of(hook).after_failure(at, random.random()), why=str(no)[:200])
            Delivery.objects.filter(pk=pk, state=WAITING).update(
                state=FAILED if attempts >= rules.GIVE_UP else WAITING,
                status=no.status,
                why=str(no)[:200],
                next_at=at + rules.wait(attempts, random.random()),
            )
        return 0
    with transaction.atomic():
        Delivery.objects.filter(pk=pk).update(state=SENT, done_at=at, status=status, why="")
        Webhook.objects.filter(client=found.client).update(
            state="closed", failures=0, next_at=None, answered_at=at, why=""
        )
    return 1


def _note(hook: Webhook, state: rules.Breaker, why: str | None = None) -> None:
    more = {} if why is None else {"why": why}
    Webhook.objects.filter(pk=hook.pk).update(state=state.state, failures=state.failures, next_at=state.next_at, **more)


def _post(url: str, number: str, body: bytes, at: datetime) -> int:
    """Send an event, signed; no redirect is followed, the answer's body is not read on. Gives the status."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    key = keys.signing_keys()[-1]
    moment, digest = at.isoformat(timespec="milliseconds"), signing.digest_of(body)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    signed = core_signing.sign(ED25519, key.private, signing.text_to_sign("POST", target, moment, number, digest))
    headers = {
        signing.CLIENT: settings.LXBT_EXCHANGE_ID,
        signing.KEY: key.key_id,
        signing.TIME: moment,
        signing.NONCE: number,
        signing.DIGEST: digest,
        signing.SIGNATURE: base64.b64encode(signed).decode(),
        "Content-Type": "application/json",
        "User-Agent": "lxbt",
    }
    here = f"[{host}]" if ":" in host else host
    headers["Host"] = here if parts.port is None else f"{here}:{port}"
    status = _send(f"{parts.scheme}://{{}}:{port}{target}", host, _addresses(host, port), headers, body)
    if not 200 <= status < 300:
        raise _NotTaken(f"HTTP {status}", status)
    return status


def _addresses(host: str, port: int) -> list[str]:
    """What the name stands for by now, asked once: these are called, not the name. _NotTaken when one of them may not
    be.
    """
    try:
        found = list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError):
        raise _NotTaken("NameNotResolved") from None
    own = settings.LXBT_WEBHOOK_LOOPBACK and host in LOOPBACK
    if not found or not all(_may_be_called(one) or (own and one in LOOPBACK) for one in found):
        raise _NotTaken("AddressForbidden")
    return found


def _send(url: str, host: str, addresses: list[str], headers: dict[str, str], body: bytes) -> int:
    """Send to the first address that takes the line; `host` is what its certificate must name."""
    limits = httpx.Timeout(READ, connect=CONNECT)
    trouble: Exception | None = None
    with httpx.Client(timeout=limits, follow_redirects=False, trust_env=False) as line:
        for address in addresses[:4]:
            place = f"[{address}]" if ":" in address else address
            try:
                with line.stream(
                    "POST", url.format(place), content=body, headers=headers, extensions={"sni_hostname": host}
                ) as answer:
                    return answer.status_code
            except httpx.ConnectError as error:
                trouble = error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise _NotTaken(type(error).__name__) from error
    raise _NotTaken(type(trouble).__name__) from trouble


@transaction.atomic
def replay_delivery(*, delivery_id: int, by: User | None, at: datetime) -> Delivery:
    """Send an event again, now; one that was taken too."""
    found = Delivery.objects.select_for_update(of=("self",)).select_related("client").filter(pk=delivery_id).first()
    if found is None or not Webhook.objects.filter(client=found.client).exists():
        raise Problem(404, "not_found", _("没有这条推送，或接收地址已取消。"))
    found.state, found.next_at, found.attempts, found.done_at, found.why = WAITING, at, 0, None, ""
    found.save(update_fields=["state", "next_at", "attempts", "done_at", "why"])
    record_event(
        by=by,
        action="province.delivery_replayed",
        subject_kind="province",
        subject_id=found.client.client_id,
        division_code=found.client.division_code,
        details={"delivery": found.delivery_id, "event": found.event},
    )
    return found


def forget_deliveries(*, at: datetime) -> int:
    """Take away events that were done some time ago. Gives how many."""
    return Delivery.objects.filter(state__in=(SENT, PUT_ASIDE), done_at__lt=at - KEPT).delete()[0]
