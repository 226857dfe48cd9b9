"""Why a file is not taken, and how much is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a file is not taken."""

    TOO_LARGE = "too_large"
    NOT_A_SHEET = "not_a_sheet"
    WEB_PAGE = "web_page"
    OLD_OR_LOCKED = "old_or_locked"
    LOCKED = "locked"
    DAMAGED = "damaged"
    BOMB = "bomb"
    MACROS = "macros"
    LINKS = "links"
    OBJECTS = "objects"
    TOO_MANY_ROWS = "too_many_rows"
    EMPTY = "empty"
    QUOTE = "quote"


SENTENCES: Mapping[Fault, str] = {
    Fault.TOO_LARGE: "文件太大，请分成几个文件再传。",
    Fault.NOT_A_SHEET: "这个文件的内容不是 XLSX 或 CSV 表格，请用模板填写后另存为 XLSX 再传。",
    Fault.WEB_PAGE: "这个文件其实是网页或 XML 文本，不是表格。请用表格软件打开，另存为 XLSX 再传。",
    Fault.OLD_OR_LOCKED: "这是旧版 XLS 或加密的表格，请取消密码、另存为 XLSX 再传。",
    Fault.LOCKED: "表格设了打开密码，读不了。请取消密码后再传。",
    Fault.DAMAGED: "文件已损坏，打不开。请重新保存后再传。",
    Fault.BOMB: "文件解开后异常庞大，不予读取。请把数据复制到新的模板里再传。",
    Fault.MACROS: "表格带有宏，不予读取。请另存为不带宏的 XLSX 再传。",
    Fault.LINKS: "表格链接了其他文件或数据源，不予读取。请断开链接、只保留数值再传。",
    Fault.OBJECTS: "表格里嵌有其他文件或控件，不予读取。请删除后再传。",
    Fault.TOO_MANY_ROWS: "表格行数太多，请分成几个文件再传。",
    Fault.EMPTY: "表格里没有内容。",
    Fault.QUOTE: "文件已损坏：有一个引号没有配对，后面的几行会被吞进一格。请从原系统重新导出，或改掉这个引号再传。",
}


class Unfit(ValueError):
    """The file is not taken; `fault` says why, `line` where, if that is known."""

    def __init__(self, fault: Fault, line: int = 0) -> None:
        super().__init__(fault.value, line)
        self.fault, self.line = fault, line


@dataclass(frozen=True)
class Limits:
    """How much is taken. `old` and `ods`: XLS and ODS files, web pages and XML named so, are taken as well."""

    size: int = 5 * 2**20  # bytes as they come
    text: int = 5 * 2**20  # the same, of a text file
    unpacked: int = 80 * 2**20  # bytes of all parts together
    times: int = 200  # a part may be so many times what it was packed, above `small`
    small: int = 2**20
    parts: int = 500
    rows: int = 5_000
    columns: int = 200
    cells: int = 5_000 * 200  # rows times columns of a sheet, as a reader lays it out
    old: bool = False
    ods: bool = False
    links: bool = (
        False  # a workbook whose formulas ask other files is taken: their last values are read, nothing is asked
    )


USUAL = Limits()
LARGE = Limits(
    size=100 * 2**20,
    text=320 * 2**20,
    unpacked=1_200 * 2**20,
    parts=2_000,
    rows=1_048_576,
    columns=702,
    cells=26_000_000,
    old=True,
    ods=True,
    links=True,
)
