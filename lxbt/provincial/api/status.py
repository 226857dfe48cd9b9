"""How the line is: what is left of the quota, what came last."""

from __future__ import annotations

from datetime import datetime

from ninja import Router, Schema

from lxbt.provincial import queries
from lxbt.provincial.api.gate import ProvinceRequest
from lxbt.provincial.queries.watching import seconds_waiting, standings

router = Router(tags=["status"])


class Status(Schema):
    """How this client stands."""

    client: str
    area: str
    sandbox: bool
    quota: int
    left: int
    last_push_at: datetime | None
    waiting_batches: int
    lag: int  # seconds that the oldest of them has waited
    differences: int  # rows of manifests that are open
    errors: int  # of the last seven days
    compared_at: datetime | None


@router.get("/status", response=Status, operation_id="status", summary="接口状态")
def status(request: ProvinceRequest) -> dict[str, object]:
    """What is left of the quota of this minute, and the last push."""
    client = request.auth
    standing = standings([client], at=request.at)[client.pk]
    return {
        "client": client.client_id,
        "area": client.division_code,
        "sandbox": client.sandbox,
        "quota": client.quota,
        "left": queries.quota_left(client, request.at),
        "last_push_at": queries.last_push(client),
        "waiting_batches": queries.waiting_batches(client),
        "lag": seconds_waiting(client, request.at),
        "differences": standing.differences,
        "errors": standing.errors,
        "compared_at": standing.compared_at,
    }
