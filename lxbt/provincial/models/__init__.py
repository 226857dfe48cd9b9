"""Provinces' programs, their keys and codes; what they pushed and what became of each row."""

from lxbt.provincial.models.batches import Batch, Pushed, RowResult
from lxbt.provincial.models.clients import Answer, Client, ClientKey, Code, Nonce

__all__ = ["Answer", "Batch", "Client", "ClientKey", "Code", "Nonce", "Pushed", "RowResult"]
