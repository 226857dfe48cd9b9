"""Before the first draw: how many would be paid otherwise than before, why, by county; and the sheet that asks for the
missing facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.documents.operations import ask_release
from lxbt.imports.rules.kinds import KINDS, Column
from lxbt.payments.queries.first_draw import (
    Kept,
    Otherwise,
    kept_in,
    missing_by_person,
    paid_otherwise,
    payers_with_books,
)
from lxbt.registry import queries as registry
from lxbt.registry.queries.numbers import numbers_in_full
from lxbt.registry.rules import IDENTITY
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, must_be_in_scope, page
from lxbt.web.kit.components import Chip, Crumb, Empty, Row, Subsidies, Table, Tile
from lxbt.web.kit.components import Column as Head
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.sheets import mark_of, workbook

SHOWN, MOST_PAYERS = 200, 60
KIND = KINDS["registry"]
SINCE = "facts_since"  # from when the facts of a row hold: the first month that was not paid before
FACTS = {
    "economic": lazy("经济类别"),
    "income_ratio": lazy("家庭人均收入"),
    "own_income": lazy("本人收入"),
    "steady_income": lazy("固定收入"),
    "pension": lazy("养老保险待遇"),
    "area": lazy("户口性质"),
    "birth": lazy("出生日期"),
    "sex": lazy("性别"),
    "employment": lazy("就业"),
    "self_care": lazy("自理能力"),
    "care_setting": lazy("照护方式"),
    "household": lazy("特殊家庭"),
    "marks": lazy("本地标记"),
    "certificate": lazy("残疾人证"),
    "components": lazy("多重残疾的各类"),
}


class SheetForm(forms.Form):
    """Why the sheet with numbers in full is taken out."""

    reason = forms.CharField(label=lazy("用途"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}), min_length=4)


def fact_words(facts: Iterable[str]) -> str:
    """The names of facts, side by side."""
    return words.listed(FACTS.get(fact, fact) for fact in facts)


def columns_for(facts: Iterable[str]) -> list[Column]:
    """The columns of the file of persons that tell these facts, as far as the file has them."""
    wanted = set(facts)
    if "certificate" in wanted:
        wanted |= {"certificate_number", "category", "grade"}
    return [column for column in KIND.columns if column.key in wanted]


def without_column(facts: Iterable[str]) -> list[str]:
    """The facts that no column tells: they are told on the page of the person."""
    known = {column.key for column in KIND.columns}
    return [fact for fact in facts if fact not in known and fact != "certificate"]


def _payers(request: OfficialRequest) -> list[str]:
    codes = [node.code for node in divisions.counties_in(request.focus)]
    county = divisions.county_of(request.focus)
    codes = codes or ([county.code] if county else [])
    return payers_with_books(code for code in codes if request.standing.may(P.VIEW_PAYMENTS, code))


@page(P.VIEW_PAYMENTS)
def first_draw(request: OfficialRequest) -> HttpResponse:
    """By county; for one county each person, and the sheet."""
    month = Month.of(request.today)
    payers = _payers(request)
    asked = request.POST.get("payer") or request.GET.get("payer") or (payers[0] if len(payers) == 1 else "")
    if asked:
        must_be_in_scope(request, P.VIEW_PAYMENTS, asked)
        if asked not in payers_with_books([asked]):
            asked = ""
    rows = paid_otherwise(asked, month) if asked else []
    form = SheetForm(request.POST or None)
    if request.method == "POST":
        if not asked:
            raise Http404
        must_be_in_scope(request, P.IMPORT_FILES, asked)
        if form.is_valid():
            try:
                _ask_for_sheet(request, asked, rows, form.cleaned_data["reason"])
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(
                    request, _("补事实表已备好，另一人核准后可在本页下载；填好后在数据导入里按人员登记上传。")
                )
                return redirect("releases")
    kept = kept_in([asked] if asked else payers[:MOST_PAYERS], month)
    missing = sorted({fact for row in rows for fact in row.missing})
    context = {
        "month": month,
        "tiles": tiles(kept),
        "table": county_table(kept, one=bool(asked)),
        "persons": persons_table(rows) if asked else None,
        "count": len(rows),
        "columns": words.listed(column.title for column in columns_for(missing)),
        "without": fact_words(without_column(missing)),
        "asked": asked,
        "form": form if asked and columns_for(missing) and request.standing.may(P.IMPORT_FILES, asked) else None,
        "more": max(0, len(payers) - MOST_PAYERS),
        "crumbs": [Crumb(_("发放批次"), reverse("batches")), Crumb(_("首次编制前核对"))],
    }
    return render(request, "payments/first_draw.html", context, status=422 if form.errors else 200)


def tiles(kept: list[Kept]) -> list[Tile]:
    """How many stay, change, fall away."""
    other, nothing = sum(one.other for one in kept), sum(one.nothing for one in kept)
    difference = sum((one.due - one.paid for one in kept), Decimal(0))
    return [
        Tile(_("金额不变（项）"), f"{sum(one.same for one in kept):,}", tone="ok"),
        Tile(_("金额会变（项）"), f"{other:,}", tone="warn" if other else ""),
        Tile(_("会停发（项）"), f"{nothing:,}", tone="bad" if nothing else ""),
        Tile(_("每月相差（元）"), f"{difference:,.2f}"),
    ]


def county_table(kept: list[Kept], *, one: bool) -> Table:
    """A county a row, with the facts that are missing."""
    rows = [
        Row(
            cells=[
                divisions.name_of(body.payer_code),
                body.same,
                body.other,
                body.nothing,
                body.paid,
                body.due,
                words.in_turn(f"{fact_words([fact])} {n:,}" for fact, n in body.missing.most_common()) or "—",
                body.told,
            ],
            url="" if one else f"{reverse('first_draw')}?payer={body.payer_code}",
            action="" if one else _("查看"),
        )
        for body in kept
    ]
    return Table(
        caption=_("首次编制前核对"),
        columns=[
            Head(_("发放单位"), phone="lead"),
            Head(_("不变"), "num"),
            Head(_("会变"), "num"),
            Head(_("会停"), "num"),
            Head(_("原发（元/月）"), "num"),
            Head(_("按规则（元/月）"), "num"),
            Head(_("缺的事实（项）")),
            Head(_("不缺事实也会变"), "num"),
        ],
        rows=rows,
        empty=Empty(
            _("没有待首次编制的单位"), _("导入的领取人还没有编制过批次的单位会列在这里。"), icon="circle-check"
        ),
    )


def persons_table(rows: list[Otherwise]) -> Table:
    """Whom it concerns, the first of them."""
    cards = registry.person_cards(row.person_id for row in rows[:SHOWN])
    return Table(
        caption=_("会变和会停的人"),
        columns=[
            Head(_("姓名"), phone="lead"),
            Head(_("地区")),
            Head(_("补贴"), phone="end"),
            Head(_("原发（元/月）"), "num"),
            Head(_("按规则（元/月）"), "num"),
            Head(_("缺的事实"), phone="first"),
        ],
        rows=[
            Row(
                [
                    cards[row.person_id].name,
                    divisions.name_of(row.division_code),
                    Subsidies([row.subsidy]),
                    row.paid,
                    row.due,
                    fact_words(row.missing) if row.missing else Chip(_("不缺，标准不同"), "warn"),
                ]
            )
            for row in rows[:SHOWN]
            if row.person_id in cards
        ],
        empty=Empty(_("没有人会变"), _("首次编制时每个人都按原来的金额发放。"), icon="circle-check"),
    )


def sheet_rows(rows: list[Otherwise]) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the sheet: who, where, and an empty cell for each missing fact; a fact that a person need not
    tell is dashed out.
    """
    asked = missing_by_person(rows)
    columns = columns_for({fact for facts in asked.values() for fact in facts})
    numbers = numbers_in_full(asked, [IDENTITY])
    cards = registry.person_cards(asked)
    fixed = [KIND.column("name"), KIND.column("identity_number"), KIND.column("division")]
    fixed += [KIND.column(SINCE)] if KIND.has(SINCE) else []
    since = {row.person_id: str(row.since) for row in reversed(rows)}
    columns = [column for column in columns if column not in fixed]
    found = []
    for person_id in sorted(asked):
        card = cards[person_id]
        identity = numbers.get(person_id, {}).get(IDENTITY, "")
        begin = [since[person_id]] if KIND.has(SINCE) else []
        found.append([card.name, identity, card.division_code, *begin, *("" for _column in columns)])
    return [column.title for column in (*fixed, *columns)], found


def _ask_for_sheet(request: OfficialRequest, payer: str, rows: list[Otherwise], reason: str) -> None:
    """The sheet has identity numbers in full, by which it is read back: it leaves only when a second person
    lets it go.
    """
    heads, lines = sheet_rows(rows)
    with override("zh-hans"):
        title = str(lazy("补事实表"))
    ask_release(
        title=title,
        note=_("含身份证号全号，只含缺事实的人"),
        content=workbook(title, heads, lines, note=mark_of(request)),
        rows=len(lines),
        division_code=payer,
        reason=reason,
        by=request.user,
        at=request.now.at,
    )
