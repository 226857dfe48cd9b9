"""Writes: following changes, looking ahead, reminding."""

from lxbt.leads.operations.ahead import close_settled_leads, look_ahead
from lxbt.leads.operations.following import follow_changes
from lxbt.leads.operations.joining import join_persons, part_persons
from lxbt.leads.operations.reminding import LeadRefused, close_lead, open_lead, remind

__all__ = [
    "LeadRefused",
    "close_lead",
    "close_settled_leads",
    "follow_changes",
    "join_persons",
    "look_ahead",
    "open_lead",
    "part_persons",
    "remind",
]
