"""Reads: the standards, 低保 rows and parameters that bear on an area, as pure values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import F, Max, Q, QuerySet

from lxbt.core.months import Month
from lxbt.divisions.rules import ancestors, span
from lxbt.standards.models import Change, DibaoStandard, Parameter, Standard
from lxbt.standards.rules.parameters import RULES, ParameterRow, Parameters, read_parameter
from lxbt.standards.rules.rows import PUBLISHED, DibaoRow, StandardRow, read_amount, read_condition
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


def scheme_for(division_code: str, *, with_draft: Standard | None = None) -> Scheme:
    """Everything published that bears on an area, all months. With a draft: as if it were published now."""
    standards = [
        as_rule(row) for row in Standard.objects.filter(bearing_on(division_code), state=PUBLISHED).order_by("pk")
    ]
    if with_draft is not None:
        standards = _with_draft(division_code, with_draft)
    dibao = [
        DibaoRow(row.division_code, row.area, Month.of(row.since), _end(row.until, row.superseded_from), row.amount)
        for row in DibaoStandard.objects.filter(bearing_on(division_code)).order_by("pk")
    ]
    return Scheme(tuple(standards), tuple(dibao), _parameter_rows(division_code))


def parameters_for(division_code: str) -> Scheme:
    """The same with the local parameters alone, for what no amount bears on: how certificates count, and from when."""
    return Scheme((), (), _parameter_rows(division_code))


def _parameter_rows(division_code: str) -> tuple[ParameterRow, ...]:
    return tuple(
        ParameterRow(
            row.division_code,
            row.name,
            read_parameter(row.name, row.value, row.name),
            Month.of(row.since) if row.since else None,
        )
        for row in Parameter.objects.filter(bearing_on(division_code), name__in=RULES).order_by("pk")
    )


def _with_draft(division_code: str, draft: Standard) -> list[StandardRow]:
    rows = list(Standard.objects.filter(bearing_on(division_code), state=PUBLISHED).order_by("pk"))
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
    """Any named parameter (rules or not): the nearest division upward with a row in force, its latest; else the default."""
    chain = ancestors(division_code)
    rows = Parameter.objects.filter(
        Q(since__isnull=True) | Q(since__lte=month.first), name=name, division_code__in=chain
    )
    best = min(
        rows, key=lambda row: (chain.index(row.division_code), -(row.since or date.min).toordinal()), default=None
    )
    return default if best is None else best.value


def parameter_everywhere(name: str) -> Callable[[str, Month], Any]:
    """A named parameter for any division and month, None where nobody set it: one query for all."""
    rows: dict[str, list[Parameter]] = {}
    for row in Parameter.objects.filter(name=name).order_by(F("since").desc(nulls_last=True)):
        rows.setdefault(row.division_code, []).append(row)

    def found(division_code: str, month: Month) -> Any:
        for code in ancestors(division_code) if rows else ():
            for row in rows.get(code, ()):
                if row.since is None or row.since <= month.first:
                    return row.value
        return None

    return found


def parameters_named(prefix: str, month: Month) -> list[Parameter]:
    """Every row in force in the month whose name begins with `prefix`, the latest of a division first."""
    rows = Parameter.objects.filter(Q(since__isnull=True) | Q(since__lte=month.first), name__startswith=prefix)
    return list(rows.order_by("name", "division_code", F("since").desc(nulls_last=True)))


def standards_of(division_code: str) -> QuerySet[Standard]:
    """Published rows and drafts that bear on an area, the latest first."""
    return Standard.objects.filter(bearing_on(division_code)).order_by("-since", "-pk")


def dibao_of(division_code: str) -> QuerySet[DibaoStandard]:
    """The 低保 rows that bear on an area, the latest first."""
    return DibaoStandard.objects.filter(bearing_on(division_code)).order_by("-since", "-pk")


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
