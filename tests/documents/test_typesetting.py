"""Documents are typeset as PDF: text stays text, the same data give the same bytes, nothing outside is read."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from lxbt.documents import typesetting
from lxbt.documents.typesetting import TypesettingRefused, pdf_of

DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><rect x="5" y="5" width="90" height="70" '
    b'fill="#0A6E69"/></svg>'
)
DATA: dict[str, Any] = {
    "issuer": "湖北省民政厅",
    "number": "鄂民函〔2026〕12号",
    "title": "关于做好现有领取人数据补录工作的通知",
    "addressee": "各市、州民政局",
    "blocks": [
        {"kind": "heading", "text": "一、工作安排"},
        {"kind": "paragraph", "text": '请于期限内完成。#panic("text") *not bold* $x$ @ref <label> \\ /* kept */'},
        {
            "kind": "table",
            "caption": "进度（人）",
            "heads": ["地区", "人数"],
            "kinds": ["text", "num"],
            "rows": [["武汉市", "12,345"], ["宜昌市", "6,789"]],
        },
        {"kind": "picture", "name": "chart-1.svg", "caption": "人数", "note": "各市人数"},
    ],
    "attachments": ["补录模板.xlsx"],
    "signed_by": "湖北省民政厅",
    "dated": "2026年11月24日",
}


def pages_of(pdf: bytes) -> int:
    """How many pages the file says it has."""
    opened = pdf + b"".join(_inflated(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL))
    return max(int(n) for n in re.findall(rb"/Type\s*/Pages.*?/Count (\d+)|/Count (\d+)", opened)[0] if n)


def _inflated(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error:
        return b""


def test_a_notice_is_typeset_and_has_its_pages() -> None:
    pdf = pdf_of("official", DATA, pictures={"chart-1.svg": DRAWING})
    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) == 2


def test_the_same_data_give_the_same_bytes() -> None:
    assert pdf_of("official", DATA, pictures={"chart-1.svg": DRAWING}) == pdf_of(
        "official", DATA, pictures={"chart-1.svg": DRAWING}
    )


def test_a_long_table_goes_on_over_pages() -> None:
    rows = [[f"第{n}县", f"{n:,}"] for n in range(200)]
    long = {
        **DATA,
        "blocks": [
            {"kind": "table", "caption": "附表", "heads": ["地区", "人数"], "kinds": ["text", "num"], "rows": rows}
        ],
    }
    assert pages_of(pdf_of("official", long)) > 3


def test_a_picture_that_was_not_handed_in_is_not_read_from_the_disk() -> None:
    there = {**DATA, "blocks": [{"kind": "picture", "name": "/etc/hostname", "caption": ""}]}
    with pytest.raises(TypesettingRefused, match="没有生成 PDF"):
        pdf_of("official", there)


def test_names_of_pictures_lead_nowhere() -> None:
    with pytest.raises(ValueError, match="no name of a picture"):
        pdf_of("official", DATA, pictures={"../main.typ": b""})


def test_without_chinese_fonts_it_is_said_what_to_install(settings: Any, tmp_path: Path) -> None:
    settings.LXBT_FONTS = str(tmp_path)
    with pytest.raises(TypesettingRefused, match="fonts-noto-cjk"):
        pdf_of("official", DATA)


def test_a_document_beyond_its_time_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*args: Any, **kwargs: Any) -> None:
        raise subprocess.TimeoutExpired("press", 1)

    monkeypatch.setattr(typesetting.subprocess, "run", late)
    with pytest.raises(TypesettingRefused, match="超过一分钟"):
        pdf_of("official", DATA)


def test_what_is_too_large_is_not_begun() -> None:
    with pytest.raises(TypesettingRefused, match="太大"):
        pdf_of("official", DATA, pictures={"chart-1.svg": b" " * (typesetting.LARGEST + 1)})


def test_no_template_fetches_packages() -> None:
    assert not [
        path.name for path in typesetting.FOLDER.glob("*.typ") if "@preview" in path.read_text(encoding="utf-8")
    ]
