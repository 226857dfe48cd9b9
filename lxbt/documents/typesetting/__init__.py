"""Documents as PDF: a template of this folder, filled with plain data, typeset in a process of its own.

Text never becomes markup: the data go in as one JSON file that the template reads. No template fetches anything or
reads a file that was not handed to it; time, memory and size are bounded; the same data give the same bytes.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from lxbt.core.refusal import Refusal

FOLDER = Path(__file__).parent
SECONDS = 60  # of one document
MEMORY = 3 * 2**30  # bytes of address space, fonts mapped into it included
LARGEST = 20 * 2**20  # bytes that go in, and bytes that come out
PICTURE = re.compile(r"[a-z0-9_-]{1,60}\.(svg|png|jpg)")

# The first family of each list that is installed is taken. 方正 and 仿宋 where a body has them, the free ones of 思源 /
# Noto otherwise.
TITLE = (
    "FZXiaoBiaoSong-B05S",
    "FZXiaoBiaoSong-B05",
    "方正小标宋简体",
    "Source Han Serif SC",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "SimSun",
)
BODY = (
    "FangSong_GB2312",
    "FangSong",
    "仿宋_GB2312",
    "仿宋",
    "Source Han Serif SC",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "SimSun",
    "Noto Sans CJK SC",
)
SANS = (
    "SimHei",
    "黑体",
    "Source Han Sans SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "Noto Serif CJK SC",
)


class TypesettingRefused(Refusal):
    """The document cannot be typeset here."""


@dataclass(frozen=True)
class Families:
    """The families that a document is set in."""

    title: str
    body: str
    sans: str


@lru_cache(maxsize=4)
def families_in(folder: str) -> Families | None:
    """What of the lists above is installed; in `folder` (several parted by a colon) and with none named on the system.

    None without Chinese fonts.
    """
    there = set(
        typst.Fonts(
            include_system_fonts=not folder, include_embedded_fonts=False, font_paths=_folders(folder)
        ).families()
    )
    found = [next((name for name in names if name in there), None) for names in (TITLE, BODY, SANS)]
    spare = next((name for name in found if name), None)
    return Families(*(name or spare for name in found)) if spare else None


def _folders(folder: str) -> list[str]:
    return [part for part in folder.split(os.pathsep) if part and Path(part).is_dir()]


def families() -> Families:
    """The families of this installation; TypesettingRefused when no Chinese font is there."""
    found = families_in(settings.LXBT_FONTS)
    if found is None:
        raise TypesettingRefused(
            _(
                "服务器上没有中文字体，不能生成 PDF。请运维人员安装 fonts-noto-cjk，或用 LXBT_FONTS "
                "指明字体所在的文件夹。"
            )
        )
    return found


def pdf_of(
    template: str,
    data: Mapping[str, Any],
    *,
    pictures: Mapping[str, bytes] | None = None,
    moment: datetime | None = None,
) -> bytes:
    """The PDF of `template` (the name of a file of this folder without `.typ`) filled with `data`.

    The template finds the data by `json("data.json")`, the families of fonts at its key `fonts`, and each picture (SVG,
    PNG, JPG) under its name, for instance `chart-1.svg`. `data` holds text, numbers, dates (become YYYY-MM-DD) and
    Decimal (become text), in lists and dictionaries. `moment` is written into the file as the time of its making; left
    out, a fixed one, so that the bytes depend on data alone. Raises TypesettingRefused without Chinese fonts, beyond
    the bounds, or when the template cannot set the data.
    """
    files = {"main.typ": (FOLDER / f"{template}.typ").read_bytes()}
    for name, content in (pictures or {}).items():
        if PICTURE.fullmatch(name) is None:
            raise ValueError(f"{name} is no name of a picture")
        files[name] = content
    fonts = families()
    files["data.json"] = json.dumps({**data, "fonts": fonts.__dict__}, ensure_ascii=False, default=_plain).encode()
    if sum(map(len, files.values())) > LARGEST:
        raise TypesettingRefused(_("内容太大，不能生成 PDF。请减少图表或附表后再试。"))
    job = {
        "files": {name: base64.b64encode(content).decode() for name, content in files.items()},
        "fonts": _folders(settings.LXBT_FONTS),
        "system_fonts": not settings.LXBT_FONTS,
        "moment": int(moment.timestamp()) if moment else 0,
        "memory": MEMORY,
        "seconds": SECONDS,
    }
    return _pressed(json.dumps(job).encode())


def _pressed(job: bytes) -> bytes:
    environment = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "XDG_DATA_DIRS", "FONTCONFIG_PATH")
        if name in os.environ
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(FOLDER / "press.py")],
            input=job,
            capture_output=True,
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TypesettingRefused(_("生成 PDF 超过一分钟，已停止。请减少图表或附表后再试。")) from None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise TypesettingRefused(
            _("没有生成 PDF：%(why)s") % {"why": done.stderr.decode(errors="replace").strip()[:300]}
        )
    if len(done.stdout) > LARGEST:
        raise TypesettingRefused(_("内容太大，不能生成 PDF。请减少图表或附表后再试。"))
    return done.stdout


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value)
