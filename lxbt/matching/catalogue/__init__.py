"""The rules. Each file here defines `RULES`, a tuple of them; adding a rule is adding a file."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from lxbt.matching.rules.rule import Rule


def _found() -> Mapping[str, Rule]:
    rules: dict[str, Rule] = {}
    for module in iter_modules(__path__):
        for rule in getattr(import_module(f"{__name__}.{module.name}"), "RULES", ()):
            if rule.code in rules:
                raise ValueError(f"two rules are called {rule.code}")
            rules[rule.code] = rule
    order = {"R": 0, "U": 1, "P": 2}
    return dict(sorted(rules.items(), key=lambda pair: (order.get(pair[0][0], 9), pair[0])))


RULES: Mapping[str, Rule] = _found()
