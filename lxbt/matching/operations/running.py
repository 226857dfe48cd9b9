"""Comparing: an area county by county (whole), or the persons that changed (incremental). Nobody is stopped by it.

A whole run goes through groups of counties, each a transaction: interrupted, it is taken up where it was. Told again,
it raises nothing twice. A dry run says what would be raised, with other settings if given, and leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of, user_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.entitlements.operations import resolve_changes, take_uncompared
from lxbt.entitlements.pricing import Pricer
from lxbt.matching.catalogue import RULES
from lxbt.matching.models import Run, Signal
from lxbt.matching.operations.finding import WINDOW, RunRefused, chosen_rules, find, settings_here
from lxbt.matching.operations.lapsing import lapse_settled, tell_lapsed
from lxbt.matching.operations.lists import match_unknown
from lxbt.matching.operations.raising import count_cases, put_settings, raise_cases
from lxbt.matching.operations.stopping import stop_by_setting
from lxbt.matching.operations.working import Work
from lxbt.matching.rules.rule import Rule, Setting
from lxbt.payments.queries import payer_groups

PORTION = 2000  # changed persons taken at a time
GROUP, SMALL_GROUP = 400_000, 80_000  # stretches of persons compared together
KEPT = ("found", "raised", "known", "quiet", "lapsed")


@dataclass
class Report:
    """What a run found, by rule: cases found, newly raised, known from before, kept quiet, let go; yuan and months
    claimed.
    """

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    signals: int = 0
    persons: int = 0

    def add(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Add the counts of a group."""
        for code, numbers in counts.items():
            mine = self.counts.setdefault(code, dict.fromkeys(KEPT, 0))
            for name, number in numbers.items():
                mine[name] += number

    def total(self, name: str) -> int:
        """The sum over all rules."""
        return sum(numbers[name] for numbers in self.counts.values())


def run_rules(
    *,
    area: str = NATION,
    rules: Sequence[str] | None = None,
    month: Month,
    on: date,
    at: datetime,
    by: User | None = None,
    campaign: int | None = None,
    resume: bool = True,
) -> Iterator[tuple[int, int, Report]]:
    """Compare everybody of an area by these rules (all without any), group by group: yields (counties done, counties in
    all, report so far).

    An unfinished run of the same area, month and rules is taken up where it was, unless `resume` is false.
    """
    chosen = chosen_rules(rules)
    prepare()
    run = _run_for(area, [rule.code for rule in chosen], month, on, by, campaign, resume)
    groups = payer_groups(area, size=SMALL_GROUP if run.asked else GROUP)  # somebody watches: it moves more often
    report, pricer, done = Report(), Pricer(NATION), set(run.done)
    report.add(run.found)
    run.total = sum(len(group) for group in groups)
    for group in groups:
        if not set(group) <= done:
            with transaction.atomic():
                _compare_group(group, chosen, month, on, at, pricer, report, run)
                done |= set(group)
                run.done, run.found = sorted(done), report.counts
                run.save(update_fields=["done", "found", "total"])
        yield len(done), run.total, report
    if any(rule.monthly for rule in chosen):
        lapse_settled(area=area, on=on, at=at, but_fresh=True)
    run.finished_at = at
    run.save(update_fields=["finished_at", "total"])
    record_event(
        by=by,
        action="rules.run",
        subject_kind="run",
        subject_id=run.pk,
        division_code=area,
        details={
            "month": str(month),
            "rules": run.rules,
            "raised": report.total("raised"),
            "lapsed": report.total("lapsed"),
        },
    )


@transaction.atomic
def ask_run(*, area: str, month: Month, on: date, at: datetime, by: User) -> Run:
    """Have an area compared by all rules in the background; the run that waits for the same already is given.

    RunRefused without the right.
    """
    if not standing_of(by, on=beijing_day(at)).may(Permission.SUPERVISE_SUSPICIONS, area):
        raise RunRefused(_("您没有比对这个区划的权限。"))
    codes = list(RULES)
    held = (
        Run.objects.select_for_update()
        .filter(area=area, month=month.first, rules=codes, campaign_id=None, finished_at__isnull=True)
        .order_by("-pk")
        .first()
    )
    if held is None:
        held = Run.objects.create(area=area, month=month.first, rules=codes, on=on, by_id=by.pk, asked=True)
    elif not held.asked:
        held.asked = True
        held.save(update_fields=["asked"])
    record_event(
        by=by,
        action="rules.asked",
        subject_kind="run",
        subject_id=held.pk,
        division_code=area,
        details={"month": str(month)},
    )
    return held


def compare_asked(*, on: date, at: datetime) -> int:
    """The runs that somebody asked for, from where they are; gives how many are finished now."""
    done = 0
    for run in Run.objects.filter(asked=True, finished_at__isnull=True, campaign_id=None).order_by("pk"):
        for _done, _total, _report in run_rules(
            area=run.area, rules=run.rules, month=Month.of(run.month), on=on, at=at, by=user_of(run.by_id)
        ):
            continue
        done += 1
    return done


