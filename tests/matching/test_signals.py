"""Signals of places: the numbers behind them are kept as values, and said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lxbt.core.months import Month
from lxbt.matching.models import Signal
from lxbt.matching.operations.running import run_rules
from lxbt.registry.models import ProvinceHeard
from lxbt.registry.operations.provinces import note_province_heard
from lxbt.web.matching.words import signal_words
from tests import factories as b

pytestmark = pytest.mark.django_db


def test_a_county_that_drew_nothing_is_silent_and_the_signal_says_which_month() -> None:
    b.county()
    b.flat_standards(living="80", care="100")
    b.recipient()
    for _done in run_rules(
        area=b.COUNTY,
        month=Month(2026, 2),
        on=date(2026, 3, 20),
        at=datetime(2026, 3, 20, 9, tzinfo=UTC),
        rules=["P03"],
    ):
        pass
    signal = Signal.objects.get(rule="P03")
    assert isinstance(signal.evidence, dict)
    assert signal_words(signal.source, signal.evidence) == "2026-02 的发放批次还没有编制。"


def test_a_province_with_a_system_of_its_own_that_fell_silent_is_one_signal_and_ends_when_it_is_heard() -> None:
    b.county()
    b.flat_standards(living="80", care="100")
    b.recipient()

    def compare() -> None:
        on = datetime(2026, 3, 20, 9, tzinfo=UTC)
        for _done in run_rules(area=b.COUNTY, month=Month(2026, 2), on=on.date(), at=on, rules=["P04"]):
            pass

    province = f"{b.COUNTY[:2]:0<12}"
    note_province_heard(province_code=province, at=datetime(2026, 3, 18, tzinfo=UTC), synced_until=Month(2026, 2))
    compare()
    assert not Signal.objects.filter(rule="P04").exists()  # within the days allowed
    note_province_heard(province_code=province, at=datetime(2026, 3, 1, tzinfo=UTC), synced_until=Month(2026, 1))
    assert ProvinceHeard.objects.get().heard_at == datetime(2026, 3, 18, tzinfo=UTC)  # told late, it goes not back
    ProvinceHeard.objects.update(heard_at=datetime(2026, 3, 10, 12, tzinfo=UTC))
    compare()
    compare()
    signal = Signal.objects.get(rule="P04")
    assert (signal.division_code, signal.source, signal.ended_on) == (province, "province", None)
    assert signal_words(signal.source, signal.evidence) == "省级自建系统自 2026-03-10 起没有报送，已 10 天。"
    note_province_heard(province_code=province, at=datetime(2026, 3, 20, tzinfo=UTC))
    compare()
    signal.refresh_from_db()
    assert signal.ended_on == date(2026, 3, 20)
