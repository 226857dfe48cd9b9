"""Bounds: what the level above leaves open to those below. Dated parameters named `bounds.*`; every level narrows, none
widens.

What nobody set is as below, so that a bound that cannot be read never opens a door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lxbt.core import reading
from lxbt.core.money import plain
from lxbt.standards.rules.rows import DIBAO, PERCENT, Amount, StandardRow

PREFIX = "bounds."
ADJUSTMENTS = 6  # steps on an amount, at most
BASE_MOST = 100_000  # yuan of a base that is not the 低保 standard: a minimum wage, a mean income of a year


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds in force for a division in a month.

    dibao_least, dibao_most: yuan a month; dibao_change: per cent by which it may rise at once, and falls no lower than
    the inverse.
    monthly_most: yuan a month that a standard may fix, or a year's twelfth; percent_most: per cent of the 低保
    standard; multiply_most, add_most: of one step of adjustment; standard_change: as for the 低保 standard, of rows of
    equal conditions.
    back_months: how far back what replaces another value may begin.
    steps: the steps that no procedure may lack (国发〔2015〕52号 三（二）: the Federation reviews, civil affairs
    decides);
    step_days: working days that a step may take at most.
    mute_days: how long a kind of hit may be kept quiet; off_months: how long a rule of comparison may be switched off;
    never_off: rules that may not be switched off at all.
    """

    dibao_least: Decimal = Decimal(50)
    dibao_most: Decimal = Decimal(5000)
    dibao_change: int = 100
    monthly_most: Decimal = Decimal(5000)
    percent_most: Decimal = Decimal(200)
    multiply_most: Decimal = Decimal(10)
    add_most: Decimal = Decimal(2000)
    standard_change: int = 900
    back_months: int = 60
    steps: frozenset[str] = frozenset({"review", "decide"})
    step_days: int = 60
    mute_days: int = 90
    off_months: int = 6
    never_off: frozenset[str] = frozenset()


def _number(low: int, high: int) -> Callable[[object, str], object]:
    def read(raw: object, where: str) -> object:
        number = reading.not_negative(raw, where)
        if not low <= number <= high:
            raise reading.Unreadable(where, f"应为 {low} 到 {high}，现为 {raw!r}")
        return plain(number)

    return read


def _whole(low: int, high: int) -> Callable[[object, str], object]:
    return lambda raw, where: reading.whole(raw, where, low, high)


def _words(raw: object, where: str) -> object:
    listed = [reading.text(one, f"{where}[{n}]") for n, one in enumerate(reading.items(raw, where))]
    if len(listed) > 60 or any(len(word) > 20 for word in listed):
        raise reading.Unreadable(where, "最多 60 项，每项不超过 20 个字符")
    return sorted(set(listed))


# name of the parameter: {key: (field of Bounds, how it is read)}. A number is narrowed downward, save `least`; lists
# grow.
FIELDS: Mapping[str, Mapping[str, tuple[str, Callable[[object, str], object]]]] = {
    "bounds.dibao": {
        "least": ("dibao_least", _number(1, 10_000)),
        "most": ("dibao_most", _number(1, 10_000)),
        "change": ("dibao_change", _whole(1, 1000)),
    },
    "bounds.standard": {
        "monthly_most": ("monthly_most", _number(1, 20_000)),
        "percent_most": ("percent_most", _number(1, 1000)),
        "multiply_most": ("multiply_most", _number(1, 100)),
        "add_most": ("add_most", _number(0, 20_000)),
        "change": ("standard_change", _whole(1, 10_000)),
        "back_months": ("back_months", _whole(1, 240)),
    },
    "bounds.procedure": {"steps": ("steps", _words), "days": ("step_days", _whole(1, 120))},
    "bounds.matching": {
        "mute_days": ("mute_days", _whole(1, 366)),
        "off_months": ("off_months", _whole(1, 24)),
        "never_off": ("never_off", _words),
    },
}


def read_bound(name: str, raw: object) -> object:
    """The value of a parameter `bounds.*`, checked."""
    known = FIELDS.get(name)
    if known is None:
        raise reading.Unreadable(name, f"不认识的参数；可用：{', '.join(FIELDS)}")
    table = reading.mapping(raw, name, known)
    if not table:
        raise reading.Unreadable(name, f"至少写一项：{', '.join(known)}")
    return {key: known[key][1](value, f"{name}.{key}") for key, value in table.items()}


