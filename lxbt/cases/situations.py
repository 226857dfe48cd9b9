"""Reading policy situations (YAML) for `lxbt rights` and `lxbt replay`: the keys are checked and faults named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from lxbt.core import reading
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES, Profile, read_profile
from lxbt.entitlements.rules import REASONS, Right, rights
from lxbt.standards.rules.scheme import Scheme, read_scheme


@dataclass(frozen=True)
class Case:
    """One profile in one month; `expect` by subsidy is an amount or the reason codes that must be among the
    answer's.
    """

    name: str
    month: Month
    profile: Profile
    expect: Mapping[str, Decimal | tuple[str, ...]]


def load_yaml(path: str | Path) -> object:
    """The content of a YAML file; Unreadable says what is wrong and where."""
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise reading.Unreadable(str(path), f"无法读取文件（{error.strerror}）") from None
    except UnicodeDecodeError:
        raise reading.Unreadable(str(path), "文件须为 UTF-8 编码") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else str(path)
        raise reading.Unreadable(place, f"不是合格的 YAML({getattr(error, 'problem', error)})") from None
    except ValueError as error:  # a date that does not exist
        raise reading.Unreadable("文件", f"有不存在的日期或数值（{error}）") from None


def read_rights_file(content: object) -> tuple[Scheme, list[Case]]:
    """The scheme and the cases of a rights file."""
    table = reading.mapping(content, "文件", ("scheme", "cases", *reading.REMARKS))
    scheme = read_scheme(reading.required(table, "scheme", ""), "scheme")
    cases = reading.items(reading.required(table, "cases", ""), "cases")
    return scheme, [_read_case(raw, f"cases[{i}]") for i, raw in enumerate(cases)]


def _read_case(raw: object, where: str) -> Case:
    table = reading.mapping(raw, where, ("month", "profile", "expect", *reading.REMARKS))
    expect = reading.mapping(table.get("expect") or {}, f"{where}.expect", SUBSIDIES)
    return Case(
        name=str(table.get("name", "")),
        month=reading.month(reading.required(table, "month", where), f"{where}.month"),
        profile=read_profile(reading.required(table, "profile", where), f"{where}.profile"),
        expect={subsidy: _read_expected(value, f"{where}.expect.{subsidy}") for subsidy, value in expect.items()},
    )


def _read_expected(value: object, where: str) -> Decimal | tuple[str, ...]:
    if isinstance(value, Mapping):
        table = reading.mapping(value, where, ("reasons",))
        return reading.choices(reading.required(table, "reasons", where), f"{where}.reasons", REASONS)
    return reading.not_negative(value, where)


def answer(case: Case, scheme: Scheme) -> dict[str, Right]:
    """The right for each subsidy."""
    return rights(case.profile, scheme, case.month)


def differences(case: Case, found: Mapping[str, Right]) -> list[str]:
    """A sentence for each expectation that the answer does not meet."""
    told = []
    for subsidy, wanted in case.expect.items():
        right = found[subsidy]
        codes = [reason.code for reason in right.reasons]
        if isinstance(wanted, Decimal):
            if right.amount != wanted or codes:
                told.append(
                    f"{case.name} [{case.month}] {subsidy}：应为 {wanted}，算得 {right.amount} {codes or ''}".rstrip()
                )
        elif right.amount != 0 or not set(wanted) <= set(codes) or not codes:
            told.append(f"{case.name} [{case.month}] {subsidy}：理由应含 {list(wanted)}，算得 {right.amount} {codes}")
    return told
