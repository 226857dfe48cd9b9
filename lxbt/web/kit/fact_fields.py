"""Fields for the facts that a scheme may turn on: the same at the window and where something changed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lxbt.core.readers.text import BadValue
from lxbt.imports.rules.faults import FAULTS
from lxbt.imports.rules.values.facts import read_allowances, read_components, read_marks, read_ratio
from lxbt.web import words

CHOICES: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "economic": (_("家庭经济"), words.ECONOMIC),
    "area": (_("户口性质"), words.AREAS),
    "employment": (_("就业"), words.EMPLOYMENT),
    "pension": (_("养老保险待遇"), words.PENSIONS),
    "self_care": (_("自理能力"), words.SELF_CARE),
    "care_setting": (_("照护方式"), words.CARE_SETTINGS),
}
FLAGS: Mapping[str, Any] = {"steady_income": _("固定收入"), "long_term_care": _("长期照护（6 个月以上）")}
MONEY: Mapping[str, Any] = {
    "work_injury_care": _("工伤生活护理费（元/月）"),
    "elderly_care": _("老年人护理补贴（元/月）"),
    "elderly_service": _("养老服务补贴（元/月）"),
    "elderly_age": _("高龄津贴（元/月）"),
}
HELD: Mapping[str, Any] = {"orphan": _("领取孤儿基本生活费"), "retired_cadre": _("享受离休待遇")}
DE_FACTO = {"full": _("全额"), "partial": _("部分")}
YES_NO = {"yes": _("有"), "no": _("没有")}
FACTS = (*CHOICES, *FLAGS, "income_ratio", "own_income", "household", "marks")
BENEFITS = (*MONEY, *HELD, "de_facto_orphan", "allowances")


class WordsField(forms.CharField):
    """A text read as a cell of a file is; what is wrong is said in the same words."""

    def __init__(self, *, read: Callable[[str], object], **more: Any) -> None:
        self.read = read
        super().__init__(max_length=300, required=False, **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return self.read(text) if text else None
        except BadValue as bad:
            told = FAULTS[bad.code]
            sentence = gettext("%(problem)s。%(mend)s。")
            raise forms.ValidationError(
                sentence % {"problem": words.translated(told.problem), "mend": words.translated(told.mend)}
            ) from None


def yuan_field(label: Any, **more: Any) -> forms.DecimalField:
    """Yuan a month."""
    return forms.DecimalField(label=label, max_digits=9, decimal_places=2, min_value=Decimal(0), required=False, **more)


def components_field() -> WordsField:
    """The parts of a multiple disability."""
    return WordsField(read=read_components, label=_("多重残疾组成"), help_text=_("如：视力一级、言语二级"))


def fact_fields(blank: Any) -> dict[str, forms.Field]:
    """A field for each fact; `blank` is what an open choice says."""
    found: dict[str, forms.Field] = {}
    for key, (label, table) in CHOICES.items():
        found[key] = forms.ChoiceField(label=label, choices=[("", blank), *table.items()], required=False)
    for key, label in FLAGS.items():
        found[key] = forms.ChoiceField(label=label, choices=[("", blank), *YES_NO.items()], required=False)
    found["income_ratio"] = WordsField(
        read=read_ratio, label=_("家庭人均收入 / 低保标准"), help_text=_("如 1.3 或 130%")
    )
    found["own_income"] = yuan_field(_("本人月收入（元）"))
    found["household"] = forms.MultipleChoiceField(
        label=_("特殊家庭"),
        choices=list(words.HOUSEHOLD.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    found["marks"] = WordsField(read=read_marks, label=_("标记"), help_text=_("本地规定的标记，用顿号隔开"))
    for key, label in MONEY.items():
        found[key] = yuan_field(label)
    found["de_facto_orphan"] = forms.ChoiceField(
        label=_("事实无人抚养儿童补贴"), choices=[("", blank), *DE_FACTO.items()], required=False
    )
    for key, label in HELD.items():
        found[key] = forms.BooleanField(label=label, required=False)
    found["allowances"] = WordsField(
        read=read_allowances, label=_("其他补贴（名称和每月元数）"), help_text=_("如：取暖补贴 300；不再领取的填 0")
    )
    return found


def told_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, as values of a profile; of other benefits those told."""
    told: dict[str, Any] = {key: data[key] for key in CHOICES if data.get(key)}
    told |= {key: data[key] == "yes" for key in FLAGS if data.get(key)}
    told |= {key: str(data[key]) for key in ("income_ratio", "own_income") if data.get(key) is not None}
    told |= {key: list(data[key]) for key in ("household", "marks") if data.get(key)}
    benefits: dict[str, Any] = {key: str(data[key]) for key in MONEY if data.get(key) is not None}
    benefits |= {key: True for key in HELD if data.get(key)}
    if data.get("de_facto_orphan"):
        benefits["de_facto_orphan"] = data["de_facto_orphan"]
    if data.get("allowances"):
        benefits["allowances"] = {name: None if yuan == "0" else yuan for name, yuan in data["allowances"]}
    return told | ({"other_benefits": benefits} if benefits else {})


def cleared_facts(keys: list[str]) -> dict[str, Any]:
    """That nothing is known of these any more, or the benefit is not received."""
    benefits = {key: None for key in keys if key in BENEFITS}
    return {key: None for key in keys if key in FACTS} | ({"other_benefits": benefits} if benefits else {})
