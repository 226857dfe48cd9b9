"""The form of a bulletin's plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.divisions import queries as divisions
from lxbt.notices.rules import levels_below
from lxbt.rollout.operations.bulletins import BulletinPlan
from lxbt.rollout.rules.bulletins import Interval
from lxbt.web.notices.words import LEVELS
from lxbt.web.words import ORGANS

INTERVALS = {"daily": lazy("每天"), "weekly": lazy("每周"), "monthly": lazy("每月")}


class BulletinForm(forms.Form):
    title = forms.CharField(label=lazy("标题"), max_length=120)
    number = forms.CharField(
        label=lazy("文号"), max_length=60, required=False, help_text=lazy("年和期用下面列出的词代替")
    )
    issuer = forms.CharField(label=lazy("发文单位"), max_length=60)
    addressee = forms.CharField(label=lazy("主送"), max_length=120, required=False)
    text = forms.CharField(label=lazy("正文"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}))
    interval = forms.ChoiceField(label=lazy("周期"))
    day = forms.IntegerField(
        label=lazy("日"),
        min_value=1,
        max_value=31,
        initial=1,
        help_text=lazy("每周填 1 至 7（周一至周日），每月填 1 至 31（没有这一天的月份按月末）"),
    )
    at = forms.TimeField(label=lazy("时间"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    area = forms.ChoiceField(label=lazy("统计和收文地区"))
    levels = forms.MultipleChoiceField(label=lazy("收文层级"), widget=forms.CheckboxSelectMultiple)
    to_organ = forms.ChoiceField(label=lazy("收文部门"), required=False)
    receipt_days = forms.IntegerField(
        label=lazy("几天内签收"), min_value=1, max_value=60, required=False, help_text=lazy("不要回执则不填")
    )
    automatic = forms.BooleanField(
        label=lazy("到时直接发布，不经人看"), required=False, help_text=lazy("有数据正在重新统计时仍先存草稿")
    )

    def __init__(self, *args: Any, from_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = levels_below(divisions.tier_of(from_code))
        self.fields["interval"].choices = list(INTERVALS.items())  # type: ignore[attr-defined]
        self.fields["area"].choices = [(from_code, divisions.name_of(from_code))] + [  # type: ignore[attr-defined]
            (node.code, node.name) for node in divisions.children(from_code)
        ]
        self.fields["levels"].choices = [(str(level), LEVELS[level]) for level in below]  # type: ignore[attr-defined]
        self.fields["to_organ"].choices = [("", _("各部门")), *ORGANS.items()]  # type: ignore[attr-defined]

    def plan(self) -> BulletinPlan:
        """What is planned."""
        told = {
            **self.cleaned_data,
            "levels": tuple(map(int, self.cleaned_data["levels"])),
            "interval": Interval(self.cleaned_data["interval"]),
        }
        return BulletinPlan(**told)
