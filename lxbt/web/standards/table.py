"""The table of an act as it is shown: present, draft, difference, how many; what it costs; what to look at before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lxbt.core.money import plain
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import ancestors
from lxbt.entitlements.costing_revisions import RevisionCost
from lxbt.standards.revisions import Line, in_force_at, places_with_rows_below
from lxbt.standards.rules.rows import number_of
from lxbt.web import words
from lxbt.web.kit.components import Chip, Column, Empty, Row, Table, Tile
from lxbt.web.standards.forms import fits
from lxbt.web.standards.words import amount_words, condition_words

if TYPE_CHECKING:
    from lxbt.standards.models import Revision, Standard

STATES = {"draft": ("off", "file-text"), "submitted": ("hold", "hourglass"), "published": ("ok", "circle-check")}


def revision_chip(found: Revision) -> Chip:
    """草案 · 待复核 · 已发布 · 已退回修改."""
    tone, icon = STATES[found.state]
    word = {"draft": _("草案，未生效"), "submitted": _("送审，等另一人复核"), "published": _("已发布")}[found.state]
    if found.state == "draft" and found.returned_reason:
        return Chip(_("已退回，待修改"), "warn", "arrow-back-up")
    return Chip(word, tone, icon)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ShownLine:
    """One line of the table, ready for the page. `field` names its input; empty where it has no single number."""

    pk: int
    division_code: str
    place: str
    subsidy: str
    who: str
    terms: str  # what stands round the number: rounding, adjustments
    present: str
    value: str  # what the input shows
    draft: str  # in words, where it is only shown
    difference: Decimal | None
    unit: str
    persons: int | None
    field: str
    ended: bool
    may_end: bool
    inherited: bool
    floor: bool
    draft_pk: int | None
    whole: bool  # the row's page can show all of it
    replaces: str


def shown_lines(lines: Sequence[Line], cost: RevisionCost | None, *, published: bool) -> list[ShownLine]:
    """The lines in words and numbers."""
    counts = cost.by_row if cost else {}
    found = []
    for line in lines:
        row = line.row
        told = number_of(row.amount)
        present = number_of(line.present.amount) if line.present else None
        draft = number_of(line.draft.amount) if line.draft else None
        same_form = present is not None and draft is not None and present[0] == draft[0]
        pk = line.draft.pk if line.draft else line.present.pk if line.present else 0
        unit = "%" if told and told[0].startswith("percent") else _("元/年") if told and told[0] == "yearly" else ""
        rest = {key: value for key, value in row.amount.items() if key in ("round", "adjust")}
        terms = amount_words({"fixed": "0", **rest}).partition(_("，"))[2] if rest else ""
        found.append(
            ShownLine(
                pk=row.pk,
                division_code=line.division_code,
                place=divisions.name_of(line.division_code),
                subsidy=row.subsidy,
                who=condition_words(row.conditions),
                terms=terms,
                present=amount_words({**line.present.amount, "adjust": (), "round": "cent"}) if line.present else "",
                value=plain(draft[1]) if draft else "",
                draft=amount_words({**line.draft.amount, "adjust": (), "round": "cent"}) if line.draft else "",
                difference=draft[1] - present[1] if same_form and draft and present else None,
                unit=unit,
                persons=counts.get(pk) if not line.ended else 0,
                field=f"amount-{line.division_code}-{row.pk}" if told else "",
                ended=line.ended,
                may_end=line.present is not None and not line.inherited and line.draft is None,
                inherited=line.inherited,
                floor=row.floor,
                draft_pk=line.draft.pk if line.draft else None,
                whole=fits(row.conditions, row.amount),
                replaces=_replaced(line),
            )
        )
    return [line for line in found if not published or line.draft_pk or line.ended]


def _replaced(line: Line) -> str:
    """Which row the draft takes the place of."""
    if line.draft is None or line.present is None or line.inherited:
        return ""
    number = line.present.document_number or line.present.document_title
    return _("接替 %(number)s（%(month)s 起）") % {"number": number, "month": f"{line.present.since:%Y-%m}"}


def raised(present: Standard, more: Decimal | None, percent: Decimal | None) -> Decimal | None:
    """A fixed amount with so many yuan more, or so many percent to the whole yuan; None for other forms."""
    told = number_of(present.amount)
    if told is None or told[0] != "fixed":
        return None
    if more is not None:
        return told[1] + more
    return (told[1] * (100 + (percent or 0)) / 100).quantize(Decimal(1), ROUND_HALF_UP)


def cost_tiles(cost: RevisionCost) -> list[Tile]:
    """How many, how much a month, how much for the months before."""
    changed = cost.more + cost.fewer
    note = _("增加 %(more)s，减少 %(fewer)s") % {"more": f"{cost.more:,}", "fewer": f"{cost.fewer:,}"}
    exact = _("逐月按当时人员测算") if cost.exact else _("人数太多，按本月人员估算")
    return [
        Tile(_("变动（人·项）"), f"{changed:,}", note=note, tone="warn" if cost.fewer else ""),
        Tile(_("每月增减（元）"), f"{cost.monthly:,.2f}", note=_("按 %(month)s 在享人员") % {"month": cost.month}),
        Tile(
            _("以前月份一次性（元）"),
            f"{cost.past:,.2f}",
            note=_("%(n)d 个月；%(how)s") % {"n": cost.late, "how": exact} if cost.late else _("没有以前月份"),
        ),
    ]


def county_costs(cost: RevisionCost) -> Table:
    """By county."""
    rows = [
        Row([divisions.name_of(c.county_code), f"{c.persons:,}", c.monthly, f"{c.past_months:,}", c.past])
        for c in cost.counties
    ]
    return Table(
        caption=_("分县测算"),
        columns=[
            Column(_("地区"), phone="lead"),
            Column(_("变动（人·项）"), "num"),
            Column(_("每月（元）"), "num"),
            Column(_("以前人·月"), "num"),
            Column(_("以前月份（元）"), "num"),
        ],
        rows=rows,
        totals=[
            _("合计"),
            f"{sum(c.persons for c in cost.counties):,}",
            cost.monthly,
            f"{sum(c.past_months for c in cost.counties):,}",
            cost.past,
        ],
        empty=Empty(_("没有人受影响"), _("执行月内本地区没有人享受这项补贴。")),
    )


def checks_of(
    found: Revision, rows: Sequence[Standard], lines: Sequence[Line], cost: RevisionCost
) -> list[tuple[bool, str, str]]:
    """(nothing to look at, what, more) for each thing to know before it is handed over or published."""
    since = Month.of(found.since)
    fewer = _("%(n)s 人·项会减少或停发") % {"n": f"{cost.fewer:,}"} if cost.fewer else _("没有人因此减少")
    kinds = sorted({row.subsidy for row in rows})
    low = lower_than_floors(rows, since)
    first = sorted({line.division_code for line in lines if line.inherited and line.draft is not None})
    first += [
        code
        for code in sorted({row.division_code for row in rows})
        if code not in first
        and not any(line.present and not line.inherited for line in lines if line.division_code == code)
    ]
    below = [code for code in places_with_rows_below(found.division_code, kinds, since) if code not in _codes(rows)]
    papers = bool(found.document_number and found.issued_on)
    return [
        (not low, _("不低于上级最低标准") if not low else _("低于上级最低标准，发放时按最低标准"), words.in_turn(low)),
        (not cost.fewer, fewer, ""),
        (
            not first,
            _("原有各行都在表内") if not first else _("首次自定标准：上级同一补贴的各行不再适用，只保留最低标准"),
            words.listed(divisions.name_of(code) for code in first[:6]),
        ),
        (
            not below,
            _("下级没有另定的标准") if not below else _("下级已另定标准，不受这份文件影响"),
            words.listed(divisions.name_of(code) for code in below[:6]) + ("…" if len(below) > 6 else ""),
        ),
        (papers, _("文号、公布日期齐全") if papers else _("文号或公布日期没有填"), ""),
    ]


def _codes(rows: Sequence[Standard]) -> set[str]:
    return {row.division_code for row in rows}


def lower_than_floors(rows: Sequence[Standard], since: Month) -> list[str]:
    """The drafts whose fixed amount lies under a floor of the same conditions above."""
    above = {code for row in rows for code in ancestors(row.division_code)[1:]}
    floors = [row for row in in_force_at(above, since) if row.floor] if above else []
    found = []
    for row in rows:
        told = number_of(row.amount)
        for floor in floors:
            least = number_of(floor.amount)
            same = (floor.subsidy, floor.conditions_key) == (row.subsidy, row.conditions_key)
            bound = same and floor.division_code in ancestors(row.division_code)
            if bound and told and least and told[0] == least[0] and told[1] < least[1]:
                found.append(f"{divisions.name_of(row.division_code)} {plain(told[1])} < {plain(least[1])}")
    return found
