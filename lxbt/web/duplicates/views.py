"""Entries that may be one person: the list, both side by side, the decision, and undoing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries as applications
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import Level
from lxbt.entitlements import queries as rights
from lxbt.leads.operations import join_persons, part_persons
from lxbt.payments import queries as payments
from lxbt.registry import queries as registry
from lxbt.registry.operations.duplicates import keep_apart, propose_matches
from lxbt.registry.queries import duplicates as queries
from lxbt.web import words
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Person, Row, Tab, Table
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.kit.person_facts import certificate_words, source_word
from lxbt.web.kit.refusals import show_refusal

if TYPE_CHECKING:
    from lxbt.registry.models import Match

REASONS = {
    "certificate_number": lazy("残疾人证号相同"),
    "number_15_18": lazy("15 位与 18 位旧新号码"),
    "corrected_number": lazy("号码只差一处，疑为更正"),
    "name_written_otherwise": lazy("姓名写法不同"),
    "same_name_and_birth": lazy("同乡同名同生日"),
}
EVIDENCE = {
    "same_name": lazy("姓名相同"),
    "name_variant": lazy("姓名写法不同"),
    "other_name": lazy("姓名不同"),
    "same_birth": lazy("出生日期相同"),
    "other_birth": lazy("出生日期不同"),
    "same_township": lazy("同一乡镇（街道）"),
    "same_county": lazy("同一县（市、区）"),
    "other_county": lazy("不在同一县"),
    "two_certificates": lazy("两本有效残疾人证"),
    "invalid_number": lazy("有号码未通过校验"),
    "certificate_number_told": lazy("残联库对两人告知了同一证号"),
}
STATES = {"open": (lazy("待判断"), "hold"), "joined": (lazy("已合并"), "ok"), "apart": (lazy("不是同一人"), "off")}
COUNTY = Level.COUNTY


class DecisionForm(forms.Form):
    keep = forms.ChoiceField(label=lazy("保留哪一条登记"), required=False)
    why = forms.CharField(
        label=lazy("判断依据"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("例如：查验户口本和原始证件，系同一人"),
    )


def in_sight(request: OfficialRequest) -> QuerySet[Match]:
    """Proposals of which both entries lie in the scope of the account."""
    scopes = [
        in_scope(request.standing, P.VIEW_DISABILITY, field=field, focus=request.focus)
        for field in ("division_code", "other_division")
    ]
    return queries.matches_in(request.focus).filter(*scopes)


@page(P.VIEW_DISABILITY)
def matches(request: OfficialRequest) -> HttpResponse:
    """What waits to be decided; the latest first."""
    show = request.GET.get("show", "open")
    rows = in_sight(request).filter(state=show if show in STATES else "open").order_by("-id")
    after = request.GET.get("after", "")
    total = rows.count()
    found = list((rows.filter(pk__lt=point) if (point := whole_number(after)) is not None else rows)[: SIZE + 1])
    shown, paging = cut(found, total, lambda row: str(row.pk), paged=bool(after), unit=_("对"))
    tabs = [Tab(str(word), f"?show={key}", None, show == key) for key, (word, _tone) in STATES.items()]
    return render(
        request,
        "duplicates/matches.html",
        {"table": match_table(shown, paging), "tabs": tabs, "may_look": may_look(request)},
    )


def may_look(request: OfficialRequest) -> bool:
    """Whether the account may have the area looked through: a county's own officials, one county at a time."""
    node = divisions.division(request.focus)
    return request.standing.may(P.EDIT_FACTS, request.focus) and node is not None and node.tier >= COUNTY


def match_table(shown: list[Match], paging: Any) -> Table:
    """Both names, why, what speaks for it."""
    cards = registry.person_cards([pk for m in shown for pk in (m.person_id, m.other_id)])
    rows = []
    for m in shown:
        one, other, url = cards[m.person_id], cards[m.other_id], reverse("match", args=[m.pk])
        word, tone = STATES[m.state]
        rows.append(
            Row(
                [
                    Chip(str(word), tone),  # type: ignore[arg-type]
                    Person(one.name, "", one.masked_id, url),
                    Person(other.name, "", other.masked_id),
                    str(REASONS[m.reason]),
                    words.listed(EVIDENCE[code] for code in m.evidence if code in EVIDENCE),
                    divisions.name_of(m.division_code),
                ],
                url=url,
                action=_("判断") if m.state == "open" else _("查看"),
            )
        )
    return Table(
        caption=_("疑似重复"),
        columns=[
            Column(_("状态"), phone="first"),
            Column(_("登记一"), phone="lead"),
            Column(_("登记二")),
            Column(_("理由")),
            Column(_("比对情况")),
            Column(_("户籍")),
        ],
        rows=rows,
        page=paging,
        empty=Empty(_("没有疑似重复的登记"), _("残联数据告知同一证号，或查找后，会列在这里。"), icon="users"),
    )


def found_match(request: OfficialRequest, match_id: int) -> Match:
    """The proposal, or "not found" unless both entries are in scope."""
    found = queries.match(match_id)
    if found is None or not all(
        request.standing.may(P.VIEW_DISABILITY, place) for place in (found.division_code, found.other_division)
    ):
        raise Http404
    return found


