"""The components say what they are told, in words as well as in shapes."""

from __future__ import annotations

import itertools
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from lxbt.web.kit import components as c
from lxbt.web.kit import drawing, formats
from lxbt.web.showcase.data import figures, parts, tables

WEB = Path(drawing.__file__).parent.parent


@pytest.fixture(autouse=True)
def _chinese_and_plain_static(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with translation.override("zh-hans"):
        yield


def drawn(value: object, address: str = "/list/") -> str:
    """The markup of one component as it stands on the page at `address`."""
    request = RequestFactory().get(address)
    return Template("{% load lxbt %}{% show value %}").render(
        Context({"value": value, "request": request, "csrf_token": "token"})
    )


def test_every_component_of_the_showcase_can_be_drawn():
    for name, value in {**parts(), **tables(), **figures()}.items():
        if not isinstance(value, list):
            assert drawn(value).strip(), name


def test_no_component_carries_style_or_script_of_its_own():
    page = "".join(
        drawn(value) for value in {**parts(), **tables(), **figures()}.values() if not isinstance(value, list)
    )
    assert " style=" not in page
    assert not re.search(r"<script(?! id=\"[\w-]+\" type=\"application/json\")", page)
    assert not re.search(r"\son\w+=", page)


def test_only_the_tokens_file_holds_colour_values():
    for path in (WEB / "static" / "lxbt").glob("*.css"):
        if path.name != "tokens.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgba?\(", path.read_text(encoding="utf-8")), path.name


def test_every_icon_named_in_a_template_is_in_the_list():
    known = set((WEB / "icons.txt").read_text(encoding="utf-8").split())
    used = {
        name
        for path in (WEB / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert used <= known, used - known


def test_an_icon_outside_the_list_is_reported():
    with pytest.warns(UserWarning, match="icons.txt"):
        Template('{% load lxbt %}{% icon "no-such-icon" %}').render(Context())


def test_money_has_two_places_a_true_minus_and_a_dash_for_none():
    assert formats.money(Decimal("1291020")) == "1,291,020.00"
    assert formats.money(Decimal("-120")) == "\u2212120.00"
    assert formats.money(None) == "\u2014"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False))
def test_money_on_screen_reads_back_as_the_same_amount(amount):
    assert Decimal(formats.money(amount).replace(",", "").replace("\u2212", "-")) == amount


def test_a_day_of_this_year_drops_the_year():
    today = timezone.localdate()
    assert formats.day(today) == f"{today:%m-%d}"
    assert formats.day(date(2016, 1, 2)) == "2016-01-02"
    assert formats.month(date(2026, 11, 1)) == "2026-11"


def test_a_subsidy_is_letter_shape_and_name():
    page = Template('{% load lxbt %}{% subsidy "care" %}').render(Context())
    assert "护" in page
    assert 'aria-label="护理补贴"' in page
    assert "sub-care" in page


@given(st.integers(0, 90), st.integers(1, 60))
def test_a_clock_shows_full_only_when_the_limit_is_used_up(used, limit):
    blocks, _ = drawing.clock_blocks(c.Clock(used, limit, "running", ""))
    kinds = [block.kind for block in blocks]
    assert ("rest" not in kinds) == (used >= limit)
    assert ("over" in kinds) == (used > limit)


def test_an_overdue_clock_says_so_in_words():
    page = drawn(c.Clock(6, 5, "overdue", "逾期 1 个工作日"))
    assert "逾期 1 个工作日" in page
    assert page.count('class="over"') == 1


@given(st.lists(st.decimals(-5000, 5000, places=2), min_size=1, max_size=8))
def test_the_bars_of_a_bridge_meet(changes):
    start = Decimal("1286440.00")
    end = start + sum(changes, Decimal(0))
    bars = [
        c.BridgeBar("a", start, "end"),
        *(c.BridgeBar("x", change) for change in changes),
        c.BridgeBar("b", end, "end"),
    ]
    shapes = drawing.bridge_drawing(c.Bridge("b", "", "", bars)).shapes
    for before, after in itertools.pairwise(shapes[:-1]):
        low, high = after.top, after.top + after.height
        assert low - 1.6 <= before.level <= high + 1.6
    assert shapes[-2].level == pytest.approx(shapes[-1].top, abs=0.2)


def test_a_cut_axis_is_said():
    assert "截断" in drawn(figures()["bridge"])
    whole = c.Bridge(
        "w",
        "全",
        "",
        [c.BridgeBar("a", Decimal(10), "end"), c.BridgeBar("x", Decimal(90)), c.BridgeBar("b", Decimal(100), "end")],
    )
    assert "截断" not in drawn(whole)


def test_a_month_strip_has_a_table_with_the_same_months():
    strip = figures()["strip"]
    runs = drawing.strip_runs(strip)
    assert sum(run.count for run in runs) == sum(len(lane.months) for lane in strip.lanes)
    page = drawn(strip)
    assert page.count("data-month=") == sum(len(lane.months) for lane in strip.lanes)
    assert "多发已收回" in page
    assert 'role="img"' in page


def test_a_chart_carries_its_numbers_as_a_table():
    page = drawn(figures()["line"])
    assert "1,602.45" in page
    assert "application/json" in page
    assert "<th scope" in page


def test_a_masked_value_never_holds_the_full_one_and_only_shows_an_eye_when_it_may():
    assert "masked-eye" not in drawn(c.MaskedValue("420102********3427"))
    page = drawn(c.MaskedValue("420102********3427", "/reveal/1/", "刘秀英的身份证号"))
    assert 'href="/reveal/1/"' in page
    assert "查看刘秀英的身份证号的完整内容" in page


def test_sorting_keeps_the_filters_and_turns_round():
    page = drawn(tables()["queue"], "/list/?step=1&sort=due&after=9")
    assert 'aria-sort="ascending"' in page
    assert "?step=1&amp;sort=-due" in page
    assert "?step=1&amp;sort=received" in page


def test_paging_keeps_the_filters_and_says_how_many():
    page = drawn(tables()["queue"], "/list/?step=1")
    assert "显示 7 / 23 件" in page
    assert "?step=1&amp;after=7" in page


def test_an_empty_table_says_what_it_means_and_what_is_next():
    page = drawn(tables()["nothing"])
    assert "没有逾期的件" in page
    assert "看全部待办" in page
    assert "<table" not in page


def test_a_table_refuses_a_row_of_the_wrong_length():
    with pytest.raises(ValueError, match="zip"):
        drawn(c.Table("t", [c.Column("a"), c.Column("b")], [c.Row(["only one"])]))


def test_the_one_who_drew_sees_why_there_are_no_buttons():
    page = drawn(c.Approval([c.Signer("编制", "黄颖", "done")], blocked="您是编制人，不能复核"))
    assert "您是编制人，不能复核" in page
    assert "<button" not in page


def test_a_sum_to_be_typed_is_written_plainly_for_the_comparison():
    page = drawn(parts()["confirm"])
    assert 'data-typed="1120.00"' in page
    assert "先不办" in page
    assert "停发并送复核" in page


def test_texts_from_outside_are_escaped():
    assert "<b>" not in drawn(c.Chip("<b>x</b>", "ok"))
    assert "<b>" not in drawn("<b>x</b>")


def test_the_components_speak_english_when_asked():
    with translation.override("en"):
        assert "Care subsidy" in Template('{% load lxbt %}{% subsidy "care" %}').render(Context())
