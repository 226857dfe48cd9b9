"""Reads: the standards, 低保 rows and parameters that bear on an area, as pure values."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import F, Max, Q, QuerySet

from lxbt.core.months import Month
from lxbt.divisions.rules import ancestors, span
from lxbt.standards.models import Change, DibaoStandard, Parameter, Standard
from lxbt.standards.rules import bounds as limits
from lxbt.standards.rules.bounds import Bounds, narrowed
from lxbt.standards.rules.conditions import read_condition
from lxbt.standards.rules.parameters import RULES, ParameterRow, Parameters
from lxbt.standards.rules.rows import DIBAO, PUBLISHED, DibaoRow, StandardRow, read_amount
from lxbt.standards.rules.schemas import fault_of, read_value
from lxbt.standards.rules.scheme import Scheme


def bearing_on(division_code: str) -> Q:
    """Rows of the area itself, of what lies below it and of everything above it."""
    low, high = span(division_code)
    return Q(division_code__gte=low, division_code__lt=high) | Q(division_code__in=ancestors(division_code))


def _end(until: date | None, superseded_from: date | None) -> Month | None:
    ends = [day for day in (until, superseded_from) if day is not None]
    return Month.of(min(ends)) if ends else None


def as_rule(row: Standard) -> StandardRow:
    """A row of the table as the value that `rights` works with; what a later row supersedes is cut off."""
    return StandardRow(
        division=row.division_code,
        subsidy=row.subsidy,
        since=Month.of(row.since),
        until=_end(row.until, row.superseded_from),
        when=read_condition(row.conditions, "conditions"),
        amount=read_amount(row.amount, "amount"),
        floor=row.floor,
        document=" ".join(part for part in (row.document_number, row.clause) if part) or row.document_title,
        id=row.pk,
    )


BoundsAt = Callable[[str, "Month | None"], Bounds]


def bounds_for(division_code: str, month: Month | None = None) -> Bounds:
    """What is left open to a division in a month (None: by the latest rows); what it set itself binds itself too."""
    return all_bounds()(division_code, month)


def all_bounds(*more: Parameter) -> BoundsAt:
    """The bounds of any division in any month: one query for all. `more`: as if these rows stood in the table too."""
    told: dict[tuple[str, str], list[Parameter]] = {}
    for row in [*Parameter.objects.filter(name__startswith=limits.PREFIX), *more]:
        told.setdefault((row.division_code, row.name), []).append(row)
    for rows in told.values():
        rows.sort(key=lambda row: row.since or date.min, reverse=True)
    places = {code for code, _name in told}
    known: dict[tuple[tuple[str, ...], Month | None], Bounds] = {}

    def bounds(division_code: str, month: Month | None) -> Bounds:
        chain = tuple(code for code in ancestors(division_code) if code in places)
        if (chain, month) not in known:
            latest = (
                next((row for row in rows if month is None or _holds(row, month)), None)
                for (code, _name), rows in told.items()
                if code in chain
            )
            known[chain, month] = narrowed((row.name, row.value) for row in latest if row is not None)
        return known[chain, month]

    return bounds


def _holds(row: Parameter, month: Month) -> bool:
    return (row.since is None or row.since <= month.first) and (row.until is None or row.until > month.first)


def standard_fault(row: Standard, bounds: Bounds) -> str:
    """What is wrong with a standard in the table, empty when nothing is: it then prices nobody."""
    try:
        rule = as_rule(row)
    except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        return str(error) or type(error).__name__
    try:
        limits.check_amount(rule.amount, bounds)
    except limits.OutOfBounds as error:
        return str(error)
    return ""


def dibao_fault(row: DibaoStandard, bounds: Bounds) -> str:
    """What is wrong with a 低保 row or that of another base, empty when nothing is: it then counts as not recorded."""
    try:
        limits.check_base(row.base, row.amount, None, bounds)
    except limits.OutOfBounds as error:
        return str(error)
    return ""


R = TypeVar("R", Standard, DibaoStandard)


def _without_faulty(rows: list[R], faulty: set[int], key: Callable[[R], Any]) -> list[R]:
    """The rows that can be read; what a faulty one cut off holds on until the next that can be read."""
    if not faulty:
        return rows
    cuts = {(key(row), row.since) for row in rows if row.pk in faulty}
    kept = [row for row in rows if row.pk not in faulty]
    for row in kept:
        if (key(row), row.superseded_from) in cuts:
            row.superseded_from = min(
                (later.since for later in kept if key(later) == key(row) and later.pk > row.pk), default=None
            )
    return kept


def _standard_key(row: Standard) -> tuple[str, str, str]:
    return row.division_code, row.subsidy, row.conditions_key


def _dibao_key(row: DibaoStandard) -> tuple[str, str, str]:
    return row.base, row.division_code, row.area


def _published(where: Q, bounds: BoundsAt) -> list[Standard]:
    rows = list(Standard.objects.filter(where, state=PUBLISHED).order_by("pk"))
    faulty = {row.pk for row in rows if standard_fault(row, bounds(row.division_code, Month.of(row.since)))}
    return _without_faulty(rows, faulty, _standard_key)


def _dibao(where: Q, bounds: BoundsAt) -> list[DibaoStandard]:
    rows = list(DibaoStandard.objects.filter(where).order_by("pk"))
    faulty = {row.pk for row in rows if dibao_fault(row, bounds(row.division_code, Month.of(row.since)))}
    return _without_faulty(rows, faulty, _dibao_key)


def scheme_for(division_code: str, *, with_draft: Standard | None = None) -> Scheme:
    """Everything published that bears on an area, all months. With a draft: as if it were published now."""
    bounds = all_bounds()
    published = _published(bearing_on(division_code), bounds)
    standards = [as_rule(row) for row in published]
    if with_draft is not None:
        standards = _with_draft(published, with_draft)
    dibao = [_dibao_rule(row) for row in _dibao(bearing_on(division_code), bounds)]
    return Scheme(tuple(standards), tuple(dibao), _parameter_rows(division_code))


def _dibao_rule(row: DibaoStandard) -> DibaoRow:
    return DibaoRow(
        row.division_code, row.area, Month.of(row.since), _end(row.until, row.superseded_from), row.amount, row.base
    )


def schemes_by_day(*division_codes: str) -> Callable[[date], Scheme]:
    """The scheme as it stood at the end of a day: what was published later is not there, and cut nothing off yet."""
    bounds = all_bounds()
    where = reduce(or_, (bearing_on(code) for code in division_codes))
    published, dibao, parameters = _published(where, bounds), _dibao(where, bounds), _readable(where)
    days = (
        {row.published_on for row in published}
        | {row.recorded_on for row in dibao}
        | {row.recorded_on for row in parameters}
    )

    def known(on: date) -> Scheme:
        rows = [copy(row) for row in published if row.published_on is None or row.published_on <= on]
        low = [copy(row) for row in dibao if row.recorded_on <= on]
        for row in rows:
            row.superseded_from = _cut(row, rows, _standard_key)
        for told in low:
            told.superseded_from = _cut(told, low, _dibao_key)
        local = tuple(_parameter_rule(row) for row in parameters if row.recorded_on <= on)
        return Scheme(tuple(as_rule(row) for row in rows), tuple(_dibao_rule(row) for row in low), local)

    kept: dict[frozenset[date | None], Scheme] = {}

    def found(on: date) -> Scheme:
        seen = frozenset(day for day in days if day is None or day <= on)
        if seen not in kept:
            kept[seen] = known(on)
        return kept[seen]

    return found


def _cut(row: R, known: list[R], key: Callable[[R], Any]) -> date | None:
    """From when another of the rows known then takes the place of this one."""
    if row.superseded_from is None:
        return None
    later = [other.since for other in known if other is not row and key(other) == key(row) and other.since >= row.since]
    return min((since for since in later if since >= row.superseded_from), default=None)


def parameters_for(division_code: str) -> Scheme:
    """The same with the local parameters alone, for what no amount bears on: how certificates count, and from when."""
    return Scheme((), (), _parameter_rows(division_code))


def _parameter_rows(division_code: str) -> tuple[ParameterRow, ...]:
    return tuple(_parameter_rule(row) for row in _readable(bearing_on(division_code)))


def _readable(where: Q) -> list[Parameter]:
    rows = Parameter.objects.filter(where, name__in=RULES).order_by("pk")
    return [row for row in rows if not fault_of(row.name, row.value)]


def _parameter_rule(row: Parameter) -> ParameterRow:
    return ParameterRow(
        row.division_code,
        row.name,
        read_value(row.name, row.value),
        Month.of(row.since) if row.since else None,
        Month.of(row.until) if row.until else None,
    )


def _with_draft(rows: list[Standard], draft: Standard) -> list[StandardRow]:
    for row in rows:
        if (row.division_code, row.subsidy, row.conditions_key) == (
            draft.division_code,
            draft.subsidy,
            draft.conditions_key,
        ):
            row.superseded_from = min(row.superseded_from or draft.since, draft.since)
    return [as_rule(row) for row in [*rows, draft]]


def parameters_at(division_code: str, month: Month) -> Parameters:
    """The local rules in force there in that month."""
    return parameters_for(division_code).parameters_for(division_code, month)


def parameter_value(name: str, division_code: str, month: Month, default: Any) -> Any:
    """Any named parameter: the nearest division upward with a value in force, its latest; else the default.

    A value that cannot be read, or that the level above does not leave open, counts as not set: the next upward is
    asked.
    """
    chain = ancestors(division_code)
    rows = [row for row in Parameter.objects.filter(name=name, division_code__in=chain) if _holds(row, month)]
    rows.sort(key=lambda row: (chain.index(row.division_code), -(row.since or date.min).toordinal()))
    bounds = all_bounds() if rows else None
    for row in rows:
        if bounds and not fault_of(name, row.value, bounds(row.division_code, month)):
            return read_value(name, row.value)
    return default


def parameter_everywhere(name: str) -> Callable[[str, Month], Any]:
    """A named parameter for any division and month, None where nobody set it: at most two queries for all."""
    rows: dict[str, list[Parameter]] = {}
    for row in Parameter.objects.filter(name=name).order_by(F("since").desc(nulls_last=True)):
        rows.setdefault(row.division_code, []).append(row)
    bounds = all_bounds() if rows else None
    known: dict[tuple[int, Month], tuple[bool, Any]] = {}

    def read(row: Parameter, month: Month) -> tuple[bool, Any]:
        if (row.pk, month) not in known:
            good = bounds is not None and not fault_of(name, row.value, bounds(row.division_code, month))
            known[row.pk, month] = (good, read_value(name, row.value) if good else None)
        return known[row.pk, month]

    def found(division_code: str, month: Month) -> Any:
        for code in ancestors(division_code) if rows else ():
            for row in rows.get(code, ()):
                if _holds(row, month) and read(row, month)[0]:
                    return read(row, month)[1]
        return None

    return found


def parameters_named(prefix: str, month: Month) -> list[Parameter]:
    """Every row in force in the month whose name begins with `prefix` and whose value can be read, the latest of a
    division first.
    """
    rows = Parameter.objects.filter(name__startswith=prefix)
    bounds = all_bounds()
    return [
        row
        for row in rows.order_by("name", "division_code", F("since").desc(nulls_last=True))
        if _holds(row, month) and not fault_of(row.name, row.value, bounds(row.division_code, month))
    ]


def standards_of(division_code: str) -> QuerySet[Standard]:
    """Published rows and drafts that bear on an area, the latest first."""
    return Standard.objects.filter(bearing_on(division_code)).order_by("-since", "-pk")


def dibao_of(division_code: str) -> QuerySet[DibaoStandard]:
    """The 低保 rows that bear on an area, the latest first."""
    return DibaoStandard.objects.filter(bearing_on(division_code), base=DIBAO).order_by("-since", "-pk")


def parameters_of(division_code: str) -> QuerySet[Parameter]:
    """The parameter rows that bear on an area."""
    return Parameter.objects.filter(bearing_on(division_code)).order_by("name", "division_code", "since")


def get_standard(pk: int) -> Standard | None:
    """One row, draft or published."""
    return Standard.objects.filter(pk=pk).first()


def latest_change() -> int:
    """The id of the last change, 0 without any."""
    return Change.objects.aggregate(last=Max("pk"))["last"] or 0


def changes_after(change_id: int, division_code: str) -> list[tuple[str, Month]]:
    """(subsidy or '' for both, month from which) of every later change that bears on an area."""
    rows = Change.objects.filter(bearing_on(division_code), pk__gt=change_id)
    return [(row.subsidy, Month.of(row.since)) for row in rows]
