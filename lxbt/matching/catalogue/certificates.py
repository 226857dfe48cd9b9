"""R02, R03, R04, R13: the certificate is cancelled, frozen, ran out, does not fit the Federation's database, or is
there twice.
"""

from __future__ import annotations

from lxbt.matching.catalogue.phrases import first_unpaid, told
from lxbt.matching.rules.rule import CONDITIONS_2021, WHO, Parameter, Rule, Severity, Side

_GONE = "least(m.frozen_on, m.cancelled_on)"
_STRETCH = frozenset({"stretch"})

RULES = (
    Rule(
        "R02",
        "残疾人证注销或冻结后仍领取",
        CONDITIONS_2021,
        "残联库的注销、冻结日期，与次月起的发放比对",
        Side.OVER,
        told(
            first_unpaid(_GONE),
            "'frozen_on', m.frozen_on, 'cancelled_on', m.cancelled_on",
            where=f"{_GONE} is not null",
        ),
        severity=Severity.HIGH,
        sources=("registry",),
        tables=_STRETCH,
    ),
    Rule(
        "R03",
        "残疾人证到期后仍领取",
        CONDITIONS_2021,
        "残疾人证有效期，与到期次月（有宽限的，宽限期满）起的发放比对；换新证后的月份不算",
        Side.OVER,
        told(
            f"({first_unpaid('m.valid_until')} + make_interval(months => %(grace_months)s))::date",
            "'valid_until', m.valid_until",
            where="m.valid_until < %(on)s",
        ),
        sources=("registry",),
        tables=_STRETCH,
        parameters=(Parameter("grace_months", "宽限期", 0, 0, 24, "个月"),),
    ),
    # What was told last by the Federation for a person, against the certificate that counts here. Months are not
    # claimed:
    # since when the record is wrong, a person has to find out.
    Rule(
        "R04",
        "与残联库不符",
        WHO,
        "在享人员在残联库中查无此证（本县已与残联库核对过的），或姓名、证号、类别、等级与残联库不一致",
        Side.OVER,
        "select m.person_id, 'missing', '', null::date, null::date, null::numeric, false, "
        '\'{"federation": "missing"}\'::jsonb'
        " from work_person m join work_kind k on k.profile_id = m.profile_id where {here} and (m.living or m.care) "
        "and k.grade is not null"
        " and not exists (select from registry_federationentry f where f.person_id = m.person_id)"
        " and exists (select from registry_federationagreed g where g.county_code = m.payer)"
        " union all"
        " select m.person_id, 'differs', '', null::date, null::date, null::numeric, false, "
        "jsonb_strip_nulls(jsonb_build_object('doubts', f.doubts,"
        " 'category', f.values ->> 'category', 'grade', f.values ->> 'grade', 'here_category', k.category, "
        "'here_grade', k.grade))"
        " from work_person m join work_kind k on k.profile_id = m.profile_id "
        "join registry_federationentry f on f.person_id = m.person_id"
        " where {here} and (m.living or m.care) and (f.doubts <> '[]'::jsonb "
        "or (f.values ->> 'category', (f.values ->> 'grade')::int) is distinct from (k.category, k.grade))"
        " and not exists (select from registry_federationentry g where g.person_id = f.person_id "
        "and g.sequence > f.sequence)",
        severity=Severity.HIGH,
        holding=False,
        sources=("missing", "differs"),
    ),
    Rule(
        "R13",
        "一人多证",
        WHO,
        "同一人有两个身份证号，或在残联库有两个有效证件（遗失补发的 B 号按同一证件计）",
        Side.OVER,
        "select m.person_id, 'numbers', '', null::date, null::date, null::numeric, false, "
        "jsonb_build_object('numbers', i.numbers)"
        " from work_person m join (select person_id, count(*) as numbers from registry_identifier where kind = 'id'"
        "  group by person_id having count(*) > 1) i on i.person_id = m.person_id where {here} and (m.living or m.care)"
        " union all"
        " select m.person_id, 'certificates', '', null::date, null::date, null::numeric, false, "
        "jsonb_build_object('valid', f.valid)"
        " from work_person m join (select person_id, count(*) as valid from registry_federationentry "
        "where coalesce(values ->> 'state', 'valid') = 'valid'"
        "  group by person_id having count(*) > 1) f on f.person_id = m.person_id where {here} and (m.living "
        "or m.care)",
        holding=False,
        sources=("numbers", "certificates"),
    ),
)
