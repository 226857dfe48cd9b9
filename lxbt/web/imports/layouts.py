"""What is shown of how a file is read: its sheets, what it says once, what it leaves unread, its rows as they are
unfolded, doubts that are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lxbt.core import idnumber
from lxbt.core.clock import beijing_day
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.documents.queries import large_file, opened
from lxbt.imports import queries
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.answering import answer_doubts
from lxbt.imports.operations.detailed import unread_columns
from lxbt.imports.operations.intake import EVERYTHING, layout_of, start_pass
from lxbt.imports.operations.mending import mend_cell, replace_in_column
from lxbt.imports.operations.recognising import forget_mapping, recognise_file
from lxbt.imports.rules.conflicts import WORDS
from lxbt.imports.rules.doubts import DOUBTS, TOLD, WHY_UNREAD
from lxbt.imports.rules.kinds import Kind
from lxbt.imports.rules.values import BadValue, read_cell, text_of
from lxbt.web.imports import presenters, words
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.words import translated

ONCE = ("month", "paid_month", "subsidy", "division", "paid_on")  # what may be set for a whole file on the page
MASKED = ("identity", "certificate", "account", "phone")
SHOWN = 24  # characters of a sample
PREVIEW = 8  # unfolded rows that are shown


class LayoutRefused(Refusal):
    """The file cannot be read so."""


@dataclass(frozen=True)
class SheetLine:
    """One sheet of the file: whether it is read, and if not, why."""

    name: str
    read: bool
    why: str
    can: bool


@dataclass(frozen=True)
class OnceLine:
    """What holds for every row that does not say it."""

    key: str
    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class DoubtLine:
    """A doubt about some rows."""

    code: str
    sentence: str
    mend: str
    rows: int
    taken: bool
    url: str


def layout_context(entry: Any) -> dict[str, Any]:
    """For the page of an import."""
    if not entry.titles:
        return {}
    return {
        "sheet_lines": sheet_lines(entry),
        "once": once_lines(entry),
        "told": told_lines(entry),
        "unfolded": unfolded_of(entry),
        "doubts": doubt_lines(entry),
        "clear": not entry.missing and not entry.shape.get("doubles") and bool(entry.planned),
        "remembered": "remembered" in entry.sure.values(),
    }


def sheet_lines(entry: Any) -> list[SheetLine]:
    """All sheets, hidden ones too; empty where there is but one."""
    unread = dict(entry.shape.get("unread", ()))
    names = [*entry.sheets, *(name for name in unread if name not in entry.sheets)]
    if len(names) < 2:
        return []
    return [
        SheetLine(
            name,
            name not in unread,
            translated(WHY_UNREAD[unread[name]]) if name in unread else "",
            name in entry.sheets and unread.get(name) != "empty",
        )
        for name in names
    ]


def once_lines(entry: Any) -> list[OnceLine]:
    """What the file says once, and what it could say: each to be set otherwise."""
    kind, layout = kind_of(entry.kind), layout_of(entry)
    lines = []
    for key in ONCE:
        if not kind.has(key):
            continue
        value, origin = layout.constants.get(key, ("", ""))
        told_by_column = key in layout.mapping.values() and key not in layout.constants
        if told_by_column or (key == "month" and {"year", "month_of_year"} <= set(layout.mapping.values())):
            continue
        if key == "month" and any(part.unfolding for part in layout.parts):
            continue
        if key == "paid_on" and not value:
            continue
        lines.append(OnceLine(key, words.column_name(kind, key), value, _("由您设定") if origin == "set" else origin))
    return lines


def told_lines(entry: Any) -> list[str]:
    """What is to be said of the file as a whole, what is not read first."""
    layout = layout_of(entry)
    titles = unread_columns(entry)
    said = [translated(TOLD["columns_unread"]).format("".join(f"“{title}”" for title in titles))] if titles else []
    told = [(code, about) for code, about in (*layout.told, *entry.told) if code != "said_once"]
    return list(dict.fromkeys([*said, *(translated(TOLD[code]).format(about) for code, about in told)]))


def unfolded_of(entry: Any) -> dict[str, Any] | None:
    """The first rows as they are unfolded, before anything is planned; None where a row stays one."""
    layout = layout_of(entry)
    if not any(part.unfolding for part in layout.parts):
        return None
    kind = kind_of(entry.kind)
    shown = [
        at for at, key in layout.mapping.items() if key in ("name", "identity_number", "month", "subsidy", "amount")
    ]
    rows = [
        [shown_cell(kind, layout.mapping[at], row[at] if at < len(row) else "") for at in shown]
        for row in queries.samples_of(entry)[:PREVIEW]
    ]
    return {"titles": [words.column_name(kind, layout.mapping[at]) for at in shown], "rows": rows}


def shown_cell(kind: Kind, key: str, cell: Any) -> str:
    """A cell as it is shown: what looks like a number of a person is masked, whatever the column is taken for."""
    text = text_of(cell).strip()
    digits = sum(character.isdigit() for character in text)
    reader = kind.column(key).kind if kind.has(key) else ""
    if reader in MASKED or (digits >= 11 and reader != "division"):
        return idnumber.mask(text)[:SHOWN]
    return text[:SHOWN]


def doubt_lines(entry: Any) -> list[DoubtLine]:
    """What is asked about rows of the plan, and what was answered."""
    found = {code: rows for code, rows in entry.reasons.items() if code in DOUBTS}
    codes = [*sorted(found, key=lambda code: -found[code]), *(code for code in entry.answers if code not in found)]
    return [
        DoubtLine(
            code,
            words.problem(code),
            words.mend(code),
            found.get(code, 0),
            code in entry.answers,
            f"?code={code}#rows" if code in found else "",
        )
        for code in codes
    ]


def answer(request: OfficialRequest, entry: Any) -> str:
    """Rows with the doubts that were ticked are taken all the same; the plan is made anew."""
    codes = [code for code in request.POST.getlist("doubt") if code in DOUBTS]
    answer_doubts(import_id=entry.pk, codes=codes, by=request.user, at=request.now.at)
    start_pass(import_id=entry.pk, act="plan", accepts=EVERYTHING, by=request.user, at=request.now.at)
    return _("已按您的答复重新核对。") if codes else _("已改回先问，重新核对。")


def mend(request: OfficialRequest, entry: Any) -> str:
    """Another content for one cell; what still stands against the row is said, and the plan made anew."""
    row, place = whole_number(request.POST.get("row", "")), whole_number(request.POST.get("place", ""))
    if row is None or place is None:
        raise LayoutRefused(_("没有这一行或这一列，请刷新页面。"))
    if "find" in request.POST:
        find, put = request.POST["find"], request.POST.get("text", "")
        n = replace_in_column(import_id=entry.pk, place=place, find=find, put=put, by=request.user, at=request.now.at)
        said = _("已改 %(n)d 行，重新核对。") % {"n": n}
    else:
        text = request.POST.get("text", "").strip()
        left = mend_cell(
            import_id=entry.pk, row_no=row, place=place, text=text, by=request.user, at=request.now.at
        ).faults
        said = (
            _("已改。这一行还有：%(problem)s。") % {"problem": words.problem(left[0].code)}
            if left
            else _("已改，这一行的写法没有问题了，重新核对。")
        )
    start_pass(import_id=entry.pk, act="plan", accepts=EVERYTHING, by=request.user, at=request.now.at)
    return said


def forget(request: OfficialRequest, entry: Any) -> str:
    """What was set by hand for this layout is forgotten, and the file looked at anew."""
    if not presenters.may_be_planned(entry):
        raise LayoutRefused(_("这次导入现在不能改对列，请刷新页面。"))
    with opened(large_file(entry.file_id)) as path:
        forget_mapping(entry=entry, path=path, kind=kind_of(entry.kind), by=request.user)
    return _("已忘掉以前的对列，按列名重新识别。")


def read_choice(request: OfficialRequest, entry: Any) -> tuple[list[str] | None, dict[str, str] | None]:
    """The sheets that were ticked and what was set for the file; None for what was left as it is.

    LayoutRefused for a value that is none.
    """
    sheets: list[str] | None = None
    if "sheets-shown" in request.POST:
        chosen = [name for name in entry.sheets if name in request.POST.getlist("sheets")]
        if not chosen:
            raise LayoutRefused(_("至少选一张工作表。"))
        if chosen != [line.name for line in sheet_lines(entry) if line.read]:
            sheets = chosen
    told: dict[str, str] = {}
    kind, held = kind_of(entry.kind), {line.key: line.value for line in once_lines(entry)}
    given = {key: request.POST.get(f"once-{key}", held[key]).strip() for key in held}
    if given == held:
        return sheets, None
    for key, value in given.items():
        if value and (value != held[key] or key in entry.settings.get("set", {})):
            told[key] = checked(kind.column(key).kind, value, request)
    return sheets, told


def checked(kind: str, value: str, request: OfficialRequest) -> str:
    """The value, if it is one that rows could have."""
    try:
        read_cell(kind, value, on=beijing_day(request.now.at))
    except BadValue as error:
        found = WORDS[error.code]
        said = {"value": value, "problem": translated(found.problem), "mend": translated(found.mend)}
        raise LayoutRefused(_("“%(value)s”不能用：%(problem)s。%(mend)s。") % said) from None
    return value


def recognised_anew(
    request: OfficialRequest, entry: Any, sheets: list[str] | None, settings: dict[str, str] | None
) -> None:
    """Look at the file again with other sheets, or something else said once."""
    with opened(large_file(entry.file_id)) as path:
        recognise_file(
            entry=entry, path=path, kind=kind_of(entry.kind), sheets=sheets, settings=settings, by=request.user
        )
