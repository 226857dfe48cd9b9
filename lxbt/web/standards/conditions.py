"""Fields for the conditions of a row, made from the rule's own registry: a condition that the rule learns has its field at once."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lxbt.core.money import plain
from lxbt.core.reading import Unreadable
from lxbt.standards.rules.rows import CONDITIONS, choices_of, read_condition
from lxbt.web import words

# Labels of conditions, in the order in which people think of them: who, then what, then the rest.
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
PROBES: tuple[tuple[str, Any], ...] = (
    ("flags", [True]),
    ("whole", 7),
    ("number", "1.5"),
    ("free", ["x"]),
    ("parts", {"grade": [1]}),
)


def condition_names() -> list[str]:
    """Every condition that a row may have, in the order of the page; alternatives are no condition by themselves."""
    known = [name for name in LABELS if name in CONDITIONS]
    return known + [name for name in CONDITIONS if name not in known and name != "any_of"]


def words_of(name: str) -> dict[Any, Any]:
    """The words of a condition over a closed list, by its values."""
    if name == "grade":
        return dict(words.GRADES)
    told: Mapping[str, Any] = getattr(words, WORDS.get(name, name.upper()), {})
    return {value: told.get(value, value) for value in choices_of(name)}


@cache
def kind_of(name: str) -> str:
    """How a condition is filled in: grades, words, flags, whole, number, free (words of one's own), parts (of a disability)."""
    if name == "grade":
        return "grades"
    if choices_of(name):
        return "words"
    for kind, sample in PROBES:
        try:
            read_condition({name: sample}, name)
        except (Unreadable, TypeError, ValueError):
            continue
        if kind == "whole":  # a limit that takes a fraction too is a number
            try:
                read_condition({name: "1.5"}, name)
            except (Unreadable, TypeError, ValueError):
                return kind
            return "number"
        return kind
    return "free"


def many(label: Any, table: Mapping[Any, Any]) -> forms.MultipleChoiceField:
    """Some of a list, by boxes to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=list(table.items()), required=False, widget=forms.CheckboxSelectMultiple
    )


def condition_fields() -> dict[str, forms.Field]:
    """A field for each condition, two for the parts of a multiple disability."""
    found: dict[str, forms.Field] = {}
    for name in condition_names():
        label, kind = LABELS.get(name, name), kind_of(name)
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
            found[f"{name}.category"] = many(_("多重残疾中有一类是"), words.CATEGORIES)
            found[f"{name}.grade"] = many(_("这一类的等级"), words.GRADES)
        else:
            found[name] = forms.CharField(label=label, max_length=200, required=False, help_text=_("几个词用顿号隔开"))
    return found


def condition_table(data: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions as the rule reads them, from what was filled in; empty when nothing was chosen."""
    found: dict[str, Any] = {}
    for field, value in data.items():
        name, _dot, part = field.partition(".")
        if name not in CONDITIONS or value in (None, "", []):
            continue
        if part:
            table = found.setdefault(name, {})
            table[part] = [int(v) for v in value] if part == "grade" else value
        elif kind_of(name) == "grades":
            found[name] = [int(v) for v in value]
        elif kind_of(name) == "flags":
            found[name] = [v == "true" for v in value]
        elif kind_of(name) == "free":
            found[name] = [
                word for word in str(value).replace(",", "、").replace("，", "、").split("、") if word.strip()
            ]
        elif isinstance(value, Decimal):
            found[name] = plain(value)
        else:
            found[name] = value
    return found


def condition_initial(when: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show for conditions that are set."""
    found: dict[str, Any] = {}
    for name, value in when.items():
        kind = kind_of(name) if name in CONDITIONS and name != "any_of" else ""
        if kind == "parts":
            found |= {f"{name}.{part}": told for part, told in value.items()}
        elif kind == "flags":
            found[name] = ["true" if v else "false" for v in value]
        elif kind == "free":
            found[name] = "、".join(value)
        elif kind:
            found[name] = value
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
