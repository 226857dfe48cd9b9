"""R05, R06, R07, R08, R09, R17: another benefit or an income stands against the subsidy (国发〔2015〕52号 二（四）)."""

from __future__ import annotations

from lxbt.matching.catalogue.phrases import listed, month_of, told
from lxbt.matching.rules.rule import PRECISION_2022, RELATION, WHO, Parameter, Rule, Severity, Side

_BOTH = frozenset({"stretch", "list"})
_SINCE = f"coalesce(e.since, {month_of('l.as_of')})"
_INJURY = "join work_place d on d.division_code = m.division_code cross join lateral unnest(d.injury) s (subsidy)"

RULES = (
    Rule(
        "R05",
        "特困供养同时领取",
        RELATION,
        "特困人员在册名单和登记的特困身份，与同月两项补贴的发放比对",
        Side.OVER,
        listed("'destitute'", _SINCE, until="e.until")
        + " union all "
        + told("m.since", "'economic', m.economic", where="m.economic = 'destitute'"),
        severity=Severity.HIGH,
        sources=("destitute", "registry"),
        tables=_BOTH,
    ),
    Rule(
        "R06",
        "工伤生活护理费同时领取",
        RELATION,
        "工伤保险生活护理费名单和登记的待遇，与同月发放比对；排除哪项补贴按当地参数",
        Side.OVER,
        listed("'work_injury_care'", _SINCE, subsidy="s.subsidy", until="e.until", join=_INJURY)
        + " union all "
        + told(
            "m.since",
            "'work_injury_care', m.work_injury_care",
            subsidy="s.subsidy",
            where="m.work_injury_care > 0",
            join=_INJURY,
        ),
        sources=("work_injury_care", "registry"),
        tables=_BOTH,
    ),
    Rule(
        "R07",
        "孤儿、全额事实无人抚养儿童同时领取生活补贴",
        f"{RELATION}；{PRECISION_2022}",
        "孤儿和事实无人抚养儿童名单（全额）及登记的待遇，与同月生活补贴的发放比对；差额领取的不算",
        Side.OVER,
        listed("'orphans'", _SINCE, subsidy="'living'", until="e.until", where="e.value in ('orphan', 'full')")
        + " union all "
        + told(
            "m.since",
            "'orphan', nullif(m.orphan, false), 'de_facto_orphan', m.de_facto_orphan",
            subsidy="'living'",
            where="(m.orphan or m.de_facto_orphan = 'full')",
        ),
        sources=("orphans", "registry"),
        tables=_BOTH,
    ),
    # Only where what is received is not lower than what was paid: then the subsidy falls away (the higher one is kept).
    Rule(
        "R08",
        "老年人护理补贴与护理补贴未择高",
        f"{RELATION}；{PRECISION_2022}",
        "老年人护理补贴名单和登记的金额，不低于同期护理补贴的，与护理补贴的发放比对",
        Side.OVER,
        listed(
            "'elderly_care'",
            _SINCE,
            subsidy="'care'",
            until="e.until",
            join="join work_place d on d.division_code = m.division_code and d.elderly_higher"
            " join work_paid p on p.person_id = m.person_id and p.subsidy = 'care' and p.right_month = %(month)s",
            where="e.amount >= p.paid and p.paid > 0",
        )
        + " union all "
        + told(
            "m.since",
            "'elderly_care', m.elderly_care",
            subsidy="'care'",
            join="join work_place d on d.division_code = m.division_code and d.elderly_higher"
            " join work_paid p on p.person_id = m.person_id and p.subsidy = 'care' and p.right_month = %(month)s",
            where="m.elderly_care > 0 and m.elderly_care >= p.paid and p.paid > 0",
        ),
        sources=("elderly_care", "registry"),
        tables=_BOTH | {"paid"},
    ),
    # The newest complete roster that covers the household's place; nobody is "off" a roster that does not exist.
    Rule(
        "R09",
        "低保、低保边缘退出后仍领取生活补贴",
        WHO,
        "按低保、低保边缘享受生活补贴的人员，已不在最新的低保、低保边缘在册名单中",
        Side.OVER,
        "select m.person_id, 'dibao', 'living', coalesce(e.until, (date_trunc('month', "
        "c.as_of::timestamp) + interval '1 month')::date), null::date, null::numeric, false,"
        " jsonb_strip_nulls(jsonb_build_object('economic', k.economic, 'list', c.list_id, 'as_of', c.as_of, "
        "'until', e.until))"
        " from work_person m join work_kind k on k.profile_id = m.profile_id "
        "and k.economic in ('dibao', 'dibao_margin')"
        " join work_cover c on c.division_code = m.division_code and c.kind = 'dibao'"
        " left join matching_listentry e on e.person_id = m.person_id and e.kind = 'dibao' and e.list_id = c.list_id"
        " where {here} and m.living and (e.person_id is null or e.until <= %(month)s)",
        sources=("dibao",),
        tables=frozenset({"cover", "list"}),
    ),
    Rule(
        "R17",
        "财政供养、企业登记人员领取生活补贴",
        WHO,
        "财政供养、企业登记名单与生活补贴发放比对；哪类人员不得领取按当地规定",
        Side.OVER,
        listed("'public_employees'", _SINCE, subsidy="'living'", until="e.until", where="e.value = any(%(forbidden)s)"),
        severity=Severity.LOW,
        sources=("public_employees",),
        tables=frozenset({"list"}),
        parameters=(
            Parameter("forbidden", "不得领取的人员", ["public", "owner"], choices=("public", "pension", "owner")),
        ),
    ),
)
