"""Reads of the exchange: partners, what they may see, how the links are."""

from __future__ import annotations

import hmac
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.conf import settings
from django.db.models import Q, QuerySet

from lxbt import vault
from lxbt.core import crypto
from lxbt.divisions.rules import covers, span
from lxbt.exchange.models import AccessToken, Asking, Link, Message, Partner, PartnerKey, Sending, Subscription
from lxbt.exchange.rules.breaker import Breaker


def federation() -> Partner | None:
    """The partner that is the Federation's database."""
    return Partner.objects.filter(kind="federation", closed_at__isnull=True).first()


def partners() -> QuerySet[Partner]:
    """Every partner that is not closed, by name."""
    return Partner.objects.filter(closed_at__isnull=True).order_by("name")


def partner_known_as(sender_id: str) -> Partner | None:
    """The partner with this sender_id."""
    return Partner.objects.filter(sender_id=sender_id, closed_at__isnull=True).first()


def token_digest(token: str) -> bytes:
    """What is kept of a bearer token."""
    return crypto.index_of("access token", token, settings.LXBT_INDEX_KEY)


def partner_of_token(token: str, at: datetime) -> Partner | None:
    """Whose bearer token it is, while it lasts."""
    found = (
        AccessToken.objects.filter(digest=token_digest(token), until_at__gt=at, partner__closed_at__isnull=True)
        .select_related("partner")
        .first()
    )
    return found.partner if found else None


def public_key(partner: Partner, key_id: str, algorithm: str, at: datetime) -> bytes | None:
    """The key that a partner signs with."""
    rows = PartnerKey.objects.filter(
        Q(until_at__isnull=True) | Q(until_at__gt=at), partner=partner, key_id=key_id, algorithm=algorithm
    )
    found = rows.values_list("public_key", flat=True).first()
    return bytes(found) if found is not None else None


def in_areas(partner: Partner, field: str) -> Q:
    """The condition that holds exactly for rows the partner may see.

    Everything that is told to a partner comes through here.
    """
    seen = Q(pk__in=[])
    for area in partner.areas:
        low, high = span(area)
        seen |= Q(**{f"{field}__gte": low, f"{field}__lt": high})
    return seen


def in_area(area: str, field: str) -> Q:
    """The condition for rows of an area that we ask others about."""
    low, high = span(area)
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def listers() -> QuerySet[Partner]:
    """The bodies that give lists, or answer for them."""
    return partners().filter(kind="lister")


def latest_askings() -> dict[tuple[int, str], Asking]:
    """The latest round of questions to each body for each list, whatever the area."""
    rows = Asking.objects.order_by("partner_id", "kind", "-pk").distinct("partner_id", "kind")
    return {(row.partner_id, row.kind): row for row in rows}


def sees(partner: Partner, division_code: str) -> bool:
    """The same for one place."""
    return any(covers(area, division_code) for area in partner.areas)


def namespace_of(partner: Partner) -> str:
    """The identifier_type of the person tokens of a partner."""
    return f"CN.LXBT.{partner.sender_id}"


def _token_keys(partner: Partner) -> tuple[bytes, bytes]:
    key = bytes.fromhex(vault.open_sealed(partner.token_key))
    return key[:16], key[16:]


def person_token(partner: Partner, person_id: int) -> str:
    """What a person is called towards a partner: 32 characters that tell another partner nothing, nor anybody without
    the key.

    The person's key with half of its keyed digest, as one block of SM4: the same each time, and readable by us alone.
    """
    cipher_key, check_key = _token_keys(partner)
    plain = person_id.to_bytes(8, "big")
    encryptor = Cipher(SM4(cipher_key), ECB()).encryptor()  # one block that never repeats: nothing to chain
    return (encryptor.update(plain + hmac.digest(check_key, plain, "sm3")[:8]) + encryptor.finalize()).hex()


def person_of_token(partner: Partner, token: str) -> int | None:
    """The person that a partner means; None when the token is not one of this partner."""
    try:
        block = bytes.fromhex(token)
    except ValueError:
        return None
    if len(block) != 16:
        return None
    cipher_key, check_key = _token_keys(partner)
    decryptor = Cipher(SM4(cipher_key), ECB()).decryptor()
    plain = decryptor.update(block) + decryptor.finalize()
    if not hmac.compare_digest(hmac.digest(check_key, plain[:8], "sm3")[:8], plain[8:]):
        return None
    return int.from_bytes(plain[:8], "big")


def link_of(partner: Partner) -> Link:
    """How the line is; a line never used is a closed circuit."""
    return Link.objects.filter(partner=partner).first() or Link(partner=partner)


def breaker_of(link: Link) -> Breaker:
    """The circuit breaker of a line, as a value."""
    return Breaker(link.state, link.failures, link.next_at)  # type: ignore[arg-type]


def waiting_in(at: datetime, limit: int = 500) -> list[int]:
    """Messages whose turn it is."""
    return list(
        Message.objects.filter(state="waiting", next_at__lte=at)
        .order_by("next_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )


def waiting_out(at: datetime, limit: int = 500) -> list[int]:
    """Sendings whose turn it is."""
    return list(
        Sending.objects.filter(state="waiting", next_at__lte=at)
        .order_by("next_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )


def messages_wait(at: datetime) -> bool:
    """Whether a message is to be applied or a sending to be sent."""
    return bool(waiting_in(at, 1) or waiting_out(at, 1))


def failures_in() -> QuerySet[Message]:
    """Messages that wait for a person, the newest first."""
    return Message.objects.filter(state="failed").select_related("partner").order_by("-received_at", "-pk")


def failures_out() -> QuerySet[Sending]:
    """Sendings that wait for a person, the newest first."""
    return Sending.objects.filter(state="failed").select_related("partner").order_by("-made_at", "-pk")


def queue_counts() -> dict[str, int]:
    """How many wait, failed: in and out. Only partial indexes are read."""
    return {
        "waiting_in": Message.objects.filter(state="waiting").count(),
        "failed_in": Message.objects.filter(state="failed").count(),
        "waiting_out": Sending.objects.filter(state="waiting").count(),
        "failed_out": Sending.objects.filter(state="failed").count(),
    }


def received_since(since: datetime) -> int:
    """How many messages came since."""
    return Message.objects.filter(received_at__gte=since).count()


def latest_messages(limit: int = 20) -> list[Message]:
    """What came last."""
    return list(Message.objects.select_related("partner").order_by("-received_at")[:limit])


def subscription_of_ours(partner: Partner) -> Subscription | None:
    """Our live subscription at a partner."""
    return Subscription.objects.filter(partner=partner, ours=True, ended_at__isnull=True).order_by("-pk").first()


def waiting_request(partner: Partner, action: str, *, since: datetime) -> bool:
    """Whether a request of ours is on its way, or was sent since and may still be answered."""
    return (
        Sending.objects.filter(Q(state="waiting") | Q(made_at__gte=since), partner=partner, action=action)
        .exclude(state__in=["failed", "put_aside"])
        .exists()
    )


def must_catch_up(partner: Partner) -> bool:
    """Whether changes may have been missed: nothing was ever fetched, or the line broke after the last fetch and
    answers again.
    """
    link = link_of(partner)
    if link.synced_at is None:
        return bool(partner.base_url)
    return (
        link.state == "closed"
        and link.failed_at is not None
        and link.answered_at is not None
        and link.failed_at > link.synced_at
    )
