"""What the parameters `match.*` may be: the setting of a rule, within the bounds of the level above."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxbt.core import reading
from lxbt.matching.catalogue import RULES
from lxbt.matching.rules.rule import BadSetting, Rule, read_setting
from lxbt.standards.rules.bounds import Bounds, OutOfBounds


def rule_of(name: str) -> Rule | None:
    """The rule whose setting a parameter holds."""
    return RULES.get(name.removeprefix("match.").upper())


def setting_value(name: str, raw: object) -> Mapping[str, object]:
    """The setting, checked; Unreadable says what is wrong."""
    rule = rule_of(name)
    if rule is None:
        raise reading.Unreadable(name, "没有这条规则")
    try:
        read_setting(rule, raw)
    except BadSetting as fault:
        raise reading.Unreadable(name, str(fault)) from None
    if not isinstance(raw, Mapping):
        raise reading.Unreadable(name, "应为键值表")
    return {str(key): list(value) if isinstance(value, tuple) else value for key, value in raw.items()}


def switched_off(name: str, value: Mapping[str, Any]) -> bool:
    """Whether the setting takes a rule out that otherwise compares."""
    rule = rule_of(name)
    return rule is not None and rule.on and value.get("on") is False


def setting_within(name: str, value: Mapping[str, Any], bounds: Bounds) -> None:
    """Refuse to switch off what the level above keeps on."""
    rule = rule_of(name)
    if rule is not None and switched_off(name, value) and rule.code in bounds.never_off:
        raise OutOfBounds(f"上级规定规则 {rule.code} 不得停用")


def months_off(name: str, value: Mapping[str, Any], bounds: Bounds) -> int | None:
    """How many months a rule may stay switched off; None where nothing is switched off."""
    return bounds.off_months if switched_off(name, value) else None
