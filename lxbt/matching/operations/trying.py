"""A rule tried with a setting that is not in use yet: nothing is raised, nothing stays but the sums.

Large areas are tried in the background.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.divisions.rules import NATION
from lxbt.entitlements.pricing import Pricer
from lxbt.matching.catalogue import RULES
from lxbt.matching.models import Trial
from lxbt.matching.operations.finding import WINDOW, RunRefused, chosen_rules, find, settings_here
from lxbt.matching.operations.raising import count_cases
from lxbt.matching.operations.running import SMALL_GROUP, prepare
from lxbt.matching.operations.working import Work
from lxbt.matching.rules.rule import BadSetting, read_setting
from lxbt.payments.queries import payer_groups

EXAMPLES = 20
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Tried:
    """What a rule would raise with a setting: persons, of them verified before, months, yuan; some of them: (person,
    source, yuan).
    """

    rule: str
    persons: int
    verified_true: int
    verified_false: int
    months: int
    amount: Decimal
    examples: tuple[tuple[int, str, Decimal], ...]

    def __add__(self, other: Tried) -> Tried:
        examples = sorted((*self.examples, *other.examples), key=lambda row: (-row[2], row[0]))[:EXAMPLES]
        return Tried(
            self.rule,
            self.persons + other.persons,
            self.verified_true + other.verified_true,
            self.verified_false + other.verified_false,
            self.months + other.months,
            self.amount + other.amount,
            tuple(examples),
        )


def try_rule(*, code: str, setting: Mapping[str, Any] | None, area: str, month: Month, on: date) -> Tried:
    """What a rule would find in an area with a setting not in use yet (None: as it is set), and how people judged those
    of them that were verified.
    """
    found = Tried(code, 0, 0, 0, 0, Decimal(0), ())
    for _group, one in _tried(code, setting, payer_groups(area, size=SMALL_GROUP), month, on):
        found += one
    return found


def _tried(
    code: str, setting: Mapping[str, Any] | None, groups: list[list[str]], month: Month, on: date
) -> Iterator[tuple[list[str], Tried]]:
    rules, pricer = chosen_rules([code]), Pricer(NATION)
    prepare()
    for group in groups:
        with transaction.atomic():
            with Work(codes=group, persons=None, month=month, on=on, window=WINDOW, pricer=pricer) as work:
                find(work, rules, settings_here(work, rules, {code: setting} if setting is not None else None))
                count_cases(work, rules)
                ((persons, months, amount),) = work.rows(
                    "select count(*), coalesce(sum(count), 0), coalesce(sum(amount), 0) from work_case"
                )
                judged = dict(
                    work.rows(
                        "select s.outcome, count(*) from work_case c "
                        "join matching_suspicion s on s.person_id = c.person_id and s.rule = c.rule"
                        " and s.source = c.source and s.confirmed_on is not null group by 1"
                    )
                )
                examples = work.rows(
                    f"select person_id, source, coalesce(amount, 0) from work_case order by 3 desc, 1 limit {EXAMPLES}"
                )
            transaction.set_rollback(True)
        right = judged.get("true", 0) + judged.get("partly", 0)
        yield (
            group,
            Tried(
                code,
                persons,
                right,
                judged.get("false", 0),
                int(months),
                amount,
                tuple((row[0], row[1], row[2]) for row in examples),
            ),
        )


@transaction.atomic
def ask_trial(
    *, code: str, setting: Mapping[str, Any] | None, area: str, month: Month, on: date, at: datetime, by: User
) -> Trial:
    """Have a setting tried on an area in the background. RunRefused without the right, or when it cannot be read."""
    if not standing_of(by, on=beijing_day(at)).may(Permission.SUPERVISE_SUSPICIONS, area):
        raise RunRefused(_("您没有比对这个区划的权限。"))
    if code not in RULES or RULES[code].of_places:
        raise RunRefused(_("这条规则不能试算。"))
    try:
        read_setting(RULES[code], setting)
    except BadSetting as fault:
        raise RunRefused(_("规则 %(code)s 的参数填写有误：%(fault)s") % {"code": code, "fault": fault}) from None
    made = Trial.objects.create(
        rule=code, setting=setting, area=area, month=month.first, on=on, started_at=at, by_id=by.pk
    )
    record_event(
        by=by,
        action="rule.tried",
        subject_kind="rule",
        subject_id=code,
        division_code=area,
        details={"setting": dict(setting or {})},
    )
    return made


def try_asked(*, at: datetime) -> int:
    """The trials that wait, group by group, each from where it is; gives how many are finished now."""
    done = 0
    for pk in list(Trial.objects.filter(finished_at__isnull=True).order_by("pk").values_list("pk", flat=True)):
        done += run_trial(trial_id=pk, at=at)
    return done


def run_trial(*, trial_id: int, at: datetime) -> bool:
    """Try what was asked for; interrupted, the counties that are done are not tried again."""
    trial = Trial.objects.get(pk=trial_id)
    groups = payer_groups(trial.area, size=SMALL_GROUP)
    trial.total = sum(len(group) for group in groups)
    trial.save(update_fields=["total"])
    left = [group for group in groups if not set(group) <= set(trial.done)]
    for group, found in _tried(trial.rule, trial.setting, left, Month.of(trial.month), trial.on):
        told = tried_of(trial) + found
        trial.persons, trial.months, trial.amount = told.persons, told.months, told.amount
        trial.verified_true, trial.verified_false = told.verified_true, told.verified_false
        trial.examples = [[person, source, f"{amount:.2f}"] for person, source, amount in told.examples]
        trial.done = sorted({*trial.done, *group})
        trial.save()
    trial.finished_at = at
    trial.save(update_fields=["finished_at"])
    return True


def tried_of(trial: Trial) -> Tried:
    """What was found so far."""
    examples = tuple((int(person), str(source), Decimal(amount)) for person, source, amount in trial.examples)
    return Tried(
        trial.rule, trial.persons, trial.verified_true, trial.verified_false, trial.months, trial.amount, examples
    )


def forget_trials(*, at: datetime) -> int:
    """Trials of long ago: nobody looks at them any more."""
    gone, _by_model = Trial.objects.filter(started_at__lt=at - KEPT).delete()
    return gone
