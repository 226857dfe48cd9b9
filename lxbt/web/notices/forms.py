"""The form of a written notice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import ROLES
from lxbt.divisions import queries as divisions
from lxbt.notices.rules import Addressees, CircularKind, Content, levels_below
from lxbt.web.kit.fields import DayField
from lxbt.web.notices.words import LEVELS
from lxbt.web.words import ORGANS, translated


class CircularForm(forms.Form):
    title = forms.CharField(
        label=lazy("标题"), max_length=120, help_text=lazy("例如：关于做好历史发放数据补录工作的通知")
    )
    number = forms.CharField(
        label=lazy("文号"), max_length=60, required=False, help_text=lazy("例如：鄂民函〔2026〕12号")
    )
    issuer = forms.CharField(label=lazy("发文单位"), max_length=60)
    addressee = forms.CharField(
        label=lazy("主送"), max_length=120, required=False, help_text=lazy("写在正文之前，例如：各市、州民政局")
    )
    area = forms.ChoiceField(label=lazy("收文地区"))
    levels = forms.MultipleChoiceField(label=lazy("收文层级"), widget=forms.CheckboxSelectMultiple)
    organ = forms.ChoiceField(label=lazy("收文部门"), required=False)
    role = forms.ChoiceField(label=lazy("收文角色"), required=False)
    text = forms.CharField(
        label=lazy("正文"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=lazy("一行一段；以“一、”开头的短行作为小标题"),
    )
    receipt_due_on = DayField(
        label=lazy("回执期限"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=lazy("不要回执则不填；到期前 2 天起每天自动催阅"),
    )
    urgent = forms.BooleanField(label=lazy("特急：在工作台顶部提示"), required=False)
    changed = forms.CharField(
        label=lazy("更正了什么"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        *args: Any,
        from_code: str,
        kind: CircularKind = CircularKind.NOTICE,
        corrects: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        below = levels_below(divisions.tier_of(from_code))
        self.fields["area"].choices = [(from_code, divisions.name_of(from_code))] + [  # type: ignore[attr-defined]
            (node.code, node.name) for node in divisions.children(from_code)
        ]
        self.fields["levels"].choices = [(str(level), LEVELS[level]) for level in below]  # type: ignore[attr-defined]
        self.fields["organ"].choices = [("", _("各部门")), *ORGANS.items()]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("不限角色")), *((role.key, translated(role.label)) for role in ROLES)]  # type: ignore[attr-defined]
        if not corrects:
            del self.fields["changed"]

    def content(self) -> Content:
        """What was written."""
        told = self.cleaned_data
        to = Addressees(told["area"], tuple(map(int, told["levels"])), told["organ"], told["role"])
        return Content(
            title=told["title"],
            text=told["text"],
            to=to,
            number=told["number"],
            issuer=told["issuer"],
            addressee=told["addressee"],
            urgent=told["urgent"],
            receipt_due_on=told["receipt_due_on"],
            kind=self.kind,
        )


class ScheduleForm(forms.Form):
    publish_at = forms.DateTimeField(
        label=lazy("定时发布"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
