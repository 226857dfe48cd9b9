"""Known answers: found by everybody, kept by the offices that answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import BY_KEY, ROLES
from lxbt.accounts.rules import Permission as P
from lxbt.core.readers.whole import whole_number
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.support.operations import answers as operations
from lxbt.support.queries import answers as queries
from lxbt.support.queries import questions
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Confirm, Crumb, Empty, Link, Person, Row, Table
from lxbt.web.kit.paging import SIZE, cut
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.remember import look_for, looked_for
from lxbt.web.support.words import PAGES, page_name
from lxbt.web.words import ORGANS, listed, translated

if TYPE_CHECKING:
    from lxbt.support.models import KnownAnswer


class AnswerForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=lazy("问题"), max_length=80, help_text=lazy("写成别人会问的一句话"))
    text = forms.CharField(
        label=lazy("答复"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=lazy("不写姓名、单位和号码，别处的人也能照着做。"),
    )
    keywords = forms.CharField(
        label=lazy("关键词"),
        max_length=200,
        required=False,
        help_text=lazy("别的叫法，用空格隔开，例如：退款 打不进去"),
    )
    area_code = forms.ChoiceField(label=lazy("适用地区"), help_text=lazy("这个地区及以下都能查到"))
    organ = forms.ChoiceField(label=lazy("适用部门"), required=False)
    roles = forms.MultipleChoiceField(
        label=lazy("适用角色"), required=False, widget=forms.CheckboxSelectMultiple, help_text=lazy("不选就是所有角色")
    )
    pages = forms.MultipleChoiceField(
        label=lazy("属于哪些页面"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=lazy("会显示在这些页面的帮助里"),
    )

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "area_code": areas,
            "organ": [("", _("所有部门")), *ORGANS.items()],
            "roles": [(role.key, translated(role.label)) for role in ROLES],
            "pages": list(PAGES.items()),
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]


def areas_of(request: OfficialRequest, *more: str) -> list[tuple[str, str]]:
    """The areas that this account can publish for: its own, the one looked at, and that of the question or answer."""
    own = request.standing.areas(P.ANSWER_QUESTIONS)
    codes = dict.fromkeys(
        [*own, *(code for code in (request.focus, *more) if request.standing.may(P.ANSWER_QUESTIONS, code))]
    )
    return [(code, divisions.full_name_of(code)) for code in codes]


@page()
def answers(request: OfficialRequest) -> HttpResponse:
    """All that this account can find; what it looks for stays out of the address."""
    if request.method == "POST":
        return look_for(request, "answers", request.POST.get("q", ""), at=reverse("answers"))
    text, after = looked_for(request, "answers"), request.GET.get("after", "")
    rows = queries.answers_found(request.standing, text)
    total = rows.count()
    start = whole_number(after, most=10**6) or 0
    shown, paging = cut(
        list(rows[start : start + SIZE + 1]), total, lambda _row: str(start + SIZE), paged=bool(after), unit=_("条")
    )
    may_write = request.standing.may(P.ANSWER_QUESTIONS)
    return render(
        request, "support/answers.html", {"table": answer_table(shown, paging), "q": text, "may_write": may_write}
    )


def answer_table(shown: list[Any], paging: Any) -> Table:
    """One line for each: the question, where it holds, whether it helped."""
    return Table(
        caption=_("常见问题"),
        columns=[
            Column(_("问题"), phone="lead"),
            Column(_("页面")),
            Column(_("适用地区"), phone="first"),
            Column(_("适用部门")),
            Column(_("有用"), "num"),
            Column(_("没用"), "num"),
            Column(_("更新"), phone="corner"),
        ],
        rows=[
            Row(
                [
                    Person(one.title, url=reverse("answer", args=[one.pk])),
                    listed(page_name(route) for route in one.pages if page_name(route)) or "—",
                    divisions.name_of(one.area_code),
                    str(ORGANS[one.organ]) if one.organ else _("所有部门"),
                    one.useful,
                    one.useless,
                    f"{timezone.localtime(one.changed_at):%Y-%m-%d}",
                ],
                url=reverse("answer", args=[one.pk]),
            )
            for one in shown
        ],
        page=paging,
        empty=Empty(
            _("没有找到"),
            _("换个说法再查，或直接报告问题。"),
            icon="book",
            action=Link(_("报告问题"), reverse("question_new"), "message-report"),
        ),
    )


def found_answer(request: OfficialRequest, answer_id: int) -> KnownAnswer:
    """The answer, or "not found" when it is for others."""
    found = queries.answer_for(request.standing, answer_id)
    if found is None:
        raise Http404
    return found


@page()
def answer(request: OfficialRequest, answer_id: int) -> HttpResponse:
    """One answer, and whether it helped."""
    found = found_answer(request, answer_id)
    act = request.POST.get("act", "")
    if request.method == "POST":
        try:
            if act in ("useful", "useless"):
                operations.vote_answer(
                    answer_id=found.pk, is_useful=act == "useful", by=request.user, at=request.now.at
                )
                messages.success(request, _("谢谢，已记下。"))
            elif act == "retire":
                version = request.POST.get("version", "")
                operations.retire_answer(
                    answer_id=found.pk,
                    version=whole_number(version) or 0,
                    by=request.user,
                    at=request.now.at,
                )
                messages.success(request, _("已停用，查不到了。"))
                return redirect("answers")
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("answer", answer_id=found.pk)
    facts = [
        (_("适用地区"), divisions.full_name_of(found.area_code)),
        (_("适用部门"), ORGANS[found.organ] if found.organ else _("所有部门")),
        (_("适用角色"), listed(translated(BY_KEY[key].label) for key in found.roles if key in BY_KEY) or _("所有角色")),
        (_("页面"), listed(page_name(route) for route in found.pages if page_name(route)) or "—"),
        (
            _("维护单位"),
            _("%(place)s%(organ)s")
            % {"place": divisions.name_of(found.owner_code), "organ": ORGANS.get(found.owner_organ, "")},
        ),
        (_("更新"), f"{timezone.localtime(found.changed_at):%Y-%m-%d}"),
        (_("用它答复过"), found.given or "—"),
    ]
    retire = Confirm(
        id="retire",
        title=_("停用这条常见问题"),
        act=_("停用"),
        url=reverse("answer", args=[found.pk]),
        fields=[("act", "retire"), ("version", str(found.version))],
        consequences=[(_("停用后"), _("所有人都查不到，已有的答复不受影响"))],
        danger=True,
    )
    context = {
        "found": found,
        "facts": facts,
        "vote": queries.vote_of(request.user.pk, found.pk),
        "may_keep": queries.may_keep(request.standing, found),
        "retire": retire,
        "chips": [
            Chip(_("有用 %(n)s") % {"n": found.useful}, "ok", "thumb-up"),
            Chip(_("没用 %(n)s") % {"n": found.useless}, "off", "circle-minus"),
        ],
        "crumbs": [Crumb(_("常见问题"), reverse("answers")), Crumb(found.title)],
    }
    return render(request, "support/answer.html", context)


@page(P.ANSWER_QUESTIONS)
def answer_new(request: OfficialRequest) -> HttpResponse:
    """Write an answer, of a question that was answered or from nothing."""
    asked = request.GET.get("question", "")
    question = questions.question_for(request.standing, number) if (number := whole_number(asked)) is not None else None
    if asked and question is None:
        raise Http404
    initial: dict[str, Any] = {"area_code": request.standing.areas(P.ANSWER_QUESTIONS)[0]}
    if question is not None:
        told = [entry.text for entry in questions.entries_of(question.pk) if entry.act in ("answer", "refer")]
        initial |= {
            "title": question.title,
            "text": told[-1] if told else "",
            "pages": [question.route] if question.route in PAGES else [],
        }
    form = AnswerForm(request.POST or None, initial=initial, areas=areas_of(request))
    if request.method == "POST" and form.is_valid():
        data = {key: value for key, value in form.cleaned_data.items() if key != "version"}
        try:
            made = operations.publish_answer(
                **data, question_id=question.pk if question else None, by=request.user, at=request.now.at
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已发布，适用地区的人现在就能查到。"))
            return redirect("answer", answer_id=made.pk)
    return render(
        request,
        "support/answer_form.html",
        {"form": form, "is_new": True, "crumbs": [Crumb(_("常见问题"), reverse("answers")), Crumb(_("新写一条"))]},
    )


@page(P.ANSWER_QUESTIONS)
def answer_edit(request: OfficialRequest, answer_id: int) -> HttpResponse:
    """Change an answer, or widen it to one's own area."""
    found = found_answer(request, answer_id)
    if not queries.may_keep(request.standing, found):
        raise Http404
    names = ("version", "title", "text", "keywords", "area_code", "organ", "roles", "pages")
    form = AnswerForm(
        request.POST or None,
        initial={name: getattr(found, name) for name in names},
        areas=areas_of(request, found.area_code),
    )
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "version": form.cleaned_data["version"] or 0}
        try:
            operations.revise_answer(answer_id=found.pk, **data, by=request.user, at=request.now.at)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("answer", answer_id=found.pk)
    crumbs = [
        Crumb(_("常见问题"), reverse("answers")),
        Crumb(found.title, reverse("answer", args=[found.pk])),
        Crumb(_("修改")),
    ]
    return render(request, "support/answer_form.html", {"form": form, "is_new": False, "crumbs": crumbs})
