"""Batches, their items, the lines that go to the bank, bank files, recoveries."""

from lxbt.payments.models.bank import BankFile, Line, UnmatchedRow
from lxbt.payments.models.batches import Batch, Item, PayerState
from lxbt.payments.models.recoveries import Recovery, RecoveryMonth, RecoveryMove

__all__ = [
    "BankFile",
    "Batch",
    "Item",
    "Line",
    "PayerState",
    "Recovery",
    "RecoveryMonth",
    "RecoveryMove",
    "UnmatchedRow",
]
