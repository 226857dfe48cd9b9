"""R12, R18, R20, R21: the nation against itself. The same person, the same account, unlikely places, the official's own
case.

Payments of provinces that keep systems of their own are not here, so R12 sees persons who are entered twice here. The
same telephone counts by households: persons with one guardian (without one, themselves), or of one address, are one.
"""

from __future__ import annotations

from lxbt.matching.rules.rule import CHAIN, PAYING, WHO, Parameter, Rule, Severity, Side

RULES = (
    Rule(
        "R12",
        "同一人两处领取",
        WHO,
        "疑似同一人的两份登记，同月都有发放",
        Side.OVER,
        "select m.person_id, 'twice', i.subsidy, i.right_month, (i.right_month + interval '1 month')::date, "
        "least(sum(i.amount), max(j.paid)), true,"
        " jsonb_build_object('other', r.person_id, 'other_division', r.division_code, 'reason', r.reason)"
        " from registry_match r join work_person m on m.person_id = r.other_id"
        " join payments_item i on i.person_id = r.other_id and i.void is null"
        " join lateral (select sum(o.amount) as paid from payments_item o where o.person_id = r.person_id "
        "and o.subsidy = i.subsidy and o.right_month = i.right_month"
        "  and o.void is null) j on j.paid > 0"
        " where {here} and r.state = 'open' group by m.person_id, i.subsidy, i.right_month, r.person_id, "
        "r.division_code, r.reason having sum(i.amount) > 0",
        severity=Severity.HIGH,
        exact=False,
        sources=("twice",),
    ),
    Rule(
        "R18",
        "多人共用账户或电话、户名不符",
        PAYING,
        "同一账户收多人补贴的；户名既不是本人也不是监护人的；同一电话登记给不同家庭多人的",
        Side.OVER,
        # (the few accounts in question first: most bear their person's own name and nobody else's)
        "select m.person_id, x.source, '', null::date, null::date, null::numeric, false, "
        "jsonb_strip_nulls(jsonb_build_object('account', y.masked, 'persons', x.persons))"
        " from (select b.person_id, b.masked, s.persons, b.holder <> r.name "
        "and b.holder <> coalesce(r.guardian_name, '') as other from registry_bankaccount b"
        "  join registry_person r on r.person_id = b.person_id and r.person_id between %(low)s and %(high)s"
        "  left join work_shared s on s.handle = b.handle and s.persons > %(persons)s where b.until is null "
        "and b.person_id between %(low)s and %(high)s"
        "  and (s.persons is not null or (b.holder <> r.name and b.holder <> coalesce(r.guardian_name, '')))) y "
        "join work_person m on m.person_id = y.person_id"
        " cross join lateral (select 'shared' as source, y.persons where y.persons is not null union all "
        "select 'holder', null where y.other) x"
        " where {here} and (m.living or m.care)"
        " union all"
        " select m.person_id, 'phone', '', null::date, null::date, null::numeric, false, jsonb_build_object('phone', "
        "r.phone_masked, 'homes', t.homes)"
        " from work_phone t join registry_person r on r.phone_handle = t.handle "
        "and r.person_id between %(low)s and %(high)s"
        " join work_person m on m.person_id = r.person_id where {here} and (m.living or m.care) "
        "and t.homes > %(homes)s",
        exact=False,
        holding=False,
        sources=("shared", "holder", "phone"),
        tables=frozenset({"shared", "phone"}),
        parameters=(
            Parameter("persons", "允许共用账户的人数", 2, 1, 50, "人"),
            Parameter("homes", "允许共用电话的户数", 4, 1, 100, "户"),
        ),
    ),
    # Plain statistics: how far a place lies from the rest of its county (share of severe grades, by the binomial law),
    # and this month's new rights from the twelve months before (by the Poisson law), in standard deviations.
    Rule(
        "R20",
        "地区密度和增长离群",
        CHAIN,
        "乡镇重度持证人占比与本县其他乡镇比；当月新增人数与前 12 个月平均比；一名代办人办理的申请数",
        Side.OVER,
        "select t.division_code, 'severe', jsonb_build_object('count', t.x, 'of', t.n, 'share', round(t.x::numeric "
        "/ t.n, 4), 'expected', round(q.p, 4), 'z', round(q.z, 1))"
        " from (select division_code, n, x, sum(n) over (partition by payer) as all_n, "
        "sum(x) over (partition by payer) as all_x from ("
        "  select m.division_code, m.payer, count(*) as n, count(*) filter (where k.grade <= 2) as x"
        "  from work_person m join work_kind k on k.profile_id = m.profile_id where {here} and k.grade is not null "
        "group by 1, 2) counted) t"
        " cross join lateral (select (t.all_x - t.x)::numeric / (t.all_n - t.n) as p where t.all_n > t.n) r"
        " cross join lateral (select r.p, case when r.p > 0 "
        "and r.p < 1 then (t.x - t.n * r.p) / sqrt(t.n * r.p * (1 - r.p)) else 0 end as z) q"
        " where t.n >= %(least)s and q.z >= %(deviations)s"
        " union all"
        " select t.division_code, 'growth', jsonb_build_object('count', t.x, 'expected', round(t.mean, 1), 'z', "
        "round((t.x - t.mean) / sqrt(greatest(t.mean, 1)), 1))"
        " from (select m.division_code, count(*) filter (where y.since = %(month)s) as x, "
        "count(*) filter (where y.since < %(month)s)::numeric / 12 as mean"
        "  from work_person m cross join lateral (values (m.living_since), (m.care_since)) y (since) where {here} "
        "and y.since <= %(month)s"
        "  and y.since >= %(month)s::date - interval '12 months' group by 1) t"
        " where t.x >= %(least)s and t.mean > 0 and (t.x - t.mean) / sqrt(greatest(t.mean, 1)) >= %(deviations)s"
        " union all"
        " select a.county_code, 'agent', jsonb_build_object('count', count(*), 'expected', %(cases)s::int)"
        " from applications_application a join work_person m on m.person_id = a.person_id where {here} "
        "and a.agent in ('relative', 'other') and a.agent_name <> ''"
        " and a.applied_on >= %(on)s::date - interval '12 months' group by a.county_code, a.agent_name having "
        "count(*) > %(cases)s",
        severity=Severity.LOW,
        exact=False,
        of_places=True,
        sources=("severe", "growth", "agent"),
        parameters=(
            Parameter("deviations", "离群标准差数", 4, 2, 20),
            Parameter("least", "最少人数", 20, 5, 1000, "人"),
            Parameter("cases", "同一代办人的申请数", 10, 2, 500, "件"),
        ),
    ),
    Rule(
        "R21",
        "经办人与申请人有关联",
        CHAIN,
        "办理人员姓名与申请人、监护人或代办人相同的已批准申请",
        Side.OVER,
        "select m.person_id, 'operator', '', null::date, null::date, null::numeric, true, "
        "jsonb_build_object('application', a.number, 'operators', jsonb_agg(distinct s.by_name))"
        " from applications_application a join work_person m on m.person_id = a.person_id "
        "join registry_person r on r.person_id = a.person_id"
        " join applications_step s on s.application_id = a.id and s.by_name <> '' "
        "and s.by_name in (r.name, r.guardian_name, a.agent_name)"
        " where {here} and a.state = 'granted' and a.ended_on >= %(on)s::date - make_interval(months => %(months)s) "
        "group by m.person_id, a.number",
        exact=False,
        holding=False,
        sources=("operator",),
        parameters=(Parameter("months", "回看月数", 12, 1, 120, "个月"),),
    ),
)
