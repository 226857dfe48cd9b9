"""What rules find in a group: one statement for each rule, and for each setting of it that differs there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lxbt.core.refusal import Refusal
from lxbt.matching.catalogue import RULES
from lxbt.matching.operations.working import Work
from lxbt.matching.queries.settings import settings_in
from lxbt.matching.rules.rule import BadSetting, Rule, Setting, read_setting

WINDOW = 1  # months that paid and due are compared for: each run looks at its own month


class RunRefused(Refusal):
    """The comparison cannot be made so."""


def chosen_rules(codes: Sequence[str] | None) -> list[Rule]:
    """Rules by their codes, all without any; RunRefused names one that is not known."""
    unknown = sorted(set(codes or ()) - set(RULES))
    if unknown:
        raise RunRefused(_("没有规则 %(code)s。可用：%(all)s") % {"code": "、".join(unknown), "all": "、".join(RULES)})
    return [rule for code, rule in RULES.items() if not codes or code in codes]


def settings_here(
    work: Work, rules: Sequence[Rule], override: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, list[tuple[Setting, list[str]]]]:
    """The settings of each rule in the divisions of the group, equal ones together; `override`: settings to be
    tried.
    """
    found = settings_in(rules, work.divisions, work.month)
    for rule in rules:
        if override and rule.code in override:
            try:
                found[rule.code] = [(read_setting(rule, override[rule.code]), work.divisions)]
            except BadSetting as error:
                raise RunRefused(
                    _("规则 %(code)s 的参数填写有误：%(fault)s") % {"code": rule.code, "fault": error}
                ) from None
    return found


def find(work: Work, rules: Sequence[Rule], settings: Mapping[str, Sequence[tuple[Setting, list[str]]]]) -> None:
    """`work_found`: one statement for each rule, and for each setting of it that differs within the group."""
    work.sql(
        "create temporary table work_signal (division_code varchar(12), rule varchar(4), source varchar(20), "
        "evidence jsonb) on commit drop"
    )
    for rule in rules:
        groups = settings[rule.code]
        for setting, places in groups:
            if not setting.on:
                continue
            work.need(
                sorted(
                    rule.tables,
                    key=("list", "cover", "stretch", "paid", "due", "ended", "compared", "shared", "phone").index,
                )
            )
            here = "true" if len(groups) == 1 else "m.division_code = any(%(here)s)"
            told = {
                "month": work.month.first,
                "on": work.on,
                "codes": work.codes,
                "here": places,
                **work.bounds,
                **setting.values,
            }
            began = time.perf_counter()
            select = rule.select.replace("{here}", here)
            if rule.of_places:
                if work.codes:
                    head = "insert into work_signal (division_code, rule, source, evidence)"
                    work.sql(
                        f"{head} select x.division_code, '{rule.code}', x.source, x.evidence "
                        f"from ({select}) x (division_code, source, evidence)",
                        told,
                    )
            else:
                head = (
                    "insert into work_found (rule, person_id, source, subsidy, since, until, excess, fuzzy, evidence)"
                )
                work.sql(
                    f"{head} select '{rule.code}', x.* from ({select}) x (person_id, source, subsidy, since, until, "
                    "excess, fuzzy, evidence)",
                    told,
                )
            work.took[rule.code] = work.took.get(rule.code, 0) + time.perf_counter() - began
