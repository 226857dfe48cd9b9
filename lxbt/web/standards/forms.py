"""Forms of the standards pages: every condition and amount form that the rules know, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.core.money import ROUNDINGS as MONEY_ROUNDINGS
from lxbt.core.months import Month
from lxbt.standards.operations.revising import Paper
from lxbt.standards.rules.rows import FORMS, number_of
from lxbt.web import words
from lxbt.web.standards.conditions import ConditionForm
from lxbt.web.standards.words import ROUNDINGS

ALTERNATIVES = 3
ADJUSTMENTS = 3


def months(text: str) -> Month:
    """A month as typed; a ValidationError says how to write it."""
    try:
        return Month.parse(text.strip())
    except ValueError:
        raise forms.ValidationError(_("月份请写成 2026-03 的样子。")) from None


KINDS: Mapping[str, Any] = {
    "fixed": _("固定金额（元/月）"),
    "yearly": _("按年（元/年，除以 12）"),
    "percent_of_dibao": _("低保标准的百分比（%）"),
    "percent": _("指定基数的百分比（%）"),
    "top_up_to_dibao": _("补差到低保标准"),
}


class RowForm(forms.Form):
    """The row itself: subsidy, places, amount."""

    subsidy = forms.ChoiceField(label=_("补贴"), choices=list(words.SUBSIDIES.items()))
    kind = forms.ChoiceField(label=_("金额形式"))
    value = forms.DecimalField(label=_("数额"), max_digits=9, decimal_places=2, min_value=Decimal(0), required=False)
    base = forms.CharField(
        label=_("基数名称"), max_length=40, required=False, help_text=_("按指定基数的百分比计发时填写")
    )
    rounding = forms.ChoiceField(label=_("取整"))
    floor = forms.BooleanField(label=_("作为下级的最低标准"), required=False)
    divisions = forms.MultipleChoiceField(label=_("执行地区"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [(form, KINDS.get(form, form)) for form in FORMS]
        rounding: Any = self.fields["rounding"]
        rounding.choices = [(name, ROUNDINGS.get(name, name)) for name in MONEY_ROUNDINGS]
        if "percent" not in FORMS:
            del self.fields["base"]
        places: Any = self.fields["divisions"]
        places.choices = divisions

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") != "top_up_to_dibao" and data.get("value") is None:
            self.add_error("value", _("请填写数额。"))
        if data.get("kind") == "percent" and not data.get("base"):
            self.add_error("base", _("请填写是哪个基数。"))
        return data


class AdjustmentForm(ConditionForm):
    """One step on the amount for those who meet a condition."""

    act = forms.ChoiceField(
        label=_("怎样调整"),
        choices=[("", _("不调整")), ("multiply", _("乘以")), ("add", _("加（元）"))],
        required=False,
    )
    by = forms.DecimalField(label=_("数"), max_digits=9, decimal_places=4, required=False)

    def __init__(self, data: Any = None, *, step: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        step = step or {}
        super().__init__(data, when=step.get("when"), **kwargs)
        for act in ("multiply", "add"):
            if act in step:
                self.initial.update({"act": act, "by": step[act]})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("act") and data.get("by") is None:
            self.add_error("by", _("请填写乘数或加数。"))
        return data

    def step(self) -> dict[str, Any] | None:
        """The step as the rules read it; None when there is none."""
        data = self.cleaned_data
        if not data.get("act"):
            return None
        return {"when": self.table(), data["act"]: str(data["by"])}


class RowPage:
    """All forms of a row together: places and amount, its conditions, alternatives, adjustments."""

    def __init__(self, data: Any, divisions: list[tuple[str, str]], row: Mapping[str, Any] | None = None) -> None:
        row = row or {}
        when = dict(row.get("when") or {})
        others = list(when.pop("any_of", ()))
        amount = row.get("amount") or {}
        steps = list(amount.get("adjust") or ())
        self.row = RowForm(data, divisions=divisions, prefix="row", initial=self._initial(row, amount))
        self.conditions = ConditionForm(data, prefix="when", when=when)
        self.alternatives = [
            ConditionForm(data, prefix=f"or{n}", when=one)
            for n, one in enumerate([*others, *[{}] * max(1, ALTERNATIVES - len(others))], start=1)
        ]
        self.adjustments = [
            AdjustmentForm(data, prefix=f"adjust{n}", step=one)
            for n, one in enumerate([*steps, *[{}] * max(1, ADJUSTMENTS - len(steps))], start=1)
        ]

    @staticmethod
    def _initial(row: Mapping[str, Any], amount: Mapping[str, Any]) -> dict[str, Any]:
        told = number_of(amount)
        kind = told[0] if told else next((form for form in FORMS if form in amount), "fixed")
        return {
            "subsidy": row.get("subsidy", "living"),
            "divisions": row.get("divisions", ()),
            "floor": row.get("floor", False),
            "rounding": amount.get("round", "cent"),
            "kind": kind,
            "value": told[1] if told else None,
            "base": amount.get("of", ""),
        }

    def is_valid(self) -> bool:
        """Whether every form is right; all are looked at."""
        found = [form.is_valid() for form in (self.row, self.conditions, *self.alternatives, *self.adjustments)]
        return all(found)

    def tables(self) -> list[dict[str, Any]]:
        """The row as the rules read it, once for each place."""
        data = self.row.cleaned_data
        when = self.conditions.table()
        any_of = [found for form in self.alternatives if (found := form.table())]
        if any_of:
            when["any_of"] = any_of
        amount: dict[str, Any] = {data["kind"]: True if data["kind"] == "top_up_to_dibao" else str(data["value"])}
        amount |= {"of": data["base"]} if data["kind"] == "percent" else {}
        amount["round"] = data["rounding"]
        adjust = [step for one in self.adjustments if (step := one.step())]
        if adjust:
            amount["adjust"] = adjust
        shared = {"subsidy": data["subsidy"], "when": when, "amount": amount, "floor": data["floor"]}
        return [{**shared, "division": code} for code in data["divisions"]]


def fits(when: Mapping[str, Any], amount: Mapping[str, Any]) -> bool:
    """Whether the page can show a row whole: alternatives within alternatives it cannot."""
    parts = [*(when.get("any_of") or ()), *(step.get("when") or {} for step in amount.get("adjust") or ())]
    return not any("any_of" in part for part in parts)


class PaperForm(forms.Form):
    """The document of an act and its months."""

    division = forms.ChoiceField(label=_("起草地区"))
    since = forms.CharField(label=_("自哪月执行"), max_length=7, help_text=_("如 2026-07，可早于公布日期"))
    until = forms.CharField(label=_("至哪月（不含）"), max_length=7, required=False, help_text=_("留空为另有标准时止"))
    document_title = forms.CharField(label=_("依据文件"), max_length=200)
    document_number = forms.CharField(label=_("文号"), max_length=100)
    clause = forms.CharField(label=_("条款"), max_length=60, required=False)
    issued_on = forms.DateField(label=_("公布日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(label=_("公布网址"), max_length=300, required=False)

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["division"]
        places.choices = divisions

    def clean_since(self) -> Month:
        return months(self.cleaned_data["since"])

    def clean_until(self) -> Month | None:
        text = self.cleaned_data.get("until")
        return months(text) if text else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] <= data["since"]:
            self.add_error("until", _("结束月份应晚于开始月份。"))
        return data

    def paper(self) -> Paper:
        """The document as it is kept."""
        names = ("document_title", "document_number", "clause", "issued_on", "source")
        return Paper(**{name: self.cleaned_data[name] for name in names})


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
    """One parameter: where, for which months, by which document, and its value by fields of its own."""

    division = forms.ChoiceField(label=_("地区"))
    since = forms.CharField(label=_("自哪月起"), max_length=7, required=False, help_text=_("留空为一直如此"))
    until = forms.CharField(
        label=_("到哪月恢复"), max_length=7, required=False, help_text=_("停用规则时必填；留空为另行设定时止")
    )
    document_number = forms.CharField(label=_("文号"), max_length=100)

    def __init__(
        self, data: Any, *, label: Any, editor: Any, value: Any, divisions: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.editor = editor
        own = editor.fields(label)
        self.own = list(own)
        self.fields.update(own)
        if value is not None:
            self.initial.update(editor.initial(value))
        places: Any = self.fields["division"]
        places.choices = divisions

    def value(self) -> Any:
        """The value as it is kept."""
        return self.editor.value(self.cleaned_data)

    def clean_since(self) -> Month | None:
        text = self.cleaned_data.get("since")
        return months(text) if text else None

    def clean_until(self) -> Month | None:
        text = self.cleaned_data.get("until")
        return months(text) if text else None


class SheetForm(forms.Form):
    """A table of standards that was filled in."""

    file = forms.FileField(label=_("填好的表格"), help_text=_("XLSX、XLS、ODS 或 CSV"))
