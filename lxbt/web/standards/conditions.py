"""Fields for the conditions of a row, made from the rule's own registry: a condition that the rule learns has its field
at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.standards.rules.conditions import choices_of
from lxbt.standards.rules.vocabulary import (
    PARTS,
    TITLES,
    condition_initial,
    condition_names,
    condition_table,
    kind_of,
)
from lxbt.web import words

# The titles again, so that they are found to be translated.
LABELS: Mapping[str, Any] = {
    "economic": _("经济类别"),
    "income_ratio_at_most": _("人均收入不超过低保标准的倍数"),
    "own_income_at_most": _("本人月收入不超过（元）"),
    "own_income_ratio_at_most": _("本人收入不超过低保标准的倍数"),
    "steady_income": _("有稳定收入"),
    "pension": _("养老保险待遇"),
    "grade": _("残疾等级"),
    "category": _("残疾类别"),
    "component": _("多重残疾中的一类"),
    "credential": _("证件"),
    "age_from": _("年满（岁）"),
    "age_below": _("未满（岁）"),
    "self_care": _("自理能力"),
    "care_setting": _("照护方式"),
    "employment": _("就业"),
    "household": _("特殊家庭"),
    "marks": _("本地标记"),
    "area": _("户口性质"),
    "sex": _("性别"),
}
PART_LABELS: Mapping[str, Any] = {"category": _("多重残疾中有一类是"), "grade": _("这一类的等级")}
WORDS: Mapping[str, str] = {
    "economic": "ECONOMIC",
    "category": "CATEGORIES",
    "area": "AREAS",
    "sex": "SEXES",
    "employment": "EMPLOYMENT",
    "self_care": "SELF_CARE",
    "care_setting": "CARE_SETTINGS",
    "household": "HOUSEHOLD",
    "pension": "PENSIONS",
    "credential": "CREDENTIALS",
}
YES_NO = {"true": _("是"), "false": _("否")}


def label_of(name: str) -> Any:
    """The title of a condition; its own name where it has none yet."""
    return LABELS.get(name, TITLES.get(name, name))


def words_of(name: str) -> dict[Any, Any]:
    """The words of a condition over a closed list, by its values."""
    if name == "grade":
        return dict(words.GRADES)
    found: Mapping[str, Any] = getattr(words, WORDS.get(name, name.upper()), {})
    return {value: found.get(value, value) for value in choices_of(name)}


def words_of_part(part: str) -> dict[Any, Any]:
    """The words of one side of a component."""
    return dict(words.GRADES) if part == "grade" else dict(words.CATEGORIES)


def many(label: Any, table: Mapping[Any, Any]) -> forms.MultipleChoiceField:
    """Some of a list, by boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=list(table.items()), required=False, widget=forms.CheckboxSelectMultiple
    )


def condition_fields() -> dict[str, forms.Field]:
    """A field for each condition, two for a component of a multiple disability."""
    found: dict[str, forms.Field] = {}
    for name in condition_names():
        label, kind = label_of(name), kind_of(name)
        if kind in ("grades", "words"):
            found[name] = many(label, words_of(name))
        elif kind == "flags":
            found[name] = many(label, YES_NO)
        elif kind == "whole":
            found[name] = forms.IntegerField(label=label, min_value=0, max_value=130, required=False)
        elif kind == "number":
            found[name] = forms.DecimalField(
                label=label, min_value=Decimal(0), max_digits=9, decimal_places=3, required=False
            )
        elif kind == "parts":
            found |= {f"{name}.{part}": many(PART_LABELS[part], words_of_part(part)) for part in PARTS}
        else:
            found[name] = forms.CharField(label=label, max_length=200, required=False, help_text=_("几个词用顿号隔开"))
    return found


class ConditionForm(forms.Form):
    """One set of conditions that must all hold; what is left open holds for everybody."""

    def __init__(self, data: Any = None, *, when: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, initial=condition_initial(when or {}), **kwargs)
        self.fields.update(condition_fields())

    def table(self) -> dict[str, Any]:
        """The conditions as the rule reads them."""
        return condition_table(self.cleaned_data)

    @property
    def used(self) -> bool:
        """Whether anything is chosen, so that the group stands open."""
        return bool(self.initial) or (self.is_bound and bool(self.is_valid() and self.table()))
