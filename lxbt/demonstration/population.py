"""Invented persons. Pure and told by a seed: the same seed, day and place give the same persons.

Shares follow published figures: certificate categories as counted in a county's yearbook, more severe grades than among
all holders (the register holds those who draw a subsidy), 43 living to 57 care, an old population with some children.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from lxbt.core.months import Month
from lxbt.demonstration.places import County
from lxbt.simulators.people import names, numbers

CATEGORY_SHARES = {
    "physical": 50,
    "mental": 16,
    "intellectual": 11,
    "vision": 8,
    "hearing": 7.5,
    "multiple": 6.5,
    "speech": 1,
}
GRADE_SHARES = {  # per cent of grades 1 to 4 within a category
    "physical": (20, 40, 20, 20),
    "mental": (14, 52, 24, 10),
    "intellectual": (16, 42, 29, 13),
    "vision": (48, 20, 10, 22),
    "hearing": (42, 30, 18, 10),
    "multiple": (56, 31, 10, 3),
    "speech": (44, 26, 18, 12),
}
AGE_SHARES = {
    (0, 6): 1,
    (7, 17): 4,
    (18, 29): 7,
    (30, 44): 14,
    (45, 59): 29,
    (60, 69): 22,
    (70, 79): 15,
    (80, 89): 6.5,
    (90, 99): 1.5,
}
ECONOMIC_SHARES = {
    "dibao": 47,
    "dibao_margin": 9,
    "low_income": 4,
    "expenditure_hardship": 1,
    "destitute": 3,
    "none": 36,
}
GRANTED = 0.975  # of those with a right, the rest are 应享未享
_CATEGORIES, _CATEGORY_WEIGHTS = list(CATEGORY_SHARES), list(CATEGORY_SHARES.values())
_ECONOMIC, _ECONOMIC_WEIGHTS = list(ECONOMIC_SHARES), list(ECONOMIC_SHARES.values())
_BANDS, _BAND_WEIGHTS = list(AGE_SHARES), list(AGE_SHARES.values())
_TEN_YEARS = 10
_VILLAGES = [
    "东风",
    "红旗",
    "新民",
    "光明",
    "向阳",
    "幸福",
    "和平",
    "团结",
    "胜利",
    "前进",
    "青山",
    "石桥",
    "柳林",
    "杨树",
    "白沙",
    "双龙",
    "大湾",
    "上坝",
    "河口",
    "高家湾",
    "王家畈",
    "陈店",
    "马鞍",
    "梅园",
    "松岭",
    "金星",
    "永丰",
    "长乐",
    "太平",
    "万福",
]
_COMMUNITIES = [
    "和平里",
    "惠民",
    "文华",
    "锦绣",
    "书香",
    "紫荆",
    "江花",
    "建设",
    "花园",
    "春晖",
    "安居",
    "明月",
    "古井",
    "滨河",
    "新华",
    "朝阳",
    "翠竹",
    "康宁",
    "桂苑",
    "南湖",
]
_RELATIONS = {True: ["父亲", "母亲", "祖父", "祖母"], False: ["配偶", "子女", "父母", "兄弟姐妹"]}


@dataclass
class PersonDraft:
    """A person before it is written."""

    name: str
    sex: str
    birth: date
    identity: str
    division: str
    address: str
    phone: str
    area: str
    category: str
    grade: int
    issued_on: date
    valid_until: date
    facts: dict[str, object]
    bank: str
    account: str
    holder: str
    guardian: str = ""
    relation: str = ""
    earlier_certificate: tuple[date, date] | None = None  # issue and last day of the one before, same class
    chances: list[float] = field(default_factory=list)  # rolls that later decide what happens to the person

    @property
    def certificate(self) -> str:
        """The certificate number."""
        return numbers.certificate_number(self.identity, self.category, self.grade)


def years_later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def population(county: County, *, seed: int, day: date, part: int, of: int, size: int) -> Iterator[PersonDraft]:
    """`size` persons of a county: part `part` of `of` parts, each made apart from the others."""
    rng = Random(f"{seed} {county.code} {part}")
    identities = numbers.IdentityNumbers(county.code[:6], part, of)
    for _n in range(size):
        yield _person(rng, identities, county, day)


def _person(rng: Random, identities: numbers.IdentityNumbers, county: County, day: date) -> PersonDraft:
    sex = "male" if rng.random() < 0.56 else "female"
    identity = None
    while identity is None:
        birth = _birth(rng, day)
        identity = identities.draw(rng, birth, sex)
    age = (day - birth).days / 365.25
    category = rng.choices(_CATEGORIES, _CATEGORY_WEIGHTS)[0]
    grade = rng.choices((1, 2, 3, 4), GRADE_SHARES[category])[0]
    township, town_name = rng.choice(county.townships)
    area = _area(rng, town_name)
    name = names.person_name(rng, sex, birth.year, county.province)
    issued, until, earlier = _certificate(rng, birth, day)
    guardian, relation = _guardian(rng, age, category, grade, name)
    bank = numbers.bank_name(rng)
    return PersonDraft(
        name=name,
        sex=sex,
        birth=birth,
        identity=identity,
        division=township,
        address=_address(rng, town_name, area),
        phone=numbers.phone(rng),
        area=area,
        category=category,
        grade=grade,
        issued_on=issued,
        valid_until=until,
        facts=_facts(rng, age, category, grade, area, sex, birth, township),
        bank=bank,
        account=numbers.bank_account(rng, bank),
        holder=guardian if age < 16 else name,
        guardian=guardian,
        relation=relation,
        earlier_certificate=earlier,
        chances=[rng.random() for _i in range(6)],
    )


def _birth(rng: Random, day: date) -> date:
    low, high = rng.choices(_BANDS, _BAND_WEIGHTS)[0]
    days = rng.randrange(int(max(low, 1) * 365.25), int((high + 1) * 365.25))
    return day - timedelta(days=days)


def _area(rng: Random, town: str) -> str:
    if town.endswith("街道"):
        return "urban" if rng.random() < 0.9 else "rural"
    return "urban" if rng.random() < (0.22 if town.endswith("镇") else 0.06) else "rural"


def _address(rng: Random, town: str, area: str) -> str:
    if area == "urban":
        return (
            f"{town}{rng.choice(_COMMUNITIES)}社区{rng.randint(1, 60)}号{rng.randint(1, 6)}单"
            f"元{rng.randint(1, 18)}0{rng.randint(1, 4)}室"
        )
    return f"{town}{rng.choice(_VILLAGES)}村{rng.randint(1, 14)}组{rng.randint(1, 120)}号"


def _certificate(rng: Random, birth: date, day: date) -> tuple[date, date, tuple[date, date] | None]:
    """Issue and last valid day of the certificate held now, and of the one before it when that was renewed lately.

    Certificates began in 2009 and run ten years, so the first wave was renewed in 2019 and later; a few are never
    renewed.
    """
    earliest = max(date(2009, 3, 1), birth + timedelta(days=300))
    latest = day - timedelta(days=45)
    if earliest >= latest:
        earliest = latest - timedelta(days=30)
    if earliest < date(2012, 1, 1) and rng.random() < 0.45:
        latest = min(latest, date(2011, 12, 31))
    issued = earliest + timedelta(days=rng.randrange((latest - earliest).days + 1))
    earlier = None
    while True:
        until = years_later(issued, _TEN_YEARS) - timedelta(days=1)
        if until >= day - timedelta(days=20) or rng.random() < 0.035:
            return issued, until, earlier
        renewed = until + timedelta(days=rng.randrange(-80, 2))
        earlier = (issued, until) if (day - renewed).days < 700 and renewed < day else None
        issued = min(renewed, day - timedelta(days=30))


def _guardian(rng: Random, age: float, category: str, grade: int, name: str) -> tuple[str, str]:
    child = age < 18
    if not child and not (category in ("intellectual", "mental", "multiple") and grade <= 2 and rng.random() < 0.6):
        return "", ""
    relation = rng.choice(_RELATIONS[child])
    family = name[0] if "·" not in name and rng.random() < 0.6 else names.surname(rng)
    sex = "female" if relation in ("母亲", "祖母") else "male"
    return family + names.given_name(rng, sex, 1985 if child else 1968), relation


def _facts(
    rng: Random, age: float, category: str, grade: int, area: str, sex: str, birth: date, division: str
) -> dict[str, object]:
    """The facts of the register, in the keys of a profile, as JSON values. What is not told has its blank value."""
    economic = rng.choices(_ECONOMIC, _ECONOMIC_WEIGHTS)[0]
    told: dict[str, object] = {
        "division": division,
        "birth": birth.isoformat(),
        "sex": sex,
        "economic": economic,
        "area": area,
    }
    if economic in ("dibao_margin", "low_income", "expenditure_hardship"):
        told["income_ratio"] = rng.choice(("1.2", "1.4", "1.5", "1.8"))
    severe = grade <= 2
    if severe:
        told["self_care"] = rng.choices(
            ("unable", "mostly_unable", "partly_unable"), (60, 32, 8) if grade == 1 else (12, 48, 40)
        )[0]
    elif grade == 3 and rng.random() < 0.4:
        told["self_care"] = "partly_unable"
    mind = category in ("intellectual", "mental")
    if rng.random() < (0.985 if severe else 0.75 if mind else 0.1):
        told["long_term_care"] = True
    if severe and rng.random() < 0.04:
        told["care_setting"] = "institution"
    if 16 <= age < 60:
        told["employment"] = "student" if age < 19 else rng.choices(("none", "employed"), (85, 15))[0]
    if rng.random() < 0.05:
        told["household"] = [
            rng.choice(
                ("several_disabled", "cared_by_elderly", "elderly_disabled" if age >= 60 else "several_disabled")
            )
        ]
    benefits = _benefits(rng, age)
    if benefits:
        told["other_benefits"] = benefits
    return told


def _benefits(rng: Random, age: float) -> dict[str, object]:
    roll = rng.random()
    if age < 18:
        return {"orphan": True} if roll < 0.015 else {"de_facto_orphan": "full"} if roll < 0.03 else {}
    if age >= 80 and roll < 0.5:
        return {"elderly_age": "100"}
    if age >= 65 and roll < 0.02:
        return {"elderly_care": "100"}
    if roll < 0.003:
        return {"work_injury_care": "1800"}
    return {}


def beginning_of_payments(day: date, months: int) -> Month:
    """The first of `months` months of which the last is the month before `day`."""
    return Month.of(day).back(months)
