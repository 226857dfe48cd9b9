"""Facts in words, for what two persons are shown before money moves."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

TITLES: Mapping[str, Promise] = {
    "died_on": lazy("死亡日期"),
    "moved_out_on": lazy("户籍迁出日期"),
    "imprisoned_on": lazy("服刑期间"),
    "custody": lazy("服刑期间"),
    "economic": lazy("家庭经济"),
    "area": lazy("户口性质"),
    "employment": lazy("就业"),
    "self_care": lazy("自理能力"),
    "care_setting": lazy("照护方式"),
    "other_benefits": lazy("其他待遇"),
    "income_ratio": lazy("家庭人均收入 / 低保标准"),
    "own_income": lazy("本人月收入"),
    "steady_income": lazy("固定收入"),
    "pension": lazy("养老保险待遇"),
    "long_term_care": lazy("长期照护"),
    "household": lazy("特殊家庭"),
    "marks": lazy("标记"),
    "certificate": lazy("残疾人证"),
    "division": lazy("户籍地"),
    "birth": lazy("出生日期"),
    "sex": lazy("性别"),
    "category": lazy("残疾类别"),
    "grade": lazy("残疾等级"),
    "valid_until": lazy("残疾人证有效期"),
    "frozen_on": lazy("残疾人证冻结日期"),
    "cancelled_on": lazy("残疾人证注销日期"),
}
SUBSIDIES: Mapping[str, Promise] = {"living": lazy("困难残疾人生活补贴"), "care": lazy("重度残疾人护理补贴")}
CATEGORIES: Mapping[str, Promise] = {
    "vision": lazy("视力"),
    "hearing": lazy("听力"),
    "speech": lazy("言语"),
    "physical": lazy("肢体"),
    "intellectual": lazy("智力"),
    "mental": lazy("精神"),
    "multiple": lazy("多重"),
}
VALUES: Mapping[str, Mapping[str, Promise]] = {
    "economic": {
        "dibao": lazy("低保"),
        "dibao_margin": lazy("低保边缘"),
        "low_income": lazy("低收入"),
        "expenditure_hardship": lazy("支出型困难"),
        "destitute": lazy("特困"),
        "none": lazy("非困难"),
    },
    "area": {"urban": lazy("城镇"), "rural": lazy("农村")},
    "employment": {"none": lazy("无业"), "employed": lazy("已就业"), "student": lazy("在校学生")},
    "self_care": {
        "able": lazy("能自理"),
        "partly_unable": lazy("部分不能自理"),
        "mostly_unable": lazy("基本不能自理"),
        "unable": lazy("完全不能自理"),
    },
    "care_setting": {"home": lazy("居家"), "institution": lazy("机构托养")},
    "pension": {
        "none": lazy("未享受"),
        "residents": lazy("城乡居民养老保险"),
        "employees": lazy("职工养老保险"),
    },
    "household": {
        "several_disabled": lazy("一户多残"),
        "cared_by_elderly": lazy("依老养残"),
        "elderly_disabled": lazy("老残一体"),
    },
    "sex": {"male": lazy("男"), "female": lazy("女")},
    "category": CATEGORIES,
    "grade": {"1": lazy("一级"), "2": lazy("二级"), "3": lazy("三级"), "4": lazy("四级")},
}
BENEFITS: Mapping[str, Promise] = {
    "work_injury_care": lazy("工伤保险生活护理费"),
    "orphan": lazy("孤儿基本生活费"),
    "de_facto_orphan": lazy("事实无人抚养儿童基本生活费"),
    "elderly_care": lazy("老年人护理补贴"),
    "elderly_service": lazy("养老服务补贴"),
    "elderly_age": lazy("高龄津贴"),
    "retired_cadre": lazy("离休"),
}


def title_of(key: str) -> str:
    """What a fact is called."""
    return str(TITLES.get(key, key))


def value_of(key: str, value: object) -> str:
    """A value (as JSON) in words; 没有 where there is none."""
    if value is None or value in ({}, []):
        return _("没有")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        return "、".join(_benefit(name, item) for name, item in sorted(value.items()))
    if isinstance(value, list):
        return "、".join(_one(key, item) for item in value)
    return str(VALUES.get(key, {}).get(str(value), value))


def _benefit(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return "、".join(f"{one} {yuan}" for one, yuan in sorted(value.items()))
    return str(BENEFITS.get(name, name)) if value is True else f"{BENEFITS.get(name, name)} {value}"


def _one(key: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"{value.get('since')} – {value.get('until') or ''}".rstrip()
    return str(VALUES.get(key, {}).get(str(value), value))


CREDENTIALS: Mapping[str, Promise] = {"veteran": lazy("残疾军人证"), "police": lazy("伤残人民警察证")}
DAYS: Mapping[str, Promise] = {
    "issued_on": lazy("%(day)s 发证"),
    "valid_until": lazy("有效至 %(day)s"),
    "frozen_on": lazy("%(day)s 冻结"),
    "cancelled_on": lazy("%(day)s 注销"),
}


def certificate_in_words(table: Mapping[str, object]) -> str:
    """A certificate (as JSON) in words."""

    def of_class(part: Mapping[str, object]) -> str:
        what = CREDENTIALS.get(str(part.get("kind")), CATEGORIES.get(str(part.get("category")), ""))
        return f"{what} " + _("%(n)s 级") % {"n": part.get("grade")}

    parts = table.get("components")
    made_of = "、".join(of_class(one) for one in parts) if isinstance(parts, list) else ""
    days = [str(words) % {"day": table[name]} for name, words in DAYS.items() if table.get(name)]
    return "，".join([of_class(table) + (f"（{made_of}）" if made_of else ""), *days])
