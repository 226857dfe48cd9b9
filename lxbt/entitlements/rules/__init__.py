"""The heart: what a person has a right to in a month, or every reason against it.

Pure. One decision, a page, the monthly draw and the national check all ask this function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxbt.core.money import ZERO
from lxbt.core.months import Month, age_in
from lxbt.core.profile import CARE, CERTIFICATE_EVENTS, DISABLED, EVENTS, LIVING, SUBSIDIES, Profile
from lxbt.standards.rules.parameters import COUNTS, EXCLUDES, HIGHER_OF, SAME_MONTH, Parameters
from lxbt.standards.rules.rows import StandardRow
from lxbt.standards.rules.scheme import Scheme

FOUNDING = "国发〔2015〕52号"
CONDITIONS_2021 = "民发〔2021〕70号"
PRECISION_2022 = "民发〔2022〕79号"
WHO = f"{FOUNDING} 二（一）"  # who is eligible
RELATION = f"{FOUNDING} 二（四）"  # relation to other benefits
REVIEW = f"{FOUNDING} 三（四）"  # periodic review

# the relation of a dated event to a month
NEVER_OR_LATER, WITHIN, BEFORE = 0, 1, 2
ALL_EVENTS = (*EVENTS, *CERTIFICATE_EVENTS)  # the order of the relations tuple


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason against a right: its code, the document (and clause) it stands on, and a sentence for the screen."""

    code: str
    basis: str
    sentence: str


_ALL_REASONS = (
    Reason("deceased", REVIEW, "已去世。"),
    Reason("moved_out", REVIEW, "户籍已迁出。"),
    Reason("imprisoned", REVIEW, "正在服刑。"),
    Reason("certificate_missing", WHO, "没有残疾人证。"),
    Reason("certificate_expired", CONDITIONS_2021, "残疾人证已过有效期。"),
    Reason("certificate_frozen", CONDITIONS_2021, "残疾人证已冻结。"),
    Reason("certificate_cancelled", CONDITIONS_2021, "残疾人证已注销。"),
    Reason("destitute", RELATION, "已纳入特困人员救助供养。"),
    Reason("work_injury_care", RELATION, "已领取工伤保险生活护理费。"),
    Reason("orphan", RELATION, "已领取孤儿基本生活费。"),
    Reason("de_facto_orphan", PRECISION_2022, "已全额领取事实无人抚养儿童基本生活补贴。"),
    Reason("retired_cadre", RELATION, "享受离休待遇。"),
    Reason("other_benefit", RELATION, "已领取不能同时享受的其他补贴。"),
    Reason("higher_other_benefit", RELATION, "已领取不低于本补贴的其他补贴，择高享受。"),
    Reason("long_term_care", WHO, "没有六个月以上的长期照护需要。"),
    Reason("not_covered", WHO, "不符合当月有效的任何一条补贴标准。"),
)
REASONS = {reason.code: reason for reason in _ALL_REASONS}


@dataclass(frozen=True, slots=True)
class Right:
    """The answer for one subsidy: yuan for the month and the row that set it, or the reasons against (then 0.00).

    `standard` is the row that matched best, also where reasons stand against it; None when none matched.
    """

    amount: Decimal
    reasons: tuple[Reason, ...]
    standard: StandardRow | None


def relation_to(day: date | None, month: Month) -> int:
    """Where a dated event lies, seen from a month."""
    if day is None or month < Month.of(day):
        return NEVER_OR_LATER
    return WITHIN if Month.of(day) == month else BEFORE


def relations_of(profile: Profile, month: Month) -> tuple[int, ...]:
    """The relation of every event of ALL_EVENTS to the month."""
    days = [profile.custody_since(month) if name == "imprisoned_on" else getattr(profile, name) for name in EVENTS]
    days += [getattr(profile.certificate, name, None) for name in CERTIFICATE_EVENTS]
    return tuple(relation_to(day, month) for day in days)