@page(P.VIEW_DISABILITY)
def match(request: OfficialRequest, match_id: int) -> HttpResponse:
    """Both entries side by side, and the decision."""
    found = found_match(request, match_id)
    may_decide = all(request.standing.may(P.EDIT_FACTS, place) for place in (found.division_code, found.other_division))
    joining = queries.joining_of(found.pk)
    form = DecisionForm(request.POST or None)
    form.fields["keep"].choices = [  # type: ignore[attr-defined]
        (found.person_id, _("保留登记一，登记二并入")),
        (found.other_id, _("保留登记二，登记一并入")),
    ]
    if joining is not None or found.state != "open":
        del form.fields["keep"]
    act = request.POST.get("act", "")
    if request.method == "POST":
        if not may_decide:
            raise Http404
        if form.is_valid():
            try:
                done = decide(request, found, act, form.cleaned_data, joining)
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, done)
                return redirect("matches")
    word, tone = STATES[found.state]
    context = {
        "match": found,
        "form": form,
        "chip": Chip(str(word), tone),  # type: ignore[arg-type]
        "sides": sides(request, found),
        "reason": REASONS[found.reason],
        "evidence": words.listed(EVIDENCE[code] for code in found.evidence if code in EVIDENCE),
        "may_decide": may_decide and found.state == "open",
        "may_part": may_decide and joining is not None,
        "crumbs": [Crumb(_("疑似重复"), reverse("matches")), Crumb(str(REASONS[found.reason]))],
    }
    return render(request, "duplicates/match.html", context)


def decide(request: OfficialRequest, found: Match, act: str, data: dict[str, Any], joining: Any) -> str:
    """Carry the decision out; gives the sentence for the green line."""
    told: dict[str, Any] = {"why": data["why"], "by": request.user, "at": request.now.at}
    if act == "join":
        join_persons(match_id=found.pk, keep=int(data.get("keep") or 0), **told)
        return _("已合并。并入的登记可从人员页和本页查到，号码都指向保留的登记。")
    if act == "part" and joining is not None:
        part_persons(joining_id=joining.pk, **told)
        return _("已撤销合并，两条登记恢复原样。")
    if act == "apart":
        keep_apart(match_id=found.pk, **told)
        return _("已记下：不是同一人，以后不再提示。")
    raise Http404


def sides(request: OfficialRequest, found: Match) -> Table:
    """Line by line: label, both values, whether they are alike."""
    pair = [found.person_id, found.other_id]
    cards = registry.person_cards(pair)
    numbers = [
        words.listed(row.masked for row in registry.identifiers_of(pk) if row.kind == "id") or "—" for pk in pair
    ]
    certificates = [
        words.in_turn(
            _("%(what)s，%(a)s 至 %(b)s（%(source)s）")
            % {
                "what": certificate_words(c),
                "a": c.issued_on or "—",
                "b": c.valid_until or "—",
                "source": source_word(c.source),
            }
            for c in registry.certificates_of(pk)
        )
        or _("无")
        for pk in pair
    ]
    held = [
        words.in_turn(
            f"{words.SUBSIDIES_SHORT[p.subsidy]} {p.since:%Y-%m}–{f'{p.until:%Y-%m}' if p.until else ''}"
            for p in rights.entitlements_of(pk)
        )
        or _("无")
        for pk in pair
    ]
    lines: list[tuple[str, list[Any]]] = [
        (_("姓名"), [cards[pk].name for pk in pair]),
        (_("性别"), [str(words.SEXES[cards[pk].sex]) for pk in pair]),
        (_("出生年月"), [f"{cards[pk].birth:%Y-%m}" for pk in pair]),
        (_("身份证号"), numbers),
        (_("户籍"), [divisions.full_name_of(cards[pk].division_code) + cards[pk].address for pk in pair]),
        (_("残疾人证"), certificates),
        (_("待遇"), held),
        (_("申请"), [len(applications.applications_of(pk)) for pk in pair]),
    ]
    if request.standing.may(P.VIEW_PAYMENTS, found.division_code):
        lines.append((_("发放明细"), [len(payments.person_items(pk)) for pk in pair]))
    alike = {True: Chip(_("一致"), "ok"), False: Chip(_("不同"), "warn", "git-compare")}
    return Table(
        caption=_("两条登记逐项对照"),
        columns=[
            Column(_("项目"), phone="lead"),
            Column(_("登记一")),
            Column(_("登记二")),
            Column(_("是否一致"), phone="corner"),
        ],
        rows=[Row([label, *values, alike[values[0] == values[1]]]) for label, values in lines],
    )


@require_POST
@page(P.EDIT_FACTS)
def matches_look(request: OfficialRequest) -> HttpResponse:
    """Look through the county that is looked at."""
    if not may_look(request):
        raise Http404
    made = propose_matches(area=request.focus, at=request.now.at, by=request.user)
    messages.success(request, _("已查找，新增 %(n)s 对疑似重复。") % {"n": made})
    return redirect("matches")
