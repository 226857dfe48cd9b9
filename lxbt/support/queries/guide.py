"""The guide 操作指南 and the manual 操作手册 that are shipped with the program, read once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from django.conf import settings

from lxbt.support.rules.guide import GUIDE, MANUAL, Hit, Topic, find, for_page, guides_of, read_topic

LANGUAGES = ("zh", "en")


@cache
def written(language: str) -> tuple[Topic, ...]:
    """The topics written in one language, guides first, in order. Files: guide/<language>/<book>/<slug>.md."""
    found = []
    for book in (GUIDE, MANUAL):
        folder = files("lxbt.support").joinpath("guide", language, book)
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.endswith(".md"):
                found.append(
                    read_topic(file.read_text(encoding="utf-8"), slug=file.name[:-3], book=book, language=language)
                )
    return tuple(sorted(found, key=lambda topic: (topic.book, topic.order, topic.slug)))


@cache
def topics(language: str) -> tuple[Topic, ...]:
    """All topics for a reader of this language: what is not written in it stands in Chinese."""
    own = {(topic.book, topic.slug): topic for topic in written(language)}
    return tuple(own.get((topic.book, topic.slug), topic) for topic in written("zh"))


def topic(book: str, slug: str, *, language: str) -> Topic | None:
    """One topic."""
    return next((one for one in topics(language) if (one.book, one.slug) == (book, slug)), None)


def topics_for_page(page: str, *, roles: Sequence[str], language: str) -> list[Topic]:
    """What helps on the page of this address name."""
    return for_page(topics(language), page=page, roles=roles)


def guides_for(roles: Sequence[str], *, language: str) -> list[Topic]:
    """The guides of the roles that somebody holds."""
    return guides_of(topics(language), roles)


def found(asked: str, *, roles: Sequence[str], language: str) -> list[Hit]:
    """Topics that speak of what was asked."""
    return find(topics(language), asked, roles=roles)


def pictures_folder() -> Path:
    """Where the pictures of the manual lie that a build made; may be missing."""
    return Path(settings.LXBT_VAR) / "manual"


def picture_file(name: str) -> Path | None:
    """The file of one picture, None when no build made it."""
    path = pictures_folder() / f"{name}.png"
    return path if path.is_file() else None
