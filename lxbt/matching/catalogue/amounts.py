"""R10, R15, R16, R22, U04, U05: what was paid against what is due by the rule and the ledger.

Due comes from the pure rule, asked once for each distinct combination of facts. What the next draw would settle by
itself (an unspent mark of the person) is no case: the draw is due minus paid.
"""

from __future__ import annotations

from lxbt.matching.catalogue.phrases import first_unpaid
from lxbt.matching.rules.rule import (
    CONDITIONS_2021,
    PAYING,
    PRECISION_2022,
    REVIEW,
    WHO,
    Parameter,
    Rule,
    Severity,
    Side,
    Verifier,
)

_DUE = (
    "(select w.person_id, s.subsidy, case s.subsidy when 'living' then x.living else x.care end as due,"
    " case s.subsidy when 'living' then x.living_standard else x.care_standard end as standard_id from work_due w "
    "join work_price x"
    " on x.place = w.place and x.profile_id = w.profile_id and x.band = w.band and x.relations = w.relations cross "
    "join (values ('living'), ('care')) s (subsidy))"
)
_COMPARED = "from work_compared m"
_THEN = "left join work_kind k on k.profile_id = m.profile_id join work_kind n on n.profile_id = m.now_profile"
_CHANGED = "(k.category, k.grade) is distinct from (n.category, n.grade)"
_SAID = "jsonb_build_object('month', m.right_month, 'paid', m.paid, 'due', m.due, 'standard', m.standard_id)"

