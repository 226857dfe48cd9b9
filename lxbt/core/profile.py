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
from lxbt.core.months import Month

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
PENSIONS = ("none", "residents", "employees")
DISABLED = "disabled"
CREDENTIALS = (DISABLED, "veteran", "police")  # 残疾人证, 残疾军人证, 伤残人民警察证
GRADES, SERVICE_GRADES = (
    4,
    10,
)  # 残疾人证 has four grades; the credentials of those hurt in service have ten, and no category
NO_MONEY = Decimal(0)
LONGEST_WORD, MOST_WORDS = 40, 30  # of a mark or the name of an allowance; of how many a person has


@dataclass(frozen=True, slots=True)
class Component:
    """One of the disabilities that a certificate of multiple disability is made of."""

    category: str | None
    grade: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """残疾人证: category, grade 1 (most severe) to 4, and its own dates.

    Another `kind` has no category and grades to 10.
    """

    category: str | None
    grade: int
    issued_on: date | None = None
    valid_until: date | None = None
    frozen_on: date | None = None
    cancelled_on: date | None = None
    kind: str = DISABLED
    components: tuple[Component, ...] = ()

    @property
    def parts(self) -> tuple[Component, ...]:
        """Its components; one without any is its own only one."""
        return self.components or (Component(self.category, self.grade),)

    @property
    def class_of(self) -> tuple[object, ...]:
        """What decides an amount: a certificate with another of these counts as `class_change` says."""
        return self.kind, self.category, self.grade, self.components


@dataclass(frozen=True, slots=True)
class Custody:
    """In custody from a day on, until the day of release; None while it lasts."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Benefits:
    """Other benefits held; money in yuan a month, 0 means not received. `allowances`: others by name, sorted."""

    work_injury_care: Decimal = NO_MONEY
    orphan: bool = False
    de_facto_orphan: str | None = None
    elderly_care: Decimal = NO_MONEY
    elderly_service: Decimal = NO_MONEY
    elderly_age: Decimal = NO_MONEY
    retired_cadre: bool = False
    allowances: tuple[tuple[str, Decimal], ...] = ()

    def received(self, name: str) -> Decimal:
        """Yuan a month of a benefit that is money, by its name."""
        own = getattr(self, name) if name in MONEY_BENEFITS else NO_MONEY
        return max(own, dict(self.allowances).get(name, NO_MONEY))


MONEY_BENEFITS = ("work_injury_care", "elderly_care", "elderly_service", "elderly_age")


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that decides a person's case. None is "not known": a condition on it does not hold."""

    division: str
    economic: str | None = None
    income_ratio: Decimal | None = None
    own_income: Decimal | None = None
    steady_income: bool | None = None
    pension: str | None = None
    area: str | None = None
    birth: date | None = None
    sex: str | None = None
    employment: str | None = None
    self_care: str | None = None
    care_setting: str | None = None
    long_term_care: bool = False
    household: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    certificate: Certificate | None = None
    other_benefits: Benefits = field(default_factory=Benefits)
    imprisoned_on: date | None = None
    died_on: date | None = None
    moved_out_on: date | None = None
    custody: tuple[Custody, ...] = ()

    def custody_since(self, month: Month) -> date | None:
        """The day since which custody bears on a month: the earliest that has not ended in it.

        The month of release is free.
        """
        told = (*self.custody, *([Custody(self.imprisoned_on)] if self.imprisoned_on else []))
        return min((one.since for one in told if one.until is None or month < Month.of(one.until)), default=None)


KEYS = tuple(f.name for f in fields(Profile))
EVENTS = ("died_on", "moved_out_on", "imprisoned_on")  # of the person; the certificate has three more
CERTIFICATE_EVENTS = ("valid_until", "frozen_on", "cancelled_on")
DATED_KEYS = (*EVENTS, "custody", "certificate")  # these carry their own dates
TIMELINE_KEYS = tuple(key for key in KEYS if key not in DATED_KEYS)  # a value holds from a month on


