"""The books as PDF, and the pictures that a build made: taken in once, made once for each edition and language, then
kept.
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from lxbt.accounts.rules import BY_KEY
from lxbt.core.refusal import Refusal
from lxbt.documents.typesetting import FOLDER, pdf_of
from lxbt.support.queries.guide import guides_for, picture_file, pictures_folder, topics
from lxbt.support.rules.book import blocks_of, pictures_in
from lxbt.support.rules.guide import MANUAL, Topic

LANGUAGE_CODES = {"zh": "zh-hans", "en": "en"}
PNG = b"\x89PNG\r\n\x1a\n"


class NoSuchBook(Refusal):
    """Neither the manual nor the guide of a role."""


def take_pictures(folder: Path) -> int:
    """Keep the pictures of a build where the pages look for them. Gives how many."""
    there = pictures_folder()
    there.mkdir(parents=True, exist_ok=True)
    count = 0
    for path in sorted(folder.glob("*.png")):
        content = path.read_bytes()
        if content.startswith(PNG):
            (there / path.name).write_bytes(content)
            count += 1
    return count


def book(name: str, *, language: str) -> bytes:
    """The PDF of `manual`, or of the guide of a role by its key; made when it is not there yet.

    NoSuchBook, TypesettingRefused.
    """
    shelf = (
        [topic for topic in topics(language) if topic.book == MANUAL]
        if name == MANUAL
        else guides_for([name], language=language)
    )
    if not shelf or (name != MANUAL and name not in BY_KEY):
        raise NoSuchBook(_("没有这本手册。"))
    pictures = {one: path.read_bytes() for one in pictures_in(shelf) if (path := picture_file(one)) is not None}
    kept = Path(settings.LXBT_VAR) / "manual" / "books" / f"{name}-{language}-{_edition(shelf, pictures)}.pdf"
    if kept.is_file():
        return kept.read_bytes()
    content = _made(name, shelf, pictures, language)
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(kept)
    return content


def _edition(shelf: list[Topic], pictures: dict[str, bytes]) -> str:
    """What tells one state of the texts and pictures from another."""
    digest = hashlib.sha256((FOLDER / "manual.typ").read_bytes())
    for topic in shelf:
        digest.update(f"{topic.slug}\n{topic.title}\n{topic.body}\n".encode())
    for name, content in sorted(pictures.items()):
        digest.update(name.encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


def _made(name: str, shelf: list[Topic], pictures: dict[str, bytes], language: str) -> bytes:
    with override(LANGUAGE_CODES[language]):
        missing = _("图片由每次构建时的浏览器演练生成，这套安装还没有带上。")
        narrow = {one: _narrow(content) for one, content in pictures.items()}
        data = {
            "title": _("残疾人两项补贴信息系统"),
            "subtitle": _("操作手册") if name == MANUAL else _("操作指南") + " · " + _(BY_KEY[name].label),
            "edition": _("随系统版本生成，图为演示数据"),
            "contents": _("目录"),
            "language": language,
            "chapters": [
                {"title": topic.title, "blocks": blocks_of(topic, pictures=narrow, missing=missing)} for topic in shelf
            ],
        }
    return pdf_of("manual", data, pictures={f"{one}.svg": _wrapped(content) for one, content in pictures.items()})


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _narrow(content: bytes) -> bool:
    """Whether a picture is higher than wide: a phone."""
    width, height = _size(content)
    return height > width


def _wrapped(content: bytes) -> bytes:
    """A PNG inside an SVG: the page-maker is handed text only."""
    width, height = _size(content)
    inner = base64.b64encode(content).decode()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">'
    )
    return f'{head}<image width="{width}" height="{height}" xlink:href="data:image/png;base64,{inner}"/></svg>'.encode()
