"""Lines of payments in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.web.kit.menu import Entry

ENTRIES = (
    Entry(
        "money",
        1,
        "batches",
        lazy("发放批次"),
        "cash",
        (P.VIEW_PAYMENTS,),
        also=("batch", "draw", "first_draw", "trial", "reconciling"),
    ),
    Entry(
        "money",
        2,
        "results",
        lazy("银行回盘"),
        "arrows-exchange",
        (P.DRAW_BATCHES,),
        also=("unmatched_rows", "unmatched_row"),
    ),
    Entry(
        "money",
        3,
        "failed_items",
        lazy("退票与账户"),
        "credit-card-off",
        (
            P.CORRECT_ACCOUNTS,
            P.DRAW_BATCHES,
        ),
    ),
    Entry("money", 4, "recoveries", lazy("追缴"), "receipt-refund", (P.VIEW_PAYMENTS,)),
    Entry("money", 5, "held", lazy("暂缓的月份"), "player-pause", (P.VIEW_PAYMENTS,)),
)
