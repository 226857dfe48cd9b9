"""What people do with questions: report, answer, ask back, pass up, merge; say that it helped or not.

Every act is kept and recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Standing
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.documents.operations import keep_large_file
from lxbt.documents.rules import LARGEST, media_type_of
from lxbt.documents.rules.pictures import Damaged, without_traces
from lxbt.support.models import Desk, KnownAnswer, Picture, Question
from lxbt.support.operations.acts import (
    arrive_at,
    due_day,
    finished,
    keep_entry,
    leave_desk,
    moved,
    tell_desk,
    tell_office,
    unfollow,
)
from lxbt.support.queries import questions as queries
from lxbt.support.queries.answers import reaches
from lxbt.support.queries.questions import Place
from lxbt.support.rules.questions import FILES, WAITING, Kind, Line, State, masked


class QuestionRefused(Refusal):
    """The act is not possible so."""


class QuestionChanged(QuestionRefused):
    """Somebody else has acted on it since the page was read."""


@dataclass(frozen=True)
class Screen:
    """What is told of the page that a question came from: nothing of any person."""

    route: str = ""
    page: str = ""
    lines: Sequence[Line] = field(default=())
    width: int | None = None
    error: str = ""
    focus: str = ""


NOTHING = Screen()


@transaction.atomic
def ask_question(
    *,
    kind: str,
    title: str,
    text: str,
    screen: Screen = NOTHING,
    pictures: Iterable[bytes] = (),
    by: User,
    at: datetime,
) -> Question:
    """Report a question or fault to the office above; long numbers are covered.

    QuestionRefused says what is missing.
    """
    if kind not in list(Kind):
        raise QuestionRefused(_("请选择是咨询还是故障。"), field="kind")
    title, text = masked(title)[0][:80], masked(text)[0]
    if len(title) < 4:
        raise QuestionRefused(_("请用一句话说清问题，不少于 4 个字。"), field="title")
    standing = standing_of(by, on=beijing_day(at))
    desk = queries.desk_above(by.place_code, by.organ, on=beijing_day(at))
    due = due_day(kind, at)
    found = Question.objects.create(
        kind=kind,
        title=title,
        text=text,
        route=screen.route[:60],
        page=screen.page[:60],
        screen=[[line.part, line.text] for line in screen.lines],
        width=screen.width,
        error=screen.error[:16],
        roles=[role.key for role in standing.roles()],
        focus=screen.focus or by.place_code,
        asked_by_id=by.pk,
        asked_by_name=by.name,
        place_code=by.place_code,
        organ=by.organ,
        asked_at=at,
        desk_code=desk.code,
        desk_organ=desk.organ,
        due_on=due,
    )
    Desk.objects.create(question=found, division_code=desk.code, organ=desk.organ, since_at=at, due_on=due)
    keep_entry(found, "ask", text, by, at)
    for content in pictures:
        _keep_picture(found, content, by, at)
    tell_desk(found, "question_asked", at)
    record_event(
        by=by,
        action="question.asked",
        subject_kind="question",
        subject_id=found.pk,
        division_code=by.place_code,
        details={
            "kind": kind,
            "route": found.route,
            "desk": desk.code,
            "organ": desk.organ,
            "screen": bool(found.screen),
        },
    )
    return found


def _keep_picture(found: Question, content: bytes, by: User, at: datetime) -> None:
    """Keep a picture that came along; QuestionRefused when it is none, or too large, or one too many."""
    media_type = media_type_of(content)
    if len(content) > LARGEST:
        raise QuestionRefused(_("图片超过 10 MB，请截小一些再传。"), field="pictures")
    if media_type not in ("image/jpeg", "image/png"):
        raise QuestionRefused(_("只收 JPG 和 PNG 图片，请重新截图或拍照。"), field="pictures")
    if Picture.objects.filter(question=found).count() >= FILES:
        raise QuestionRefused(_("一个问题最多附 %(n)s 张图片。") % {"n": FILES}, field="pictures")
    try:
        content = without_traces(content, media_type)
    except Damaged:
        raise QuestionRefused(_("图片已损坏，请重新拍照或扫描后再传。"), field="pictures") from None
    file = keep_large_file(parts=[content])
    Picture.objects.create(
        question=found, file_id=file.pk, media_type=media_type, size=file.size, added_at=at, added_by_id=by.pk
    )


@transaction.atomic
def add_to_question(*, question_id: int, text: str, pictures: Iterable[bytes] = (), by: User, at: datetime) -> Question:
    """The reporter's office tells more; a question that was asked back goes on."""
    found, _standing = _find_mine(question_id, by, at)
    text = _written(text, 2, "text", _("请写明要补充的情况。"))
    before = moved(found, "add")
    if before == State.ASKED:
        found.due_on = due_day(found.kind, at)
        Desk.objects.filter(question=found, left_at__isnull=True).update(due_on=found.due_on, told_late_on=None)
    for content in pictures:
        _keep_picture(found, content, by, at)
    tell_desk(found, "question_added", at)
    return finished(found, "add", before, text, by, at)


