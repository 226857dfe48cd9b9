"""Rows of the tables that cannot count: who finds them, and what counts in their place."""

from __future__ import annotations

from dataclasses import dataclass

from lxbt.core.months import Month
from lxbt.divisions.rules import NATION
from lxbt.standards.models import DibaoStandard, Parameter, Standard
from lxbt.standards.queries import all_bounds, bearing_on, dibao_fault, standard_fault
from lxbt.standards.rules.rows import PUBLISHED
from lxbt.standards.rules.schemas import fault_of


@dataclass(frozen=True)
class Faulty:
    """A row that counts as not set, where it stands, and why."""

    kind: str  # standard | dibao | parameter
    pk: int
    division_code: str
    name: str
    why: str


def faulty_rows(division_code: str = NATION, *more: Parameter) -> list[Faulty]:
    """The rows bearing on an area that no reader takes: for each, the nearest upward that can be read counts instead.

    `more`: as if these bounds were set too.
    """
    bounds = all_bounds(*more)
    here = bearing_on(division_code)
    found = [
        Faulty("parameter", row.pk, row.division_code, row.name, why)
        for row in Parameter.objects.filter(here).order_by("division_code", "name", "since")
        if (why := fault_of(row.name, row.value, bounds(row.division_code, None)))
    ]
    found += [
        Faulty("dibao", row.pk, row.division_code, f"{row.area} {row.since:%Y-%m}", why)
        for row in DibaoStandard.objects.filter(here).order_by("division_code", "since")
        if (why := dibao_fault(row, bounds(row.division_code, Month.of(row.since))))
    ]
    found += [
        Faulty("standard", row.pk, row.division_code, f"{row.subsidy} {row.since:%Y-%m}", why)
        for row in Standard.objects.filter(here, state=PUBLISHED).order_by("division_code", "since")
        if (why := standard_fault(row, bounds(row.division_code, Month.of(row.since))))
    ]
    return found