def rights(profile: Profile, scheme: Scheme, month: Month) -> dict[str, Right]:
    """For each subsidy the right in that month, or every reason against it."""
    age = age_in(profile.birth, month) if profile.birth else None
    return rights_at(profile, age, relations_of(profile, month), scheme, month)


def rights_at(
    profile: Profile, age: int | None, relations: tuple[int, ...], scheme: Scheme, month: Month
) -> dict[str, Right]:
    """The same with the age (whole years) and the events told by their relation to the month, as the draw
    knows them.
    """
    parameters = scheme.parameters_for(profile.division, month)
    events = dict(zip(ALL_EVENTS, relations, strict=True))

    def over(event: str) -> bool:
        return events[event] == BEFORE or (events[event] == WITHIN and parameters.stop == SAME_MONTH)

    dibao = scheme.dibao_for(profile.division, profile.area, month)
    found = {}
    for subsidy in SUBSIDIES:
        best = best_row(profile, age, scheme, subsidy, month, dibao)
        codes = reasons_against(profile, subsidy, parameters, over, best[0] if best else None)
        amount = best[0] if best and not codes else ZERO
        found[subsidy] = Right(amount, tuple(REASONS[code] for code in codes), best[1] if best else None)
    return found


def best_row(
    profile: Profile, age: int | None, scheme: Scheme, subsidy: str, month: Month, dibao: Decimal | None
) -> tuple[Decimal, StandardRow] | None:
    """The highest matching row of the deciding division and the floors above it, rounded before comparing; None without
    any.
    """
    own, floors = scheme.rows_for(subsidy, profile.division, month)
    best: tuple[Decimal, StandardRow] | None = None
    for row in (*own, *floors):
        if not row.when.of_row(profile, age, dibao):
            continue
        base = scheme.base_for(row.amount.base, profile.division, profile.area, month) if row.amount.base else None
        amount = row.amount.of(profile, age, dibao, base)
        if amount is not None and (best is None or amount > best[0]):
            best = (amount, row)
    return best


def reasons_against(
    profile: Profile, subsidy: str, parameters: Parameters, over: Callable[[str], bool], matched: Decimal | None
) -> list[str]:
    """The codes of all reasons that hold, in the order of REASONS; `matched` is the amount of the best row, if any
    matches.

    国发〔2015〕52号 二（一） for who is eligible, 二（四） for the relation to other benefits, 三（四） for the review.
    """
    other = profile.other_benefits
    certificate = profile.certificate
    has = certificate is not None
    missing = certificate is None or (certificate.kind != DISABLED and matched is None)
    named = [
        (one.rule, other.received(one.name)) for one in parameters.allowances if subsidy in one.against
    ]  # what the parameter does not name has no effect
    higher = [yuan for rule, yuan in named if rule == HIGHER_OF]
    if subsidy == CARE and parameters.elderly_care_higher_of:
        higher.append(other.elderly_care)
    holding = {
        "deceased": over("died_on"),
        "moved_out": over("moved_out_on"),
        "imprisoned": over("imprisoned_on") and subsidy in parameters.imprisoned,
        "certificate_missing": missing,
        "certificate_expired": has and over("valid_until") and parameters.expired_certificate != COUNTS,
        "certificate_frozen": has and over("frozen_on"),
        "certificate_cancelled": has and over("cancelled_on"),
        "destitute": profile.economic == "destitute",
        "work_injury_care": other.work_injury_care > 0 and subsidy in parameters.work_injury_care,
        "orphan": other.orphan and subsidy == LIVING,
        "de_facto_orphan": other.de_facto_orphan == "full" and subsidy == LIVING,
        "retired_cadre": other.retired_cadre and subsidy in parameters.retired_cadre,
        "other_benefit": any(rule == EXCLUDES and yuan > 0 for rule, yuan in named),
        "higher_other_benefit": matched is not None and any(yuan > 0 and yuan >= matched for yuan in higher),
        "long_term_care": subsidy == CARE and parameters.care_needs_long_term_care and not profile.long_term_care,
        "not_covered": matched is None,
    }
    return [code for code in REASONS if holding[code]]
