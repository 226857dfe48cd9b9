"""Signals of places: the numbers behind them are kept as values, and said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lxbt.core.months import Month
from lxbt.matching.models import Signal
from lxbt.matching.operations.running import run_rules
from lxbt.web.alerts.words import signal_words
from tests import builders as b

pytestmark = pytest.mark.django_db


def test_a_county_that_drew_nothing_is_silent_and_the_signal_says_which_month() -> None:
    b.county()
    b.standards(living="80", care="100")
    b.recipient()
    for _done in run_rules(area=b.COUNTY, month=Month(2026, 2), on=date(2026, 3, 20), at=datetime(2026, 3, 20, 9, tzinfo=UTC), rules=["P03"]):
        pass
    signal = Signal.objects.get(rule="P03")
    assert isinstance(signal.evidence, dict)
    assert signal_words(signal.source, signal.evidence) == "2026-02 的发放批次还没有编制。"