def narrowed(rows: Iterable[tuple[str, object]]) -> Bounds:
    """The bounds that several levels set together: the narrowest of each. What cannot be read bounds nothing."""
    found = Bounds()
    lists: dict[str, set[str]] = {"steps": set(found.steps), "never_off": set(found.never_off)}
    told: dict[str, list[Decimal]] = {}
    for name, raw in rows:
        try:
            table = read_bound(name, raw)
        except reading.Unreadable:
            continue
        assert isinstance(table, dict)
        for key, value in table.items():
            where = FIELDS[name][key][0]
            if where in lists:
                lists[where] |= set(value)
            else:
                told.setdefault(where, []).append(Decimal(str(value)))
    for where, numbers in told.items():
        tightest = max(numbers) if where.endswith("least") else min(numbers)
        found = replace(found, **{where: type(getattr(found, where))(tightest)})
    return replace(found, steps=frozenset(lists["steps"]), never_off=frozenset(lists["never_off"]))


class OutOfBounds(ValueError):
    """What the level above does not leave open; the text says what it leaves."""


def dibao_within(amount: Decimal, bounds: Bounds) -> bool:
    """Whether a 低保 standard can be one at all."""
    return amount.is_finite() and bounds.dibao_least <= amount <= bounds.dibao_most


def check_dibao(amount: Decimal, former: Decimal | None, bounds: Bounds) -> None:
    """Refuse a 低保 standard that is none, or that leaps from the former."""
    if not dibao_within(amount, bounds):
        raise OutOfBounds(
            f"低保标准应在 {plain(bounds.dibao_least)} 到 {plain(bounds.dibao_most)} 元/月之间，现为 {plain(amount)}"
        )
    _check_change("低保标准", amount, former, bounds)


def check_base(name: str, amount: Decimal, former: Decimal | None, bounds: Bounds) -> None:
    """The same of a base by its name."""
    if name == DIBAO:
        return check_dibao(amount, former, bounds)
    if not amount.is_finite() or not 1 <= amount <= BASE_MOST:
        raise OutOfBounds(f"基数 {name} 应在 1 到 {BASE_MOST} 元之间，现为 {plain(amount)}")
    return _check_change(f"基数 {name}", amount, former, bounds)


def _check_change(title: str, amount: Decimal, former: Decimal | None, bounds: Bounds) -> None:
    if former:
        high = former * (100 + bounds.dibao_change) / 100
        low = former * 100 / (100 + bounds.dibao_change)
        if not low <= amount <= high:
            raise OutOfBounds(
                f"与现行{title} {plain(former)} 元相比变动过大，应在 {low:.2f} 到 {high:.2f} 元之间，现为 "
                f"{plain(amount)}"
            )


def check_amount(amount: Amount, bounds: Bounds) -> None:
    """Refuse an amount that no standard can have."""
    monthly = amount.value / 12 if amount.form == "yearly" else amount.value
    if amount.form in ("fixed", "yearly") and monthly > bounds.monthly_most:
        raise OutOfBounds(f"金额折合每月不能超过 {plain(bounds.monthly_most)} 元，现为 {plain(round(monthly, 2))} 元")
    if amount.form in ("percent_of_dibao", PERCENT) and amount.value > bounds.percent_most:
        raise OutOfBounds(f"不能超过基数（低保标准等）的 {plain(bounds.percent_most)}%，现为 {plain(amount.value)}%")
    if len(amount.adjust) > ADJUSTMENTS:
        raise OutOfBounds(f"调整最多 {ADJUSTMENTS} 步，现为 {len(amount.adjust)} 步")
    product, added = Decimal(1), Decimal(0)
    for step in amount.adjust:
        product *= max(step.multiply, Decimal(1)) if step.multiply is not None else 1
        added += abs(step.add) if step.add is not None else 0
    if product > bounds.multiply_most:
        raise OutOfBounds(f"调整的乘数合计不能超过 {plain(bounds.multiply_most)}，现为 {plain(product)}")
    if added > bounds.add_most:
        raise OutOfBounds(f"调整的加数合计不能超过 {plain(bounds.add_most)} 元，现为 {plain(added)} 元")


def check_leap(row: StandardRow, former: StandardRow | None, bounds: Bounds) -> None:
    """Refuse a standard of the same form that leaps from the one it replaces."""
    if former is None or former.amount.form != row.amount.form or not former.amount.value or not row.amount.value:
        return
    ratio = max(row.amount.value / former.amount.value, former.amount.value / row.amount.value)
    if ratio * 100 > 100 + bounds.standard_change:
        raise OutOfBounds(
            f"与被替代的标准（{plain(former.amount.value)}）相比变动过大：最多变动 {bounds.standard_change}%，现为 "
            f"{plain(row.amount.value)}"
        )


def check_steps(steps: Iterable[tuple[str, int]], bounds: Bounds) -> None:
    """Refuse a procedure that lacks a step the level above asks for, or that takes longer."""
    listed = list(steps)
    missing = sorted(bounds.steps - {name for name, _days in listed})
    if missing:
        raise OutOfBounds(f"上级规定不能缺少的环节：{', '.join(missing)}")
    slow = [f"{name} {days}" for name, days in listed if days > bounds.step_days]
    if slow:
        raise OutOfBounds(f"每个环节最长 {bounds.step_days} 个工作日，现为 {', '.join(slow)}")
