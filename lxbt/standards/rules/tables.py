"""A table of standards as clerks write it: one row a line, each condition a column, words in Chinese whatever the
reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lxbt.core.money import ROUNDINGS, plain
from lxbt.standards.rules.rows import FORMS, number_of
from lxbt.standards.rules.vocabulary import (
    PARTS,
    TITLES,
    condition_initial,
    condition_names,
    condition_table,
    kind_of,
    split_words,
)

PLACE, SUBSIDY, FORM, NUMBER, BASE, ROUND, FLOOR = "地区", "补贴", "金额形式", "金额", "基数", "取整", "下级最低标准"
ANY_WORDS = ("", "不限", "任何", "任何人", "全部", "—", "-")
FORM_WORDS: Mapping[str, str] = {
    "fixed": "固定",
    "yearly": "按年",
    "percent_of_dibao": "低保百分比",
    "percent": "基数百分比",
    "top_up_to_dibao": "补差到低保",
}
ROUND_WORDS: Mapping[str, str] = {"cent": "到分", "yuan_up": "进到元", "yuan": "四舍五入到元", "yuan_down": "舍到元"}
SUBSIDY_WORDS: Mapping[str, str] = {
    "生活补贴": "living",
    "护理补贴": "care",
    "困难残疾人生活补贴": "living",
    "重度残疾人护理补贴": "care",
    "生活": "living",
    "护理": "care",
}
YES, NO = ("是", "√", "有", "Y", "y", "1"), ("否", "×", "无", "N", "n", "0")
SKIPPED = ("合计", "说明", "备注", "总计")
Words = Mapping[str, Mapping[Any, str]]  # of each condition over a list, and of `grade` and `category`: value -> word


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read. `key` says what is wrong; `text` is what stands there, `words` what may."""

    row: int
    title: str
    key: str  # head | column | place | subsidy | word | form | base | number | round | empty
    text: str = ""
    words: str = ""


