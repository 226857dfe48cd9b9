"""The entry form of the window: shape only; operations decide.

Its order is that of the talk at the window: who, what, who acts, where to pay, papers.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum import luhn

from lxbt.core import idnumber
from lxbt.core.profile import CATEGORIES as CATEGORY_CODES
from lxbt.web import words
from lxbt.web.kit.fact_fields import components_field, fact_fields, told_facts
from lxbt.web.kit.fields import (
    AccountField,
    CertificateField,
    DayField,
    IdentityField,
    MonthField,
    NameField,
    PhoneField,
    TextField,
)

YES_NO = [("yes", _("6 个月以上")), ("no", _("不足"))]


def chosen(table: dict[Any, Any], blank: Any = None) -> list[tuple[Any, Any]]:
    """Choices of a word list, with an empty one first if `blank` is given."""
    return ([("", blank)] if blank is not None else []) + list(table.items())


class ApplicationForm(forms.Form):
    """Everything a new application tells. Amounts are yuan a month."""

    id_number = IdentityField(
        label=_("身份证号"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-masks": True, "autofocus": True}),
    )
    name = NameField(label=_("姓名"))
    division = forms.ChoiceField(label=_("户籍乡镇（街道）"))
    address = TextField(label=_("户籍详细地址"), max_length=120, required=False, help_text=_("村（社区）、组、门牌"))
    area = forms.ChoiceField(label=_("户口性质"), choices=chosen(words.AREAS))
    certificate_number = CertificateField(
        label=_("残疾人证号"),
        help_text=_("20 位，末两位为类别和等级；补发证带 B1、B2"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issued_on = DayField(label=_("发证日期"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = DayField(label=_("有效期至"), widget=forms.DateInput(attrs={"type": "date"}))
    economic = forms.ChoiceField(label=_("家庭经济"), choices=chosen(words.ECONOMIC))
    components = components_field()
    economic_since = MonthField(
        label=_("认定月份"), any_year=True, required=False, help_text=_("如 2026-03；留空为一直如此")
    )
    subsidies = forms.MultipleChoiceField(
        label=_("申请哪项补贴"), choices=chosen(words.SUBSIDIES), widget=forms.CheckboxSelectMultiple
    )
    agent = forms.ChoiceField(label=_("办理人"), choices=chosen(words.AGENTS), initial="self", widget=forms.RadioSelect)
    agent_name = NameField(label=_("代办人姓名"), max_length=40, required=False)
    long_term_care = forms.ChoiceField(label=_("长期照护需求"), choices=YES_NO, widget=forms.RadioSelect)
    phone = PhoneField(label=_("手机"), widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}))
    bank = TextField(label=_("开户银行"), max_length=60)
    account_number = AccountField(
        label=_("银行账号"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    holder = NameField(label=_("户名"), help_text=_("须与本人一致，监护人代领的除外"))
    papers = forms.MultipleChoiceField(
        label=_("材料"), choices=chosen(words.PAPERS), widget=forms.CheckboxSelectMultiple
    )
    channel = forms.ChoiceField(
        label=_("来源"), choices=[(k, v) for k, v in words.CHANNELS.items() if k != "online"], initial="window"
    )
    note = forms.CharField(label=_("备注"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, divisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = divisions  # type: ignore[attr-defined]
        self.fields.update({key: one for key, one in fact_fields(_("未登记")).items() if key not in self.fields})
        self.fields["care_setting"].initial = "home"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        number, certificate = data.get("id_number"), data.get("certificate_number")
        if number and certificate and not certificate.startswith(number):
            self.add_error("certificate_number", _("残疾人证号的前 18 位与身份证号不同，请核对。"))
        if data.get("issued_on") and data.get("valid_until") and data["issued_on"] > data["valid_until"]:
            self.add_error("valid_until", _("有效期止于发证之前，请核对两个日期。"))
        if data.get("agent") != "self" and not data.get("agent_name"):
            self.add_error("agent_name", _("由他人代办时，请填写代办人姓名。"))
        parts = idnumber.certificate_parts(str(certificate or ""))
        if data.get("components") and parts is not None and CATEGORY_CODES[parts[1] - 1] != "multiple":
            self.add_error("components", _("证号上的类别不是多重残疾，不用填组成。"))
        return data

    def warnings(self) -> list[str]:
        """What is worth a second look but stops nobody: passbook accounts do not follow the card check digit."""
        number = self.cleaned_data.get("account_number", "") if hasattr(self, "cleaned_data") else ""
        return (
            [str(_("账号不符合银行卡校验规则；如是存折账号可继续。"))] if number and not luhn.is_valid(number) else []
        )


def profile_table(data: dict[str, Any]) -> dict[str, Any]:
    """The form's answers as the keys of a profile, for computing and for recording as facts."""
    table = told_facts(data)
    table["long_term_care"] = data.get("long_term_care") == "yes"
    return table


def certificate_table(data: dict[str, Any]) -> dict[str, Any] | None:
    """Category, grade and dates of the certificate in the form, or None while the number is not complete."""
    parts = idnumber.certificate_parts(idnumber.normalise(str(data.get("certificate_number") or "")))
    if parts is None:
        return None
    table: dict[str, Any] = {"category": CATEGORY_CODES[parts[1] - 1], "grade": parts[2]}
    for key in ("issued_on", "valid_until"):
        if data.get(key):
            table[key] = str(data[key])
    if data.get("components") and table["category"] == "multiple":
        table["components"] = [{"category": category, "grade": grade} for category, grade in data["components"]]
    return table


class OpinionForm(forms.Form):
    """What an official says of a case."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    opinion = forms.CharField(
        label=_("意见"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
