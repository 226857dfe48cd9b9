"""What time does to questions: late ones are told of and climb, silent ones end, old entries of the directory are asked
for. For tasks.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from lxbt.core.clock import beijing_day
from lxbt.core.workdays import workdays_between
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.notices.operations import Post, post_notices
from lxbt.support.models import Desk, Entry, Office, Question
from lxbt.support.operations.acts import DESK_ROLE, arrive_at, finished, leave_desk, moved, tell_desk, unfollow
from lxbt.support.queries.questions import desk_above
from lxbt.support.rules.directory import CONFIRMED_EVERY, REMINDED_EVERY
from lxbt.support.rules.questions import CLIMBS_AFTER, LAPSES_AFTER, State


@transaction.atomic
def climb_overdue(*, on: date, at: datetime, limit: int = 500) -> int:
    """Late questions: the desk and the one above are told once; some days later the question goes up by itself.

    Gives how many climbed.
    """
    overrides, climbed = divisions.workday_overrides(), 0
    told_at_the_top = Q(desk_code=NATION) & Exists(
        Desk.objects.filter(question=OuterRef("pk"), left_at__isnull=True, told_late_on__isnull=False)
    )
    late = Question.objects.filter(state=State.OPEN, due_on__lt=on).exclude(told_at_the_top)
    rows = late.select_for_update(skip_locked=True, of=("self",)).order_by("due_on", "id")[:limit]
    for found in rows:
        above = desk_above(found.desk_code, found.desk_organ, on=on)
        further = above.staffed and (above.code, above.organ) != (found.desk_code, found.desk_organ)
        if further and workdays_between(found.due_on, on, overrides) > CLIMBS_AFTER:
            before = moved(found, "climb")
            leave_desk(found, "climb", at)
            arrive_at(found, above, at)
            tell_desk(found, "question_climbed", at)
            finished(found, "climb", before, "", None, at)
            climbed += 1
        elif Desk.objects.filter(question=found, left_at__isnull=True, told_late_on__isnull=True).update(
            told_late_on=on
        ):
            told = {"question": found.pk, "title": found.title}
            kind = "question_overdue" if further else "question_overdue_here"
            posts = [Post(found.desk_code, kind, organ=found.desk_organ, role=DESK_ROLE, params=told)]
            if further:
                posts.append(
                    Post(
                        above.code,
                        "questions_below_overdue",
                        organ=above.organ,
                        role=DESK_ROLE,
                        params={"place": divisions.name_of(found.desk_code)},
                    )
                )
            post_notices(posts=posts, at=at)
    return climbed


@transaction.atomic
def end_silent(*, on: date, at: datetime, limit: int = 500) -> int:
    """Answered and nobody said otherwise, or asked back and nobody added anything, for long enough: it ends.

    Gives how many.
    """
    overrides, ended = divisions.workday_overrides(), 0
    last = Entry.objects.filter(question=OuterRef("pk")).order_by("-id").values("at")[:1]
    silent = (
        Question.objects.filter(state__in=(State.ANSWERED, State.ASKED))
        .annotate(last=Subquery(last))
        .filter(last__lt=at - timedelta(days=LAPSES_AFTER))
    )
    for found in silent.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:limit]:
        if workdays_between(beijing_day(found.last), on, overrides) <= LAPSES_AFTER:
            continue
        before = moved(found, "lapse")
        found.ended_on = on
        if before == State.ASKED:
            leave_desk(found, "lapse", at)
            if found.into_id:
                unfollow(found)
        finished(found, "lapse", before, "", None, at)
        ended += 1
    return ended


@transaction.atomic
def remind_keepers(*, on: date, at: datetime) -> int:
    """Entries of the directory that nobody confirmed for a year: their keepers are told, once a month, with how many.

    Gives the offices told.
    """
    stale = Office.objects.filter(confirmed_on__lt=on - CONFIRMED_EVERY).filter(
        Q(reminded_on__isnull=True) | Q(reminded_on__lt=on - REMINDED_EVERY)
    )
    rows = list(stale.select_for_update(skip_locked=True).values_list("pk", "division_code", "organ")[:5000])
    if not rows:
        return 0
    townships = {code for _pk, code, _organ in rows if code[6:9] != "000"}
    keeper = {code: county.code if (county := divisions.county_of(code)) else code for code in townships}
    counted = Counter((keeper.get(code, code), organ) for _pk, code, organ in rows)
    posts = [
        Post(code, "office_stale", organ=organ, role=role, params={"count": number})
        for (code, organ), number in counted.items()
        for role in (DESK_ROLE, "administrator")
    ]
    post_notices(posts=posts, at=at)
    Office.objects.filter(pk__in=[pk for pk, _code, _organ in rows]).update(reminded_on=on)
    return len(counted)
