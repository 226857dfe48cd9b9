"""Forms for what becomes known of a person."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.documents.rules import LARGEST
from lxbt.entitlements.operations.accounts import RELATIONS
from lxbt.entitlements.operations.confirmed import change_facts, propose_event
from lxbt.web import words
from lxbt.web.kit.fields import AccountField, DayField, MonthField, NameField, ProseField, TextField


def content_of(upload: Any) -> bytes:
    """The bytes of an uploaded paper, one more than allowed at most; empty without one."""
    return upload.read(LARGEST + 1) if upload else b""


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

    reason = ProseField(
        label=_("依据说明"), min_length=4, max_length=200, help_text=_("如：低保认定文号、入户核实记录")
    )
    paper = forms.FileField(
        label=_("证明材料"), required=False, help_text=_("会多发补贴的变化须上传，由另一人确认；JPG、PNG 或 PDF")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            not any(data.get(key) for key in ("economic", "area", "employment", "self_care", "care_setting"))
            and data.get("elderly_care") is None
        ):
            raise forms.ValidationError(_("请至少改变一项。"))
        return data

    def record(self, *, person: Any, by: Any, at: datetime, on: date) -> Any:
        """Record what was changed, or give the proposal that a second person decides on."""
        data = self.cleaned_data
        values: dict[str, Any] = {
            k: data[k] for k in ("economic", "area", "employment", "self_care", "care_setting") if data.get(k)
        }
        if data.get("elderly_care") is not None:
            values["other_benefits"] = {"elderly_care": str(data["elderly_care"])}
        return change_facts(
            person_id=person.pk,
            values=values,
            since=data["since"],
            reason=data["reason"],
            paper=content_of(data["paper"]),
            by=by,
            at=at,
            on=on,
        )


class EventForm(forms.Form):
    """An event with its day, or that it did not happen."""

    kind = forms.ChoiceField(
        label=_("事件"), choices=[("died_on", _("死亡")), ("moved_out_on", _("户籍迁出")), ("imprisoned_on", _("服刑"))]
    )
    happened_on = DayField(label=_("发生日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    withdrawn = forms.BooleanField(label=_("没有发生，撤销已登记的日期"), required=False)
    reason = ProseField(
        label=_("依据说明"), min_length=4, max_length=200, help_text=_("如：死亡证明、户口注销、法院文书及其文号")
    )
    paper = forms.FileField(label=_("证明材料"), help_text=_("JPG、PNG 或 PDF，另一人凭此确认"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("happened_on")) == bool(data.get("withdrawn")) and "happened_on" not in self.errors:
            self.add_error("happened_on", _("请填写发生日期；没有发生的，勾选撤销。"))
        return data

    def record(self, *, person: Any, by: Any, at: datetime, on: date) -> Any:
        """Propose the event to a second person; until then nothing is paid."""
        data = self.cleaned_data
        return propose_event(
            person_id=person.pk,
            key=data["kind"],
            day=data["happened_on"],
            reason=data["reason"],
            paper=content_of(data["paper"]),
            by=by,
            at=at,
            on=on,
        )


class AccountForm(forms.Form):
    bank = TextField(label=_("开户银行"), max_length=60)
    account_number = AccountField(
        label=_("银行账号"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    holder = NameField(label=_("户名"))
    holder_is = forms.ChoiceField(
        label=_("户名是"), choices=list(RELATIONS.items()), initial="self", help_text=_("不是本人的，由另一人确认")
    )
    reason = ProseField(
        label=_("更换理由"), min_length=4, max_length=200, help_text=_("如：原卡注销、退票后本人提供新卡")
    )
    paper = forms.FileField(label=_("存折、社保卡或银行卡照片"), help_text=_("JPG、PNG 或 PDF"))
