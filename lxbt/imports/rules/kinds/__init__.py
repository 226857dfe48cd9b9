"""Kinds of file that are taken in, and the columns of each.

The Chinese titles are those of the template and of files as they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lxbt.imports.rules.kinds.acts import (
    ACCEPTED_ON,
    APPLIED,
    CHANGE,
    DECIDED,
    DECISION,
    EFFECTIVE,
    NEW,
    NOTICED_ON,
    OLD,
    REASON,
    REVIEWED_ON,
)
from lxbt.imports.rules.kinds.facts import COMPONENTS, CUSTODY, FACTS, FACTS_SINCE, MOVED_OUT
from lxbt.imports.rules.kinds.money import (
    ACCOUNT,
    AMOUNT,
    BANK,
    BATCH_NOTE,
    CARE_AMOUNT,
    HOLDER,
    LIVING_AMOUNT,
    MONTH,
    MONTH_OF_YEAR,
    ORGAN,
    PAID_MONTH,
    PAID_ON,
    SINCE_MONTH,
    STANDARD_AMOUNT,
    SUBSIDY,
    YEAR,
)
from lxbt.imports.rules.kinds.persons import (
    ADDRESS,
    AREA,
    CATEGORY,
    CERTIFICATE,
    DIED,
    DIVISION,
    ECONOMIC,
    GRADE,
    GUARDIAN,
    IDENTITY,
    ISSUED,
    LOOSE_NAME,
    NAME,
    NOTE,
    PHONE,
    RELATION,
    STATE,
    UNTIL,
)
from lxbt.imports.rules.kinds.shapes import Column, Kind, plain_title

__all__ = ["INSTEAD", "KINDS", "Column", "Kind", "kind_named", "lacking", "list_kind", "plain_title"]

AMOUNTS = ("subsidy", "living_amount", "care_amount")


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "recipients",
            "现有领取人",
            1,
            (
                NAME,
                IDENTITY,
                CERTIFICATE,
                CATEGORY,
                GRADE,
                SUBSIDY,
                LIVING_AMOUNT,
                CARE_AMOUNT,
                AMOUNT,
                STANDARD_AMOUNT,
                PAID_MONTH,
                SINCE_MONTH,
                DIVISION,
                ECONOMIC,
                AREA,
                ISSUED,
                UNTIL,
                BANK,
                HOLDER,
                ACCOUNT,
                PHONE,
                ADDRESS,
                GUARDIAN,
                RELATION,
                COMPONENTS,
                *FACTS,
                NOTE,
            ),
            (AMOUNTS,),
        ),
        Kind(
            "history",
            "历史发放",
            1,
            (
                LOOSE_NAME,
                IDENTITY,
                MONTH,
                YEAR,
                MONTH_OF_YEAR,
                SUBSIDY,
                LIVING_AMOUNT,
                CARE_AMOUNT,
                AMOUNT,
                STANDARD_AMOUNT,
                ORGAN,
                PAID_ON,
                BATCH_NOTE,
                CHANGE,
                REASON,
                DIVISION,
                NOTE,
            ),
            (AMOUNTS,),
        ),
        Kind(
            "changes",
            "历史变更",
            1,
            (
                LOOSE_NAME,
                IDENTITY,
                SUBSIDY,
                replace(CHANGE, required=True),
                EFFECTIVE,
                OLD,
                NEW,
                REASON,
                DECIDED,
                DIVISION,
                NOTE,
            ),
        ),
        Kind(
            "applications",
            "申请办理",
            1,
            (
                NAME,
                IDENTITY,
                SUBSIDY,
                APPLIED,
                ACCEPTED_ON,
                REVIEWED_ON,
                NOTICED_ON,
                DECISION,
                DECIDED,
                REASON,
                DIVISION,
                NOTE,
            ),
        ),
        Kind(
            "registry",
            "人员登记",
            1,
            (
                NAME,
                IDENTITY,
                CERTIFICATE,
                CATEGORY,
                GRADE,
                ISSUED,
                UNTIL,
                STATE,
                ECONOMIC,
                AREA,
                DIED,
                MOVED_OUT,
                CUSTODY,
                PHONE,
                ADDRESS,
                DIVISION,
                COMPONENTS,
                *FACTS,
                FACTS_SINCE,
                NOTE,
            ),
        ),
    )
}


INSTEAD: Mapping[str, tuple[str, ...]] = {
    "month": ("year", "month_of_year")
}  # a column that others together may stand for


def kind_named(key: str) -> Kind:
    """The kind of that key; KeyError when there is none."""
    return KINDS[key]


def list_kind(name: str, title: str, columns: Iterable[Column] = ()) -> Kind:
    """The kind `list:<name>` of an external list for comparison: a person, and what the list says of the person."""
    return Kind(f"list:{name}", title, 1, (LOOSE_NAME, IDENTITY, *columns, DIVISION, NOTE))


def lacking(kind: Kind, mapped: Iterable[str]) -> tuple[str, ...]:
    """The required keys that no column of a file stands for; a group of which one is needed is joined by "|"."""
    there = set(mapped)
    for key, others in INSTEAD.items():
        if there.issuperset(others):
            there.add(key)
    single = [column.key for column in kind.columns if column.required and column.key not in there]
    groups = ["|".join(group) for group in kind.one_of if not there.intersection(group)]
    return (*single, *groups)
