"""U01, U02, U03, U06, U07, U08: entitled and not receiving.

Whether somebody needs long-term care nobody knows before asking, so the right to care is told as if it were needed.
Who declined, or has an application under way, is no case.
"""

from __future__ import annotations

from lxbt.matching.rules.rule import CONDITIONS_2021, PRECISION_2022, WHO, Parameter, Rule, Severity, Side

_PRICED = (
    "join work_due w on w.person_id = m.person_id join work_price x on x.place = w.place "
    "and x.profile_id = w.profile_id and x.band = w.band and x.relations = w.relations"
)


def _unclaimed(subsidy: str, due: str, held: str, where: str, earlier: str) -> str:
    """Persons with a right to a subsidy, without any period of it now. `earlier`: on a period before."""
    return (
        f"select m.person_id, 'rule', '{subsidy}', null::date, null::date, null::numeric, false, "
        f"jsonb_strip_nulls(jsonb_build_object('due', {due}, 'category', k.category,"
        f" 'grade', k.grade, 'economic', k.economic)) from work_person m {_PRICED} "
        "join work_kind k on k.profile_id = m.profile_id"
        f" where {{here}} and {due} > 0 and not {held} and {where} and {earlier} (select "
        "from entitlements_entitlement e where e.person_id = m.person_id"
        f" and e.subsidy = '{subsidy}')"
        " and not exists (select from applications_asked a where a.person_id = m.person_id "
        f"and a.subsidy = '{subsidy}' and a.unfinished)"
        " and not exists (select from leads_lead l where l.person_id = m.person_id "
        "and l.state in ('declined', 'not_entitled')"
        "  and l.opened_on >= %(on)s::date - make_interval(months => %(months)s))"
    )


_AGAIN = Parameter("months", "拒绝后再提醒", 12, 1, 120, "个月")
_CARE, _LIVING = "(m.care or m.care_suspended)", "(m.living or m.living_suspended)"
# A right that ended, with why it ended: only where nothing of the subsidy is held now.
_STOPPED = (
    "select m.person_id, '{source}', e.subsidy, null::date, null::date, null::numeric, false,"
    " jsonb_strip_nulls(jsonb_build_object('subsidy', e.subsidy, 'ended', e.until, 'basis', e.basis, 'due', y.due, "
    "'valid_until', m.valid_until))"
    f" from work_ended e join work_person m on m.person_id = e.person_id {_PRICED}"
    " cross join lateral (select case e.subsidy when 'living' then x.living else x.possible_care end as due) y"
    " where {{here}} and y.due > 0 and (e.state = 'suspended' and (e.until is null or e.until > %(month)s) "
    "or e.until <= %(month)s)"
    " and coalesce(e.until, %(month)s::date) >= %(month)s::date - make_interval(months => %(months)s) and {where}"
    " and not exists (select from applications_asked a where a.person_id = m.person_id and a.subsidy = e.subsidy "
    "and a.unfinished)"
)
_LAPSED = "(e.basis like 'certificate%%' or e.basis like 'federation expired%%')"
_BACK = Parameter("months", "回看月数", 24, 1, 240, "个月")

RULES = (
    Rule(
        "U01",
        "符合条件未享受护理补贴",
        WHO,
        "按规则应有护理补贴（如确需长期照护），而从未享受、没有在办申请、未表示不申请的",
        Side.UNDER,
        _unclaimed("care", "x.possible_care", _CARE, "true", "not exists"),
        days=20,
        sources=("rule",),
        tables=frozenset({"due"}),
        parameters=(_AGAIN,),
    ),
    Rule(
        "U02",
        "符合条件未享受生活补贴",
        WHO,
        "按规则应有生活补贴（低保、低保边缘等），而从未享受、没有在办申请、未表示不申请的",
        Side.UNDER,
        _unclaimed("living", "x.living", _LIVING, "true", "not exists"),
        days=20,
        sources=("rule",),
        tables=frozenset({"due"}),
        parameters=(_AGAIN,),
    ),
    Rule(
        "U03",
        "到期停发后已换新证",
        f"{PRECISION_2022}；{CONDITIONS_2021}",
        "因残疾人证到期停发、暂停，而现已有有效证件的",
        Side.UNDER,
        _STOPPED.format(source="renewed", where=_LAPSED),
        severity=Severity.HIGH,
        sources=("renewed",),
        tables=frozenset({"due", "ended"}),
        parameters=(_BACK,),
    ),
    Rule(
        "U08",
        "停发原因已消失",
        WHO,
        "停发、暂停的人员，按当月情况又符合条件的（因证件到期的见 U03）",
        Side.UNDER,
        _STOPPED.format(source="again", where=f"not {_LAPSED}"),
        sources=("again",),
        tables=frozenset({"due", "ended"}),
        parameters=(_BACK,),
    ),
    Rule(
        "U06",
        "证件将到期未提醒",
        CONDITIONS_2021,
        "在享人员残疾人证将到期，既没有提醒记录也没有在期限内的待提醒线索",
        Side.UNDER,
        "select m.person_id, 'expiring', '', null::date, null::date, null::numeric, false, "
        "jsonb_build_object('valid_until', m.valid_until)"
        " from work_person m where {here} and (m.living or m.care) and m.valid_until >= %(on)s::date"
        " and m.valid_until < %(on)s::date + make_interval(months => %(months)s) and not exists (select "
        "from leads_lead l where l.person_id = m.person_id"
        " and l.kind = 'expiring' and l.about_on = m.valid_until and (l.reminders > 0 or l.due_on >= %(on)s or "
        "l.state not in ('open', 'unreachable')))",
        severity=Severity.LOW,
        sources=("expiring",),
        parameters=(Parameter("months", "提前月数", 6, 1, 24, "个月"),),
    ),
    Rule(
        "U07",
        "新持证、新纳入人员未按期联系",
        PRECISION_2022,
        "新发证、新增应享的线索超过期限仍没有提醒记录",
        Side.UNDER,
        "select m.person_id, 'overdue', '', null::date, null::date, null::numeric, false, jsonb_build_object('lead', "
        "l.id, 'kind', l.kind, 'due_on', l.due_on)"
        " from leads_lead l join work_person m on m.person_id = l.person_id where {here} and l.state = 'open' "
        "and l.reminders = 0"
        " and l.kind in ('new', 'gained', 'renewed', 'moved_in') and l.due_on < %(on)s::date - make_interval(days "
        "=> %(days_late)s)",
        severity=Severity.LOW,
        sources=("overdue",),
        parameters=(Parameter("days_late", "容许超期天数", 0, 0, 365, "天"),),
    ),
)
