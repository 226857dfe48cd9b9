"""Which sheet, which row of titles, which column is which: by title, by another title, by what stands below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lxbt.imports.reading.files import Grid, Range
from lxbt.imports.reading.passing import ADDED_TITLES
from lxbt.imports.rules.doubts import EVENT_TITLE, STATUS_TITLE
from lxbt.imports.rules.kinds import Kind, plain_title
from lxbt.imports.rules.kinds.turns import before_and_after, months_of_title
from lxbt.imports.rules.values import BadValue, read_cell, text_of

MARK = "_lxbt"  # the hidden sheet of a template: kind and version
HEAD = 30  # rows among which the header is looked for
PROBED = 60  # rows below it that are looked at for their content
SAMPLES = 5
FAR = date(2090, 12, 1)  # when only the form of a month matters

_AMBIGUOUS: Mapping[str, tuple[str, ...]] = {
    "类别": ("subsidy", "category", "economic", "change"),
    "类型": ("subsidy", "category", "economic", "change"),
    "种类": ("subsidy", "category"),
    "证号": ("certificate_number", "identity_number"),
    "证件号": ("identity_number", "certificate_number"),
    "证件号码": ("identity_number", "certificate_number"),
    "残疾人证": ("certificate_number", "identity_number"),
    "残疾证": ("certificate_number", "identity_number"),
    "人员类别": ("economic", "category", "subsidy"),
    "人员类型": ("economic", "category", "subsidy"),
    "对象类别": ("economic", "category", "subsidy"),
    "对象类型": ("economic", "category", "subsidy"),
    "生活补贴": ("living_amount", "subsidy"),
    "护理补贴": ("care_amount", "subsidy"),
    "月份": ("month", "paid_month", "month_of_year"),
    "批次": ("batch_note", "month"),
    "户籍所在地": ("division", "address"),
    "项目": ("subsidy", "change"),
}
_LIVING = frozenset(
    map(
        plain_title,
        ("生活", "困难", "生活补贴", "困难残疾人生活补贴", "困难残疾人", "困难补贴", "生活补助", "困难生活补贴"),
    )
)
_CARE = frozenset(
    map(
        plain_title,
        ("护理", "重度", "护理补贴", "重度残疾人护理补贴", "重度残疾人", "重度补贴", "护理补助", "重度护理补贴"),
    )
)
_BY_CONTENT = {"identity": 0.6, "certificate": 0.5, "subsidy": 0.9, "month": 0.9, "change": 0.9}
_OTHER_PERSONS = ("监护", "代理", "户主", "配偶", "代办", "代领", "照料", "持卡", "联系人", "家属", "经办")
_LARGE_UNIT = re.compile(r"[万千百]元|[(（]分[)）]|单位[:：]\s*[分角万千]")
_OTHERS = ("监护", "代理", "户主", "联系", "配偶", "持卡", "代办", "序号", "账", "帐", "卡号", "照料")
_BY_CONTENT_KEYS = ("identity_number", "certificate_number", "subsidy", "month", "change")


@dataclass
class Header:
    """A candidate for the header: rows `first` to `last` (from 0), one title for each column."""

    first: int
    last: int
    titles: list[str]
    mapping: dict[int, str] = field(default_factory=dict)
    sure: dict[int, str] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)  # columns remembered as not taken
    others: dict[int, str] = field(default_factory=dict)  # columns that could be what another one was taken for
    before: dict[int, str] = field(default_factory=dict)  # columns that say what something was before

    @property
    def score(self) -> float:
        """How well it fits; one row rather than two when both say the same."""
        months = sum(months_of_title(title.rpartition(" ")[2]) is not None for title in self.titles)
        told = sum(0.5 if how == "content" else 1.0 for how in self.sure.values())
        return told + (0.6 * months if months > 1 and self.sure else 0.0) - 0.1 * (self.last - self.first)


class Titles:
    """The titles of a kind, as they are compared."""

    def __init__(self, kind: Kind, remembered: Mapping[str, str] | None) -> None:
        self.kind = kind
        self.own = {plain_title(column.title): column.key for column in kind.columns}
        self.others: dict[str, str] = {}
        for column in kind.columns:
            for alias in column.aliases:
                self.others.setdefault(plain_title(alias), column.key)
        self.rank = {
            plain_title(alias): place for column in kind.columns for place, alias in enumerate(column.aliases)
        }  # the better titles stand first
        self.remembered = {plain_title(title): key for title, key in (remembered or {}).items()}

    def candidates(self, title: str) -> tuple[tuple[str, ...], str]:
        """The keys that a title may stand for, and how that is known."""
        if title in self.remembered:
            return (self.remembered[title],), "remembered"
        if title in _AMBIGUOUS:
            keys = tuple(key for key in _AMBIGUOUS[title] if self.kind.has(key))
            if keys:
                return keys, "title" if self.own.get(title) == keys[0] else "alias"
        if title in self.own:
            return (self.own[title],), "title"
        if title in self.others:
            return (self.others[title],), "alias"
        bare, turn = before_and_after(title)
        if turn > 0 and (key := self.own.get(bare) or self.others.get(bare)):
            return (key,), "alias"
        return (), ""

    def of_before(self, title: str) -> str:
        """The key of what a title tells the former value of; empty when it tells no such thing."""
        bare, turn = before_and_after(title)
        if turn >= 0 or title in self.own or title in self.others:
            return ""
        return self.own.get(bare) or self.others.get(bare, "")

    def of(self, upper: str, lower: str) -> tuple[tuple[str, ...], str, str]:
        """The same for a title of two rows; the third is the title to show."""
        up, low = plain_title(upper), plain_title(lower)
        if not up or not low or up == low:
            shown = lower or upper
            return *self.candidates(low or up), shown
        shown = f"{upper.strip()} {lower.strip()}"
        if up + low in self.remembered:
            return *self.candidates(up + low), shown
        if low in _LIVING and self.kind.has("living_amount"):
            return ("living_amount",), "alias", shown
        if low in _CARE and self.kind.has("care_amount"):
            return ("care_amount",), "alias", shown
        for title in (up + low,) if any(word in up for word in _OTHER_PERSONS) else (up + low, low):
            keys, how = self.candidates(title)
            if keys:
                return keys, how, shown
        return (), "", shown


def find_header(lines: Sequence[Sequence[Any]], grid: Grid, titles: Titles) -> Header:
    """The row, or the two rows, of titles, with what the columns are.

    Row -1 when there is none: then by content alone.
    """
    best: Header | None = None
    for number in range(min(HEAD, len(lines))):
        for header in _candidates(lines, number, grid.merged, titles):
            if best is None or header.score > best.score:
                best = header
    if best is None or best.score < 1:
        width = max((len(line) for line in lines), default=0)
        best = Header(-1, -1, [""] * width)
        _by_content(best, lines, titles.kind)
        if best.mapping:
            return best
        first = next(
            (number for number, line in enumerate(lines) if sum(cell not in ("", None) for cell in line) > 1), -1
        )
        return Header(first, first, [text_of(cell).strip() for cell in lines[first]] if first >= 0 else best.titles)
    _by_content(best, lines[best.last + 1 :], titles.kind)
    _leave_other_units(best, lines, titles.kind)
    return best


def _leave_other_units(header: Header, lines: Sequence[Sequence[Any]], kind: Kind) -> None:
    """Amounts in units of ten thousand are not read as yuan: whoever sends them sets the columns by hand, or mends
    them.
    """
    above = any(_LARGE_UNIT.search(text_of(cell)) for line in lines[: header.first] for cell in line)
    for at, key in list(header.mapping.items()):
        raw = "".join(text_of(lines[row][at]) for row in range(header.first, header.last + 1) if at < len(lines[row]))
        if (
            kind.column(key).kind == "money"
            and header.sure[at] != "remembered"
            and (above or _LARGE_UNIT.search(raw + header.titles[at]))
        ):
            del header.mapping[at], header.sure[at]


def _candidates(
    lines: Sequence[Sequence[Any]], number: int, merged: Iterable[Range], titles: Titles
) -> Iterable[Header]:
    upper = [text_of(cell).strip() for cell in lines[number]]
    if not any(upper) or any(map(_holds_a_number, upper)):
        return
    one = Header(number, number, upper)
    _by_title(one, [("", title) for title in upper], lines[number + 1 :], titles)
    yield one
    if number + 1 < len(lines) and not _is_data(lines[number + 1]):
        lower = [text_of(cell).strip() for cell in lines[number + 1]]
        pairs = list(zip(_spread(upper, number, merged, lower), lower, strict=False))
        two = Header(number, number + 1, [])
        _by_title(two, pairs, lines[number + 2 :], titles)
        if any(pair[1] and (two.mapping.get(at) or months_of_title(pair[1])) for at, pair in enumerate(pairs)):
            yield two


def _spread(upper: Sequence[str], number: int, merged: Iterable[Range], lower: Sequence[str]) -> list[str]:
    """The upper titles over all columns that they stand over: those merged, or, where nothing is merged, the empty ones
    to the right with a title below.
    """
    spread = list(upper) + [""] * max(0, len(lower) - len(upper))
    across = [(low[1], high[1]) for low, high in merged if low[0] <= number <= high[0] and high[1] > low[1]]
    for first, last in across:
        for at in range(first + 1, min(last + 1, len(spread))):
            spread[at] = spread[first]
    if not across:
        for at in range(1, len(spread)):
            if not spread[at] and at < len(lower) and lower[at]:
                spread[at] = spread[at - 1]
    over = [text for text, below in zip(spread, lower, strict=False) if below]
    if len(over) > 2 and len(set(over)) == 1:  # over every column alike: the name of the table
        return [""] * len(spread)
    return spread


def _is_data(line: Sequence[Any]) -> bool:
    """Whether a row holds values rather than titles: a number of fifteen digits or more, or mostly numbers and
    dates.
    """
    filled = [cell for cell in line if cell not in ("", None)]
    texts = [text_of(cell).strip() for cell in filled]
    if any(map(_holds_a_number, texts)):
        return True
    numbers = sum(
        not isinstance(cell, str) or text.replace(".", "", 1).isdigit()
        for cell, text in zip(filled, texts, strict=True)
    )
    return bool(filled) and numbers * 2 >= len(filled)


def _holds_a_number(text: str) -> bool:
    """Whether a text holds a number of a person or an account, as no title does."""
    return sum(character.isdigit() for character in text) >= 15


def _by_title(header: Header, pairs: Sequence[tuple[str, str]], below: Sequence[Sequence[Any]], titles: Titles) -> None:
    taken: set[str] = set()
    shown_titles: list[str] = []
    wanted: list[tuple[int, tuple[str, ...], str, int]] = []
    for at, (upper, lower) in enumerate(pairs):
        keys, how, shown = titles.of(upper, lower)
        shown_titles.append(shown)
        if keys == ("",):
            header.refused.add(at)
        elif keys and plain_title(shown) not in ADDED_TITLES:
            title = plain_title(shown)
            newer = before_and_after(title)[1] > 0 and title not in titles.own and title not in titles.others
            rank = titles.rank.get(title, titles.rank.get(plain_title(lower), 999))
            wanted.append((at, keys, "alias" if newer else how, -1 if newer else rank))
        elif before := titles.of_before(plain_title(shown)):
            header.before[at] = before
    header.titles = shown_titles
    if sum("phone" in keys for _at, keys, _how, _rank in wanted) > 1:  # beside somebody else's name it is theirs
        wanted = [one for one in wanted if "phone" not in one[1] or not _beside_another(one[0], shown_titles)]
    order = {"remembered": 0, "title": 1, "alias": 2}
    for at, keys, how, _rank in sorted(
        wanted, key=lambda item: (0 if item[3] < 0 else order[item[2]], len(item[1]) > 1, item[3], item[0])
    ):
        free = [key for key in keys if key not in taken and titles.kind.has(key)]
        if not free:
            if len(keys) == 1:
                header.others[at] = keys[0]
            continue
        key = free[0]
        if len(free) > 1:
            cells = _cells(below, at)
            key = max(free, key=lambda tried: (_fits(titles.kind.column(tried).kind, cells), -free.index(tried)))
        taken.add(key)
        header.mapping[at], header.sure[at] = key, how


def _beside_another(at: int, shown: Sequence[str]) -> bool:
    return at > 0 and any(word in shown[at - 1] for word in _OTHER_PERSONS)


def _cells(lines: Sequence[Sequence[Any]], at: int) -> list[Any]:
    return [line[at] for line in lines[:PROBED] if at < len(line) and line[at] not in ("", None)]


def _fits(kind: str, cells: Sequence[Any]) -> float:
    """The share of cells that can be read so."""
    if not cells:
        return 0.0
    good = 0
    for cell in cells:
        try:
            good += read_cell(kind, cell, on=FAR) is not None
        except BadValue as fault:
            good += fault.code in (
                "identity_digits_lost",
                "identity_scientific",
                "identity_check",
                "certificate_digits_lost",
            )
    return good / len(cells)


def _by_content(header: Header, below: Sequence[Sequence[Any]], kind: Kind) -> None:
    """Columns that the titles did not tell, where what stands below leaves no doubt."""
    columns = {at: _cells(below, at) for at in range(max((len(line) for line in below[:PROBED]), default=0))}
    titles = {at: header.titles[at] if at < len(header.titles) else "" for at in columns}
    for key in _BY_CONTENT_KEYS:
        if not kind.has(key) or not _wanted(key, kind, set(header.mapping.values())):
            continue
        reader = kind.column(key).kind
        free = [
            at for at in columns if at not in header.mapping and at not in header.refused and _may_hold(key, titles[at])
        ]
        best = max(((_fits(reader, columns[at]), -at) for at in free), default=(0.0, 0))
        if best[0] >= _BY_CONTENT[reader]:
            header.mapping[-best[1]], header.sure[-best[1]] = key, "content"
    if header.first < 0 and "identity_number" in header.mapping.values() and kind.has("name"):
        _name_by_content(header, columns)


def _wanted(key: str, kind: Kind, mapped: set[str]) -> bool:
    if key == "subsidy" and {"living_amount", "care_amount"}.intersection(mapped):
        return False
    return key not in mapped and (key != "month" or kind.column(key).required)


def _may_hold(key: str, title: str) -> bool:
    """Whether a column with a title that is not known may hold numbers of the person: those of somebody else have a
    title that says so.
    """
    plain = plain_title(title)
    if plain in ADDED_TITLES or (key == "month" and title):
        return False
    if key == "change" and (STATUS_TITLE.fullmatch(plain) or EVENT_TITLE.fullmatch(plain)):
        return False
    return key in ("subsidy", "change") or not any(word in title for word in _OTHERS)


def _name_by_content(header: Header, columns: Mapping[int, Sequence[Any]]) -> None:
    for at, cells in columns.items():
        if (
            at not in header.mapping
            and _fits("name", cells) > 0.9
            and all(1 < len(text_of(cell).strip()) < 5 for cell in cells)
        ):
            header.mapping[at], header.sure[at] = "name", "content"
            return
