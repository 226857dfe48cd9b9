"""The handful of facts that decide a case, and the words they are told in.

The vocabulary is that of the published schemes: economic class, certificate, age, self-care and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

from lxbt.core import reading
from lxbt.core.money import plain

LIVING, CARE = "living", "care"
SUBSIDIES = (LIVING, CARE)
ECONOMIC = ("dibao", "dibao_margin", "low_income", "expenditure_hardship", "destitute", "none")
AREAS = ("urban", "rural")
SEXES = ("male", "female")
EMPLOYMENT = ("none", "employed", "student")
SELF_CARE = ("able", "partly_unable", "mostly_unable", "unable")
CARE_SETTINGS = ("home", "institution")
HOUSEHOLD = ("several_disabled", "cared_by_elderly", "elderly_disabled")
CATEGORIES = (
    "vision",
    "hearing",
    "speech",
    "physical",
    "intellectual",
    "mental",
    "multiple",
)  # the 19th digit of the certificate number is the place here + 1
DE_FACTO_ORPHAN = ("full", "partial")
NO_MONEY = Decimal(0)


@dataclass(frozen=True, slots=True)
class Certificate:
    """残疾人证: category, grade 1 (most severe) to 4, and its own dates."""

    category: str
    grade: int
    issued_on: date | None = None
    valid_until: date | None = None
    frozen_on: date | None = None
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Benefits:
    """Other benefits held; money in yuan a month, 0 means not received."""

    work_injury_care: Decimal = NO_MONEY
    orphan: bool = False
    de_facto_orphan: str | None = None
    elderly_care: Decimal = NO_MONEY
    elderly_service: Decimal = NO_MONEY
    elderly_age: Decimal = NO_MONEY
    retired_cadre: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that decides a person's case. None is "not known": a condition on it does not hold."""

    division: str
    economic: str | None = None
    income_ratio: Decimal | None = None
    own_income: Decimal = NO_MONEY
    area: str | None = None
    birth: date | None = None
    sex: str | None = None
    employment: str | None = None
    self_care: str | None = None
    care_setting: str | None = None
    long_term_care: bool = False
    household: tuple[str, ...] = ()
    certificate: Certificate | None = None
    other_benefits: Benefits = field(default_factory=Benefits)
    imprisoned_on: date | None = None
    died_on: date | None = None
    moved_out_on: date | None = None


KEYS = tuple(f.name for f in fields(Profile))
EVENTS = ("died_on", "moved_out_on", "imprisoned_on")  # of the person; the certificate has three more
CERTIFICATE_EVENTS = ("valid_until", "frozen_on", "cancelled_on")
DATED_KEYS = (*EVENTS, "certificate")  # these carry their own dates
TIMELINE_KEYS = tuple(key for key in KEYS if key not in DATED_KEYS)  # a value holds from a month on


def read_certificate(value: object, where: str) -> Certificate | None:
    """A certificate from YAML or JSON; None where there is none."""
    if value is None:
        return None
    table = reading.mapping(value, where, [f.name for f in fields(Certificate)])
    return Certificate(
        category=reading.choice(reading.required(table, "category", where), f"{where}.category", CATEGORIES),
        grade=reading.whole(reading.required(table, "grade", where), f"{where}.grade", 1, 4),
        issued_on=reading.day_or_none(table.get("issued_on"), f"{where}.issued_on"),
        valid_until=reading.day_or_none(table.get("valid_until"), f"{where}.valid_until"),
        frozen_on=reading.day_or_none(table.get("frozen_on"), f"{where}.frozen_on"),
        cancelled_on=reading.day_or_none(table.get("cancelled_on"), f"{where}.cancelled_on"),
    )


def read_benefits(value: object, where: str) -> Benefits:
    """The benefits table from YAML or JSON; nothing means none."""
    if value is None:
        return Benefits()
    table = reading.mapping(value, where, [f.name for f in fields(Benefits)])
    read: dict[str, object] = {}
    for key, raw in table.items():
        place = f"{where}.{key}"
        if raw is None:
            continue
        if key == "de_facto_orphan":
            read[key] = None if raw is False else reading.choice(raw, place, DE_FACTO_ORPHAN)
        elif key in ("orphan", "retired_cadre"):
            read[key] = reading.flag(raw, place)
        else:
            read[key] = reading.not_negative(raw, place)
    return Benefits(**read)  # type: ignore[arg-type]


def read_value(key: str, raw: object, where: str) -> object:
    """One value of a profile, checked. `raw` None gives the value for "not known"."""
    if key == "certificate":
        return read_certificate(raw, where)
    if key == "other_benefits":
        return read_benefits(raw, where)
    if raw is None:
        return {"own_income": NO_MONEY, "long_term_care": False, "household": ()}.get(key)
    if key == "division":
        return reading.division(raw, where)
    if key in ("income_ratio", "own_income"):
        return reading.not_negative(raw, where)
    if key == "long_term_care":
        return reading.flag(raw, where)
    if key == "household":
        return reading.choices(raw, where, HOUSEHOLD)
    if key in _WORDS:
        return reading.choice(raw, where, _WORDS[key])
    if key in ("birth", *EVENTS):
        return reading.day(raw, where)
    raise reading.Unreadable(where, f"不认识的键；可用：{', '.join(KEYS)}")


_WORDS: Mapping[str, tuple[str, ...]] = {
    "economic": ECONOMIC,
    "area": AREAS,
    "sex": SEXES,
    "employment": EMPLOYMENT,
    "self_care": SELF_CARE,
    "care_setting": CARE_SETTINGS,
}


def read_profile(value: object, where: str) -> Profile:
    """A profile from YAML or JSON; Unreadable names the key at fault."""
    table = reading.mapping(value, where, KEYS)
    reading.required(table, "division", where)
    return Profile(**{key: read_value(key, raw, f"{where}.{key}") for key, raw in table.items()})  # type: ignore[arg-type]


def write_value(key: str, value: object) -> object:
    """A value of a profile as JSON, such that equal values are written alike and `read_value` gives it back."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Certificate | Benefits):
        blank = Benefits() if isinstance(value, Benefits) else None
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: write_value(name, item) for name, item in pairs if item != getattr(blank, name, None)}
    return value
