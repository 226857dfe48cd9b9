"""Random schemes, profiles and facts over the whole vocabulary, as they stand in files."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from lxbt.core.profile import (
    AREAS,
    CARE_SETTINGS,
    CATEGORIES,
    ECONOMIC,
    EMPLOYMENT,
    HOUSEHOLD,
    PENSIONS,
    SELF_CARE,
    SEXES,
)

MARKS = ("脱贫不稳定户", "市特困残疾人", "监测户")
ALLOWANCES = ("hardship_child", "retired_cadre_care", "heating")
PLACES = ("420102001000", "420202001000")
PROVINCE = "420000000000"


def some_day(dice: random.Random, low: date = date(2025, 9, 1), days: int = 300) -> date:
    return low + timedelta(days=dice.randrange(days))


def some(dice: random.Random, words: Any, most: int = 3) -> list[Any]:
    words = list(words)
    return dice.sample(words, dice.randint(1, min(most, len(words))))


def component(dice: random.Random) -> dict[str, Any]:
    return {"category": dice.choice(CATEGORIES[:-1]), "grade": dice.randint(1, 4)}


def certificate(dice: random.Random, issued: date | None = None) -> dict[str, Any]:
    kind = dice.choice(["disabled"] * 6 + ["veteran", "police"])
    told: dict[str, Any] = {"issued_on": issued or date(2018, 1, 1), "kind": kind, "grade": dice.randint(1, 3)}
    if kind == "disabled":
        told["category"] = dice.choice([*CATEGORIES, "multiple", "multiple"])
        if told["category"] == "multiple" and dice.random() < 0.8:
            told["components"] = [component(dice) for _ in range(dice.randint(2, 3))]
    if dice.random() < 0.5:
        told["valid_until"] = max(some_day(dice), told["issued_on"])
    return told


def benefits(dice: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in some(dice, ("work_injury_care", "elderly_care", "elderly_service", "elderly_age"), 2):
        found[name] = dice.choice(["0", "60", "95.5", "300"])
    if dice.random() < 0.3:
        found[dice.choice(["orphan", "retired_cadre"])] = dice.random() < 0.7
    if dice.random() < 0.7:
        found["allowances"] = {name: dice.choice(["0", "50", "120"]) for name in some(dice, ALLOWANCES)}
    return found


def custody(dice: random.Random) -> list[dict[str, Any]]:
    begun = some_day(dice, date(2025, 8, 1), 120)
    first = {"since": begun, "until": begun + timedelta(days=dice.randrange(90))}
    again = {"since": first["until"] + timedelta(days=1 + dice.randrange(60))}
    return dice.choice([[first], [again, first], [{"since": begun}], []])


# what may be told of a person with the month that it holds from, and how
TOLD: dict[str, Any] = {
    "economic": lambda dice: dice.choice(ECONOMIC),
    "income_ratio": lambda dice: dice.choice(["0.9", "1.3", "2", "4"]),
    "own_income": lambda dice: dice.choice(["0", "500", "1099.5", "1800", None]),
    "steady_income": lambda dice: dice.choice([True, False, None]),
    "pension": lambda dice: dice.choice([*PENSIONS, None]),
    "area": lambda dice: dice.choice(AREAS),
    "employment": lambda dice: dice.choice([*EMPLOYMENT, None]),
    "self_care": lambda dice: dice.choice(SELF_CARE),
    "care_setting": lambda dice: dice.choice(CARE_SETTINGS),
    "long_term_care": lambda dice: dice.random() < 0.8,
    "household": lambda dice: some(dice, HOUSEHOLD),
    "marks": lambda dice: some(dice, MARKS),
    "other_benefits": benefits,
    "sex": lambda dice: dice.choice(SEXES),
}


def profile(dice: random.Random) -> dict[str, Any]:
    told = {key: make(dice) for key, make in TOLD.items() if dice.random() < 0.8}
    told |= {
        "division": dice.choice(PLACES),
        "birth": some_day(dice, dice.choice([date(1965, 6, 1), date(1985, 1, 1), date(2007, 10, 1)])),
        "certificate": certificate(dice),
    }
    if dice.random() < 0.2:
        told["custody"] = custody(dice)
    return told


def condition(dice: random.Random, deep: int = 1) -> dict[str, Any]:
    makers: dict[str, Any] = {
        "economic": lambda: some(dice, ECONOMIC),
        "category": lambda: some(dice, CATEGORIES),
        "grade": lambda: some(dice, range(1, 5)),
        "component": lambda: {
            key: value
            for key, value in (("category", some(dice, CATEGORIES[:-1])), ("grade", some(dice, range(1, 5))))
            if dice.random() < 0.8
        },
        "area": lambda: some(dice, AREAS),
        "sex": lambda: some(dice, SEXES),
        "employment": lambda: some(dice, EMPLOYMENT),
        "self_care": lambda: some(dice, SELF_CARE),
        "care_setting": lambda: some(dice, CARE_SETTINGS),
        "household": lambda: some(dice, HOUSEHOLD),
        "marks": lambda: some(dice, MARKS),
        "pension": lambda: some(dice, PENSIONS),
        "steady_income": lambda: some(dice, [True, False]),
        "credential": lambda: some(dice, ["disabled", "veteran", "police"]),
        "income_ratio_at_most": lambda: dice.choice([1, "1.5", "2"]),
        "own_income_at_most": lambda: dice.choice(["600", "1100"]),
        "own_income_ratio_at_most": lambda: dice.choice(["0.5", "1.5"]),
        "age_from": lambda: dice.choice([16, 18, 60]),
        "age_below": lambda: dice.choice([18, 60, 80]),
    }
    told = {name: makers[name]() for name in some(dice, makers, 2)}
    if deep and dice.random() < 0.3:
        told["any_of"] = [condition(dice, deep - 1) for _ in range(dice.randint(1, 3))]
    return told


def amount(dice: random.Random) -> dict[str, Any]:
    told: dict[str, Any] = dice.choice(
        [
            {"fixed": str(dice.randint(50, 300))},
            {"yearly": "1000"},
            {"percent_of_dibao": dice.choice(["12.5", "30"])},
            {"percent": dice.choice(["25", "33.3"]), "of": dice.choice(["provincial_minimum", "mean", "dibao"])},
            {"top_up_to_dibao": True},
        ]
    )
    if dice.random() < 0.3:
        how = dice.choice([{"multiply": "1.5"}, {"add": "20"}])
        told["adjust"] = [{"when": condition(dice, 0), **how}]
    return told | {"round": dice.choice(["cent", "yuan", "yuan_up", "yuan_down"])}


def scheme(dice: random.Random) -> dict[str, Any]:
    places = [PROVINCE, "420100000000", "420202000000"]
    rows = [
        {
            "division": dice.choice([PROVINCE, PROVINCE, *places]),
            "subsidy": subsidy,
            "since": "2020-01",
            "when": condition(dice) if dice.random() < 0.8 else {},
            "amount": amount(dice),
            "floor": dice.random() < 0.2,
        }
        for subsidy in ("living", "care")
        for _ in range(5)
    ]
    bases = [
        {"name": "provincial_minimum", "area": area, "since": since, "amount": yuan}
        for area, since, yuan in (("any", "2020-01", "483"), ("rural", "2025-12", "520"))
    ]
    parameters = [
        {"name": "allowances", "value": {name: rule(dice) for name in some(dice, [*ALLOWANCES, "elderly_age"])}},
        {"name": "stop", "value": dice.choice(["next_month", "same_month"])},
        {"name": "expired_certificate", "value": "counts", "since": "2025-11", "until": "2026-02"},
        {"name": "care_needs_long_term_care", "value": dice.random() < 0.5},
        {"name": "imprisoned", "value": some(dice, ["living", "care"])},
        {"name": "after_custody", "value": dice.choice(["apply", "resume"])},
    ]
    return {
        "division": PROVINCE,
        "dibao": [{"since": "2020-01", "amount": "733"}, {"since": "2026-01", "amount": "760", "area": "urban"}],
        "bases": bases,
        "standards": rows,
        "parameters": dice.sample(parameters, dice.randint(0, len(parameters))),
    }


def rule(dice: random.Random) -> dict[str, Any]:
    return {"against": some(dice, ["living", "care"]), "rule": dice.choice(["excludes", "higher_of"])}


def shuffled(dice: random.Random, value: Any) -> Any:
    """The same in another order of keys and, where their order says nothing, of rows and words."""
    if isinstance(value, dict):
        keys = dice.sample(list(value), len(value))
        return {key: value[key] if key == "adjust" else shuffled(dice, value[key]) for key in keys}
    if isinstance(value, list):
        return [shuffled(dice, one) for one in dice.sample(value, len(value))]
    return value
