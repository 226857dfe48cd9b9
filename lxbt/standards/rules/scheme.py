"""A set of standards, 低保 rows and parameters, with quick answers to "what is in force here in this month"."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from lxbt.core import reading
from lxbt.core.months import Month, in_force
from lxbt.divisions.rules import ancestors
from lxbt.standards.rules.parameters import ParameterRow, Parameters, parameters_in_force, read_parameters
from lxbt.standards.rules.rows import ANY, DIBAO, DibaoRow, StandardRow, read_base, read_dibao, read_standard


@dataclass(frozen=True)
class Scheme:
    """What is in force, for any division and month.

    The order of rows makes no difference. `dibao`: the other bases too.
    """

    standards: tuple[StandardRow, ...] = ()
    dibao: tuple[DibaoRow, ...] = ()
    parameters: tuple[ParameterRow, ...] = ()
    _known: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _standards_at(self) -> dict[tuple[str, str], list[StandardRow]]:
        found: dict[tuple[str, str], list[StandardRow]] = defaultdict(list)
        for row in self.standards:
            found[row.subsidy, row.division].append(row)
        return dict(found)

    @cached_property
    def _dibao_at(self) -> dict[tuple[str, str], list[DibaoRow]]:
        found: dict[tuple[str, str], list[DibaoRow]] = defaultdict(list)
        for row in self.dibao:
            found[row.name, row.division].append(row)
        return dict(found)

    @cached_property
    def places(self) -> frozenset[str]:
        """Every division that has a row of its own: two divisions with the same of these above them are priced
        alike.
        """
        found = {row.division for row in self.standards}
        return frozenset(found | {row.division for row in self.dibao} | {row.division for row in self.parameters})

    def place_of(self, division: str) -> str:
        """The nearest division upward that has a row of its own; it decides like `division` does."""
        return next((code for code in ancestors(division) if code in self.places), "0" * 12)

    @cached_property
    def ages(self) -> list[int]:
        """Every age, ascending, at which any row's answer may change."""
        found: set[int] = set()
        for row in self.standards:
            found |= row.when.ages()
            for step in row.amount.adjust:
                found |= step.when.ages()
        return sorted(found)

    def parameters_for(self, division: str, month: Month) -> Parameters:
        """The local rules there in that month."""
        key = ("parameters", division, month)
        if key not in self._known:
            self._known[key] = parameters_in_force(self.parameters, division, month)
        found = self._known[key]
        assert isinstance(found, Parameters)
        return found

    def rows_for(self, subsidy: str, division: str, month: Month) -> tuple[list[StandardRow], list[StandardRow]]:
        """The rows in force of the nearest division upward that has any, and the floors of all divisions above that
        one.
        """
        key = (subsidy, division, month)
        if key not in self._known:
            self._known[key] = self._rows_for(subsidy, division, month)
        return self._known[key]  # type: ignore[return-value]

    def _rows_for(self, subsidy: str, division: str, month: Month) -> tuple[list[StandardRow], list[StandardRow]]:
        own: list[StandardRow] = []
        floors: list[StandardRow] = []
        for code in ancestors(division):
            rows = [row for row in self._standards_at.get((subsidy, code), ()) if in_force(row.since, row.until, month)]
            if own:
                floors += [row for row in rows if row.floor]
            else:
                own = rows
        return own, floors

    def dibao_for(self, division: str, area: str | None, month: Month) -> Decimal | None:
        """The 低保 standard there, see `base_for`."""
        return self.base_for(DIBAO, division, area, month)

    def base_for(self, name: str, division: str, area: str | None, month: Month) -> Decimal | None:
        """A base of the nearest division upward: the area's row before `any`, the latest `since` first."""
        key = ("base", name, division, area, month)
        if key not in self._known:
            self._known[key] = self._base_for(name, division, area, month)
        return self._known[key]  # type: ignore[return-value]

    def _base_for(self, name: str, division: str, area: str | None, month: Month) -> Decimal | None:
        wanted = (area, ANY) if area else (ANY,)
        for code in ancestors(division):
            there = self._dibao_at.get((name, code), ())
            rows = [r for r in there if r.area in wanted and in_force(r.since, r.until, month)]
            if rows:
                return max(rows, key=lambda r: (r.area != ANY, r.since, r.amount)).amount
        return None


def read_scheme(value: object, where: str) -> Scheme:
    """A `scheme` from YAML: division, dibao, bases, standards, parameters."""
    table = reading.mapping(
        value, where, ("division", "dibao", "bases", "standards", "parameters", "document", *reading.REMARKS)
    )
    division = reading.division(table["division"], f"{where}.division") if "division" in table else None
    standards = reading.items(table.get("standards"), f"{where}.standards")
    dibao = reading.items(table.get("dibao"), f"{where}.dibao")
    bases = reading.items(table.get("bases"), f"{where}.bases")
    return Scheme(
        standards=tuple(read_standard(row, f"{where}.standards[{i}]", division) for i, row in enumerate(standards)),
        dibao=(
            *(read_dibao(row, f"{where}.dibao[{i}]", division) for i, row in enumerate(dibao)),
            *(read_base(row, f"{where}.bases[{i}]", division) for i, row in enumerate(bases)),
        ),
        parameters=read_parameters(table.get("parameters"), f"{where}.parameters"),
    )
