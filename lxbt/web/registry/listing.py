"""The list of persons: by name, or by what holds of them now; the same rows as a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission as P
from lxbt.core.months import Month, age_in
from lxbt.core.profile import CATEGORIES, SUBSIDIES
from lxbt.core.readers.whole import is_division_code, whole_number
from lxbt.divisions import queries as divisions
from lxbt.entitlements import queries as rights
from lxbt.entitlements.listing import COUNTED, GAPS, STATES, Wanted, count_wanted, person_ids_wanted
from lxbt.registry import queries
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Column, Empty, Page, Person, Row, Subsidies, Table
from lxbt.web.kit.paging import SIZE
from lxbt.web.kit.remember import looked_for
from lxbt.web.kit.sheets import Sheet, send_sheet

LIMIT = 50_000
STATE_WORDS = {
    "valid": lazy("有效"),
    "expired": lazy("已到期"),
    "frozen": lazy("已冻结"),
    "cancelled": lazy("已注销"),
    "none": lazy("无证"),
}
ENDS = {"1": lazy("1 个月内"), "3": lazy("3 个月内"), "6": lazy("6 个月内"), "12": lazy("12 个月内")}
HELD = {"yes": lazy("享受补贴"), "no": lazy("未享受补贴")}
GAP_WORDS = {
    "severe_without": lazy("重度未享受护理补贴"),
    "dibao_without": lazy("低保未享受生活补贴"),
    "lapsed": lazy("证件失效仍有待遇"),
}


def wanted(request: OfficialRequest) -> Wanted:
    """What the address asks for; nothing about the disability for those who have no need to see it."""
    ask = request.GET.get
    held = {"yes": True, "no": False}.get(ask("held", ""))
    if not request.standing.may(P.VIEW_DISABILITY):
        return Wanted(held=held)
    grade, ends = ask("grade", ""), ask("ends", "")
    return Wanted(
        category=ask("category", "") if ask("category") in CATEGORIES else "",
        grade=int(grade) if grade in ("1", "2", "3", "4") else 0,
        state=ask("state", "") if ask("state") in STATES else "",
        ends_before=(Month.of(request.today) + int(ends)).last if ends in ENDS else None,
        held=held,
        gap=ask("held", "") if ask("held") in GAPS else "",
    )


def filters(request: OfficialRequest) -> list[tuple[str, str, list[tuple[str, Any, bool]]]]:
    """The boxes over the list: (name, label, choices with the chosen one)."""
    boxes: list[tuple[str, Any, dict[Any, Any]]] = [("held", _("补贴"), HELD)]
    if request.standing.may(P.VIEW_DISABILITY):
        boxes = [
            ("category", _("残疾类别"), words.CATEGORIES),
            ("grade", _("残疾等级"), words.GRADES),
            ("state", _("证件状态"), STATE_WORDS),
            ("ends", _("即将到期"), ENDS),
            ("held", _("补贴"), {**HELD, **GAP_WORDS}),
        ]
    return [
        (name, label, [(str(key), word, request.GET.get(name, "") == str(key)) for key, word in known.items()])
        for name, label, known in boxes
    ]


def listed(request: OfficialRequest, text: str) -> tuple[list[int], Page]:
    """The ids of a page of the list and where the next one begins."""
    asked, after = wanted(request), request.GET.get("after", "")
    if text:
        rows = queries.persons_in(request.focus).filter(pk__in=queries.person_ids_named(text, request.focus, 200))
        found = list(
            (rows.filter(pk__gt=point) if (point := whole_number(after)) is not None else rows)
            .order_by("pk")
            .values_list("pk", flat=True)[: SIZE + 1]
        )
        return found[:SIZE], Page(
            min(len(found), SIZE), rows.count(), _("人"), str(found[SIZE - 1]) if len(found) > SIZE else "", bool(after)
        )
    place, _dot, number = after.partition(".")
    ident = whole_number(number)
    key = (place, ident) if is_division_code(place) and ident is not None else None
    if asked:
        pairs = person_ids_wanted(asked, area=request.focus, on=request.today, after=key, limit=SIZE + 1)
        counted = count_wanted(asked, area=request.focus, on=request.today)
        total = counted if counted <= COUNTED else None
    else:
        pairs, total = queries.places_and_persons(request.focus, after=key, limit=SIZE + 1), None
    following = f"{pairs[SIZE - 1][0]}.{pairs[SIZE - 1][1]}" if len(pairs) > SIZE else ""
    return [pk for _place, pk in pairs[:SIZE]], Page(min(len(pairs), SIZE), total, _("人"), following, bool(after))


def person_table(request: OfficialRequest, text: str) -> Table:
    """A page of the list."""
    ids, paging = listed(request, text)
    month, sees = Month.of(request.today), request.standing.may(P.VIEW_DISABILITY)
    cards, held = queries.person_cards(ids), rights.subsidies_by_person(ids, month)
    columns = [Column(_("姓名"), phone="lead"), Column(_("性别")), Column(_("年龄"), "num"), Column(_("户籍"))]
    columns += [Column(_("残疾人证")), Column(_("有效至"))] if sees else []
    columns.append(Column(_("享受中"), phone="end"))
    rows = []
    for pk in ids:
        card = cards[pk]
        cells: list[Any] = [
            Person(card.name, "", card.masked_id, reverse("person", args=[pk])),
            words.SEXES[card.sex],
            age_in(card.birth, month),
            divisions.name_of(card.division_code),
        ]
        if sees:
            cells += [class_words(card), card.valid_until or "—"]
        cells.append(Subsidies([s for s in SUBSIDIES if s in held.get(pk, ())]) if held.get(pk) else "—")
        rows.append(Row(cells, url=reverse("person", args=[pk]), action=_("查看")))
    empty = Empty(_("没有找到"), _("换个条件再看；也可按姓名开头、拼音首字母或完整号码查找。"), icon="user-search")
    return Table(caption=_("人员"), columns=columns, rows=rows, page=paging, empty=empty)


def class_words(card: queries.PersonCard) -> str:
    """肢体二级."""
    if not card.category or card.grade is None:
        return "—"
    return _("%(category)s%(grade)s") % {"category": words.CATEGORIES[card.category], "grade": words.GRADES[card.grade]}


@page(P.VIEW_PERSONS)
def export(request: OfficialRequest) -> HttpResponse:
    """All rows of the list, masked, at most LIMIT."""
    text, asked, month = looked_for(request, "persons"), wanted(request), Month.of(request.today)
    if text:
        ids = queries.person_ids_named(text, request.focus, 200)
    elif asked:
        ids = [pk for _place, pk in person_ids_wanted(asked, area=request.focus, on=request.today, limit=LIMIT)]
    else:
        ids = [pk for _place, pk in queries.places_and_persons(request.focus, after=None, limit=LIMIT)]
    sees = request.standing.may(P.VIEW_DISABILITY)
    cards, held = queries.person_cards(ids), rights.subsidies_by_person(ids, month)
    heads = [
        _("姓名"),
        _("身份证号"),
        _("性别"),
        _("年龄"),
        _("户籍"),
        *([_("残疾人证"), _("有效至")] if sees else []),
        _("享受中"),
    ]
    cells = [
        [
            c.name,
            c.masked_id,
            words.SEXES[c.sex],
            age_in(c.birth, month),
            divisions.full_name_of(c.division_code),
            *([class_words(c), c.valid_until] if sees else []),
            words.listed(words.SUBSIDIES_SHORT[s] for s in SUBSIDIES if s in held.get(c.person_id, ())),
        ]
        for c in (cards[pk] for pk in ids)
    ]
    said: dict[str, str | date] = {
        name: request.GET.get(name, "")
        for name in ("category", "grade", "state", "ends", "held")
        if request.GET.get(name)
    }
    return send_sheet(
        request, Sheet(_("人员"), heads, cells, "persons.exported", "list", "persons", request.focus, said, persons=ids)
    )
