"""Forms of the standards pages: every condition and amount form that the rules know, in words."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.core.months import Month
from lxbt.web import words

ALTERNATIVES = 3
ADJUSTMENTS = 3


def months(text: str) -> Month:
    """A month as typed; a ValidationError says how to write it."""
    try:
        return Month.parse(text.strip())
    except ValueError:
        raise forms.ValidationError(_("月份请写成 2026-03 的样子。")) from None


def many(label: Any, table: dict[Any, Any]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(table.items()), required=False, widget=forms.CheckboxSelectMultiple
    )


class ConditionForm(forms.Form):
    """One set of conditions that must all hold; what is left open holds for everybody."""

    economic = many(_("经济类别"), words.ECONOMIC)
    grade = many(_("残疾等级"), words.GRADES)
    category = many(_("残疾类别"), words.CATEGORIES)
    area = many(_("户口性质"), words.AREAS)
    sex = many(_("性别"), words.SEXES)
    employment = many(_("就业"), words.EMPLOYMENT)
    self_care = many(_("自理能力"), words.SELF_CARE)
    care_setting = many(_("照护方式"), words.CARE_SETTINGS)
    household = many(_("特殊家庭"), words.HOUSEHOLD)
    age_from = forms.IntegerField(label=_("年满（岁）"), min_value=0, max_value=130, required=False)
    age_below = forms.IntegerField(label=_("未满（岁）"), min_value=1, max_value=130, required=False)
    income_ratio_at_most = forms.DecimalField(
        label=_("人均收入不超过低保标准的倍数"), min_value=Decimal(0), max_digits=6, decimal_places=3, required=False
    )

    def table(self) -> dict[str, Any]:
        """The conditions as the rules read them; empty when nothing was chosen."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if value in (None, "", []):
                continue
            if name == "grade":
                found[name] = [int(v) for v in value]
            elif isinstance(value, Decimal):
                found[name] = str(value)
            else:
                found[name] = value
        return found


KINDS = [
    ("fixed", _("固定金额（元/月）")),
    ("yearly", _("按年（元/年，除以 12）")),
    ("percent_of_dibao", _("低保标准的百分比（%）")),
    ("top_up_to_dibao", _("补差到低保标准")),
]


class StandardForm(forms.Form):
    """The row itself: subsidy, months, amount, document."""

    subsidy = forms.ChoiceField(label=_("补贴"), choices=list(words.SUBSIDIES.items()))
    division = forms.ChoiceField(label=_("执行地区"))
    since = forms.CharField(label=_("自哪月执行"), max_length=7, help_text=_("如 2026-07，可早于公布日期"))
    until = forms.CharField(label=_("至哪月（不含）"), max_length=7, required=False, help_text=_("留空为另有标准时止"))
    kind = forms.ChoiceField(label=_("金额形式"), choices=KINDS)
    value = forms.DecimalField(label=_("数额"), max_digits=9, decimal_places=2, min_value=Decimal(0), required=False)
    rounding = forms.ChoiceField(
        label=_("取整"), choices=[("cent", _("到分，四舍五入")), ("yuan_up", _("到元，向上取整"))]
    )
    floor = forms.BooleanField(label=_("作为下级的最低标准"), required=False)
    document_title = forms.CharField(label=_("依据文件"), max_length=200)
    document_number = forms.CharField(label=_("文号"), max_length=100, required=False)
    clause = forms.CharField(label=_("条款"), max_length=60, required=False)

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = divisions  # type: ignore[attr-defined]

    def clean_since(self) -> Month:
        return months(self.cleaned_data["since"])

    def clean_until(self) -> Month | None:
        text = self.cleaned_data.get("until")
        return months(text) if text else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") != "top_up_to_dibao" and data.get("value") is None:
            self.add_error("value", _("请填写数额。"))
        if data.get("since") and data.get("until") and data["until"] <= data["since"]:
            self.add_error("until", _("结束月份应晚于开始月份。"))
        return data


