"""Forms for what becomes known of a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.registry import operations
from lxbt.web import words
from lxbt.web.fields import AccountField, DayField, MonthField, NameField, TextField


class FactForm(forms.Form):
    """One situation that changed from a month on."""

    economic = forms.ChoiceField(
        label=_("家庭经济"), choices=[("", _("不变")), *words.ECONOMIC.items()], required=False
    )
    area = forms.ChoiceField(label=_("户口性质"), choices=[("", _("不变")), *words.AREAS.items()], required=False)
    employment = forms.ChoiceField(
        label=_("就业"), choices=[("", _("不变")), *words.EMPLOYMENT.items()], required=False
    )
    self_care = forms.ChoiceField(
        label=_("自理能力"), choices=[("", _("不变")), *words.SELF_CARE.items()], required=False
    )
    care_setting = forms.ChoiceField(
        label=_("照护方式"), choices=[("", _("不变")), *words.CARE_SETTINGS.items()], required=False
    )
    elderly_care = forms.DecimalField(
        label=_("老年人护理补贴（元/月）"), max_digits=9, decimal_places=2, min_value=Decimal(0), required=False
    )
    since = MonthField(label=_("从哪个月起"), any_year=True, help_text=_("如 2026-03"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            not any(data.get(key) for key in ("economic", "area", "employment", "self_care", "care_setting"))
            and data.get("elderly_care") is None
        ):
            raise forms.ValidationError(_("请至少改变一项。"))
        return data

    def record(self, *, person: Any, by: Any, on: date) -> None:
        """Record what was changed."""
        data = self.cleaned_data
        values: dict[str, Any] = {
            k: data[k] for k in ("economic", "area", "employment", "self_care", "care_setting") if data.get(k)
        }
        if data.get("elderly_care") is not None:
            values["other_benefits"] = {"elderly_care": str(data["elderly_care"])}
        operations.record_facts(
            person_id=person.pk,
            values=values,
            since=data["since"],
            source=operations.desk_of(by),
            received_on=on,
            by=by,
        )


class EventForm(forms.Form):
    """An event with its day."""

    kind = forms.ChoiceField(
        label=_("事件"), choices=[("died_on", _("死亡")), ("moved_out_on", _("户籍迁出")), ("imprisoned_on", _("服刑"))]
    )
    happened_on = DayField(label=_("发生日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def record(self, *, person: Any, by: Any, on: date) -> None:
        """Record the event; months paid after it are taken back by the next draw."""
        data = self.cleaned_data
        operations.record_fact(
            person_id=person.pk,
            key=data["kind"],
            value=data["happened_on"].isoformat(),
            since=None,
            source=operations.desk_of(by),
            received_on=on,
            by=by,
        )


class AccountForm(forms.Form):
    bank = TextField(label=_("开户银行"), max_length=60)
    account_number = AccountField(
        label=_("银行账号"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    holder = NameField(label=_("户名"))
