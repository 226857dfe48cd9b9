"""The guide and the manual as values: a topic, what it is made of, finding by words. Pure: files are read in
`queries.guide`.

A topic is a Markdown text under a head in YAML:

    title: 窗口受理一件申请
    roles: [clerk]                 empty: everybody
    pages: [application_new]       names of addresses that it explains
    order: 10
    practice: clerk_apply          an exercise that goes with it, or nothing

「…」 in Chinese and “…” in English quote what stands on the screen, and `![words](shot:name)` is a picture made by a
journey.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from markdown_it import MarkdownIt

QUOTED = {"zh": re.compile(r"「([^」]+)」"), "en": re.compile(r"“([^”]+)”")}
PICTURE = re.compile(r"!\[([^\]]*)\]\(shot:([a-z0-9-]+)\)")
GUIDE, MANUAL = "guide", "manual"
NEAR = 36  # characters shown on each side of what was found


class TopicUnreadable(ValueError):
    """A file of the guide has no head, or one that says too little: a defect of the guide."""


@dataclass(frozen=True)
class Topic:
    """One text of the guide (by role) or the manual (by page)."""

    slug: str
    book: str
    language: str
    title: str
    body: str
    order: int
    roles: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    practice: str = ""

    def quotes(self) -> list[str]:
        """The texts of the screen that are quoted."""
        return QUOTED[self.language].findall(self.body)

    def pictures(self) -> list[tuple[str, str]]:
        """(name, words) of each picture."""
        return [(name, words) for words, name in PICTURE.findall(self.body)]

    def plain(self) -> str:
        """The words alone, for finding."""
        text = PICTURE.sub(" ", self.body)
        return re.sub(r"\s+", " ", re.sub(r"[#*`]|^\d+\. |^- ", " ", text, flags=re.MULTILINE)).strip()


@dataclass(frozen=True)
class Hit:
    """A topic that was found: `parts` is the passage, each piece with whether it is what was asked for."""

    topic: Topic
    parts: tuple[tuple[str, bool], ...]
    score: int


def read_topic(text: str, *, slug: str, book: str, language: str) -> Topic:
    """A topic from its file. Raises `TopicUnreadable`."""
    found = re.match(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if not found:
        raise TopicUnreadable(f"{slug}: no head")
    head: dict[str, Any] = yaml.safe_load(found[1]) or {}
    unknown = set(head) - {"title", "roles", "pages", "order", "practice"}
    if unknown or "title" not in head or "order" not in head:
        raise TopicUnreadable(f"{slug}: {sorted(unknown) or 'title and order are wanted'}")
    return Topic(
        slug=slug,
        book=book,
        language=language,
        title=str(head["title"]),
        body=found[2].strip(),
        order=int(head["order"]),
        roles=tuple(head.get("roles") or ()),
        pages=tuple(head.get("pages") or ()),
        practice=str(head.get("practice") or ""),
    )


def html_of(topic: Topic, *, picture: Callable[[str], str], missing: str) -> str:
    """The text as HTML whose headings begin at level 3.

    `picture` gives the address of one, empty when it was not made.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def figure(found: re.Match[str]) -> str:
        words, name = found[1], found[2]
        address = picture(name)
        if not address:
            return f'<p class="note guide-no-picture">{html.escape(missing)}</p>'
        return (
            f'<figure class="guide-picture"><a href="{address}"><img src="{address}" alt="{words}" '
            f'loading="lazy"></a><figcaption>{words}</figcaption></figure>'
        )

    tokens = markdown.parse(topic.body)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    made = markdown.renderer.render(tokens, markdown.options, {})
    made = re.sub(r'<p>\s*<img src="shot:([a-z0-9-]+)" alt="([^"]*)"\s*/?>\s*</p>', lambda m: figure(_swapped(m)), made)
    return QUOTED[topic.language].sub(r'<b class="on-screen">\g<0></b>', made)


def _swapped(found: re.Match[str]) -> re.Match[str]:
    """A picture in HTML seen as it stands in Markdown."""
    again = PICTURE.match(f"![{found[2]}](shot:{found[1]})")
    assert again is not None
    return again


def for_page(topics: Iterable[Topic], *, page: str, roles: Sequence[str]) -> list[Topic]:
    """What helps on a page: the manual's sections on it, those written for one of the roles first, then in the books'
    order.
    """
    here = [topic for topic in topics if page in topic.pages]
    held = set(roles)
    return sorted(here, key=lambda t: (not held & set(t.roles), bool(t.roles), t.book != GUIDE, t.order))


def guides_of(topics: Iterable[Topic], roles: Sequence[str]) -> list[Topic]:
    """The guides of these roles, in the order of the book."""
    return sorted((t for t in topics if t.book == GUIDE and set(t.roles) & set(roles)), key=lambda t: t.order)


def words_of(asked: str) -> list[str]:
    """What is looked for: pieces between spaces, each as written and, beyond three Chinese characters, its pairs."""
    return [word.lower() for word in asked.split()[:6]]


def pairs(word: str) -> list[str]:
    """Neighbouring characters of a word, so that 退票怎么办 finds 退票."""
    return (
        [word[at : at + 2] for at in range(len(word) - 1)]
        if re.search(r"[\u3400-\u9fff]", word) and len(word) > 2
        else []
    )


def find(topics: Iterable[Topic], asked: str, *, roles: Sequence[str] = (), most: int = 12) -> list[Hit]:
    """Topics with the words asked for, the best first: a title counts more than a text, the whole word more than its
    pairs.
    """
    words = words_of(asked)
    hits = []
    for topic in topics:
        score, marks = _score(topic, words)
        if score:
            score += 2 if set(roles) & set(topic.roles) else 0
            hits.append(Hit(topic, _passage(topic.plain(), marks), score))
    return sorted(hits, key=lambda hit: (-hit.score, hit.topic.book != GUIDE, hit.topic.order))[:most]


def _score(topic: Topic, words: list[str]) -> tuple[int, list[str]]:
    """How well a topic answers, and the pieces to mark; nothing unless every word leaves a trace."""
    title, text = topic.title.lower(), topic.plain().lower()
    score, marks = 0, []
    for word in words:
        if word in title or word in text:
            score += 12 * (word in title) + 6 * (word in text)
            marks.append(word)
            continue
        found = [pair for pair in pairs(word) if pair in title or pair in text]
        if len(found) * 4 < len(pairs(word)) or not found:
            return 0, []
        score += sum(3 if pair in title else 1 for pair in found)
        marks += found
    return score, marks


def _passage(text: str, marks: list[str]) -> tuple[tuple[str, bool], ...]:
    """The piece of a text round the first mark, cut into what is marked and what is not."""
    lower = text.lower()
    first = min((at for mark in marks if (at := lower.find(mark)) >= 0), default=0)
    low, high = max(0, first - NEAR), min(len(text), first + 2 * NEAR)
    piece = ("…" if low else "") + text[low:high] + ("…" if high < len(text) else "")
    pattern = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))
    if not pattern:
        return ((piece, False),)
    cut = re.split(f"({pattern})", piece, flags=re.IGNORECASE)
    return tuple((part, at % 2 == 1) for at, part in enumerate(cut) if part)
