"""R01, R11, R14, R19: the person died, left, is in prison, or gives no sign of life."""

from __future__ import annotations

from lxbt.matching.catalogue.phrases import first_unpaid, listed, told
from lxbt.matching.rules.rule import REVIEW, Parameter, Rule, Severity, Side

_STRETCH = frozenset({"stretch", "list"})

RULES = (
    Rule(
        "R01",
        "死亡后仍领取",
        REVIEW,
        "死亡登记（公安注销、卫健死亡、火化）和登记的死亡日期，与死亡次月起的发放比对",
        Side.OVER,
        listed("'deaths', 'cremations'", first_unpaid("e.event_on"))
        + " union all "
        + told(first_unpaid("m.died_on"), "'died_on', m.died_on", until="null::date", where="m.died_on is not null"),
        severity=Severity.HIGH,
        sources=("deaths", "cremations", "registry"),
        tables=_STRETCH,
    ),
    Rule(
        "R11",
        "户籍迁出后仍领取",
        REVIEW,
        "公安户籍迁出名单和登记的迁出日期，与迁出次月起的发放比对",
        Side.OVER,
        listed("'moves'", first_unpaid("e.event_on"))
        + " union all "
        + told(first_unpaid("m.moved_out_on"), "'moved_out_on', m.moved_out_on", where="m.moved_out_on is not null"),
        sources=("moves", "registry"),
        tables=_STRETCH,
    ),
    Rule(
        "R14",
        "服刑期间仍领取",
        REVIEW,
        "服刑人员名单和登记的收监日期，与次月起至释放前的发放比对；停哪项补贴按当地参数",
        Side.OVER,
        listed(
            "'prison'",
            first_unpaid("e.event_on"),
            subsidy="s.subsidy",
            until="e.until",
            join="join work_place d on d.division_code = m.division_code cross "
            "join lateral unnest(d.prison) s (subsidy)",
        )
        + " union all "
        + told(
            first_unpaid("m.imprisoned_on"),
            "'imprisoned_on', m.imprisoned_on",
            subsidy="s.subsidy",
            where="m.imprisoned_on is not null",
            join="join work_place d on d.division_code = m.division_code cross "
            "join lateral unnest(d.prison) s (subsidy)",
        ),
        sources=("prison", "registry"),
        tables=_STRETCH,
    ),
    Rule(
        "R19",
        "高龄或长期无生存信息",
        REVIEW,
        "年满规定年龄、资格认定未通过、或最近一次资格认定过久的在享人员；不涉及已发金额，只请核实是否健在",
        Side.OVER,
        "select m.person_id, 'age', '', null::date, null::date, null::numeric, true, jsonb_build_object('birth', "
        "to_char(m.birth, 'YYYY-MM'))"
        " from work_person m where {here} and (m.living or m.care) "
        "and m.birth <= %(on)s::date - make_interval(years => %(age)s)"
        " union all"
        " select m.person_id, 'life_signs', '', null::date, null::date, null::numeric, x.matched = 'name',"
        " jsonb_build_object('event_on', x.event_on, 'value', x.value, 'list', x.list_id, 'row', x.row)"
        " from work_person m join (select distinct on (e.person_id) e.* from matching_listentry e "
        "join work_list l on l.list_id = e.list_id"
        "  where e.kind = 'life_signs' and e.person_id is not null "
        "order by e.person_id, e.event_on desc nulls last, e.list_id desc) x on x.person_id = m.person_id"
        " where {here} and (m.living or m.care) and (x.value = 'failed' "
        "or x.event_on < %(on)s::date - make_interval(months => %(months)s))",
        severity=Severity.LOW,
        days=20,
        exact=False,
        holding=False,
        sources=("age", "life_signs"),
        tables=frozenset({"list"}),
        parameters=(
            Parameter("age", "核实年龄", 100, 60, 130, "岁"),
            Parameter("months", "资格认定有效期", 15, 1, 60, "个月"),
        ),
    ),
)
