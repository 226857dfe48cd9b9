"""Writing, changing and retiring known answers; saying whether one helped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import BY_KEY, Organ, Permission, Standing
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal
from lxbt.support.models import KnownAnswer, Question, Vote
from lxbt.support.queries.answers import answer_for, may_keep
from lxbt.support.queries.questions import questions_for
from lxbt.support.rules.answers import initials, tokens
from lxbt.support.rules.questions import masked


class AnswerRefused(Refusal):
    """The answer cannot be kept so."""


class AnswerChanged(AnswerRefused):
    """Somebody else has changed it since the page was read."""


@transaction.atomic
def publish_answer(
    *,
    title: str,
    text: str,
    area_code: str,
    keywords: str = "",
    organ: str = "",
    roles: Sequence[str] = (),
    pages: Sequence[str] = (),
    question_id: int | None = None,
    by: User,
    at: datetime,
) -> KnownAnswer:
    """A known answer for an area of one's own; `question_id`: the question that it was made of, which is then answered
    by it for good.
    """
    standing = standing_of(by, on=beijing_day(at))
    if not standing.may(Permission.ANSWER_QUESTIONS, area_code):
        raise AnswerRefused(_("只能在本级及以下范围发布常见问题。"), field="area")
    question = None
    if question_id is not None:
        question = questions_for(standing).select_for_update(of=("self",)).filter(pk=question_id).first()
        if question is None or KnownAnswer.objects.filter(question_id=question_id).exists():
            raise AnswerRefused(_("这个问题已经转为常见问题，或您看不到它。"))
    owner = next(
        code for code in standing.areas(Permission.ANSWER_QUESTIONS) if standing.may(Permission.ANSWER_QUESTIONS, code)
    )
    known = KnownAnswer(
        question_id=question_id,
        owner_code=owner,
        owner_organ=by.organ,
        written_by_id=by.pk,
        written_by_name=by.name,
        published_at=at,
        changed_at=at,
    )
    _fill(known, title, text, area_code, keywords, organ, roles, pages)
    known.save()
    if question is not None:
        Question.objects.filter(Q(pk=question.pk) | Q(into=question)).update(answer_id=known.pk)
    record_event(
        by=by,
        action="answer.published",
        subject_kind="known_answer",
        subject_id=known.pk,
        division_code=area_code,
        details={"question": question_id, "pages": list(pages)},
    )
    return known


@transaction.atomic
def revise_answer(
    *,
    answer_id: int,
    version: int,
    title: str,
    text: str,
    area_code: str,
    keywords: str = "",
    organ: str = "",
    roles: Sequence[str] = (),
    pages: Sequence[str] = (),
    by: User,
    at: datetime,
) -> KnownAnswer:
    """Change an answer; its office or one above it may, and may widen it to its own area."""
    known, standing = _find(answer_id, version, by, at)
    if not standing.may(Permission.ANSWER_QUESTIONS, area_code):
        raise AnswerRefused(_("只能在本级及以下范围发布常见问题。"), field="area")
    before = {"title": known.title, "area": known.area_code}
    _fill(known, title, text, area_code, keywords, organ, roles, pages)
    known.changed_at, known.written_by_id, known.written_by_name = at, by.pk, by.name
    known.version += 1
    known.save()
    after = {"title": known.title, "area": known.area_code}
    record_event(
        by=by,
        action="answer.revised",
        subject_kind="known_answer",
        subject_id=known.pk,
        division_code=area_code,
        changes={k: (before[k], after[k]) for k in before},
    )
    return known


@transaction.atomic
def retire_answer(*, answer_id: int, version: int, by: User, at: datetime) -> KnownAnswer:
    """Take an answer out of sight: it is no longer right."""
    known, _standing = _find(answer_id, version, by, at)
    known.retired_at = at
    known.version += 1
    known.save(update_fields=["retired_at", "version"])
    record_event(
        by=by, action="answer.retired", subject_kind="known_answer", subject_id=known.pk, division_code=known.area_code
    )
    return known


@transaction.atomic
def vote_answer(*, answer_id: int, is_useful: bool, by: User, at: datetime) -> KnownAnswer:
    """Say whether an answer helped; the last word of each account counts."""
    standing = standing_of(by, on=beijing_day(at))
    if answer_for(standing, answer_id) is None:
        raise AnswerRefused(_("没有这条常见问题，或已经停用。"))
    known = KnownAnswer.objects.select_for_update().get(pk=answer_id)
    Vote.objects.update_or_create(answer=known, user_id=by.pk, defaults={"is_useful": is_useful, "at": at})
    told = Vote.objects.filter(answer=known).aggregate(
        yes=Count("pk", filter=Q(is_useful=True)), no=Count("pk", filter=Q(is_useful=False))
    )
    known.useful, known.useless = told["yes"], told["no"]
    known.save(update_fields=["useful", "useless"])
    record_event(
        by=by, action="answer.voted", subject_kind="known_answer", subject_id=known.pk, details={"useful": is_useful}
    )
    return known


def _find(ident: int, version: int, by: User, at: datetime) -> tuple[KnownAnswer, Standing]:
    known, standing = (
        KnownAnswer.objects.select_for_update().filter(pk=ident, retired_at__isnull=True).first(),
        standing_of(by, on=beijing_day(at)),
    )
    if known is None or not may_keep(standing, known):
        raise AnswerRefused(_("没有这条常见问题，或它不由您的单位维护。"))
    if known.version != version:
        raise AnswerChanged(_("这条常见问题刚被他人改过，请看过最新内容再改。"))
    return known, standing


def _fill(
    known: KnownAnswer,
    title: str,
    text: str,
    area_code: str,
    keywords: str,
    organ: str,
    roles: Sequence[str],
    pages: Sequence[str],
) -> None:
    title, text, keywords = masked(title)[0][:80], masked(text)[0], masked(keywords)[0][:200]
    if len(title) < 4:
        raise AnswerRefused(_("请把问题写成一句话，不少于 4 个字。"), field="title")
    if len(text) < 4:
        raise AnswerRefused(_("请写明答复，不少于 4 个字。"), field="text")
    if organ and organ not in list(Organ):
        raise AnswerRefused(_("请选择适用部门。"), field="organ")
    known.title, known.text, known.keywords, known.area_code, known.organ = title, text, keywords, area_code, organ
    known.roles, known.pages = [role for role in roles if role in BY_KEY], list(dict.fromkeys(pages))[:20]
    known.tokens, known.spelt = tokens(f"{title} {keywords} {text}"), initials(f"{title} {keywords}")[:400]
