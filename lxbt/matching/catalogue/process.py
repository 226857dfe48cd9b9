"""P01 to P05: steps that were late, short or left out."""

from __future__ import annotations

from lxbt.matching.rules.rule import (
    CHAIN,
    CHECKING_2023,
    PAYING,
    PRECISION_2022,
    Parameter,
    Rule,
    Severity,
    Side,
    Verifier,
)

_LATE = Parameter("days_late", "容许超期天数", 0, 0, 365, "天")

RULES = (
    Rule(
        "P01",
        "办理超期",
        CHAIN,
        "在办申请的当前环节已过期限",
        Side.PROCESS,
        "select m.person_id, 'step', '', null::date, null::date, null::numeric, false, "
        "jsonb_build_object('application', a.number, 'step', s.name, 'due_on', s.due_on)"
        " from applications_application a join work_person m on m.person_id = a.person_id "
        "join applications_step s on s.application_id = a.id and s.finished_at is null"
        " where {here} and a.state = 'open' and s.name <> 'notice' "
        "and s.due_on < %(on)s::date - make_interval(days => %(days_late)s)",
        severity=Severity.LOW,
        verifier=Verifier.COUNTY,
        sources=("step",),
        parameters=(_LATE,),
    ),
    # Whether there is a public notice at all is the place's procedure; the default procedure has none.
    Rule(
        "P02",
        "未公示或公示天数不足",
        CHAIN,
        "当地程序含公示的，已批准申请没有公示环节，或公示提前结束",
        Side.PROCESS,
        "select m.person_id, case when s.id is null then 'missing' else 'short' "
        "end, '', null::date, null::date, null::numeric, false,"
        " jsonb_strip_nulls(jsonb_build_object('application', a.number, 'due_on', s.due_on, 'finished_on', "
        "s.finished_on))"
        " from applications_application a join work_person m on m.person_id = a.person_id "
        "join work_place d on d.division_code = m.division_code"
        " left join applications_step s on s.application_id = a.id and s.name = 'notice' and s.act <> 'withdraw'"
        " where {here} and a.state = 'granted' and a.ended_on >= %(on)s::date - make_interval(months => %(months)s)"
        " and ((d.notice and s.id is null) or s.finished_on < s.due_on)",
        severity=Severity.LOW,
        verifier=Verifier.COUNTY,
        sources=("missing", "short"),
        parameters=(Parameter("months", "回看月数", 3, 1, 60, "个月"),),
    ),
    Rule(
        "P03",
        "月度名册未编制",
        PAYING,
        "当月到期仍没有发放批次的县",
        Side.PROCESS,
        "select n.code, 'roster', jsonb_build_object('month', %(month)s::date) from divisions_division n "
        "where n.code = any(%(codes)s) and n.acts_as_county"
        " and %(on)s::date >= (%(month)s::date + make_interval(days => %(days_after)s - 1))"
        " and exists (select from work_person m where {here} and (m.living or m.care) and m.payer = n.code)"
        " and not exists (select from payments_batch b where b.payer_code = n.code and b.month = %(month)s "
        "and b.state <> 'returned')",
        of_places=True,
        sources=("roster",),
        verifier=Verifier.COUNTY,
        parameters=(Parameter("days_after", "每月几日为限", 20, 1, 28, "日"),),
    ),
    # When a county was last found equal to the Federation's database; when a province with a system of its own was last
    # heard. The second is said of the province, once.
    Rule(
        "P04",
        "外部系统久未同步",
        CHECKING_2023,
        "本县与残联库最近一次核对一致的日期过久，或省级自建系统久未报送",
        Side.PROCESS,
        "select g.county_code, 'federation', jsonb_build_object('agreed_on', g.agreed_at::date) "
        "from registry_federationagreed g"
        " where g.county_code = any(%(codes)s) and g.agreed_at < %(on)s::date - make_interval(days => %(days_old)s)"
        " union all select h.province_code, 'province', jsonb_build_object('heard_on', h.heard_at::date, 'days', "
        "%(on)s::date - h.heard_at::date)"
        " from registry_provinceheard h where h.province_code in (select rpad(left(c, 2), 12, '0') "
        "from unnest(%(codes)s::varchar[]) c)"
        " and h.heard_at < %(on)s::date - make_interval(days => %(days_silent)s)",
        of_places=True,
        sources=("federation", "province"),
        verifier=Verifier.COUNTY,
        parameters=(
            Parameter("days_old", "容许天数", 30, 1, 365, "天"),
            Parameter("days_silent", "省级系统未报送容许天数", 3, 1, 90, "天"),
        ),
    ),
    Rule(
        "P05",
        "缺少提醒记录",
        PRECISION_2022,
        "已办结的提醒线索没有任何提醒记录",
        Side.PROCESS,
        "select m.person_id, 'record', '', null::date, null::date, null::numeric, false, jsonb_build_object('lead', "
        "l.id, 'kind', l.kind, 'state', l.state)"
        " from leads_lead l join work_person m on m.person_id = l.person_id where {here} and l.reminders = 0 "
        "and l.state in ('declined', 'not_entitled', 'closed')"
        " and l.closed_basis not in ('granted', 'died', 'cancelled', 'renewed') and l.closed_on >= %(on)s::date - "
        "make_interval(months => %(months)s)",
        severity=Severity.LOW,
        sources=("record",),
        parameters=(Parameter("months", "回看月数", 12, 1, 60, "个月"),),
    ),
)
