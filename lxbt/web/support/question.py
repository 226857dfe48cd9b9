"""One question: its way, what was said, what was on the screen, and the acts that are this account's."""

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

from lxbt.accounts.rules import BY_KEY
from lxbt.accounts.rules import Permission as P
from lxbt.audit.operations import record_event
from lxbt.core.clock import Now, beijing_day
from lxbt.core.refusal import Refusal
from lxbt.core.transitions import can
from lxbt.divisions import queries as divisions
from lxbt.documents import queries as documents
from lxbt.documents.rules import ENDINGS
from lxbt.support.operations import questions as operations
from lxbt.support.queries import answers
from lxbt.support.queries import questions as queries
from lxbt.support.rules.questions import FILES, LIMITS, TRANSITIONS, Kind, State
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Crumb, Event, Step
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.support.asking import grouped, pictures_of
from lxbt.web.support.listing import clock, office_name, state_chip
from lxbt.web.support.words import ACTS, KINDS, page_name
from lxbt.web.words import listed, told, translated

if TYPE_CHECKING:
    from lxbt.support.models import Question

DONE = {
    "answer": lazy("已答复，提问人会收到通知。"),
    "refer": lazy("已用常见问题答复，提问人会收到通知。"),
    "back": lazy("已请提问人补充，时限暂停。"),
    "pass": lazy("已上报上一级。"),
    "merge": lazy("已并入，答复时一并通知。"),
    "add": lazy("补充已送出。"),
    "solve": lazy("谢谢，这个问题已办结。"),
    "reopen": lazy("已退回答复单位再看。"),
    "withdraw": lazy("已撤回。"),
}
DESK_ACTS = ("answer", "refer", "back", "pass", "merge")


