"""How a campaign goes. Pure.

planned -> running (comparing) -> verifying -> rechecking (compared again) -> verifying ; verifying -> closed
"""

from __future__ import annotations

from enum import StrEnum

from lxbt.core.transitions import Table


class CampaignState(StrEnum):
    """Where a campaign stands."""

    PLANNED = "planned"
    RUNNING = "running"  # compared by the background, county by county
    VERIFYING = "verifying"  # dispatched; townships and counties are at it
    RECHECKING = "rechecking"  # compared again: what is still there
    CLOSED = "closed"


TRANSITIONS: Table[CampaignState] = {
    (CampaignState.PLANNED, "start"): CampaignState.RUNNING,
    (CampaignState.RUNNING, "dispatch"): CampaignState.VERIFYING,
    (CampaignState.VERIFYING, "recheck"): CampaignState.RECHECKING,
    (CampaignState.RECHECKING, "dispatch"): CampaignState.VERIFYING,
    (CampaignState.VERIFYING, "close"): CampaignState.CLOSED,
}
COMPARING = (CampaignState.RUNNING, CampaignState.RECHECKING)
