"""What a file says once for all of its rows: in the line above the table, in the name of the sheet, in the name of the
file. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SPACES = re.compile(r"\s+")
_MONTH = re.compile(r"(?<!\d)(?:(20\d\d)[年./-])?(1[0-2]|0?[1-9])月(?!\d*日)(?:份)?")
_PACKED = re.compile(r"(?<!\d)(20\d\d)[-./年]?(1[0-2]|0[1-9])(?!\d)")
_RANGE = re.compile(
    r"\d月?(?:份)?[-~—–至到]\d{1,2}月|[-~—–至到](?:20\d\d年)?\d{1,2}月|第?[1-4一二三四]季度|[上下]半年|\d[、,]\d{1,2}月"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年|$|[^\d])")
_LIVING, _CARE = (
    re.compile(r"生活补[贴助]|困难(?:残疾人)?(?:生活)?补|困残"),
    re.compile(r"护理补[贴助]|重度(?:残疾人)?(?:护理)?补|重残"),
)
_BARE_LIVING, _BARE_CARE = (
    frozenset(("生活", "困难", "困补", "困难类")),
    frozenset(("护理", "重度", "重补", "护补", "重度类")),
)
_DAY = re.compile(r"(?:发放|打款|拨付|到账|支付)(?:日期|时间)[:：]?(20\d\d[年./-]\d{1,2}[月./-]\d{1,2})日?")
_SIGNED = re.compile(r"(?:填表|制表|填报|编制|打印|导出|上报|报送)(?:日期|时间)?[:：]?.*")


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says: month (2025-03, or --03 where it leaves out the year), year, subsidy, paying day; empty where
    it does not.
    """

    month: str = ""
    year: str = ""
    subsidy: str = ""
    paid_on: str = ""


def said_in(text: str) -> Said:
    """What a line above a table or a name says of all rows."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    day = _DAY.search(plain)
    plain = _SIGNED.sub("", _DAY.sub("", plain))
    return Said(_month(plain), _year(plain), _subsidy(plain), day[1] if day else "")


def _month(text: str) -> str:
    if _RANGE.search(text):
        return ""
    found = {(year, int(month)) for year, month in _MONTH.findall(text)}
    if not found:
        found = {(year, int(month)) for year, month in _PACKED.findall(text)}
    if len(found) != 1:
        return ""
    year, month = found.pop()
    return f"{year or '-'}-{month:02d}"


def _year(text: str) -> str:
    found = set(_YEAR.findall(text)) | {year for year, _month_ in _PACKED.findall(text)}
    return found.pop() if len(found) == 1 else ""


def _subsidy(text: str) -> str:
    living, care = bool(_LIVING.search(text)) or text in _BARE_LIVING, bool(_CARE.search(text)) or text in _BARE_CARE
    if living == care:
        return ""
    return "生活补贴" if living else "护理补贴"