class TableFaults(Exception):
    """The table is not taken; every cell at fault is named."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


def condition_columns() -> list[tuple[str, str]]:
    """(field, title) of each condition."""
    found: list[tuple[str, str]] = []
    for name in condition_names():
        if kind_of(name) == "parts":
            found += [(f"{name}.{part}", title) for part, title in PARTS.items()]
        else:
            found.append((name, TITLES.get(name, name)))
    return found


def heads() -> list[str]:
    """The titles of the columns."""
    base = [BASE] if "percent" in FORMS else []
    return [PLACE, SUBSIDY, *(title for _name, title in condition_columns()), FORM, NUMBER, *base, ROUND, FLOOR]


def fits(when: Mapping[str, Any], amount: Mapping[str, Any]) -> bool:
    """Whether a line can say the row: no alternatives, no adjustments."""
    return "any_of" not in when and not amount.get("adjust")


def _word(field: str, value: Any, words: Words) -> str:
    name, _dot, part = field.partition(".")
    kind = part or kind_of(name)
    if kind == "flags":
        return "、".join(YES[0] if v in (True, "true") else NO[0] for v in value)
    if kind in ("grades", "words", "grade", "category"):
        table = words.get(part or name, {})
        return "、".join(str(table.get(v, v)) for v in value)
    return str(value)


def line_of(row: Mapping[str, Any], place: str, words: Words) -> list[Any]:
    """A row (as JSON: subsidy, when, amount, floor) as a line under `heads`."""
    shown, told = condition_initial(row["when"]), number_of(row["amount"])
    form = told[0] if told else next((one for one in FORMS if one in row["amount"]), FORMS[0])
    cells: dict[str, Any] = {
        PLACE: place,
        SUBSIDY: next(word for word, code in SUBSIDY_WORDS.items() if code == row["subsidy"]),
        FORM: FORM_WORDS.get(form, form),
        NUMBER: told[1] if told else "",
        BASE: row["amount"].get("of", ""),
        ROUND: ROUND_WORDS.get(str(row["amount"].get("round", "cent")), ""),
        FLOOR: YES[0] if row.get("floor") else "",
    }
    for field, title in condition_columns():
        cells[title] = _word(field, shown[field], words) if field in shown else ""
    return [cells[head] for head in heads()]


def read_table(lines: Sequence[Sequence[Any]], places: Mapping[str, str], words: Words) -> list[dict[str, Any]]:
    """The rows of a table as the rule reads them; `places` has names and codes, "" for lines without one.

    TableFaults names every cell at fault, and then nothing is taken.
    """
    texts = [[_text(cell) for cell in line] for line in lines]
    top = next((n for n, line in enumerate(texts) if SUBSIDY in line and NUMBER in line), None)
    if top is None:
        raise TableFaults([Fault(1, "", "head")])
    titles = {title: at for at, title in enumerate(texts[top]) if title}
    known = set(heads())
    faults = [Fault(top + 1, title, "column") for title in titles if title not in known]
    found = []
    for number, line in enumerate(texts[top + 1 :], start=top + 2):
        cells = {title: line[at] if at < len(line) else "" for title, at in titles.items()}
        if any(cells.values()) and not any(line[0].startswith(word) for word in SKIPPED if line):
            row = _Line(number, cells, words, faults).row(places)
            found += [row] if row is not None else []
    if not found and not faults:
        faults.append(Fault(top + 2, "", "empty"))
    if faults:
        raise TableFaults(faults)
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def read_number(text: str) -> Decimal | None:
    """A number as people write it, with or without its unit; None for what is none."""
    for sign in (",", "，", "元", "%", "岁", " "):
        text = text.replace(sign, "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None


@dataclass
class _Line:
    """One line while it is read."""

    number: int
    cells: Mapping[str, str]
    words: Words
    faults: list[Fault]

    def against(self, title: str, key: str, words: str = "") -> None:
        self.faults.append(Fault(self.number, title, key, self.cells.get(title, ""), words))

    def row(self, places: Mapping[str, str]) -> dict[str, Any] | None:
        before = len(self.faults)
        place = places.get(self.cells.get(PLACE, ""))
        if place is None:
            self.against(PLACE, "place")
        subsidy = SUBSIDY_WORDS.get(self.cells.get(SUBSIDY, ""))
        if subsidy is None:
            self.against(SUBSIDY, "subsidy")
        when, amount = self.conditions(), self.amount()
        floor = self.cells.get(FLOOR, "") in YES
        if len(self.faults) > before:
            return None
        return {"division": place, "subsidy": subsidy, "when": when, "amount": amount, "floor": floor}

    def conditions(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for field, title in condition_columns():
            text = self.cells.get(title, "")
            if text in ANY_WORDS:
                continue
            value = self.value(field, text)
            if value is None:
                self.against(title, "word", "、".join(self.names(field)))
            else:
                told[field] = value
        return condition_table(told)

    def names(self, field: str) -> dict[str, Any]:
        name, _dot, part = field.partition(".")
        if not part and kind_of(name) == "flags":
            return dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
        table = self.words.get(part or name, {})
        found = {str(word): value for value, word in table.items()}
        if (part or name) == "grade":
            found |= {f"{n}": n for n in table} | {f"{n}级": n for n in table}
        return found

    def value(self, field: str, text: str) -> Any:
        name, _dot, part = field.partition(".")
        kind = "" if part else kind_of(name)
        if kind in ("whole", "number"):
            number = read_number(text)
            return None if number is None else int(number) if kind == "whole" else number
        if kind == "free":
            return text
        names, listed = self.names(field), split_words(text)
        return [names[word] for word in listed] if all(word in names for word in listed) else None

    def amount(self) -> dict[str, Any]:
        text = self.cells.get(FORM, "")
        form = next((key for key, word in FORM_WORDS.items() if word == text and key in FORMS), None)
        form = form or ("fixed" if not text else None)
        found: dict[str, Any] = {}
        if form is None:
            self.against(FORM, "form", "、".join(word for key, word in FORM_WORDS.items() if key in FORMS))
        elif form == "top_up_to_dibao":
            found[form] = True
        else:
            number = read_number(self.cells.get(NUMBER, ""))
            if number is None:
                self.against(NUMBER, "number")
            else:
                found[form] = plain(number)
            if form == "percent":
                found["of"] = self.cells.get(BASE, "")
                if not found["of"]:
                    self.against(BASE, "base")
        text = self.cells.get(ROUND, "")
        rounding = next((key for key, word in ROUND_WORDS.items() if word == text and key in ROUNDINGS), None)
        if rounding is None and text:
            self.against(ROUND, "round", "、".join(word for key, word in ROUND_WORDS.items() if key in ROUNDINGS))
        return found | {"round": rounding or "cent"}
