"""The cause of a difference in one sentence: the same on the list, in the explanation, on the person's page, in the
sheet.

Which fact or which standard, from what to what, who told it and when. Never two things to choose from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.divisions import queries as divisions
from lxbt.entitlements.fact_words import SUBSIDIES, value_of
from lxbt.entitlements.fact_words import title_of as fact_title
from lxbt.entitlements.rules.custody import AFTER_CUSTODY
from lxbt.entitlements.source_words import source_word
from lxbt.payments.queries.causes import Cause
from lxbt.payments.rules import FAILURES
from lxbt.standards.rules.rows import DIBAO

WAITS: Mapping[str, Promise] = {
    "registry.death": lazy("死亡"),
    "registry.moved_out": lazy("户籍迁出"),
    "registry.custody": lazy("服刑"),
}
PARAMETERS: Mapping[str, Promise] = {
    "stop": lazy("停发从哪个月起"),
    "class_change": lazy("类别等级变化从哪个月起"),
    "work_injury_care": lazy("工伤护理费排除的补贴"),
    "retired_cadre": lazy("离休排除的补贴"),
    "imprisoned": lazy("服刑期间停发的补贴"),
    "care_needs_long_term_care": lazy("护理补贴须有长期照护需要"),
    "elderly_care_higher_of": lazy("与老年人护理补贴择高"),
    "recertified_basis": lazy("换证后从哪个月恢复"),
    "backpay_months": lazy("换证后最多补发的月数"),
}
SETTINGS: Mapping[str, Promise] = {
    "next_month": lazy("次月"),
    "same_month": lazy("当月"),
    "application": lazy("申请当月"),
    "issue": lazy("发证当月"),
    "True": lazy("是"),
    "False": lazy("否"),
}
BASES: Mapping[str, Promise] = {
    "certificate expired": lazy("残疾人证到期"),
    "certificate frozen": lazy("残疾人证冻结"),
    "certificate class_changed": lazy("类别等级变更"),
    "federation died": lazy("残联库：死亡"),
    "federation cancelled": lazy("残联库：残疾人证注销"),
    "federation moved_out": lazy("残联库：户籍迁出本省"),
    "federation restored": lazy("残联库：残疾人证恢复有效"),
    "federation renewed": lazy("残联库：已换新证"),
    AFTER_CUSTODY: lazy("服刑期满，等待重新申请"),
}
Bases = Callable[[str], str]


def sentence_of(causes: Iterable[Cause], *, whole: bool = True, basis: Bases | None = None) -> str:
    """The causes in one sentence. `whole` False: without what a fact says, for who may not see facts.

    `basis` says what a right rests on, where it knows more than the books themselves.
    """
    said = [_one(cause, basis or basis_words) if whole or not cause.personal else _masked(cause) for cause in causes]
    return _("；同时").join(dict.fromkeys(said))


def basis_words(text: str) -> str:
    """What a right rests on: an application, a file, a finding, what the Federation told, a document."""
    kind, _space, number = text.partition(" ")
    if number and kind == "application":
        return _("申请第 %(n)s 号审定") % {"n": number}
    if number.isdigit():
        if kind == "import":
            return _("由导入第 %(n)s 号") % {"n": number}
        if kind == "suspicion":
            return _("第 %(n)s 号疑点核实") % {"n": number}
        if kind == "joining":
            return _("第 %(n)s 号合并登记") % {"n": number}
    return str(BASES.get(text, text)) or _("台账没有写明依据")


def title_of(key: str) -> str:
    """What a fact is called; the day that custody began."""
    return _("服刑起始日期") if key == "imprisoned_on" else fact_title(key)


def _masked(cause: Cause) -> str:
    if cause.told.get("on"):
        return _("个人情况有变（%(on)s 得知，内容不在您的查看范围）") % {"on": cause.told["on"]}
    return _("个人情况有变（内容不在您的查看范围）")


def _one(cause: Cause, basis: Bases) -> str:
    return _SENTENCES[cause.code](cause.told, basis)


def _said(told: Mapping[str, Any], *, since: str = "") -> str:
    """（2026-10 起；公安 2026-11-02 告知）."""
    parts = [since or (_("%(m)s 起") % {"m": f"{told['since']:%Y-%m}"} if told.get("since") else "")]
    if told.get("on"):
        parts.append(_("%(who)s %(on)s 告知") % {"who": source_word(told.get("source") or ""), "on": told["on"]})
    return _("（%(parts)s）") % {"parts": _("；").join(p for p in parts if p)} if any(parts) else ""


def _value(key: str, value: Any) -> str:
    return divisions.name_of(str(value)) if key == "division" and value else value_of(key, value)


def _fact(told: Mapping[str, Any], _basis: Bases) -> str:
    key = told["key"]
    return _("%(title)s由“%(old)s”变为“%(new)s”") % {
        "title": title_of(key),
        "old": _value(key, told["old"]),
        "new": _value(key, told["new"]),
    } + _said(told, since="" if told.get("since") else _("自始更正"))


def _event(told: Mapping[str, Any], _basis: Bases) -> str:
    key, old, new = told["key"], told["old"], told["new"]
    if new is None:
        return _("%(title)s %(old)s 已撤销") % {"title": title_of(key), "old": old} + _said(told)
    if old is None:
        return _("%(title)s %(new)s，此前没有") % {"title": title_of(key), "new": new} + _said(told)
    return _("%(title)s由 %(old)s 更正为 %(new)s") % {"title": title_of(key), "old": old, "new": new} + _said(told)


def _reached(told: Mapping[str, Any], _basis: Bases) -> str:
    return _("%(title)s %(day)s 已到") % {"title": title_of(told["key"]), "day": told["new"]} + _said(
        {**told, "since": None}
    )


def _certificate(told: Mapping[str, Any], _basis: Bases) -> str:
    old, new = told["old"] or {}, told["new"] or {}
    if not old or not new:
        text = _("残疾人证由“%(old)s”变为“%(new)s”") % {"old": _card(old), "new": _card(new)}
    else:
        text = _("，").join(
            _("%(title)s由“%(old)s”变为“%(new)s”")
            % {"title": title_of(n), "old": value_of(n, old.get(n)), "new": value_of(n, new.get(n))}
            for n in told["names"]
        )
    issued = _("%(d)s 发证") % {"d": new["issued_on"]} if new.get("issued_on") else ""
    return text + _said({**told, "since": None}, since=issued)


def _card(values: Mapping[str, Any]) -> str:
    if not values:
        return _("没有")
    return value_of("category", values.get("category")) + value_of("grade", values.get("grade"))


def _standard(told: Mapping[str, Any], _basis: Bases) -> str:
    old, new = told["old"], told["new"]
    values = {"subsidy": SUBSIDIES[told["subsidy"]], "old": _yuan(old), "new": _yuan(new)}
    if old is None:
        text = _("%(subsidy)s标准新设，每月 %(new)s 元") % values
    elif new is None:
        text = _("%(subsidy)s标准不再覆盖（原每月 %(old)s 元）") % values
    elif new > old:
        text = _("%(subsidy)s标准由每月 %(old)s 元提高到 %(new)s 元") % values
    else:
        text = _("%(subsidy)s标准由每月 %(old)s 元降低到 %(new)s 元") % values
    parts = [told.get("document") or ""]
    parts += [_("%(m)s 起") % {"m": f"{told['since']:%Y-%m}"}] if told.get("since") else []
    parts += [_("%(on)s 公布") % {"on": told["on"]}] if told.get("on") else []
    said = _("；").join(p for p in parts if p)
    return text + (_("（%(parts)s）") % {"parts": said} if said else "")


def _yuan(amount: Any) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _base(told: Mapping[str, Any], _basis: Bases) -> str:
    name = _("低保标准") if told["name"] == DIBAO else told["name"]
    values = {"name": name, "old": _yuan(told["old"]) or _("没有"), "new": _yuan(told["new"]) or _("没有")}
    return _("%(name)s由每月 %(old)s 元调整为 %(new)s 元") % values


def _parameter(told: Mapping[str, Any], _basis: Bases) -> str:
    values = {
        "title": PARAMETERS.get(told["name"], told["name"]),
        "old": _setting(told["old"]),
        "new": _setting(told["new"]),
    }
    return _("本地规则“%(title)s”由“%(old)s”改为“%(new)s”") % values


def _setting(value: Any) -> str:
    if isinstance(value, tuple | list):
        return _("、").join(str(SUBSIDIES.get(one, one)) for one in value) or _("没有")
    return str(SETTINGS.get(str(value), value))


def _right(sentence: str | Promise) -> Callable[[Mapping[str, Any], Bases], str]:
    def said(told: Mapping[str, Any], basis: Bases) -> str:
        values = {"basis": basis(told["basis"]), "since": _month(told["since"]), "on": told["on"] or _("当日")}
        return str(sentence) % values

    return said


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else ""


def _failed(sentence: str | Promise) -> Callable[[Mapping[str, Any], Bases], str]:
    def said(told: Mapping[str, Any], _basis: Bases) -> str:
        return str(sentence) % {**told, "reason": failure_words(told["reason"], told.get("said", ""))}

    return said


def failure_words(code: str, said: str = "") -> str:
    """Why a transfer failed; what the bank said when the code is not one of ours."""
    return _(FAILURES[code]) if code in FAILURES and (code != "other" or not said) else said or code


def _plain(sentence: str | Promise) -> Callable[[Mapping[str, Any], Bases], str]:
    return lambda told, _basis: str(sentence) % told


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any], Bases], str]] = {
    "fact": _fact,
    "event": _event,
    "reached": _reached,
    "certificate": _certificate,
    "age": _plain(lazy("年满 %(age)s 周岁")),
    "standard": _standard,
    "base": _base,
    "released_from": lambda told, _basis: _("服刑期满") + _said(told),
    "parameter": _parameter,
    "granted": _right(lazy("%(basis)s，%(since)s 起，%(on)s 决定")),
    "resumed": _right(lazy("暂停后恢复：%(basis)s，%(since)s 起，%(on)s 决定")),
    "suspended": _right(lazy("暂停：%(basis)s，%(since)s 起，%(on)s 决定")),
    "ended": _right(lazy("资格终止：%(basis)s，%(since)s 起，%(on)s 决定")),
    "unheld": _plain(lazy("台账没有 %(month)s 的资格")),
    "first": _plain(lazy("本单位第一次编制 %(month)s")),
    "came_back": _failed(lazy("%(batch)s 批次的付款被银行退回（%(reason)s），账户更正前暂缓")),
    "paid_again": _failed(lazy("%(batch)s 批次的付款被银行退回（%(reason)s），账户 %(on)s 更正后重发")),
    "waits": lambda told, _basis: (
        _("%(event)s已由一人提出，待另一人确认，确认前暂缓") % {"event": WAITS.get(told["kind"], told["kind"])}
    ),
    "no_account": _plain(lazy("没有登记账户，暂缓发放")),
    "bad_account": _failed(lazy("账户退票未更正（%(reason)s），暂缓发放")),
    "account_given": _plain(lazy("此前没有账户，%(on)s 登记账户后发放")),
    "account_corrected": lambda told, _basis: (
        _("此前账户退票（%(reason)s），%(on)s 更正后发放") % {"reason": failure_words(told["reason"]), "on": told["on"]}
        if told["reason"]
        else _("账户 %(on)s 更换后发放") % {"on": told["on"]}
    ),
    "released": _plain(lazy("由文件新增、先不发放的月份，%(on)s 经两人同意发放")),
    "moved": lambda told, _basis: (
        _("户籍地改为%(place)s") % {"place": divisions.full_name_of(told["new"])} + _said(told)
    ),
    "reckoned": lambda told, _basis: (
        _("%(month)s 重新计算：应发 %(due)s 元，已发 %(paid)s 元")
        % {"month": told["month"], "due": _yuan(told["due"]), "paid": _yuan(told["paid"])}
    ),
}
