"""The guide and the manual cannot go stale: what they quote is on the screen, what they name exists, nobody is
forgotten.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lxbt.accounts.rules import BY_KEY, ROLES
from lxbt.support.queries import guide
from lxbt.support.rules.guide import GUIDE, MANUAL, Topic, TopicUnreadable, find, html_of, read_topic
from lxbt.web.kit.menu import entries
from lxbt.web.urls import urlpatterns

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "lxbt" / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)[sd]|%s|\\\{\w*\\\}")
ROUTES = {route.name for route in urlpatterns}
EVERY = [*guide.written("zh"), *guide.written("en")]


def named(topic: Topic) -> str:
    return f"{topic.language}/{topic.book}/{topic.slug}"


def fixed(text: str) -> bool:
    """Whether a text says enough itself, beside what is filled in."""
    return ("%" not in text and "{" not in text) or len(
        re.findall(r"[\u3400-\u9fff]|[A-Za-z]{2,}", re.sub(r"%\(\w+\)[sd]|%s|\{\w*\}", "", text))
    ) >= 3


@cache
def on_screen(language: str) -> re.Pattern[str]:
    """Every text that the screen can show in a language; what is filled in may be anything."""
    with CATALOGUE.open("rb") as file:
        texts = [m.id if language == "zh" else m.string for m in read_po(file) if m.id]
    flat = {one for text in texts for one in ([text] if isinstance(text, str) else text) if one and fixed(one)}
    return re.compile("|".join(PLACEHOLDER.sub(".+", re.escape(one)) for one in sorted(flat, key=len, reverse=True)))


@pytest.mark.parametrize("topic", EVERY, ids=named)
def test_every_text_of_the_screen_that_is_quoted_is_there(topic: Topic) -> None:
    assert [quoted for quoted in topic.quotes() if not on_screen(topic.language).fullmatch(quoted)] == []


@pytest.mark.parametrize("topic", EVERY, ids=named)
def test_what_a_topic_names_exists(topic: Topic) -> None:
    assert set(topic.pages) <= ROUTES
    assert set(topic.roles) <= set(BY_KEY)
    assert not re.search(r"style=|<script|https?://", topic.body)


def test_every_role_has_a_guide_in_both_languages() -> None:
    for language in guide.LANGUAGES:
        held = Counter(role for topic in guide.written(language) if topic.book == GUIDE for role in topic.roles)
        assert held == Counter(role.key for role in ROLES)


def test_every_page_of_the_menu_has_a_section_of_the_manual() -> None:
    lines = {entry.name for entry in entries()}
    told = {page for topic in guide.written("zh") if topic.book == MANUAL for page in topic.pages}
    assert len(lines) > 25
    assert lines - told == set()


def test_places_in_a_book_are_given_once() -> None:
    for language in guide.LANGUAGES:
        places = Counter((topic.book, topic.order) for topic in guide.written(language))
        assert max(places.values()) == 1


def test_a_reader_of_english_gets_chinese_where_there_is_no_english() -> None:
    assert [(t.book, t.slug) for t in guide.topics("en")] == [(t.book, t.slug) for t in guide.topics("zh")]


def test_english_follows_the_chinese_text() -> None:
    chinese = {(t.book, t.slug): t for t in guide.written("zh")}
    for topic in guide.written("en"):
        other = chinese[topic.book, topic.slug]
        assert (topic.roles, topic.pages, topic.order, topic.practice) == (
            other.roles,
            other.pages,
            other.order,
            other.practice,
        )
        assert topic.pictures() == [] or {name for name, _words in topic.pictures()} <= {
            name for name, _words in other.pictures()
        }


def topic(body: str, **more: object) -> Topic:
    return Topic(
        **{"slug": "x", "book": MANUAL, "language": "zh", "title": "退票和更正账户", "body": body, "order": 1, **more}
    )  # type: ignore[arg-type]


def test_words_are_found_in_a_sentence_asked_as_people_ask() -> None:
    texts = [topic("银行把钱退回来了，点「更正账户」。", slug="a"), topic("另一件事。", slug="b", title="区划")]
    assert [hit.topic.slug for hit in find(texts, "退票怎么办")] == ["a"]
    assert [hit.topic.slug for hit in find(texts, "更正账户")] == ["a"]
    assert find(texts, "完全没有的话") == []
    assert find(texts, "   ") == []


def test_what_was_found_is_marked() -> None:
    hit = find([topic("先看名单，再点「更正账户」。")], "更正账户")[0]
    assert [part for part, marked in hit.parts if marked] == ["更正账户"]


def test_a_title_counts_more_than_a_text_and_the_own_role_more_than_another() -> None:
    texts = [
        topic("说到追缴。", slug="a", title="甲"),
        topic("别的。", slug="b", title="追缴"),
        topic("说到追缴。", slug="c", title="乙", roles=("clerk",)),
    ]
    assert [hit.topic.slug for hit in find(texts, "追缴", roles=["clerk"])] == ["b", "c", "a"]


def test_a_text_brings_no_html_of_its_own_and_quotes_stand_out() -> None:
    made = html_of(topic("## 一\n\n<b>点</b>「更正账户」"), picture=lambda name: "", missing="没有图")
    assert "&lt;b&gt;" in made
    assert '<b class="on-screen">「更正账户」</b>' in made
    assert "<h3>一</h3>" in made


def test_a_picture_that_no_build_made_is_said_to_be_missing() -> None:
    text = topic("![一张图](shot:batch)")
    assert "没有图" in html_of(text, picture=lambda name: "", missing="没有图")
    assert '<img src="/p/batch" alt="一张图"' in html_of(text, picture=lambda name: f"/p/{name}", missing="")


@pytest.mark.parametrize("text", ["没有头", "---\ntitle: 甲\n---\n", "---\ntitle: 甲\norder: 1\ncolour: red\n---\n"])
def test_a_file_whose_head_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(TopicUnreadable):
        read_topic(text, slug="x", book=GUIDE, language="zh")
