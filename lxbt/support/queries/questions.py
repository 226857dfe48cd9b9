"""Reads of questions: who sees which, what waits at a desk, the way a question takes, clocks by area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lxbt.accounts.queries import staffed
from lxbt.accounts.rules import Organ, Permission, Standing
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION, prefix, span
from lxbt.support.models import Desk, Entry, Picture, Question
from lxbt.support.rules.questions import UNFINISHED, WAITING, State

ANSWERS = Permission.ANSWER_QUESTIONS


@dataclass(frozen=True)
class Place:
    """An office that a question can lie at."""

    code: str
    organ: str
    staffed: bool = True


def desk_above(code: str, organ: str, *, on: date) -> Place:
    """The next office upwards where somebody answers: of the own organ if it has one on the whole way, else of civil
    affairs.

    Finance and audit have no such offices of their own. Above the nation there is nobody: it answers its own.
    """
    way = [node.code for node in reversed(divisions.trail(code)) if node.code != code] if code != NATION else []
    way = [*(one for one in way if one != NATION), NATION]
    here = staffed(way, ANSWERS, on=on)
    for asked in dict.fromkeys((organ, Organ.CIVIL_AFFAIRS.value)):
        for one in way:
            if (one, asked) in here:
                return Place(one, asked)
    return Place(NATION, Organ.CIVIL_AFFAIRS.value, staffed=False)


def at_desk(standing: Standing, prefix_: str = "desk_code") -> Q:
    """The condition for what lies at this account's desk; `prefix_` is the field with the division."""
    organ = "desk_organ" if prefix_ == "desk_code" else "organ"
    return Q(**{f"{prefix_}__in": list(standing.areas(ANSWERS)), organ: standing.organ.value})


def of_my_office(standing: Standing) -> Q:
    """The condition for what this account or its office reported."""
    return Q(asked_by_id=standing.user_id) | Q(place_code=standing.place_code, organ=standing.organ.value)


def questions_for(standing: Standing) -> QuerySet[Question]:
    """All that an account may see: of the own office, and what came to its desk on the way up.

    Nobody else sees a question.
    """
    came = Desk.objects.filter(at_desk(standing, "division_code"), question=OuterRef("pk"))
    return Question.objects.filter(of_my_office(standing) | Exists(came))


def question_for(standing: Standing, question_id: int) -> Question | None:
    """One of them."""
    return questions_for(standing).filter(pk=question_id).first()


def is_mine(standing: Standing, found: Question) -> bool:
    """Whether this account speaks for the reporter: the reporter, or a colleague of the same office."""
    return found.asked_by_id == standing.user_id or (
        found.place_code == standing.place_code and found.organ == standing.organ.value
    )


def is_at_my_desk(standing: Standing, found: Question) -> bool:
    """Whether this account answers it now."""
    return found.desk_code in standing.areas(ANSWERS) and found.desk_organ == standing.organ.value


def waiting_for(standing: Standing) -> QuerySet[Question]:
    """What waits for an answer at this account's desk, the nearest limit first."""
    return Question.objects.filter(at_desk(standing), state=State.OPEN).order_by("due_on", "id")


def waiting_count(standing: Standing) -> int | None:
    """How many; None for who answers nothing."""
    return waiting_for(standing).order_by().count() if standing.may(ANSWERS) else None


def counts(standing: Standing, today: date) -> dict[str, int]:
    """What waits here, is late, was passed on or answered, and what the own office asked; in one statement."""
    desk, mine = at_desk(standing), of_my_office(standing)
    return questions_for(standing).aggregate(
        waiting=Count("pk", filter=desk & Q(state=State.OPEN)),
        late=Count("pk", filter=desk & Q(state=State.OPEN, due_on__lt=today)),
        asked=Count("pk", filter=desk & Q(state=State.ASKED)),
        answered=Count("pk", filter=~mine & Q(state=State.ANSWERED)),
        mine=Count("pk", filter=mine & Q(state__in=UNFINISHED)),
        all=Count("pk"),
    )


def entries_of(question_id: int) -> list[Entry]:
    """All that was said, in order."""
    return list(Entry.objects.filter(question_id=question_id).order_by("id"))


def way_of(question_id: int) -> list[Desk]:
    """The offices it was at, in order."""
    return list(Desk.objects.filter(question_id=question_id).order_by("id"))


def pictures_of(question_id: int) -> list[Picture]:
    """The pictures that came with it."""
    return list(Picture.objects.filter(question_id=question_id).order_by("id"))


def followers_of(question_id: int) -> list[Question]:
    """The questions that were merged into it."""
    return list(Question.objects.filter(into_id=question_id).order_by("id")[:100])


def mergeable(standing: Standing, found: Question) -> list[Question]:
    """Others at the same desk that it could be merged into, those about the same page first."""
    rows = Question.objects.filter(at_desk(standing), state__in=WAITING, desk_code=found.desk_code).exclude(pk=found.pk)
    return sorted(rows.order_by("-id")[:50], key=lambda one: one.route != found.route or not one.route)


@dataclass(frozen=True)
class AreaClocks:
    """Questions reported from an area: how many are open, late, reported, were answered, solved, reopened, and the
    hours to the first answer.
    """

    code: str
    open: int
    late: int
    reported: int
    answered: int
    solved: int
    reopened: int
    hours: float | None  # median from report to first answer


CLOCKS = """
    select grouping(place), place, count(*) filter (where state in ('open', 'asked', 'merged')),
        count(*) filter (where state = 'open' and due_on < %(today)s),
        count(*), count(first_answered_at), count(*) filter (where state = 'solved'),
            count(*) filter (where reopened > 0),
        percentile_cont(0.5) within group (order by extract(epoch
            from first_answered_at - asked_at)) filter (where first_answered_at is not null) / 3600
    from (select {place} as place, q.* from support_question q
        where q.place_code >= %(low)s and q.place_code < %(high)s and (q.asked_at >= %(since)s or q.ended_on is null)) q
    group by grouping sets ((), (place)) order by 1 desc, 2
"""


def clocks(area: str, *, today: date, at: datetime, days: int = 90) -> list[AreaClocks]:
    """The whole area first, then the divisions directly below; of the last `days` days and all that is open.

    One statement.
    """
    low, high = span(area)
    below = {prefix(node.code): node.code for node in divisions.children(area)}
    told: dict[str, Any] = {
        "today": today,
        "low": low,
        "high": high,
        "since": at - timedelta(days=days),
        "known": list(below),
    }
    lengths = sorted({len(digits) for digits in below}, reverse=True)
    cases = " ".join(
        f"when left(q.place_code, {length}) = any(%(known)s) then left(q.place_code, {length})" for length in lengths
    )
    with connection.cursor() as cursor:
        cursor.execute(CLOCKS.format(place=f"case {cases} else '' end" if cases else "''"), told)
        rows = cursor.fetchall()
    codes = below | {"": area}  # what is reported at the level itself
    return [AreaClocks(area if whole else codes[place], *numbers) for whole, place, *numbers in rows if whole or below]