@transaction.atomic
def withdraw_question(*, question_id: int, note: str = "", by: User, at: datetime) -> Question:
    """The reporter's office takes it back; those merged into it stand for themselves again."""
    found, _standing = _find_mine(question_id, by, at)
    before = moved(found, "withdraw")
    found.ended_on = beijing_day(at)
    if found.into_id:
        unfollow(found)
    leave_desk(found, "withdraw", at)
    for other in Question.objects.select_for_update().filter(into=found, state=State.MERGED):
        was = moved(other, "part")
        other.into, other.due_on = None, due_day(other.kind, at)
        arrive_at(other, Place(other.desk_code, other.desk_organ), at)
        finished(other, "part", was, "", None, at)
    found.followers = 0
    return finished(found, "withdraw", before, masked(note)[0], by, at)


@transaction.atomic
def solve_question(*, question_id: int, by: User, at: datetime) -> Question:
    """The reporter's office says that the answer helped."""
    found, _standing = _find_mine(question_id, by, at)
    before = moved(found, "solve")
    found.ended_on = beijing_day(at)
    return finished(found, "solve", before, "", by, at)


@transaction.atomic
def reopen_question(*, question_id: int, text: str, by: User, at: datetime) -> Question:
    """The answer did not help: it goes back to the desk that answered, which has its days anew."""
    found, _standing = _find_mine(question_id, by, at)
    text = _written(text, 2, "text", _("请写明哪里还没有解决。"))
    before = moved(found, "reopen")
    if found.into_id:  # it stands for itself again, at the desk that answered
        leading = found.into
        assert leading is not None
        unfollow(found)
        found.desk_code, found.desk_organ, found.into = leading.desk_code, leading.desk_organ, None
    found.ended_on, found.reopened = None, found.reopened + 1
    arrive_at(found, Place(found.desk_code, found.desk_organ), at)
    tell_desk(found, "question_reopened", at)
    return finished(found, "reopen", before, text, by, at)


@transaction.atomic
def answer_question(*, question_id: int, version: int, text: str, by: User, at: datetime) -> Question:
    """The desk answers; whoever was merged into it is answered too."""
    found = _find_here(question_id, version, by, at)
    text = _written(text, 4, "text", _("请写明答复，不少于 4 个字。"))
    return _give(found, "answer", text, by, at)


@transaction.atomic
def refer_question(
    *, question_id: int, version: int, answer_id: int, note: str = "", by: User, at: datetime
) -> Question:
    """The desk answers with a known answer; it must be one that the reporter can find."""
    found = _find_here(question_id, version, by, at)
    known = KnownAnswer.objects.filter(pk=answer_id, retired_at__isnull=True).first()
    if known is None or not reaches(known, found.place_code, found.organ):
        raise QuestionRefused(_("请选择一条对方能查到的常见问题。"), field="answer")
    found.answer_id = known.pk
    KnownAnswer.objects.filter(pk=known.pk).update(given=F("given") + 1 + found.followers)
    note = masked(note)[0]
    return _give(found, "refer", f"{note}\n\n{known.title}\n{known.text}".strip(), by, at)


