"""Lists of other bodies, suspicions, what came of them."""

from lxbt.matching.models.campaigns import Campaign
from lxbt.matching.models.lists import List, ListEntry, ListRecord
from lxbt.matching.models.suspicions import Act, Proof, Quiet, Run, Signal, Suspicion, Trial

__all__ = [
    "Act",
    "Campaign",
    "List",
    "ListEntry",
    "ListRecord",
    "Proof",
    "Quiet",
    "Run",
    "Signal",
    "Suspicion",
    "Trial",
]
