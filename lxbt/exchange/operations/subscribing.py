"""Being told by the Federation: subscriptions, questions on disability and status, searches answered later."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from lxbt.exchange import queries
from lxbt.exchange.models import Partner, Subscription
from lxbt.exchange.operations.sending import ask, queue_sending
from lxbt.exchange.operations.syncing import PAGE, condition, the_federation
from lxbt.exchange.rules import records as dr
from lxbt.exchange.rules import requests as r


def _ask(partner: Partner, action: str, message: Mapping[str, Any], at: datetime) -> None:
    """Queue a request of ours, under the transaction that its message names."""
    queue_sending(
        partner=partner,
        action=action,
        url=f"{partner.base_url}/registry/{action}",
        message=message,
        status="",
        transaction_id=message["transaction_id"],
        correlation_id="",
        at=at,
    )


@transaction.atomic
def subscribe(*, at: datetime) -> str:
    """Ask to be told of every change; gives the transaction.

    A live subscription is renewed: the new one replaces it when it is confirmed.
    """
    partner = the_federation()
    transaction_id = str(uuid.uuid4())
    criteria = {
        "version": "1.0.0",
        "reg_type": dr.REG_TYPE,
        "reg_event_type": dr.EVENT,
        "notify_record_type": dr.RECORD_TYPE,
        "filter_type": "predicate",
        "filter": [{"seq_num": 1} | condition("sequence", "gt", 0)],
        "frequency": {
            "start_time": at.isoformat(timespec="seconds"),
            "end_time": (at + r.SUBSCRIBED_FOR).isoformat(timespec="seconds"),
            "frequency": "* * * * * ? *",
        },
    }
    request = {
        "reference_id": "1",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "locale": "zho",
        "subscribe_criteria": criteria,
    }
    message = {"transaction_id": transaction_id, "subscribe_request": [request]}
    _ask(partner, "subscribe", message, at)
    return transaction_id


@transaction.atomic
def unsubscribe(*, at: datetime) -> int:
    """End our subscriptions; gives how many are asked to end."""
    partner = the_federation()
    codes = list(
        Subscription.objects.filter(partner=partner, ours=True, ended_at__isnull=True).values_list("code", flat=True)
    )
    if codes:
        transaction_id = str(uuid.uuid4())
        message = {
            "transaction_id": transaction_id,
            "timestamp": at.isoformat(timespec="milliseconds"),
            "subscription_codes": codes,
        }
        _ask(partner, "unsubscribe", message, at)
    return len(codes)


def keep_subscribed(*, at: datetime) -> bool:
    """Subscribe where there is no subscription, and renew one that ends soon; gives whether it was asked for."""
    partner = queries.federation()
    if partner is None or not partner.base_url:
        return False
    live = Subscription.objects.filter(partner=partner, ours=True, ended_at__isnull=True).filter(
        Q(until_at__isnull=True) | Q(until_at__gt=at + r.RENEWED_BEFORE)
    )
    if live.exists():
        return False
    waiting = partner.pk and queries.waiting_request(partner, "subscribe", since=at - timedelta(minutes=5))
    if waiting:
        return False
    subscribe(at=at)
    return True


def ask_disability(*, identity_number: str, path: str, at: datetime) -> dict[str, Any]:
    """One of the three questions: `disabled`, `get-disability-details`, `get-disability-support`; gives the message of
    the answer.
    """
    criteria = {
        "version": "1.0.0",
        "reg_type": dr.REG_TYPE,
        "query_type": "idtype-value",
        "query": {"type": dr.IDENTITY_TYPE, "value": identity_number},
    }
    message = {"transaction_id": str(uuid.uuid4()), "disabled_criteria": criteria}
    return ask(partner=the_federation(), path=f"sync/{path}", action="search", message=message, at=at)


def ask_status(*, transaction_id: str, at: datetime) -> dict[str, Any]:
    """What became of a request of ours."""
    asked = {
        "reference_id": "1",
        "txn_type": "search",
        "attribute_type": "transaction_id",
        "attribute_value": transaction_id,
    }
    message = {"transaction_id": str(uuid.uuid4()), "txnstatus_request": asked}
    return ask(partner=the_federation(), path="sync/txn/status", action="txn-status", message=message, at=at)


@transaction.atomic
def search_later(*, conditions: Sequence[dict[str, Any]], at: datetime) -> str:
    """Ask for records by a callback; gives the transaction."""
    partner, transaction_id = the_federation(), str(uuid.uuid4())
    query = [{"seq_num": n + 1} | one for n, one in enumerate(conditions)]
    message = r.search(
        transaction_id, [("1", "predicate", query)], at, reg_type=dr.REG_TYPE, record_type=dr.RECORD_TYPE, size=PAGE
    )
    _ask(partner, "search", message, at)
    return transaction_id
