"""How each parameter is filled in and said in words: choices, numbers and tables of them, never the text that
is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.core.money import plain
from lxbt.web import words
from lxbt.web.standards.conditions import many

SEVERAL = 5  # allowances that fit into the form


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: Mapping[str, Any]

    def fields(self, label: Any) -> dict[str, forms.Field]:
        return {"value": forms.ChoiceField(label=label, choices=list(self.options.items()))}

    def value(self, data: Mapping[str, Any]) -> Any:
        return data["value"]

    def initial(self, value: Any) -> dict[str, Any]:
        return {"value": value}

    def words(self, value: Any) -> str:
        return str(self.options.get(value, value))


class Flag(Choice):
    """Yes or no."""

    def __init__(self) -> None:
        super().__init__({"true": lazy("是"), "false": lazy("否")})

    def value(self, data: Mapping[str, Any]) -> Any:
        return data["value"] == "true"

    def initial(self, value: Any) -> dict[str, Any]:
        return {"value": "true" if value else "false"}

    def words(self, value: Any) -> str:
        return str(self.options["true" if value else "false"])


@dataclass(frozen=True)
class Some:
    """Any of a list."""

    options: Mapping[str, Any]

    def fields(self, label: Any) -> dict[str, forms.Field]:
        return {"value": many(label, self.options)}

    def value(self, data: Mapping[str, Any]) -> Any:
        return list(data["value"])

    def initial(self, value: Any) -> dict[str, Any]:
        return {"value": value}

    def words(self, value: Any) -> str:
        return words.listed(self.options.get(one, one) for one in value) or _("都不")


@dataclass(frozen=True)
class Number:
    """A number; `whole`: without places."""

    whole: bool = True

    def fields(self, label: Any) -> dict[str, forms.Field]:
        if self.whole:
            return {"value": forms.IntegerField(label=label, min_value=0, max_value=1_000_000)}
        return {"value": forms.DecimalField(label=label, min_value=Decimal(0), max_digits=9, decimal_places=2)}

    def value(self, data: Mapping[str, Any]) -> Any:
        told = data["value"]
        return plain(told) if isinstance(told, Decimal) else told

    def initial(self, value: Any) -> dict[str, Any]:
        return {"value": value}

    def words(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class Listed:
    """Several words or whole numbers in one field."""

    numbers: bool = False

    def fields(self, label: Any) -> dict[str, forms.Field]:
        return {"value": forms.CharField(label=label, max_length=200, help_text=lazy("几个用空格隔开"))}

    def value(self, data: Mapping[str, Any]) -> Any:
        found = str(data["value"]).split()
        return [int(one) if self.numbers and one.isdecimal() else one for one in found]

    def initial(self, value: Any) -> dict[str, Any]:
        return {"value": " ".join(str(one) for one in value)}

    def words(self, value: Any) -> str:
        return words.listed(str(one) for one in value)


Editor = Choice | Some | Number | Listed


@dataclass(frozen=True)
class Parts:
    """A table: each part with its own way; what is left open keeps what holds above."""

    parts: Mapping[str, tuple[Any, Editor]]

    def fields(self, label: Any) -> dict[str, forms.Field]:
        found = {}
        for name, (title, editor) in self.parts.items():
            field = editor.fields(title)["value"]
            field.required = False
            if isinstance(editor, Choice) and isinstance(field, forms.ChoiceField):
                field.choices = [("", lazy("不设定")), *editor.options.items()]
            found[name] = field
        return found

    def value(self, data: Mapping[str, Any]) -> Any:
        told = {name: data[name] for name in self.parts if data.get(name) not in (None, "", [])}
        return {name: self.parts[name][1].value({"value": value}) for name, value in told.items()}

    def initial(self, value: Any) -> dict[str, Any]:
        known = {name: one for name, one in dict(value or {}).items() if name in self.parts}
        return {name: self.parts[name][1].initial(one)["value"] for name, one in known.items()}

    def words(self, value: Any) -> str:
        known = [(name, one) for name, one in value.items() if name in self.parts]
        return words.in_turn(words.told(self.parts[name][0], self.parts[name][1].words(one)) for name, one in known)


STEPS = ("examine", "review", "decide", "notice")


@dataclass(frozen=True)
class Procedure:
    """The steps in their order, each with its working days; one without a place in the order is not part of it."""

    def fields(self, label: Any) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for step in STEPS:
            title = words.STEPS[step]
            found[f"{step}_place"] = forms.IntegerField(
                label=lazy("%(step)s：第几步") % {"step": title}, min_value=1, max_value=9, required=False
            )
            found[f"{step}_days"] = forms.IntegerField(
                label=lazy("%(step)s：工作日") % {"step": title}, min_value=1, max_value=120, required=False
            )
        return found

    def value(self, data: Mapping[str, Any]) -> Any:
        chosen = sorted((data[f"{step}_place"], step) for step in STEPS if data.get(f"{step}_place"))
        return [{"step": step, "days": data.get(f"{step}_days")} for _place, step in chosen]

    def initial(self, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for place, one in enumerate(value or (), start=1):
            found |= {f"{one['step']}_place": place, f"{one['step']}_days": one["days"]}
        return found

    def words(self, value: Any) -> str:
        return " → ".join(
            _("%(step)s %(n)s 个工作日") % {"step": words.STEPS.get(one["step"], one["step"]), "n": one["days"]}
            for one in value
        )


@dataclass(frozen=True)
class Allowances:
    """Other allowances by name, and what each does."""

    def fields(self, label: Any) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for n in range(1, SEVERAL + 1):
            told = {"n": n}
            found[f"name{n}"] = forms.CharField(label=lazy("第 %(n)d 项津贴") % told, max_length=40, required=False)
            found[f"against{n}"] = forms.ChoiceField(
                label=lazy("对哪项补贴"), choices=list(AGAINST.items()), required=False
            )
            found[f"rule{n}"] = forms.ChoiceField(label=lazy("怎样"), choices=list(RULES.items()), required=False)
        return found

    def value(self, data: Mapping[str, Any]) -> Any:
        return {
            data[f"name{n}"].strip(): {"against": data[f"against{n}"].split(), "rule": data[f"rule{n}"]}
            for n in range(1, SEVERAL + 1)
            if data.get(f"name{n}")
        }

    def initial(self, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for n, (name, told) in enumerate(list(dict(value or {}).items())[:SEVERAL], start=1):
            found |= {f"name{n}": name, f"against{n}": " ".join(told["against"]), f"rule{n}": told["rule"]}
        return found

    def words(self, value: Any) -> str:
        return words.in_turn(
            f"{name} {RULES.get(told['rule'], '')} {words.listed(words.SUBSIDIES_SHORT[s] for s in told['against'])}"
            for name, told in value.items()
        )


AGAINST = {**words.SUBSIDIES_SHORT, "living care": lazy("两项")}
RULES = {"excludes": lazy("不能同享"), "higher_of": lazy("择高")}
MONTHS = {"next_month": lazy("次月"), "same_month": lazy("当月")}
EDITORS: dict[str, tuple[Any, Any]] = {
    "stop": (lazy("停发月份"), Choice(MONTHS)),
    "class_change": (lazy("类别、等级变更"), Choice(MONTHS)),
    "start": (lazy("从哪月起发"), Choice({"application": lazy("申请当月"), "after_decision": lazy("审定次月")})),
    "expired_certificate": (
        lazy("残疾人证过期"),
        Choice({"stops": lazy("停发"), "counts": lazy("过渡期内照发")}),
    ),
    "after_custody": (lazy("刑满释放后"), Choice({"apply": lazy("重新申请"), "resume": lazy("自动续发")})),
    "recertified": (
        lazy("到期换证后续发"),
        Parts(
            {
                "basis": (lazy("从哪月起"), Choice({"application": lazy("申请当月"), "issue": lazy("发证当月")})),
                "backpay_months": (lazy("可补发的月数"), Number()),
            }
        ),
    ),
    "work_injury_care": (lazy("工伤护理费排除"), Some(words.SUBSIDIES_SHORT)),
    "retired_cadre": (lazy("离休排除"), Some(words.SUBSIDIES_SHORT)),
    "imprisoned": (lazy("服刑排除"), Some(words.SUBSIDIES_SHORT)),
    "care_needs_long_term_care": (lazy("护理补贴要求长期照护"), Flag()),
    "elderly_care_higher_of": (lazy("与老年人护理补贴择高"), Flag()),
    "allowances": (lazy("与其他津贴的衔接"), Allowances()),
    "procedure": (lazy("办理环节和时限"), Procedure()),
    "funding_shares": (
        lazy("资金分担（%）"),
        Parts(
            {
                "nation": (lazy("中央"), Number(whole=False)),
                "province": (lazy("省"), Number(whole=False)),
                "city": (lazy("市"), Number(whole=False)),
                "county": (lazy("县"), Number(whole=False)),
            }
        ),
    ),
    "import_arrears_months": (lazy("导入的待遇可补发的月数"), Number()),
    "pushed_rights_a_day": (lazy("省级系统每天可直接推送的待遇数"), Number()),
    "draw_months_ahead": (lazy("可提前编制的月数"), Number()),
    "account_days": (lazy("编制前后改账户须另一人复核的天数"), Number()),
    "federation": (
        lazy("残联信息变化的处理"),
        Parts(
            {
                "lapsed": (lazy("证件失效"), Choice({"suspend": lazy("暂停"), "keep": lazy("不动")})),
                "moved_province": (lazy("迁出本省"), Choice({"end": lazy("停发"), "keep": lazy("不动")})),
                "expiry_months": (lazy("到期前几个月提醒"), Listed(numbers=True)),
                "lead_days": (lazy("主动服务期限（工作日）"), Number()),
                "stale_days": (lazy("数据多少天没有更新算陈旧"), Number()),
            }
        ),
    ),
    "bounds.dibao": (
        lazy("低保标准的范围（约束下级）"),
        Parts(
            {
                "least": (lazy("最低（元）"), Number(whole=False)),
                "most": (lazy("最高（元）"), Number(whole=False)),
                "change": (lazy("一次变动不超过（%）"), Number()),
            }
        ),
    ),
    "bounds.standard": (
        lazy("补贴标准的范围（约束下级）"),
        Parts(
            {
                "monthly_most": (lazy("每月最高（元）"), Number(whole=False)),
                "percent_most": (lazy("百分比最高（%）"), Number(whole=False)),
                "multiply_most": (lazy("乘数最高"), Number(whole=False)),
                "add_most": (lazy("加数最高（元）"), Number(whole=False)),
                "change": (lazy("一次变动不超过（%）"), Number()),
                "back_months": (lazy("最多追溯的月数"), Number()),
            }
        ),
    ),
    "bounds.procedure": (
        lazy("不能缺少的环节和最长期限（约束下级）"),
        Parts(
            {
                "steps": (lazy("不能缺少的环节"), Some({step: words.STEPS[step] for step in STEPS})),
                "days": (lazy("每个环节最长（工作日）"), Number()),
            }
        ),
    ),
    "bounds.matching": (
        lazy("停报、停用规则的期限（约束下级）"),
        Parts(
            {
                "mute_days": (lazy("停报最长（天）"), Number()),
                "off_months": (lazy("停用最长（月）"), Number()),
                "never_off": (lazy("不能停用的规则"), Listed()),
            }
        ),
    ),
}


def parameter_words(name: str, value: Any) -> str:
    """A value in words; one that nobody can say is shown as it is kept."""
    if name not in EDITORS:
        return str(value)
    try:
        return EDITORS[name][1].words(value) or "—"
    except (TypeError, ValueError, KeyError, AttributeError):
        return str(value)
