"""Where a client is told of events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Router, Schema

from lxbt.provincial.api.gate import ProvinceRequest
from lxbt.provincial.models import Webhook
from lxbt.provincial.operations import webhooks
from lxbt.provincial.queries import deliveries as queries

router = Router(tags=["webhooks"])


class Wanted(Schema):
    """An address and the events to be told of. An empty address ends it."""

    url: Annotated[str, Field(max_length=300)]
    events: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)] = []


class Hook(Schema):
    """How it is now. `why`: of the last failure."""

    url: str
    events: list[str]
    failures: int
    next_at: datetime | None
    answered_at: datetime | None
    why: str


@router.get("/webhooks", response=Hook, operation_id="webhooks", summary="事件接收地址")
def shown(request: ProvinceRequest) -> dict[str, Any]:
    """The registered address."""
    return _told(queries.webhook_of(request.auth))


@router.put("/webhooks", response=Hook, operation_id="set_webhooks", summary="登记事件接收地址")
def put(request: ProvinceRequest, wanted: Wanted) -> dict[str, Any]:
    """Register an address; deliveries are signed with the keys of /.well-known/jwks.json."""
    return _told(webhooks.set_webhook(client=request.auth, url=wanted.url, events=wanted.events, at=request.at))


def _told(hook: Webhook | None) -> dict[str, Any]:
    if hook is None:
        return {"url": "", "events": [], "failures": 0, "next_at": None, "answered_at": None, "why": ""}
    return {
        "url": hook.url,
        "events": hook.events,
        "failures": hook.failures,
        "next_at": hook.next_at,
        "answered_at": hook.answered_at,
        "why": hook.why,
    }