def prepare() -> None:
    """What is done before the long transactions: tell changed persons' months, match rows whose persons came later."""
    resolve_changes()
    match_unknown()


def _run_for(
    area: str, codes: list[str], month: Month, on: date, by: User | None, campaign: int | None, resume: bool
) -> Run:
    same = {"area": area, "month": month.first, "rules": codes, "campaign_id": campaign}
    unfinished = Run.objects.filter(finished_at__isnull=True, **same).order_by("-pk").first() if resume else None
    return unfinished or Run.objects.create(on=on, by_id=by.pk if by else None, **same)


def compare_changed(*, month: Month, on: date, at: datetime, limit: int = 100_000) -> Report:
    """Compare the persons of whom something became known since; each portion is a transaction of its own.

    Grows with the change.
    """
    resolve_changes()
    report, pricer, rules = Report(), Pricer(NATION), [rule for rule in RULES.values() if not rule.of_places]
    while report.persons < limit:
        with transaction.atomic():
            persons = take_uncompared(min(PORTION, limit - report.persons))
            if persons:
                match_unknown(person_ids=persons)
                _compare(sorted({*persons, *sharers(persons)}), [], rules, month, on, at, pricer, report)
        if not persons:
            break
        lapse_settled(persons=persons, on=on, at=at, but_fresh=True)
        report.persons += len(persons)
    return report


def sharers(persons: Sequence[int]) -> list[int]:
    """Others who have an account or telephone of theirs: what changed of one makes a case of the others too.

    Bounded.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select o.person_id from registry_person p join registry_person o on o.phone_handle = p.phone_handle "
            "and o.person_id <> p.person_id"
            " where p.person_id = any(%(persons)s) union select o.person_id from registry_bankaccount b "
            "join registry_bankaccount o on o.handle = b.handle"
            " and o.person_id <> b.person_id and o.until is null where b.person_id = any(%(persons)s) "
            "and b.until is null limit %(most)s",
            {"persons": list(persons), "most": PORTION},
        )
        return [row[0] for row in cursor.fetchall()]


def _compare_group(
    group: list[str], rules: list[Rule], month: Month, on: date, at: datetime, pricer: Pricer, report: Report, run: Run
) -> None:
    _compare(None, group, rules, month, on, at, pricer, report, run)


def _compare(
    persons: Sequence[int] | None,
    codes: list[str],
    rules: list[Rule],
    month: Month,
    on: date,
    at: datetime,
    pricer: Pricer,
    report: Report,
    run: Run | None = None,
) -> None:
    with Work(codes=codes, persons=persons, month=month, on=on, window=WINDOW, pricer=pricer) as work:
        settings = settings_here(work, rules)
        find(work, rules, settings)
        put_settings(work, settings, on, divisions.workday_overrides())
        count_cases(work, rules)
        raised = raise_cases(work, rules, run=run.pk if run else None, campaign=run.campaign_id if run else None)
        tell_lapsed(raised.gone, reason="gone", at=at)
        report.add(raised.counts)
        if codes:
            report.persons += work.count
            report.signals += raise_signals(work, [rule for rule in rules if rule.of_places], settings)
        stop_by_setting(new=raised.new, settings=settings, month=month, on=on, at=at)


def raise_signals(
    work: Work, rules: Sequence[Rule], settings: Mapping[str, Sequence[tuple[Setting, list[str]]]]
) -> int:
    """Signals of places: new ones are raised, those that are no longer so end."""
    if not rules:
        return 0
    codes = [
        *(work.codes or ()),
        *sorted({f"{code[:2]:0<12}" for code in work.codes or ()}),
    ]  # what is said of a county's province, too
    told = {
        "month": work.month.first,
        "on": work.on,
        "rules": [rule.code for rule in rules],
        "codes": codes,
        "places": work.divisions,
    }
    work.sql(
        "update matching_signal s set ended_on = %(on)s where s.ended_on is null and s.rule = any(%(rules)s) "
        "and s.month = %(month)s"
        " and s.division_code = any(%(codes)s::varchar[] || %(places)s::varchar[])"
        " and not exists (select from work_signal f where f.division_code = s.division_code and f.rule = s.rule "
        "and f.source = s.source)",
        told,
    )
    severities = {rule.code: str(rule.severity) for rule in rules}
    fresh = [
        Signal(
            division_code=place,
            rule=code,
            source=source,
            month=work.month.first,
            severity=severities[code],
            evidence=json.loads(evidence),
            raised_on=work.on,
        )
        for place, code, source, evidence in work.rows(  # (JSON comes as text through this cursor)
            "select distinct on (division_code, rule, source) division_code, rule, source, evidence from work_signal"
        )
    ]
    before = Signal.objects.filter(ended_on__isnull=True, rule__in=severities, month=work.month.first)
    known = set(before.values_list("division_code", "rule", "source"))
    new = [signal for signal in fresh if (signal.division_code, signal.rule, signal.source) not in known]
    Signal.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
