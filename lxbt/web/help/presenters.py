"""Topics as they stand on a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lxbt.support.queries import guide
from lxbt.support.rules.guide import GUIDE, Hit, Topic, html_of


@dataclass(frozen=True)
class Section:
    """A topic with its text, ready for the page. `foreign` when it is not written in the reader's language."""

    title: str
    url: str
    html: SafeString
    foreign: bool
    practice: str


@dataclass(frozen=True)
class Entry:
    """A topic in a list."""

    title: str
    url: str
    book: str
    foreign: bool = False


@dataclass(frozen=True)
class Found:
    """A topic that was found, with the passage."""

    entry: Entry
    parts: tuple[tuple[str, bool], ...]


def language() -> str:
    """The reader's language, as the folders of the guide are called."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def entry(topic: Topic) -> Entry:
    """A topic as a line of a list."""
    book = _("操作指南") if topic.book == GUIDE else _("操作手册")
    return Entry(topic.title, reverse("help_topic", args=[topic.book, topic.slug]), book, topic.language != language())


def entries(topics: Sequence[Topic]) -> list[Entry]:
    """Topics as a list."""
    return [entry(topic) for topic in topics]


def section(topic: Topic) -> Section:
    """A topic with its text. The text is shipped with the program and allows no HTML of its own."""

    def picture(name: str) -> str:
        return reverse("help_picture", args=[name]) if guide.picture_file(name) else ""

    text = html_of(topic, picture=picture, missing=_("图片由每次构建时的浏览器演练生成，这套安装还没有带上。"))
    return Section(
        topic.title,
        reverse("help_topic", args=[topic.book, topic.slug]),
        mark_safe(text),
        topic.language != language(),
        topic.practice,
    )


def found(hits: Sequence[Hit]) -> list[Found]:
    """What was found."""
    return [Found(entry(hit.topic), hit.parts) for hit in hits]
