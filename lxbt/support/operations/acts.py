"""What every act on a question consists of: the move, the desk that it leaves and comes to, what is kept, who is told.

Inside a transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.transitions import move
from lxbt.core.workdays import add_workdays
from lxbt.divisions import queries as divisions
from lxbt.notices.operations import Post, post_notices
from lxbt.support.models import Desk, Entry, Question
from lxbt.support.queries.questions import Place
from lxbt.support.rules.questions import LIMITS, TRANSITIONS, Kind, State

DESK_ROLE = "coordinator"  # who is told of what comes to a desk


def due_day(kind: str, at: datetime) -> date:
    """The last working day for a desk that a question comes to now."""
    return add_workdays(beijing_day(at), LIMITS[Kind(kind)], divisions.workday_overrides())


def moved(found: Question, act: str) -> str:
    """Change the state by the table; gives the one before. WrongState when the table has no such move."""
    before = found.state
    found.state = move(TRANSITIONS, State(found.state), act, sentence=_("这个问题现在不能这样办理，请刷新页面。"))
    return before


def leave_desk(found: Question, outcome: str, at: datetime) -> None:
    """The stay at the desk ends."""
    Desk.objects.filter(question=found, left_at__isnull=True).update(left_at=at, outcome=outcome)


def arrive_at(found: Question, place: Place, at: datetime) -> None:
    """The question lies at an office from now on, with its days anew."""
    found.desk_code, found.desk_organ, found.due_on = place.code, place.organ, due_day(found.kind, at)
    Desk.objects.create(question=found, division_code=place.code, organ=place.organ, since_at=at, due_on=found.due_on)


def unfollow(found: Question) -> None:
    """It no longer follows the question that it was merged into."""
    leading = Question.objects.select_for_update().filter(pk=found.into_id or 0).first()
    if leading is not None and leading.followers:
        leading.followers -= 1
        leading.save(update_fields=["followers"])


def keep_entry(found: Question, act: str, text: str, by: User | None, at: datetime) -> None:
    """Keep what was said or done."""
    Entry.objects.create(
        question=found,
        act=act,
        text=text,
        at=at,
        by_id=by.pk if by else None,
        by_name=by.name if by else "",
        place_code=by.place_code if by else "",
        organ=by.organ if by else "",
    )


def finished(
    found: Question,
    act: str,
    before: str,
    text: str,
    by: User | None,
    at: datetime,
    details: dict[str, Any] | None = None,
) -> Question:
    """Save the question, keep the entry, record the event."""
    found.version += 1
    found.save()
    keep_entry(found, act, text, by, at)
    record_event(
        by=by,
        action=f"question.{act}",
        subject_kind="question",
        subject_id=found.pk,
        division_code=found.place_code,
        details={"desk": found.desk_code, **(details or {})},
        changes={"state": (before, found.state)},
    )
    return found


def tell_desk(found: Question, kind: str, at: datetime) -> None:
    """A notice to the office where the question lies."""
    told = {"question": found.pk, "title": found.title}
    post_notices(posts=[Post(found.desk_code, kind, organ=found.desk_organ, role=DESK_ROLE, params=told)], at=at)


def tell_office(found: Question, kind: str, at: datetime) -> None:
    """The reporter's office is told, by the role that the reporter had."""
    role = found.roles[0] if found.roles else ""
    post_notices(
        posts=[
            Post(
                found.place_code,
                kind,
                organ=found.organ,
                role=role,
                params={"question": found.pk, "title": found.title},
            )
        ],
        at=at,
    )