@transaction.atomic
def ask_back(*, question_id: int, version: int, text: str, by: User, at: datetime) -> Question:
    """The desk needs to know more; the clock stands until the reporter adds it."""
    found = _find_here(question_id, version, by, at)
    text = _written(text, 4, "text", _("请写明需要补充什么，不少于 4 个字。"))
    before = moved(found, "back")
    tell_office(found, "question_asked_back", at)
    return finished(found, "back", before, text, by, at)


@transaction.atomic
def pass_question_up(*, question_id: int, version: int, note: str, by: User, at: datetime) -> Question:
    """The desk cannot answer and says what it tried; the next office upwards has its own days."""
    found = _find_here(question_id, version, by, at)
    note = _written(note, 4, "text", _("请写明为什么上报、已经试过什么，不少于 4 个字。"))
    above = queries.desk_above(found.desk_code, found.desk_organ, on=beijing_day(at))
    if (above.code, above.organ) == (found.desk_code, found.desk_organ) or not above.staffed:
        raise QuestionRefused(_("上面没有可以答复的单位了，请在本级答复。"))
    before = moved(found, "pass")
    leave_desk(found, "pass", at)
    arrive_at(found, above, at)
    tell_desk(found, "question_passed", at)
    return finished(found, "pass", before, note, by, at)


@transaction.atomic
def merge_question(*, question_id: int, version: int, into_id: int, by: User, at: datetime) -> Question:
    """The same was asked before: this one follows the other and gets its answer. Both must lie at the same desk."""
    first, second = sorted((question_id, into_id))
    rows = {row.pk: row for row in Question.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk")}
    leading = rows.get(into_id)
    found = _find_here(question_id, version, by, at)
    if (
        leading is None
        or leading.pk == found.pk
        or leading.state not in WAITING
        or (leading.desk_code, leading.desk_organ) != (found.desk_code, found.desk_organ)
    ):
        raise QuestionRefused(_("只能并入同在本单位待答复的另一个问题。"), field="into")
    before = moved(found, "merge")
    found.into = leading
    leave_desk(found, "merge", at)
    for other in Question.objects.select_for_update().filter(into=found, state=State.MERGED):
        other.into = leading
        finished(other, "merge", other.state, "", by, at)
    leading.followers += 1 + found.followers
    found.followers = 0
    leading.version += 1
    leading.save(update_fields=["followers", "version"])
    return finished(found, "merge", before, "", by, at, {"into": leading.pk})


def _give(found: Question, act: str, text: str, by: User, at: datetime) -> Question:
    """The answer goes to the reporter and to everybody who was merged into it."""
    for other in Question.objects.select_for_update().filter(into=found, state=State.MERGED).order_by("pk"):
        was = moved(other, act)
        other.answered_at, other.first_answered_at, other.answer_id = at, other.first_answered_at or at, found.answer_id
        tell_office(other, "question_answered", at)
        finished(other, act, was, text, by, at)
    before = moved(found, act)
    found.answered_at, found.first_answered_at = at, found.first_answered_at or at
    leave_desk(found, act, at)
    tell_office(found, "question_answered", at)
    return finished(found, act, before, text, by, at)


def _find_mine(ident: int, by: User, at: datetime) -> tuple[Question, Standing]:
    found, standing = (
        Question.objects.select_for_update(of=("self",)).select_related("into").filter(pk=ident).first(),
        standing_of(by, on=beijing_day(at)),
    )
    if found is None or not queries.is_mine(standing, found):
        raise QuestionRefused(_("没有这个问题，或它不是您单位提出的。"))
    return found, standing


def _find_here(ident: int, version: int, by: User, at: datetime) -> Question:
    found = Question.objects.select_for_update().filter(pk=ident).first()
    if found is None or not queries.is_at_my_desk(standing_of(by, on=beijing_day(at)), found):
        raise QuestionRefused(_("没有这个问题，或它现在不在您的单位。"))
    if found.version != version:
        raise QuestionChanged(_("这个问题刚被他人办理，或提问人有了补充。您写的内容还在，请看过最新情况再办。"))
    return found


def _written(text: str, least: int, where: str, sentence: str) -> str:
    text = masked(text)[0]
    if len(text) < least:
        raise QuestionRefused(sentence, field=where)
    return text