class AdjustmentForm(forms.Form):
    """One step on the amount for those who meet a condition."""

    self_care = many(_("自理能力"), words.SELF_CARE)
    care_setting = many(_("照护方式"), words.CARE_SETTINGS)
    grade = many(_("残疾等级"), words.GRADES)
    category = many(_("残疾类别"), words.CATEGORIES)
    economic = many(_("经济类别"), words.ECONOMIC)
    area = many(_("户口性质"), words.AREAS)
    act = forms.ChoiceField(
        label=_("怎样调整"),
        choices=[("", _("不调整")), ("multiply", _("乘以")), ("add", _("加（元）"))],
        required=False,
    )
    by = forms.DecimalField(label=_("数"), max_digits=9, decimal_places=4, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("act") and data.get("by") is None:
            self.add_error("by", _("请填写乘数或加数。"))
        return data

    def table(self) -> dict[str, Any] | None:
        """The step as the rules read it; None when there is none."""
        data = self.cleaned_data
        if not data.get("act"):
            return None
        when = {
            k: ([int(v) for v in data[k]] if k == "grade" else data[k])
            for k in ("self_care", "care_setting", "grade", "category", "economic", "area")
            if data.get(k)
        }
        return {"when": when, data["act"]: str(data["by"])}


class StandardPage:
    """All forms of the page together: the row, its conditions, up to three alternatives, up to three adjustments."""

    def __init__(self, data: Any, divisions: list[tuple[str, str]], initial: dict[str, Any] | None = None) -> None:
        self.row = StandardForm(data, divisions=divisions, prefix="row", initial=initial)
        self.conditions = ConditionForm(data, prefix="when")
        self.alternatives = [ConditionForm(data, prefix=f"or{n}") for n in range(1, ALTERNATIVES + 1)]
        self.adjustments = [AdjustmentForm(data, prefix=f"adjust{n}") for n in range(1, ADJUSTMENTS + 1)]

    def is_valid(self) -> bool:
        """Whether every form is right; all are looked at."""
        found = [form.is_valid() for form in (self.row, self.conditions, *self.alternatives, *self.adjustments)]
        return all(found)

    def table(self) -> dict[str, Any]:
        """The standard as the rules read it."""
        data = self.row.cleaned_data
        when = self.conditions.table()
        any_of = [found for form in self.alternatives if (found := form.table())]
        if any_of:
            when["any_of"] = any_of
        amount: dict[str, Any] = {data["kind"]: True if data["kind"] == "top_up_to_dibao" else str(data["value"])}
        amount["round"] = data["rounding"]
        adjust = [step for one in self.adjustments if (step := one.table())]
        if adjust:
            amount["adjust"] = adjust
        table: dict[str, Any] = {
            "division": data["division"],
            "subsidy": data["subsidy"],
            "since": str(data["since"]),
            "when": when,
            "amount": amount,
            "floor": data["floor"],
        }
        if data.get("until"):
            table["until"] = str(data["until"])
        return table


class DibaoForm(forms.Form):
    division = forms.ChoiceField(label=_("地区"))
    area = forms.ChoiceField(label=_("适用"), choices=[("any", _("城乡统一")), *words.AREAS.items()])
    since = forms.CharField(label=_("自哪月起"), max_length=7, help_text=_("如 2026-07"))
    amount = forms.DecimalField(label=_("低保标准（元/月）"), max_digits=9, decimal_places=2, min_value=Decimal(0))
    document_number = forms.CharField(label=_("文号"), max_length=100)

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = divisions  # type: ignore[attr-defined]

    def clean_since(self) -> Month:
        return months(self.cleaned_data["since"])


class ParameterForm(forms.Form):
    """One parameter; its value is written in the form that the list beside it explains."""

    name = forms.ChoiceField(label=_("参数"))
    division = forms.ChoiceField(label=_("地区"))
    since = forms.CharField(label=_("自哪月起"), max_length=7, required=False, help_text=_("留空为一直如此"))
    until = forms.CharField(
        label=_("到哪月恢复"), max_length=7, required=False, help_text=_("停用规则时必填；留空为另行设定时止")
    )
    value = forms.CharField(
        label=_("值"), help_text=_("写法见右侧说明"), widget=forms.Textarea(attrs={"rows": 3, "class": "control code"})
    )
    document_number = forms.CharField(label=_("文号"), max_length=100)

    def __init__(
        self, *args: Any, names: list[tuple[str, Any]], divisions: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = names  # type: ignore[attr-defined]
        self.fields["division"].choices = divisions  # type: ignore[attr-defined]

    def clean_value(self) -> Any:
        try:
            return json.loads(self.cleaned_data["value"])
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("写法不对，请照右侧的样子写，文字加英文双引号。")) from None

    def clean_since(self) -> Month | None:
        text = self.cleaned_data.get("since")
        return months(text) if text else None

    def clean_until(self) -> Month | None:
        text = self.cleaned_data.get("until")
        return months(text) if text else None