RULES = (
    Rule(
        "R10",
        "类别、等级变化后金额未变",
        CONDITIONS_2021,
        "发放时的残疾类别、等级与当月登记的不同，且发放金额不等于按新类别、等级应发的金额",
        Side.OVER,
        "select m.person_id, 'amount', m.subsidy, m.right_month, null::date, m.paid - m.due, false, "
        f"{_SAID} || jsonb_strip_nulls(jsonb_build_object("
        f"'category', k.category, 'grade', k.grade, 'now_category', n.category, 'now_grade', n.grade)) {_COMPARED} "
        f"{_THEN}"
        f" where {{here}} and m.due > 0 and m.paid > m.due and {_CHANGED}",
        monthly=True,
        sources=("amount",),
        tables=frozenset({"compared"}),
    ),
    Rule(
        "R15",
        "发放金额高于当月标准",
        WHO,
        "当月发放金额与按补贴标准应发的金额比对",
        Side.OVER,
        "select m.person_id, 'amount', m.subsidy, m.right_month, null::date, m.paid - m.due, false, "
        f"{_SAID} {_COMPARED} {_THEN}"
        f" where {{here}} and m.due > 0 and m.paid > m.due and not {_CHANGED}",
        monthly=True,
        sources=("amount",),
        tables=frozenset({"compared"}),
    ),
    Rule(
        "R16",
        "停发、暂停后仍发放",
        REVIEW,
        "已停发、暂停或不在台账的人员，不在享受期内月份的发放（已追缴的除外）",
        Side.OVER,
        "select i.person_id, 'ledger', i.subsidy, i.right_month, null::date, sum(i.amount), false, "
        "jsonb_build_object('ended', true)"
        " from (select distinct person_id, subsidy from work_ended) z join work_person m on m.person_id = z.person_id"
        " join payments_item i on i.person_id = z.person_id and i.subsidy = z.subsidy and i.void is null "
        "and i.person_id between %(low)s and %(high)s"
        " left join entitlements_entitlement e on e.person_id = i.person_id and e.subsidy = i.subsidy "
        "and e.state <> 'suspended' and e.since <= i.right_month"
        " and (e.until is null or e.until > i.right_month) where {here} and e.person_id is null"
        " group by 1, 3, 4 having sum(i.amount) > 0"
        " union all"
        " select m.person_id, 'ledger', m.subsidy, m.right_month, null::date, m.paid, false, "
        "jsonb_build_object('ended', false)"
        " from work_compared m where {here} and not m.held and not exists (select from work_ended e "
        "where e.person_id = m.person_id and e.subsidy = m.subsidy)",
        severity=Severity.HIGH,
        sources=("ledger",),
        tables=frozenset({"compared", "ended"}),
    ),
    Rule(
        "R22",
        "补发超过规定月数",
        f"{PRECISION_2022}；{CONDITIONS_2021}",
        "换证后补发的月份，与当地规定的最多补发月数比对：更早的月份",
        Side.OVER,
        f"select m.person_id, 'backpay', '', {first_unpaid('o.valid_until')}, "
        "(c.pays_from_month - make_interval(months => d.backpay))::date, null::numeric, false,"
        " jsonb_build_object('pays_from', c.pays_from_month, 'backpay_months', c.backpay_months, 'allowed', "
        "d.backpay, 'valid_until', o.valid_until)"
        " from registry_certificate c join work_person m on m.person_id = c.person_id "
        "join work_place d on d.division_code = m.division_code"
        " join lateral (select valid_until from registry_certificate o where o.person_id = c.person_id "
        "and o.issued_on < c.issued_on order by o.issued_on desc limit 1) o"
        " on o.valid_until is not null where {here} and c.pays_from_month is not null"
        f" and {first_unpaid('o.valid_until')} < (c.pays_from_month - make_interval(months => d.backpay))::date",
        sources=("backpay",),
    ),
    # Drawn months alone: a month that its payer has not drawn yet owes nobody anything.
    Rule(
        "U04",
        "已审定未发放",
        PAYING,
        "台账享受中、按规则应发而连续几个月没有发放的；银行退票后超期未更正重发的",
        Side.UNDER,
        "select m.person_id, 'unpaid', d.subsidy, %(month)s::date, null::date, d.due, false, "
        "jsonb_build_object('months', %(months)s::int, 'due', d.due)"
        f" from work_person m join {_DUE} d on d.person_id = m.person_id and d.due > 0"
        " where {here} and case d.subsidy when 'living' then m.living "
        "and m.living_since <= %(month)s::date - make_interval(months => %(months)s - 1)"
        " else m.care and m.care_since <= %(month)s::date - make_interval(months => %(months)s - 1) end"
        " and not exists (select from payments_item i where i.person_id = m.person_id and i.subsidy = d.subsidy "
        "and i.void is null"
        "  and i.right_month > %(month)s::date - make_interval(months => %(months)s))"
        " and exists (select from payments_payerstate y where y.drawn_until >= %(month)s and y.payer_code = m.payer)"
        " union all"
        " select m.person_id, 'failed', l.subsidy, b.month, null::date, l.amount, false, jsonb_build_object('batch', "
        "b.id, 'sent_on', b.sent_on, 'reason', l.reason)"
        " from payments_line l join work_person m on m.person_id = l.person_id "
        "join payments_batch b on b.id = l.batch_id"
        " where {here} and l.state in ('failed', 'corrected') "
        "and b.sent_on < %(on)s::date - make_interval(days => %(days_failed)s)",
        severity=Severity.HIGH,
        verifier=Verifier.COUNTY,
        sources=("unpaid", "failed"),
        tables=frozenset({"due"}),
        parameters=(
            Parameter("months", "连续未发月数", 2, 1, 12, "个月"),
            Parameter("days_failed", "退票未处理天数", 30, 1, 365, "天"),
        ),
    ),
    Rule(
        "U05",
        "提标、变更后未补发",
        WHO,
        "当月发放金额低于按补贴标准应发的金额",
        Side.UNDER,
        "select m.person_id, 'amount', m.subsidy, m.right_month, null::date, m.due - m.paid, false, "
        f"{_SAID} {_COMPARED}"
        " where {here} and m.due > 0 and m.paid < m.due and m.granted",
        monthly=True,
        sources=("amount",),
        tables=frozenset({"compared"}),
    ),
)
