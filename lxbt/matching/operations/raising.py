"""From what rules found in a group to suspicions: money counted from items, cases kept open once, what is gone let go.

All in SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxbt.audit.operations import record_system_events
from lxbt.core.workdays import Overrides, add_workdays
from lxbt.divisions.rules import span
from lxbt.matching.catalogue import RULES
from lxbt.matching.operations.working import Work
from lxbt.matching.queries.settings import held_back, quiet_kinds
from lxbt.matching.rules import OPEN, UNDECIDED
from lxbt.matching.rules.rule import Rule, Setting, Side

# of the evidence: does not make another suspicion of it
PASSING = "array['list', 'row', 'received_on', 'as_of', 'source', 'month', 'channel', 'asked_at', 'answered_at']"

# The money of the months claimed: what the rule itself told, else what was paid and counts, added up month by month.
MONEY = """
create temporary table work_money on commit drop as
select rule, source, person_id, subsidy, right_month, sum(amount) as amount from (
    select distinct f.rule, f.source, f.person_id, i.subsidy, i.right_month, i.seq, i.amount
    from work_found f join payments_item i on i.person_id = f.person_id and (f.subsidy = '' or f.subsidy = i.subsidy)
        and i.right_month >= f.since and (f.until is null or i.right_month < f.until) and i.void is null
    where f.excess is null and f.since is not null and f.rule = any(%(over)s) and i.right_month >= %(first)s
        and i.person_id between %(low)s and %(high)s
) x group by 1, 2, 3, 4, 5 having sum(amount) > 0
union all
select rule, source, person_id, subsidy, since, max(excess) from work_found where excess is not null
    group by 1, 2, 3, 4, 5
"""
CASES = f"""
create temporary table work_case on commit drop as
select f.rule, f.source, f.person_id, m.division_code, m.payer, f.fuzzy, f.evidence, f.digest, f.since, y.months,
    y.amount, y.first_month, y.last_month, y.count
from (
    select rule, source, person_id, bool_and(fuzzy) as fuzzy, jsonb_agg(distinct evidence) as evidence,
        min(since) as since,
        md5(jsonb_agg(distinct evidence - {PASSING})::text) as digest, array_agg(distinct subsidy) as subsidies,
            bool_or(until is null or until > %(month)s) as lasting
    from work_found group by 1, 2, 3
) f
join work_person m on m.person_id = f.person_id
left join (
    select rule, source, person_id, jsonb_object_agg(subsidy, months) as months, sum(amount) as amount,
        min(first_month) as first_month, max(last_month) as last_month,
        sum(count) as count
    from (
        select rule, source, person_id, subsidy, jsonb_object_agg(to_char(right_month, 'YYYY-MM'),
            amount::text) as months, sum(amount) as amount,
            min(right_month) as first_month, max(right_month) as last_month, count(*) as count
        from work_money group by 1, 2, 3, 4
    ) s group by 1, 2, 3
) y on y.rule = f.rule and y.source = f.source and y.person_id = f.person_id
where f.rule <> all(%(holding)s) or y.amount > 0
    or (f.lasting and ((m.living and f.subsidies && array['', 'living']::varchar[]) or (m.care
        and f.subsidies && array['', 'care']::varchar[])))
"""
QUIETED = """
delete from work_case where rule = %(rule)s and (%(source)s = '' or source = %(source)s)
    and division_code >= %(low)s and division_code < %(high)s returning rule
"""
# The same facts that people have looked at already: not asked again, unless later months were paid in spite of it.
KNOWN = """
delete from work_case c using matching_suspicion s where s.person_id = c.person_id and s.rule = c.rule
    and s.source = c.source and s.state = 'closed'
    and s.digest = c.digest and (s.outcome = 'false' or c.last_month is null or s.last_month >= c.last_month)
returning c.rule
"""
REFRESHED = """
update matching_suspicion s set evidence = c.evidence, digest = c.digest, fuzzy = c.fuzzy,
    division_code = c.division_code, county_code = c.payer,
    since_month = coalesce(c.since, s.since_month), months = coalesce(c.months, '{{}}'), amount = coalesce(c.amount,
        0), first_month = c.first_month,
    last_month = c.last_month, month_count = coalesce(c.count, 0), version = s.version + 1
from work_case c where s.person_id = c.person_id and s.rule = c.rule and s.source = c.source
    and s.state = any(%(undecided)s) and s.rule {monthly}
    and (s.digest, s.months, s.division_code) is distinct from (c.digest, coalesce(c.months, '{{}}'), c.division_code)