def read_certificate(value: object, where: str) -> Certificate | None:
    """A certificate from YAML or JSON; None where there is none."""
    if value is None:
        return None
    table = reading.mapping(value, where, [f.name for f in fields(Certificate)])
    kind = reading.choice(table.get("kind") or DISABLED, f"{where}.kind", CREDENTIALS)
    category: str | None = None
    if kind == DISABLED:
        category = reading.choice(reading.required(table, "category", where), f"{where}.category", CATEGORIES)
    elif table.get("category") is not None or table.get("components"):
        wrong = "category" if table.get("category") is not None else "components"
        raise reading.Unreadable(f"{where}.{wrong}", f"{kind} 没有残疾类别，请删去")
    most = GRADES if kind == DISABLED else SERVICE_GRADES
    return Certificate(
        category=category,
        grade=reading.whole(reading.required(table, "grade", where), f"{where}.grade", 1, most),
        issued_on=reading.day_or_none(table.get("issued_on"), f"{where}.issued_on"),
        valid_until=reading.day_or_none(table.get("valid_until"), f"{where}.valid_until"),
        frozen_on=reading.day_or_none(table.get("frozen_on"), f"{where}.frozen_on"),
        cancelled_on=reading.day_or_none(table.get("cancelled_on"), f"{where}.cancelled_on"),
        kind=kind,
        components=read_components(table.get("components"), f"{where}.components"),
    )


def read_components(value: object, where: str) -> tuple[Component, ...]:
    """The components of a certificate from YAML or JSON, in one order whatever theirs was."""
    found = set()
    for i, raw in enumerate(reading.items(value, where)):
        place = f"{where}[{i}]"
        table = reading.mapping(raw, place, ("category", "grade"))
        found.add(
            Component(
                reading.choice(reading.required(table, "category", place), f"{place}.category", CATEGORIES[:-1]),
                reading.whole(reading.required(table, "grade", place), f"{place}.grade", 1, GRADES),
            )
        )
    return tuple(sorted(found, key=lambda one: (CATEGORIES.index(one.category or ""), one.grade)))


def read_custody(value: object, where: str) -> tuple[Custody, ...]:
    """Times in custody from YAML or JSON, the earliest first."""
    found = set()
    for i, raw in enumerate(reading.items(value, where)):
        place = f"{where}[{i}]"
        table = reading.mapping(raw, place, ("since", "until"))
        since = reading.day(reading.required(table, "since", place), f"{place}.since")
        until = reading.day_or_none(table.get("until"), f"{place}.until")
        if until is not None and until < since:
            raise reading.Unreadable(f"{place}.until", f"释放日期不能早于 since({since})")
        found.add(Custody(since, until))
    return tuple(sorted(found, key=lambda one: (one.since, one.until or date.max)))


def read_words(value: object, where: str) -> tuple[str, ...]:
    """Free words, each once, in one order; a single word counts as a list of one."""
    listed = [value] if isinstance(value, str) else reading.items(value, where)
    found = {read_word(one, f"{where}[{i}]") for i, one in enumerate(listed)}
    if len(found) > MOST_WORDS:
        raise reading.Unreadable(where, f"最多 {MOST_WORDS} 项")
    return tuple(sorted(found))


def read_word(value: object, where: str) -> str:
    """One free word: a mark, the name of an allowance or of a base."""
    word = reading.text(value, where).strip()
    if len(word) > LONGEST_WORD or any(sign < " " for sign in word):
        raise reading.Unreadable(where, f"名称最多 {LONGEST_WORD} 个字符，不能含换行")
    return word


def read_allowances(value: object, where: str) -> tuple[tuple[str, Decimal], ...]:
    """Other allowances by name, yuan a month; those of 0 are not received."""
    table = reading.mapping({} if value is None else value, where)
    if len(table) > MOST_WORDS:
        raise reading.Unreadable(where, f"最多 {MOST_WORDS} 项")
    told = {
        read_word(name, where): reading.not_negative(raw, f"{where}.{name}")
        for name, raw in table.items()
        if raw is not None
    }
    return tuple(sorted((name, yuan) for name, yuan in told.items() if yuan))


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
        elif key == "allowances":
            read[key] = read_allowances(raw, place)
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
        return {"long_term_care": False, "household": (), "marks": (), "custody": ()}.get(key)
    if key == "division":
        return reading.division(raw, where)
    if key in ("income_ratio", "own_income"):
        return reading.not_negative(raw, where)
    if key in ("long_term_care", "steady_income"):
        return reading.flag(raw, where)
    if key == "household":
        return reading.choices(raw, where, HOUSEHOLD)
    if key == "marks":
        return read_words(raw, where)
    if key == "custody":
        return read_custody(raw, where)
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
    "pension": PENSIONS,
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
    if key == "allowances":
        assert isinstance(value, tuple)
        return {name: plain(yuan) for name, yuan in value}
    if isinstance(value, tuple):
        return [write_value("", one) for one in value]
    if isinstance(value, Certificate | Benefits):
        blank = Benefits() if isinstance(value, Benefits) else Certificate(None, 0)
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: write_value(name, item) for name, item in pairs if item != getattr(blank, name)}
    if isinstance(value, Component | Custody):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: write_value(name, item) for name, item in pairs if item is not None}
    return value
