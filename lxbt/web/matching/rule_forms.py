"""Forms of a rule of comparison: its setting, from when, and keeping it quiet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.core.months import Month
from lxbt.matching.rules.rule import Rule
from lxbt.web import words
from lxbt.web.kit.fields import DayField
from lxbt.web.matching.words import VALUES, source_name
from lxbt.web.words import translated


def months_of(text: str) -> Month | None:
    """A month from a form; None when empty."""
    try:
        return Month.parse(text) if text else None
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None


class SettingForm(forms.Form):
    """A rule's setting: on or off, days, who dispatches, which sources stop by themselves, and its own numbers."""

    on = forms.BooleanField(label=lazy("启用"), required=False)
    days = forms.IntegerField(label=lazy("核实期限（工作日）"), min_value=1, max_value=120)
    dispatch = forms.ChoiceField(
        label=lazy("派发"), choices=[("auto", lazy("自动派发到乡镇")), ("county", lazy("县级看过再派发"))]
    )
    stopping = forms.MultipleChoiceField(
        label=lazy("自动暂停发放的来源"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=lazy("一般不选；选了须填文号，暂停同时发出通知"),
    )

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.fields["stopping"].choices = [(source, source_name(source)) for source in rule.sources]  # type: ignore[attr-defined]
        if rule.of_places or not rule.sources:
            del self.fields["stopping"]
        for parameter in rule.parameters:
            label = (
                words.told(translated(parameter.title), translated(parameter.unit))
                if parameter.unit
                else translated(parameter.title)
            )
            if parameter.choices:
                self.fields[parameter.key] = forms.MultipleChoiceField(
                    label=label,
                    choices=[(c, VALUES.get(c, c)) for c in parameter.choices],
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
            else:
                self.fields[parameter.key] = forms.IntegerField(
                    label=label, min_value=parameter.low, max_value=parameter.high
                )

    def setting(self) -> dict[str, Any]:
        """The value of the dated parameter."""
        known = {"on", "days", "dispatch", "stopping", *(p.key for p in self.rule.parameters)}
        return {key: value for key, value in self.cleaned_data.items() if key in known}


class WhenForm(forms.Form):
    division = forms.ChoiceField(label=lazy("地区"))
    since = forms.CharField(label=lazy("自哪月起"), max_length=7, required=False, help_text=lazy("留空为一直如此"))
    until = forms.CharField(
        label=lazy("到哪月恢复"), max_length=7, required=False, help_text=lazy("停用规则时必填，到期自动恢复")
    )
    document_number = forms.CharField(label=lazy("文号"), max_length=100)

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = divisions  # type: ignore[attr-defined]

    def clean_since(self) -> Month | None:
        return months_of(self.cleaned_data.get("since", ""))

    def clean_until(self) -> Month | None:
        return months_of(self.cleaned_data.get("until", ""))


class QuietForm(forms.Form):
    source = forms.ChoiceField(label=lazy("来源"), required=False)
    until = DayField(label=lazy("停报到哪天"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=lazy("停报理由"), max_length=200)

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            ("", _("全部来源")),
            *((source, source_name(source)) for source in rule.sources),
        ]