class DeskForm(forms.Form):
    """What the desk writes; which act it is for stands on the button."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=lazy("答复或说明"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("写清在哪个页面、点哪个按钮。长号码会自动遮住。"),
    )
    answer = forms.TypedChoiceField(label=lazy("或用常见问题答复"), required=False, coerce=int, empty_value=None)
    into = forms.TypedChoiceField(label=lazy("并入另一个问题"), required=False, coerce=int, empty_value=None)

    def __init__(
        self, *args: Any, answers: list[tuple[int, str]], others: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [("", _("不用")), *answers]  # type: ignore[attr-defined]
        self.fields["into"].choices = [("", _("不并入")), *others]  # type: ignore[attr-defined]


class MineForm(forms.Form):
    text = forms.CharField(
        label=lazy("补充情况"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@page()
def question(request: OfficialRequest, question_id: int) -> HttpResponse:
    """The whole of it on one page; every act is a post to it."""
    found = queries.question_for(request.standing, question_id)
    if found is None:
        raise Http404
    act = request.POST.get("act", "")
    desk, mine = (
        desk_form(request, found, act),
        MineForm(request.POST if act in ("add", "reopen", "withdraw", "solve") else None),
    )
    form: Any = desk if act in DESK_ACTS else mine
    if request.method == "POST" and act in DONE and form.is_valid():
        try:
            perform(request, found, act, form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, str(DONE[act]))
            following = (
                queries.waiting_for(request.standing).values_list("pk", flat=True).first() if act in DESK_ACTS else None
            )
            return (
                redirect("question", question_id=following)
                if following and following != found.pk
                else redirect("question", question_id=found.pk)
            )
        found.refresh_from_db()
        if act in DESK_ACTS:  # what was written stays; the page is the newest
            newest: Any = request.POST.copy()
            newest["version"] = str(found.version)
            desk.data = newest
    return render(request, "support/question.html", page_context(request, found, desk, mine))


def desk_form(request: OfficialRequest, found: Question, act: str) -> DeskForm:
    """The form of the desk, with known answers near to the question and the others that wait here."""
    here = queries.is_at_my_desk(request.standing, found) and found.state in (State.OPEN, State.ASKED)
    near = (
        answers.offered_for(request.standing, found.place_code, found.organ, f"{found.title} {found.text}")
        if here
        else []
    )
    others = queries.mergeable(request.standing, found) if here else []
    return DeskForm(
        request.POST if act in DESK_ACTS else None,
        initial={"version": found.version},
        answers=[(one.pk, one.title) for one in near],
        others=[(one.pk, f"{one.pk} {one.title}") for one in others],
    )


def perform(request: OfficialRequest, found: Question, act: str, data: dict[str, Any]) -> None:
    """One act by its operation."""
    given: dict[str, Any] = {"question_id": found.pk, "by": request.user, "at": request.now.at}
    text = data.get("text", "")
    if act in DESK_ACTS:
        given["version"] = data["version"]
    if act == "answer":
        operations.answer_question(text=text, **given)
    elif act == "refer":
        operations.refer_question(answer_id=data["answer"] or 0, note=text, **given)
    elif act == "back":
        operations.ask_back(text=text, **given)
    elif act == "pass":
        operations.pass_question_up(note=text, **given)
    elif act == "merge":
        operations.merge_question(into_id=data["into"] or 0, **given)
    elif act == "add":
        operations.add_to_question(text=text, pictures=pictures_of(request), **given)
    elif act == "solve":
        operations.solve_question(**given)
    elif act == "reopen":
        operations.reopen_question(text=text, **given)
    else:
        operations.withdraw_question(note=text, **given)


def page_context(request: OfficialRequest, found: Question, desk: DeskForm, mine: MineForm) -> dict[str, Any]:
    """Everything of the page."""
    state = State(found.state)
    is_here, is_mine = queries.is_at_my_desk(request.standing, found), queries.is_mine(request.standing, found)
    above = queries.desk_above(found.desk_code, found.desk_organ, on=request.today) if is_here else None
    further = above is not None and above.staffed and (above.code, above.organ) != (found.desk_code, found.desk_organ)
    followers = queries.followers_of(found.pk) if found.followers and is_here else []
    leading = queries.question_for(request.standing, found.into_id) if found.into_id else None
    known = answers.answer_for(request.standing, found.answer_id) if found.answer_id else None
    return {
        "found": found,
        "chip": state_chip(found, request.today),
        "kind": Chip(str(KINDS[found.kind]), "off", "message-report" if found.kind == "question" else "alert-circle"),
        "clock": clock(found, request.today, divisions.workday_overrides()),
        "steps": step_line(found),
        "said": said(found),
        "facts": facts(found),
        "screen": grouped(found.screen),
        "pictures": [(one.pk, number) for number, one in enumerate(queries.pictures_of(found.pk), start=1)],
        "desk": desk,
        "mine": mine,
        "files": FILES,
        "leading": leading,
        "known": known,
        "followers": followers,
        "may_answer": is_here and can(TRANSITIONS, state, "answer") and state != State.MERGED,
        "may_ask": is_here and can(TRANSITIONS, state, "back"),
        "may_pass": is_here and further and can(TRANSITIONS, state, "pass"),
        "above": office_name(above.code, above.organ) if further and above else "",
        "may_merge": is_here and can(TRANSITIONS, state, "merge") and len(desk.fields["into"].choices) > 1,  # type: ignore[attr-defined]
        "may_refer": len(desk.fields["answer"].choices) > 1,  # type: ignore[attr-defined]
        "may_add": is_mine and can(TRANSITIONS, state, "add"),
        "may_settle": is_mine and state == State.ANSWERED,
        "may_reopen": is_mine and can(TRANSITIONS, state, "reopen"),
        "may_withdraw": is_mine and can(TRANSITIONS, state, "withdraw"),
        "may_publish": request.standing.may(P.ANSWER_QUESTIONS)
        and not is_mine
        and found.answered_at is not None
        and known is None,
        "crumbs": [Crumb(_("问题答复"), reverse("questions")), Crumb(f"{found.pk}")],
    }


def step_line(found: Question) -> list[Step]:
    """The offices it was at: since when, how long each took."""
    steps = [
        Step(
            _("提出"),
            "done",
            who=f"{divisions.name_of(found.place_code)} {found.asked_by_name}",
            when=f"{timezone.localtime(found.asked_at):%m-%d %H:%M}",
        )
    ]
    for desk in queries.way_of(found.pk):
        came, left = timezone.localtime(desk.since_at), timezone.localtime(desk.left_at) if desk.left_at else None
        late = (
            _("逾期")
            if (beijing_day(left) if left else Now.read().on) > desk.due_on and found.state != State.ASKED
            else ""
        )
        outcome = str(ACTS.get(desk.outcome, ""))
        note = listed(part for part in (outcome, late) if part)
        name = office_name(desk.division_code, desk.organ)
        steps.append(
            Step(
                name,
                "done" if left else "current",
                when=f"{came:%m-%d %H:%M}",
                limit=LIMITS[Kind(found.kind)],
                note=note,
            )
        )
    return steps


def said(found: Question) -> list[Event]:
    """All that was said, in order."""
    lines = []
    for entry in queries.entries_of(found.pk):
        who = f"{office_name(entry.place_code, entry.organ)} {entry.by_name}" if entry.by_id else _("系统")
        title = (
            told(f"{who} {ACTS.get(entry.act, entry.act)}", entry.text)
            if entry.text
            else f"{who} {ACTS.get(entry.act, entry.act)}"
        )
        lines.append(Event(timezone.localtime(entry.at), title))
    return lines


def facts(found: Question) -> list[tuple[Any, Any]]:
    """From where it was reported."""
    return [
        (_("页面"), page_name(found.route) or found.page or "—"),
        (_("角色"), listed(translated(BY_KEY[key].label) for key in found.roles if key in BY_KEY) or "—"),
        (_("辖区"), divisions.full_name_of(found.focus)),
        (_("窗口宽度"), _("%(n)s 像素") % {"n": found.width} if found.width else "—"),
        (_("错误编号"), found.error or "—"),
        (_("同问"), found.followers or "—"),
    ]


@page()
def question_picture(request: OfficialRequest, question_id: int, picture_id: int) -> HttpResponse:
    """One picture, found through its question only; each look is recorded."""
    found = queries.question_for(request.standing, question_id)
    kept = next((one for one in queries.pictures_of(found.pk) if one.pk == picture_id), None) if found else None
    if found is None or kept is None:
        raise Http404
    record_event(
        by=request.user,
        action="question.picture_viewed",
        subject_kind="question",
        subject_id=found.pk,
        division_code=found.place_code,
        details={"picture": kept.pk},
    )
    response = HttpResponse(
        b"".join(documents.pieces_of(documents.large_file(kept.file_id))), content_type=kept.media_type
    )
    response["Content-Disposition"] = f'inline; filename="picture-{kept.pk}.{ENDINGS[kept.media_type]}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
