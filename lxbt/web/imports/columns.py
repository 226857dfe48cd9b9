"""Which column of the file is what: as it was recognised, beside a sample, to be set otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lxbt.core.refusal import Refusal
from lxbt.documents.queries import large_file, opened
from lxbt.imports import queries
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.recognising import recognise_file
from lxbt.imports.reading.layout import MADE
from lxbt.imports.reading.passing import ADDED_TITLES
from lxbt.imports.rules.kinds import Kind, plain_title
from lxbt.imports.rules.values import text_of
from lxbt.web.imports import layouts, presenters, words
from lxbt.web.kit.access import OfficialRequest


class ColumnsRefused(Refusal):
    """The columns cannot be so."""


@dataclass(frozen=True)
class Line:
    """One column of the file. `key` is empty where it is not taken."""

    place: int
    title: str
    key: str
    name: str
    sample: str
    how: str
    by_hand: bool
    choices: list[tuple[str, str, bool]]


def lines_of(entry: Any) -> list[Line]:
    """The columns of the file in order, those of our own error workbook left out."""
    kind, samples = kind_of(entry.kind), queries.samples_of(entry)
    mapping = {int(place): key for place, key in entry.mapping.items()}
    width, above = max([len(entry.titles), *(place + 1 for place in mapping)]), common(entry.titles)
    lines = []
    for place in range(width):
        title = entry.titles[place] if place < len(entry.titles) else ""
        key = mapping.get(place, "")
        sample = sample_of(kind, key, samples, place)
        if plain_title(title) in ADDED_TITLES or not (title or key or sample):
            continue
        how = entry.sure.get(str(place), "")
        choices = [
            ("", _("不导入"), not key),
            *((column.key, words.column_name(kind, column.key), column.key == key) for column in kind.columns),
        ]
        shown = title[above:] or _("第 %(n)d 列") % {"n": place + 1}
        lines.append(
            Line(
                place,
                shown,
                key,
                words.column_name(kind, key) if key else _("不导入"),
                sample,
                str(words.SURE.get(how, "—")),
                how == "by_hand",
                choices,
            )
        )
    return lines


def common(titles: Sequence[str]) -> int:
    """How many characters of every title are that of the table above them all."""
    heads = {title.rpartition(" ")[0] for title in titles if title}
    return len(heads.pop()) + 1 if len(heads) == 1 and heads != {""} else 0


def sample_of(kind: Kind, key: str, samples: list[list[Any]], place: int) -> str:
    """The first filled cell below the title; numbers of persons masked, whatever the column is taken for."""
    text = next(
        (
            found
            for row in samples
            if place < len(row) and row[place] is not None and (found := text_of(row[place]).strip())
        ),
        "",
    )
    return layouts.shown_cell(kind, key, text)


def keep(request: OfficialRequest, entry: Any) -> str:
    """The sheet and the columns as they were set; ColumnsRefused when one item has two columns.

    Remembered for the next file of the area.
    """
    if not presenters.may_be_planned(entry):
        raise ColumnsRefused(_("这次导入现在不能改对列，请刷新页面。"))
    kind = kind_of(entry.kind)
    sheets, settings = layouts.read_choice(request, entry)
    if sheets is not None or settings is not None:
        layouts.recognised_anew(request, entry, sheets, settings)
        return _("已按所选重新看文件，请核对各列。")
    held = {int(place): key for place, key in entry.mapping.items()}
    told = {line.place: request.POST.get(f"column-{line.place}", line.key) for line in lines_of(entry)}
    wanted = {place: key for place, key in told.items() if kind.has(key)}
    twice = sorted({key for key in wanted.values() if list(wanted.values()).count(key) > 1})
    if twice:
        raise ColumnsRefused(_("“%(name)s”选了不止一列，请只留一列。") % {"name": words.column_name(kind, twice[0])})
    made = {int(place) for place, how in entry.sure.items() if how in MADE}
    if wanted == held:
        return ""
    return recognised(request, entry, {place: key for place, key in wanted.items() if place not in made})


def recognised(request: OfficialRequest, entry: Any, mapping: dict[int, str]) -> str:
    """Look at the file again, by the columns as they were set."""
    with opened(large_file(entry.file_id)) as path:
        recognise_file(entry=entry, path=path, kind=kind_of(entry.kind), mapping=mapping, by=request.user)
    return _("已记住这样对列，下次同样的列会自动对上。")
