"""Sentences of notices about batches."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

NOTICES: dict[str, Promise] = {
    "batch_returned": lazy("%(by)s 退回了您编制的 %(month)s 第 %(number)s 批，原因写在批次上。")
}
