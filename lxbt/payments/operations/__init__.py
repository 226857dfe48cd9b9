"""Writes of payments: draw, approve, return, send, take results, correct accounts, settle recoveries."""

from lxbt.entitlements.pricing import Pricer
from lxbt.payments.operations.bank import correct_account, correct_account_by_hand, send_batch
from lxbt.payments.operations.batches import approve_batch, handle_unmatched, return_batch, settle_recovery
from lxbt.payments.operations.books import PaymentRefused
from lxbt.payments.operations.draw import draw_area, draw_batch, draw_payers
from lxbt.payments.operations.locking import DrawRefused
from lxbt.payments.operations.results import ResultsTaken, record_results
from lxbt.payments.operations.trial import Tried, trial_batch, try_payer

__all__ = [
    "DrawRefused",
    "PaymentRefused",
    "Pricer",
    "ResultsTaken",
    "Tried",
    "approve_batch",
    "correct_account",
    "correct_account_by_hand",
    "draw_area",
    "draw_batch",
    "draw_payers",
    "handle_unmatched",
    "record_results",
    "return_batch",
    "send_batch",
    "settle_recovery",
    "trial_batch",
    "try_payer",
]