"""
OPEN_NOW = """
create temporary table work_open on commit drop as
select s.person_id, s.rule, s.source from matching_suspicion s join work_person m on m.person_id = s.person_id
    where s.state = any(%(open)s)
"""
RAISED = """
with added as (
    insert into matching_suspicion (person_id, rule, source, side, severity, division_code, county_code, state,
        fuzzy, evidence, digest, months, since_month,
        first_month, last_month, month_count, amount, raised_on, dispatched_on, due_on, climbed, outcome, measure,
            basis, way, version, run_id, campaign_id)
    select c.person_id, c.rule, c.source, s.side, s.severity, c.division_code, c.payer, case
        when s.auto then 'dispatched' else 'raised' end, c.fuzzy, c.evidence,
        c.digest, coalesce(c.months, '{}'), c.since, c.first_month, c.last_month, coalesce(c.count, 0),
            coalesce(c.amount, 0), %(on)s,
        case when s.auto then %(on)s::date end, case when s.auto then s.due_on
            end, 0, '', '', '', '', 1, %(run)s, %(campaign)s
    from work_case c join work_setting s on s.rule = c.rule and s.division_code in ('', c.division_code)
    where not exists (select from work_open o where o.person_id = c.person_id and o.rule = c.rule
        and o.source = c.source)
    on conflict do nothing
    returning id, person_id, rule, source, division_code, amount
) select id, person_id, rule, source, division_code, amount from added
"""
LAPSED = """
with gone as (
    update matching_suspicion s set state = 'lapsed', closed_on = %(on)s, version = version + 1
    from work_person m where s.person_id = m.person_id and s.state = any(%(undecided)s) and s.rule = any(%(lapsing)s)
        and not exists (select from work_case c where c.person_id = s.person_id and c.rule = s.rule
            and c.source = s.source)
        and not exists (select from work_held h where h.rule = s.rule and h.source in ('', s.source)
            and s.division_code >= h.low and s.division_code < h.high
            and h.changed_on >= s.raised_on)
    returning s.id, s.person_id, s.rule, s.source, s.division_code, s.county_code, s.dispatched_on is not null as told
) select id, person_id, rule, source, division_code, county_code, told from gone
"""


@dataclass(frozen=True)
class Gone:
    """A suspicion that lapsed; `told`: it had been dispatched, so people know of it."""

    ident: int
    person_id: int
    rule: str
    source: str
    division_code: str
    county_code: str
    told: bool


@dataclass(frozen=True)
class Raised:
    """What came of one group: counts by rule, the suspicions that are new: (id, person, rule, source), and those that
    lapsed.
    """

    counts: Mapping[str, Mapping[str, int]]
    new: Sequence[tuple[int, int, str, str]]
    gone: Sequence[Gone] = ()


def put_settings(
    work: Work, settings: Mapping[str, Sequence[tuple[Setting, list[str]]]], on: date, overrides: Overrides
) -> None:
    """`work_setting`: for each rule (and division, where they differ) who dispatches and by when."""
    work.sql("drop table if exists work_setting")
    work.sql(
        "create temporary table work_setting (rule varchar(4), division_code varchar(12), side varchar(8), "
        "severity varchar(8), auto boolean, due_on date) on commit drop"
    )
    days = {setting.days for groups in settings.values() for setting, _places in groups}
    due = {count: add_workdays(on, count, overrides) for count in days}
    with work.cursor.copy("copy work_setting from stdin") as copy:
        for code, groups in settings.items():
            for setting, places in groups:
                for place in places if len(groups) > 1 else [""]:
                    copy.write_row(
                        (
                            code,
                            place,
                            RULES[code].side,
                            RULES[code].severity,
                            setting.dispatch == "auto",
                            due[setting.days],
                        )
                    )
    work.sql("analyze work_setting")


def count_cases(work: Work, rules: Iterable[Rule]) -> None:
    """`work_case`: one row for each person, rule and source, with the money of the months claimed."""
    codes = {rule.code: rule for rule in rules}
    work.sql("drop table if exists work_money, work_case")
    work.sql("analyze work_found")
    first = work.rows("select min(since) from work_found where excess is null")[0][0] or work.month.first
    over = [code for code, rule in codes.items() if rule.side == Side.OVER]
    work.sql(MONEY, {"over": over, "first": first} | work.bounds)
    work.sql("analyze work_money")
    work.sql(
        CASES,
        {
            "month": work.month.first,
            "holding": [code for code, rule in codes.items() if rule.side == Side.OVER and rule.holding],
        },
    )
    work.sql("analyze work_case")


def raise_cases(work: Work, rules: Sequence[Rule], *, run: int | None, campaign: int | None) -> Raised:
    """Bring the suspicions of the group up to what was found. Told again, nothing changes."""
    told: dict[str, Any] = {
        "on": work.on,
        "open": list(OPEN),
        "undecided": list(UNDECIDED),
        "run": run,
        "campaign": campaign,
    }
    counts: dict[str, dict[str, int]] = {
        rule.code: {"found": 0, "raised": 0, "known": 0, "quiet": 0, "lapsed": 0} for rule in rules
    }

    def note(what: str, codes: Iterable[str]) -> None:
        for code in codes:
            counts[code][what] += 1

    for code, number in work.rows("select rule, count(*) from work_case group by 1"):
        counts[code]["found"] = number
    for quiet in quiet_kinds(work.on):
        low, high = span(quiet.division_code)
        note(
            "quiet",
            (
                row[0]
                for row in work.rows(QUIETED, {"rule": quiet.rule, "source": quiet.source, "low": low, "high": high})
            ),
        )
    note("known", (row[0] for row in work.rows(KNOWN, told)))
    monthly = [rule.code for rule in rules if rule.monthly]
    work.sql(REFRESHED.format(monthly="<> all(%(monthly)s)"), told | {"monthly": monthly})
    if monthly:
        _add_months(work, monthly, told)
    # (what is open stands in a table of its own: an anti-join to the table that grows meanwhile is planned by what it
    # was)
    work.sql("drop table if exists work_open")
    work.sql(OPEN_NOW, told)
    work.sql("analyze work_open")
    new = work.rows(RAISED, told)
    note("raised", (row[2] for row in new))
    record_system_events(
        "suspicion.raised",
        "suspicion",
        [
            (person, place, {"rule": rule, "source": source, "amount": amount}, {})
            for _id, person, rule, source, place, amount in new
        ],
    )
    _hold(work)
    lapsing = [rule.code for rule in rules if not rule.monthly and not rule.of_places]
    gone = [Gone(*row) for row in work.rows(LAPSED, told | {"lapsing": lapsing})]
    note("lapsed", (one.rule for one in gone))
    return Raised(counts, [row[:4] for row in new], gone)


def _hold(work: Work) -> None:
    """`work_held`: the kinds of hits that are quiet, switched off or set anew; what is open of them does not lapse by
    that.
    """
    kept = held_back(work.on, work.month)
    work.sql("drop table if exists work_held")
    work.sql(
        "create temporary table work_held (rule varchar(4), source varchar(20), low varchar(12), high varchar(12), "
        "changed_on date) on commit drop"
    )
    with work.cursor.copy("copy work_held from stdin") as copy:
        for held in kept:
            copy.write_row((held.rule, held.source, *span(held.division_code), held.changed_on))


def _add_months(work: Work, monthly: list[str], told: Mapping[str, Any]) -> None:
    """Rules that look at one month at a time add that month to their open case; bounded by what was found."""
    rows = work.rows(
        "select s.id, s.months, c.months from matching_suspicion s join work_case c on c.person_id = s.person_id "
        "and c.rule = s.rule and c.source = s.source"
        " where s.rule = any(%(monthly)s) and s.state = any(%(undecided)s)",
        dict(told) | {"monthly": monthly},
    )
    work.sql("create temporary table if not exists work_added (id bigint, months jsonb) on commit drop")
    work.sql("truncate work_added")
    with work.cursor.copy("copy work_added from stdin") as copy:
        for ident, *texts in rows:  # (JSON comes as text through this cursor)
            before, fresh = (json.loads(text) if text else {} for text in texts)
            merged = {subsidy: {**before.get(subsidy, {}), **fresh.get(subsidy, {})} for subsidy in {*before, *fresh}}
            if merged != before:
                copy.write_row((ident, json.dumps(merged)))
    work.sql(
        "update matching_suspicion s set months = a.months, amount = y.amount, first_month = y.first, "
        "last_month = y.last, month_count = y.count, version = version + 1"
        " from work_added a cross join lateral (select sum(n.amount::numeric) as amount, "
        "min((n.month || '-01')::date) as first, max((n.month || '-01')::date) as last,"
        " count(*) as count from jsonb_each(a.months) t (subsidy, told) cross "
        "join lateral jsonb_each_text(t.told) n (month, amount)) y where s.id = a.id"
    )
