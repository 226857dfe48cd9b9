"""Provinces' programs, their keys and codes; what they pushed and what became of each row."""

from lxbt.provincial.models.batches import Batch, Pushed, RowResult
from lxbt.provincial.models.clients import Answer, Client, ClientKey, Code, Nonce
from lxbt.provincial.models.watching import (
    Activity,
    Comparison,
    Delivery,
    Difference,
    DifferentPerson,
    ManifestRow,
    PersonHandle,
    Webhook,
)

__all__ = [
    "Activity",
    "Answer",
    "Batch",
    "Client",
    "ClientKey",
    "Code",
    "Comparison",
    "Delivery",
    "Difference",
    "DifferentPerson",
    "ManifestRow",
    "Nonce",
    "PersonHandle",
    "Pushed",
    "RowResult",
    "Webhook",
]
