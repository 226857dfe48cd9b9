"""What a careful clerk would ask about the rows of a file before taking them: looked for column by column, told row by
row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxbt.documents.rules.workbooks.marks import COLOURED, COMMENT
from lxbt.imports.reading.layout import Layout
from lxbt.imports.reading.passing import ADDED, ANSWER
from lxbt.imports.rules.doubts import (
    DOUBTS,
    ODD_ACCOUNT,
    account_doubt,
    event_doubt,
    is_placeholder,
    note_doubt,
    note_months,
    seen,
    status_doubt,
)
from lxbt.imports.rules.faults import Fault
from lxbt.imports.rules.kinds import plain_title
from lxbt.imports.rules.values import text_of

MOST_ACCOUNTS = 500_000  # that are remembered from row to row
_TAKEN = frozenset(("照收", "收", "确认", "无误", "属实"))
_SENTENCES = {words.problem: code for code, words in DOUBTS.items()}
_NO_NAME = re.compile(r"[某XxＸ×待未测同不无名]")
Asks = dict[int, list[Fault]]


class Doubting:
    """Keeps what it must know of the rows before."""

    def __init__(self, layout: Layout, kind: str, marks_of: Callable[[int], list[str]], *, marked: bool) -> None:
        self.layout, self.kind = layout, kind
        titles = {at: plain_title(title) for at, title in enumerate(layout.titles)}
        self.titles = titles
        self.added = plain_title(ADDED[0]) in titles.values() and plain_title(ADDED[1]) in titles.values()
        self.marks_of = marks_of if marked else None
        self.by_word: dict[int, dict[Any, bool]] = {at: {} for at in layout.watch}
        self.accounts: dict[str, str] = {}  # account -> whose
        self.problem = (
            next((at for at, title in titles.items() if title == plain_title(ADDED[0])), -1) if self.added else -1
        )
        self.answer = (
            next((at for at, title in titles.items() if title == plain_title(ANSWER)), -1) if self.added else -1
        )
        self.keys = {key: at for at, key in layout.mapping.items()}

    def asks(self, rows: Sequence[Sequence[Any]], row_nos: Sequence[int], values: Mapping[str, Sequence[Any]]) -> Asks:
        """Position -> what is to be asked of the row."""
        found: Asks = {}
        if self.kind not in ("recipients", "history"):
            return found
        self._marks(row_nos, found)
        for at, what in self.layout.watch.items():
            self._watch(at, what, rows, values, found)
        for key, other in self.layout.doubles.items():
            self._double(key, other, rows, found)
        names = values.get("name") or []
        if _NO_NAME.search("\n".join(name for name in names if name)):
            for at, name in enumerate(names):
                if name is not None and is_placeholder(name):
                    _ask(found, at, "name", "name_placeholder", name)
        if values.get("account_number"):
            self._accounts(values, found)
        if self.problem >= 0:
            self._answered(rows, found)
        return found

    def _marks(self, row_nos: Sequence[int], found: Asks) -> None:
        if self.marks_of is None:
            return
        for at, row_no in enumerate(row_nos):
            for code in self.marks_of(row_no):
                if not (self.added and code in (COMMENT, COLOURED)):
                    _ask(found, at, "", code, "")

    def _watch(
        self, at: int, what: str, rows: Sequence[Sequence[Any]], values: Mapping[str, Sequence[Any]], found: Asks
    ) -> None:
        known, title = self.by_word[at], self.titles.get(at, "")
        months = values.get("month") if self.kind == "history" else None
        for position, row in enumerate(rows):
            cell = row[at] if at < len(row) else ""
            if cell in ("", None):
                continue
            text = seen(text_of(cell))
            if text not in known:
                known[text] = _is_doubt(what, title, text)
            if known[text]:
                if what in ("event", "note") and months is not None and _is_later(text, months[position]):
                    continue
                code = {
                    "status": "status_other",
                    "event": "event_date",
                    "note": "note_doubt",
                    "arrears": "arrears_beside",
                    "count": "months_many",
                }[what]
                _ask(found, position, self.layout.mapping.get(at, title), code, text)
            elif what == "note" and months is not None:
                month = months[position]
                if month is not None and note_months(text, month.year, month.month):
                    _ask(found, position, self.layout.mapping.get(at, title), "note_months", text)

    def _double(self, key: str, other: int, rows: Sequence[Sequence[Any]], found: Asks) -> None:
        mine = self.keys.get(key, -1)
        for position, row in enumerate(rows):
            one, two = (seen(text_of(row[at])) if 0 <= at < len(row) else "" for at in (mine, other))
            if one and two and one != two and _number(one) != _number(two):
                _ask(found, position, key, "two_columns", f"{one} / {two}")

    def _accounts(self, values: Mapping[str, Sequence[Any]], found: Asks) -> None:
        accounts = values["account_number"]
        if ODD_ACCOUNT.search("\n".join(account for account in accounts if account)):
            for at, account in enumerate(accounts):
                if account is not None and (code := account_doubt(account)):
                    _ask(found, at, "account_number", code, account)
        explained = self._holders(accounts, values, found) if values.get("account_holder") else frozenset()
        known, several = self.accounts, len(self.accounts) < MOST_ACCOUNTS
        for at, (account, who) in enumerate(zip(accounts, values.get("identity_number") or (), strict=False)):
            if account is None or who is None or at in explained:
                continue
            other = known.setdefault(account, who) if several else known.get(account, who)
            if other != who:
                for place in (accounts.index(account), at):
                    _ask(found, place, "account_number", "account_shared", account)

    def _holders(self, accounts: Sequence[Any], values: Mapping[str, Sequence[Any]], found: Asks) -> frozenset[int]:
        """Rows whose account is somebody else's and says whose; one that does not say is asked."""
        columns = [
            values.get(key) or [None] * len(accounts)
            for key in ("name", "account_holder", "guardian_name", "guardian_relation")
        ]
        explained = set()
        for at, (account, name, holder, guardian, relation) in enumerate(zip(accounts, *columns, strict=True)):
            if account is None or holder is None or name is None or holder == name:
                continue
            if holder == guardian or (relation is not None and relation not in ("本人", "无")):
                explained.add(at)
            else:
                _ask(found, at, "account_holder", "holder_other", holder)
        return frozenset(explained)

    def _answered(self, rows: Sequence[Sequence[Any]], found: Asks) -> None:
        """A row of our own workbook of errors: what was asked is answered in a column, or asked again."""
        for position, row in enumerate(rows):
            told = text_of(row[self.problem]) if self.problem < len(row) else ""
            answer = seen(text_of(row[self.answer])) if 0 <= self.answer < len(row) else ""
            if answer in _TAKEN:
                found.pop(position, None)
                continue
            again = [code for sentence, code in _SENTENCES.items() if sentence in told and code in _LOST]
            for code in again:
                _ask(found, position, "", code, "")


_LOST = frozenset(
    ("row_hidden", "row_struck", "row_coloured", "row_comment", "sum_differs", "account_shared", "line_cut")
)  # that the workbook of errors itself does not show again


def _ask(found: Asks, at: int, column: str, code: str, text: str) -> None:
    asked = found.setdefault(at, [])
    if not any(fault.code == code for fault in asked):
        asked.append(Fault(column, code, text[:60]))


def _is_doubt(what: str, title: str, text: str) -> bool:
    if what == "status":
        return status_doubt(title, text)
    if what in ("event", "arrears"):
        return event_doubt(text) and text not in ("0.0", "0.00")
    if what == "count":
        return text not in ("1", "1个月", "1.0", "一", "一个月", "-", "0")
    return note_doubt(text)


_DAY = re.compile(r"(20\d\d)[年./-]?(1[0-2]|0?[1-9])(?!\d)")


def _is_later(text: str, month: Any) -> bool:
    """Whether something came about after the month that was paid, so that it speaks against nothing."""
    found = _DAY.search(text)
    return month is not None and found is not None and (int(found[1]), int(found[2])) > (month.year, month.month)


def _number(text: str) -> Any:
    try:
        return float(text.replace(",", "").removesuffix("元"))
    except ValueError:
        return text
