"""A topic as blocks for the page-maker: the same Markdown that the page shows, without markup of any kind left in it.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from lxbt.support.rules.guide import PICTURE, QUOTED, Topic

Run = dict[str, str]


def blocks_of(topic: Topic, *, pictures: Mapping[str, bool], missing: str) -> list[dict[str, Any]]:
    """The blocks of a topic, as `manual.typ` takes them.

    `pictures`: those at hand, each with whether it is narrow (a phone).
    """
    root = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).enable("table").parse(topic.body))
    found: list[dict[str, Any]] = []
    for node in root.children:
        if node.type == "heading":
            found.append({"kind": "heading", "text": _words(node)})
        elif node.type == "paragraph":
            found.append(_paragraph(node, topic.language, pictures, missing))
        elif node.type in ("ordered_list", "bullet_list"):
            kind = "steps" if node.type == "ordered_list" else "points"
            found.append({"kind": kind, "items": [_runs(item, topic.language) for item in node.children]})
        elif node.type == "table":
            head, *bodies = node.children
            found.append(
                {
                    "kind": "table",
                    "heads": [_runs(cell, topic.language) for cell in head.children[0].children],
                    "rows": [
                        [_runs(cell, topic.language) for cell in row.children]
                        for body in bodies
                        for row in body.children
                    ],
                }
            )
    return found


def _paragraph(node: SyntaxTreeNode, language: str, pictures: Mapping[str, bool], missing: str) -> dict[str, Any]:
    image = next((one for one in node.walk() if one.type == "image"), None)
    if image is None:
        return {"kind": "text", "runs": _runs(node, language)}
    name = str(image.attrs.get("src", "")).removeprefix("shot:")
    if name not in pictures:
        return {"kind": "missing", "text": missing}
    return {"kind": "picture", "name": f"{name}.svg", "caption": image.content, "narrow": pictures[name]}


def _inline(node: SyntaxTreeNode) -> list[Token]:
    return [
        child
        for one in node.walk()
        if one.type == "inline"
        for child in (one.token.children if one.token else None) or []
    ]


def _words(node: SyntaxTreeNode) -> str:
    return "".join(token.content for token in _inline(node))


def _runs(node: SyntaxTreeNode, language: str) -> list[Run]:
    """The text in pieces: what stands on the screen, what is stressed, and the rest."""
    found: list[Run] = []
    bold = False
    for token in _inline(node):
        if token.type in ("strong_open", "strong_close"):
            bold = token.type == "strong_open"
        elif token.type in ("softbreak", "hardbreak"):
            found.append({"text": " ", "style": ""})
        elif token.content:
            found += _quoted(token.content, language, "bold" if bold else "")
    return found


def _quoted(text: str, language: str, style: str) -> list[Run]:
    found, at = [], 0
    for match in QUOTED[language].finditer(text):
        if match.start() > at:
            found.append({"text": text[at : match.start()], "style": style})
        found.append({"text": match[0], "style": "screen"})
        at = match.end()
    if at < len(text):
        found.append({"text": text[at:], "style": style})
    return found


def pictures_in(topics: list[Topic]) -> list[str]:
    """The names of the pictures of these topics, each once."""
    return list(dict.fromkeys(name for topic in topics for _words, name in PICTURE.findall(topic.body)))
