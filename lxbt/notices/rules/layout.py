"""What a written notice consists of, as parts for the page and for the PDF in official layout. Pure.

A part is `{"kind": "paragraph" | "heading" | "note", "text"}`, a table `{"kind": "table", "caption", "heads", "rows",
"kinds"}` with cells as text and kinds `text` or `num`, or a chart `{"kind": "chart", "form": "line" | "bar", "title",
"note", "labels", "series", "digits"}` with series `{"name", "role", "values"}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxbt.documents.rules.charts import chart_drawing
from lxbt.notices.rules import paragraphs

Part = Mapping[str, Any]


def parts_of(text: str, blocks: Iterable[Part]) -> list[Part]:
    """The text's paragraphs (one that begins with a Chinese number and 、 is a heading), then the parts that the system
    made.
    """
    return [
        *({"kind": "heading" if is_heading(line) else "paragraph", "text": line} for line in paragraphs(text)),
        *blocks,
    ]


def is_heading(line: str) -> bool:
    """一、工作安排: short, and without a full stop."""
    mark, found, _rest = line.partition("、")
    return (
        bool(found)
        and 0 < len(mark) <= 3
        and all(c in "一二三四五六七八九十" for c in mark)
        and len(line) <= 30
        and not line.endswith("。")
    )


def official_data(
    *,
    issuer: str,
    number: str,
    title: str,
    addressee: str,
    parts: Sequence[Part],
    attachments: Sequence[str],
    signed_by: str,
    dated: str,
    urgent: bool,
    recorded: str,
    font: str,
    stamp: str = "",
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The data of the template `official` and the pictures that go with it: each chart is drawn."""
    blocks: list[Part] = []
    pictures: dict[str, bytes] = {}
    for part in parts:
        if part["kind"] == "table":
            blocks.append({**part, "widths": widths_of(part["heads"], part["rows"])})
            continue
        if part["kind"] != "chart":
            blocks.append(part)
            continue
        name = f"chart-{len(pictures) + 1}.svg"
        pictures[name] = chart_drawing(form=part["form"], labels=part["labels"], series=part["series"], font=font)
        blocks.append(
            {
                "kind": "picture",
                "name": name,
                "caption": f"{part['title']}（{part['note']}）" if part["note"] else part["title"],
                "note": part["title"],
            }
        )
    data = {
        "issuer": issuer,
        "number": number,
        "title": title,
        "addressee": addressee,
        "blocks": blocks,
        "attachments": list(attachments),
        "signed_by": signed_by,
        "dated": dated,
        "urgency": "特急" if urgent else "",
        "printed_by": recorded,
        "printed_on": f"{dated}印发",
        "stamp": stamp,
    }
    return data, pictures


def widths_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide the columns of a table are to each other: the widest cell counts, a head takes up to two lines."""
    columns = zip(*rows, strict=True) if rows else ([] for _head in heads)
    return [max(3, (broad(head) + 1) // 2, *map(broad, cells)) for head, cells in zip(heads, columns, strict=True)]


def broad(text: str) -> int:
    """The width of a text in half characters, up to twenty: longer ones are broken."""
    return min(20, sum(1 if ord(c) < 0x2000 else 2 for c in text))
