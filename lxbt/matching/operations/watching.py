"""The daily round: late cases climb, offices are told what waits, what is settled closes, quiet kinds come to their
end.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event, record_system_events
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.core.workdays import workdays_between
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import ancestors
from lxbt.matching.catalogue import RULES
from lxbt.matching.models import Quiet, Signal, Suspicion
from lxbt.matching.operations.verifying import SuspicionRefused
from lxbt.matching.rules import WITH_TOWNSHIP
from lxbt.notices.operations import Post, post_notices
from lxbt.standards.queries import bounds_for

STEP = 5  # working days more until the next level is told
SAMPLING = 10  # working days in which those above may sample
HIGHEST = 3  # county, city, province

SETTLED = """
with done as (
    update matching_suspicion s set state = 'closed', closed_on = %(on)s, version = version + 1
    where s.state = 'confirmed' and s.confirmed_on <= %(before)s
        and not exists (select from payments_recovery r where r.person_id = s.person_id
            and r.state in ('open', 'partly'))
        and not exists (select from entitlements_stale t where t.person_id = s.person_id
            and s.measure in ('stop', 'arrears', 'correct'))
    returning s.id, s.person_id, s.rule, s.source, s.division_code
) select person_id, division_code, rule, source from done
"""


@transaction.atomic
def climb_overdue(*, on: date, at: datetime) -> int:
    """Tell the county of cases that are late, and the levels above it when they stay late; one notice an office.

    Gives how many cases climbed.
    """
    overrides = divisions.workday_overrides()
    rows = Suspicion.objects.select_for_update(skip_locked=True).filter(
        state__in=WITH_TOWNSHIP, due_on__lt=on, climbed__lt=HIGHEST
    )
    told: Counter[str] = Counter()
    climbed: list[Suspicion] = []
    for case in rows.iterator(chunk_size=2000):
        late = workdays_between(case.due_on or on, on, overrides)
        level = min(HIGHEST, 1 + max(0, late - 1) // STEP)
        for step in range(case.climbed + 1, level + 1):
            told[office_above(case.county_code, step)] += 1
        if level > case.climbed:
            case.climbed = level
            climbed.append(case)
    Suspicion.objects.bulk_update(climbed, ["climbed"], batch_size=2000)
    post_notices(
        posts=[Post(code, "suspicion_overdue", params={"count": count}) for code, count in sorted(told.items())], at=at
    )
    return len(climbed)


def office_above(county_code: str, step: int) -> str:
    """The office that is told at this step: the county itself, then the city and the province above it."""
    chain = [code for code in ancestors(county_code) if code != "0" * 12]
    return chain[min(step - 1, len(chain) - 1)]


@transaction.atomic
def post_digest(*, on: date, at: datetime) -> int:
    """Tell each township what is new and waiting there, and each county what waits for it; nothing where nothing is.

    Gives how many notices.
    """
    posts = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select division_code, count(*), count(*) filter (where dispatched_on = %s), "
            "count(*) filter (where due_on < %s) from matching_suspicion"
            " where state in ('dispatched', 'verifying') group by 1 having count(*) filter (where dispatched_on = %s "
            "or due_on <= %s) > 0 order by 1",
            [on, on, on, on],
        )
        posts += [
            Post(code, "suspicion_waiting", params={"count": n, "new": new, "late": late})
            for code, n, new, late in cursor.fetchall()
        ]
        cursor.execute(
            "select county_code, count(*) filter (where state = 'concluded'), "
            "count(*) filter (where state = 'raised') from matching_suspicion"
            " where state in ('concluded', 'raised') group by 1 order by 1"
        )
        posts += [
            Post(code, "suspicion_confirming", "civil_affairs", params={"count": n, "raised": raised})
            for code, n, raised in cursor.fetchall()
        ]
    post_notices(posts=posts, at=at)
    return len(posts)


@transaction.atomic
def close_settled(*, on: date) -> int:
    """Close confirmed cases whose time for samples has passed and whose money is settled; gives how many."""
    before = on
    overrides = divisions.workday_overrides()
    while workdays_between(before, on, overrides) < SAMPLING:
        before = date.fromordinal(before.toordinal() - 1)
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, {"on": on, "before": before})
        rows = cursor.fetchall()
    record_system_events(
        "suspicion.closed",
        "suspicion",
        [(person, place, {"rule": rule, "source": source}, {}) for person, place, rule, source in rows],
    )
    return len(rows)


def check_quiet(
    *, rule: str, source: str, division_code: str, until: date, reason: str, by: User, at: datetime
) -> None:
    """Refuse to keep quiet what is no kind of hit, without a reason, or longer than the level above leaves open."""
    on = beijing_day(at)
    if not standing_of(by, on=on).may(Permission.SUPERVISE_SUSPICIONS, division_code):
        raise SuspicionRefused(_("您没有在这个区划停报预警的权限。"))
    if rule not in RULES or (source and source not in RULES[rule].sources):
        raise SuspicionRefused(_("没有这条规则或这个来源。"), field="rule")
    bounds = bounds_for(division_code, Month.of(on))
    if rule in bounds.never_off:
        raise SuspicionRefused(_("上级规定这条规则不得停报。"), field="until")
    if len(reason.strip()) < 6:
        raise SuspicionRefused(_("请写明停报理由，不少于 6 个字。"), field="reason")
    latest = on + timedelta(days=bounds.mute_days)
    if not on < until <= latest:
        raise SuspicionRefused(
            _("停报须有期限，上级规定最长 %(n)d 天，最晚到 %(day)s。") % {"n": bounds.mute_days, "day": latest},
            field="until",
        )


@transaction.atomic
def quiet_kind(
    *, rule: str, source: str, division_code: str, until: date, reason: str, proposed_by: User, by: User, at: datetime
) -> Quiet:
    """Do not raise a kind of hit in an area until a day, as one person proposed and another accepts.

    What is open of it stays open.
    """
    check_quiet(rule=rule, source=source, division_code=division_code, until=until, reason=reason, by=by, at=at)
    if same_human(proposed_by.pk, by.pk):
        raise SuspicionRefused(_("停报须由一人提出、另一人复核，不能一人办完。"))
    quiet = Quiet.objects.create(
        rule=rule,
        source=source,
        division_code=division_code,
        reason=reason.strip()[:200],
        since=beijing_day(at),
        until=until,
        proposed_by_id=proposed_by.pk,
        proposed_by_name=proposed_by.name,
        by_id=by.pk,
        by_name=by.name,
    )
    record_event(
        by=by,
        action="rule.quieted",
        subject_kind="rule",
        subject_id=rule,
        division_code=division_code,
        reason=quiet.reason,
        details={"source": source, "until": str(until), "proposed_by": proposed_by.pk},
    )
    return quiet


@transaction.atomic
def end_quiet(*, quiet_id: int, by: User, at: datetime) -> Quiet:
    """Raise that kind of hit again from now on."""
    quiet = Quiet.objects.select_for_update().filter(pk=quiet_id, ended_on__isnull=True).first()
    if quiet is None or not standing_of(by, on=beijing_day(at)).may(
        Permission.SUPERVISE_SUSPICIONS, quiet.division_code
    ):
        raise SuspicionRefused(_("没有这条停报，或已结束。"))
    quiet.ended_on = beijing_day(at)
    quiet.save(update_fields=["ended_on"])
    record_event(
        by=by,
        action="rule.unquieted",
        subject_kind="rule",
        subject_id=quiet.rule,
        division_code=quiet.division_code,
        details={"source": quiet.source},
    )
    return quiet


@transaction.atomic
def answer_signal(*, signal_id: int, answer: str, by: User, at: datetime) -> Signal:
    """Say what is behind a signal; it stays with the answer."""
    signal = Signal.objects.select_for_update().filter(pk=signal_id).first()
    standing = standing_of(by, on=beijing_day(at))
    if signal is None or not (
        standing.may(Permission.CONFIRM_SUSPICIONS, signal.division_code)
        or standing.may(Permission.SUPERVISE_SUSPICIONS, signal.division_code)
    ):
        raise SuspicionRefused(_("没有这条信号，或您没有说明它的权限。"))
    if len(answer.strip()) < 4:
        raise SuspicionRefused(_("请写明核查情况，不少于 4 个字。"), field="answer")
    signal.answer, signal.answered_by_id, signal.answered_by_name, signal.answered_on = (
        answer.strip()[:200],
        by.pk,
        by.name,
        beijing_day(at),
    )
    signal.save(update_fields=["answer", "answered_by_id", "answered_by_name", "answered_on"])
    record_event(
        by=by,
        action="signal.answered",
        subject_kind="signal",
        subject_id=signal.pk,
        division_code=signal.division_code,
        reason=signal.answer,
        details={"rule": signal.rule, "source": signal.source},
    )
    return signal
