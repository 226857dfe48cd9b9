"""Forms for what becomes known of a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.documents.rules import LARGEST
from lxbt.entitlements.operations.accounts import RELATIONS
from lxbt.entitlements.operations.certificates import propose_certificate
from lxbt.entitlements.operations.confirmed import change_facts, propose_custody, propose_event
from lxbt.imports.rules.values.facts import write_components
from lxbt.web import words
from lxbt.web.kit.fact_fields import cleared_facts, components_field, fact_fields, told_facts
from lxbt.web.kit.fields import AccountField, DayField, MonthField, NameField, ProseField, TextField
from lxbt.web.kit.person_facts import certificate_words


def content_of(upload: Any) -> bytes:
    """The bytes of an uploaded paper, one more than allowed at most; empty without one."""
    return upload.read(LARGEST + 1) if upload else b""


class FactForm(forms.Form):
    """One situation that changed from a month on."""

    since = MonthField(label=_("从哪个月起"), any_year=True, help_text=_("如 2026-03"))

    reason = ProseField(
        label=_("依据说明"), min_length=4, max_length=200, help_text=_("如：低保认定文号、入户核实记录")
    )
    paper = forms.FileField(
        label=_("证明材料"), required=False, help_text=_("会多发补贴的变化须上传，由另一人确认；JPG、PNG 或 PDF")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = fact_fields(_("不变"))
        listed = [(key, one.label) for key, one in fields.items()]
        fields["cleared"] = forms.MultipleChoiceField(
            label=_("清除登记（不再知道，或不再享受）"),
            choices=listed,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields = {**fields, **self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        told, cleared = told_facts(data), cleared_facts(data.get("cleared") or [])
        if not self.errors and not told and not cleared:
            raise forms.ValidationError(_("请至少改变一项。"))
        both = {key for key in told if key in cleared and key != "other_benefits"}
        both |= set(told.get("other_benefits") or {}) & set(cleared.get("other_benefits") or {})
        if both:
            raise forms.ValidationError(_("同一项不能既填写又清除。"))
        return data

    def record(self, *, person: Any, by: Any, at: datetime, on: date) -> Any:
        """Record what was changed, or give the proposal that a second person decides on."""
        data = self.cleaned_data
        told, cleared = told_facts(data), cleared_facts(data["cleared"])
        benefits = {**(cleared.pop("other_benefits", None) or {}), **(told.pop("other_benefits", None) or {})}
        values = {**cleared, **told, **({"other_benefits": benefits} if benefits else {})}
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
    """An event with its day, or that it did not happen; of custody also the day of release."""

    kind = forms.ChoiceField(
        label=_("事件"), choices=[("died_on", _("死亡")), ("moved_out_on", _("户籍迁出")), ("imprisoned_on", _("服刑"))]
    )
    happened_on = DayField(label=_("发生日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    released_on = DayField(
        label=_("释放日期（服刑的）"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    withdrawn = forms.BooleanField(label=_("没有发生，撤销已登记的日期"), required=False)
    reason = ProseField(
        label=_("依据说明"), min_length=4, max_length=200, help_text=_("如：死亡证明、户口注销、法院文书及其文号")
    )
    paper = forms.FileField(label=_("证明材料"), help_text=_("JPG、PNG 或 PDF，另一人凭此确认"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("released_on") and data.get("kind") != "imprisoned_on":
            self.add_error("released_on", _("只有服刑才有释放日期。"))
        told = bool(data.get("happened_on") or data.get("released_on"))
        if told == bool(data.get("withdrawn")) and "happened_on" not in self.errors:
            self.add_error("happened_on", _("请填写发生日期；没有发生的，勾选撤销。"))
        return data

    def record(self, *, person: Any, by: Any, at: datetime, on: date) -> Any:
        """Propose the event to a second person; until then nothing is paid."""
        data = self.cleaned_data
        if data.get("released_on"):
            return propose_custody(
                person_id=person.pk,
                since=data["happened_on"],
                until=data["released_on"],
                reason=data["reason"],
                paper=content_of(data["paper"]),
                by=by,
                at=at,
                on=on,
            )
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


class CertificateForm(forms.Form):
    """A certificate corrected, added or withdrawn."""

    replaces = forms.ChoiceField(label=_("更正哪个证"), required=False)
    credential = forms.ChoiceField(label=_("证件"), choices=list(words.CREDENTIALS.items()), initial="disabled")
    category = forms.ChoiceField(
        label=_("残疾类别"), choices=[("", _("没有类别")), *words.CATEGORIES.items()], required=False
    )
    grade = forms.TypedChoiceField(label=_("等级"), choices=list(words.ALL_GRADES.items()), coerce=int)
    components = components_field()
    issued_on = DayField(label=_("发证日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = DayField(label=_("有效期至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    frozen_on = DayField(label=_("冻结日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    cancelled_on = DayField(label=_("注销日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    withdrawn = forms.BooleanField(label=_("这个证是误登的，撤销"), required=False)
    reason = ProseField(label=_("依据说明"), min_length=4, max_length=200, help_text=_("如：残联换证记录及其编号"))
    paper = forms.FileField(label=_("证明材料"), help_text=_("JPG、PNG 或 PDF，另一人凭此确认"))

    def __init__(self, *args: Any, certificates: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [
            (str(one.issued_on), f"{one.issued_on} {certificate_words(one)}") for one in certificates if one.issued_on
        ]
        self.fields["replaces"].choices = [("", _("另外登记一个")), *listed]  # type: ignore[attr-defined]
        if certificates and not self.is_bound:
            last = certificates[-1]
            names = ("category", "grade", "issued_on", "valid_until", "frozen_on", "cancelled_on")
            self.initial = {name: getattr(last, name) for name in names} | {"credential": last.kind}
            self.initial["replaces"] = str(last.issued_on) if last.issued_on else ""
            self.initial["components"] = write_components(last.components)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("credential") == "disabled" and not data.get("category") and not data.get("withdrawn"):
            self.add_error("category", _("残疾人证有类别，请选择。"))
        if not data.get("issued_on") and not data.get("withdrawn") and "issued_on" not in self.errors:
            self.add_error("issued_on", _("请填写发证日期。"))
        return data

    def record(self, *, person: Any, by: Any, at: datetime, on: date) -> Any:
        """Propose it to a second person."""
        data = self.cleaned_data
        disabled = data["credential"] == "disabled"
        table: dict[str, Any] = {"kind": data["credential"], "grade": data["grade"]}
        if disabled:
            table["category"] = data["category"]
        if disabled and data["category"] == "multiple" and data["components"]:
            table["components"] = [{"category": kind, "grade": grade} for kind, grade in data["components"]]
        days = ("issued_on", "valid_until", "frozen_on", "cancelled_on")
        table |= {name: data[name].isoformat() for name in days if data[name]}
        return propose_certificate(
            person_id=person.pk,
            replaces=date.fromisoformat(data["replaces"]) if data["replaces"] else None,
            certificate=None if data["withdrawn"] else table,
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
