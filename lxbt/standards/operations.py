"""Writes: drafting and publishing standards, recording the 低保 standard, setting parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.months import BEGINNING, Month
from lxbt.core.reading import Unreadable
from lxbt.core.refusal import Refusal
from lxbt.standards.models import Change, DibaoStandard, Parameter, Standard
from lxbt.standards.rules.parameters import RULES, ParameterRow, read_parameter
from lxbt.standards.rules.rows import (
    DRAFT,
    PUBLISHED,
    DibaoRow,
    StandardRow,
    read_standard,
    write_amount,
    write_condition,
)

_CHANGE_LOCK = 7_301_001  # held while a change is written, so that change ids appear in the order of commits


class StandardRefused(Refusal):
    """The standard, 低保 row or parameter cannot be taken so."""


def conditions_key(row: StandardRow) -> str:
    """Equal conditions have equal keys, whatever the order they were written in."""
    return json.dumps(write_condition(row.when), sort_keys=True, ensure_ascii=False)


def _as_table_row(row: StandardRow) -> Standard:
    return Standard(
        subsidy=row.subsidy,
        division_code=row.division,
        since=row.since.first,
        until=row.until.first if row.until else None,
        conditions=write_condition(row.when),
        conditions_key=conditions_key(row),
        amount=write_amount(row.amount),
        floor=row.floor,
        document_number=row.document[:100],
    )


def mark_change(*, division_code: str, subsidy: str, since: Month) -> None:
    """Note, in the caller's transaction, that months from `since` on are priced anew."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_CHANGE_LOCK])
    Change.objects.create(division_code=division_code, subsidy=subsidy, since=since.first)


@transaction.atomic
def draft_standard(
    *,
    row: StandardRow | Mapping[str, Any],
    document_title: str = "",
    document_number: str = "",
    clause: str = "",
    by: User | None,
) -> Standard:
    """Write a draft; it counts for nothing until another person publishes it."""
    if not isinstance(row, StandardRow):
        try:
            row = read_standard(row, "standard")
        except Unreadable as error:
            raise StandardRefused(_("标准填写有误：%(fault)s") % {"fault": error}, field=error.where) from None
    draft = _as_table_row(row)
    draft.document_title, draft.clause = document_title, clause
    draft.document_number = document_number or draft.document_number
    draft.drafted_by = by
    draft.save()
    record_event(
        by=by,
        action="standard.drafted",
        subject_kind="standard",
        subject_id=draft.pk,
        division_code=draft.division_code,
        changes=_shown(draft),
    )
    return draft


@transaction.atomic
def withdraw_draft(*, standard_id: int, by: User | None) -> None:
    """Delete a draft that was not published."""
    draft = Standard.objects.select_for_update().filter(pk=standard_id, state=DRAFT).first()
    if draft is None:
        raise StandardRefused(_("该标准不是草稿，不能撤回。"))
    record_event(
        by=by,
        action="standard.withdrawn",
        subject_kind="standard",
        subject_id=draft.pk,
        division_code=draft.division_code,
    )
    draft.delete()


@transaction.atomic
def publish_standard(*, standard_id: int, by: User | None, on: date) -> Standard:
    """Publish a draft of another person. It supersedes earlier rows of equal division, subsidy and conditions from its `since` on, for good."""
    draft = Standard.objects.select_for_update().filter(pk=standard_id).first()
    if draft is None or draft.state != DRAFT:
        raise StandardRefused(_("该标准已发布或不存在，请刷新页面。"))
    if by is not None and same_human(draft.drafted_by_id, by.pk):
        raise StandardRefused(_("不能发布自己起草的标准，请由另一人复核发布。"))
    same = Standard.objects.filter(
        division_code=draft.division_code, subsidy=draft.subsidy, conditions_key=draft.conditions_key, state=PUBLISHED
    )
    _supersede(same, draft.since)
    draft.state, draft.published_by, draft.published_on = PUBLISHED, by, on
    draft.save(update_fields=["state", "published_by", "published_on"])
    mark_change(division_code=draft.division_code, subsidy=draft.subsidy, since=Month.of(draft.since))
    record_event(
        by=by,
        action="standard.published",
        subject_kind="standard",
        subject_id=draft.pk,
        division_code=draft.division_code,
        details={"since": str(draft.since), "amount": draft.amount},
        changes={"state": (DRAFT, PUBLISHED)},
    )
    return draft


def _shown(draft: Standard) -> dict[str, tuple[Any, Any]]:
    """The fields of a new row, for the record."""
    names = ("subsidy", "since", "until", "conditions", "amount", "document_number")
    return {name: (None, getattr(draft, name)) for name in names if getattr(draft, name)}


def _supersede(rows: Any, since: date) -> None:
    rows.update(superseded_from=Func(F("superseded_from"), Value(since), function="least"))


@transaction.atomic
def load_scheme(
    *,
    standards: Iterable[StandardRow] = (),
    dibao: Iterable[DibaoRow] = (),
    parameters: Iterable[ParameterRow] = (),
    by: User | None,
    on: date,
) -> None:
    """Take in a body of rows that stand side by side: none of them supersedes another. For first set-up."""
    table_rows = []
    for row in standards:
        entry = _as_table_row(row)
        entry.state, entry.published_on, entry.published_by = PUBLISHED, on, by
        table_rows.append(entry)
        mark_change(division_code=row.division, subsidy=row.subsidy, since=row.since)
    Standard.objects.bulk_create(table_rows)
    dibao = list(dibao)
    DibaoStandard.objects.bulk_create([_dibao_row(row, by, on, "") for row in dibao])
    for low in dibao:
        mark_change(division_code=low.division, subsidy="", since=low.since)
    for parameter in parameters:
        set_parameter(
            division_code=parameter.division,
            name=parameter.name,
            value=parameter.value,
            since=parameter.since,
            by=by,
            on=on,
        )
    record_event(
        by=by,
        action="scheme.loaded",
        subject_kind="scheme",
        subject_id="",
        details={"standards": len(table_rows), "dibao": len(dibao)},
    )


def _dibao_row(row: DibaoRow, by: User | None, on: date, document_number: str) -> DibaoStandard:
    return DibaoStandard(
        division_code=row.division,
        area=row.area,
        since=row.since.first,
        until=row.until.first if row.until else None,
        amount=row.amount,
        document_number=document_number,
        recorded_by=by,
        recorded_on=on,
    )


@transaction.atomic
def record_dibao_standard(*, row: DibaoRow, document_number: str = "", by: User | None, on: date) -> DibaoStandard:
    """Record a 低保 standard; it supersedes earlier rows of the same division and area from its `since` on, for good."""
    known = DibaoStandard.objects.filter(division_code=row.division, area=row.area)
    before = known.filter(since__lte=row.since.first).order_by("-since", "-pk").values_list("amount", flat=True).first()
    _supersede(known, row.since.first)
    entry = _dibao_row(row, by, on, document_number)
    entry.save()
    mark_change(division_code=row.division, subsidy="", since=row.since)
    record_event(
        by=by,
        action="dibao.recorded",
        subject_kind="dibao",
        subject_id=entry.pk,
        division_code=row.division,
        details={"since": str(row.since), "area": row.area},
        changes={"amount": (before, row.amount)},
    )
    return entry


@transaction.atomic
def set_parameter(
    *,
    division_code: str,
    name: str,
    value: object,
    since: Month | None,
    document_number: str = "",
    by: User | None,
    on: date,
) -> Parameter:
    """Set a parameter of a division from a month on (None: from the beginning); the same month again replaces it."""
    if not re.fullmatch(r"[a-z][a-z0-9_.]{1,39}", name):
        raise StandardRefused(_("参数名 %(name)s 不合规。") % {"name": name})
    if name in RULES:
        try:
            value = read_parameter(name, value, name)
        except Unreadable as error:
            raise StandardRefused(_("参数填写有误：%(fault)s") % {"fault": error}, field="value") from None
    first = since.first if since else None
    before = (
        Parameter.objects.filter(division_code=division_code, name=name, since=first)
        .values_list("value", flat=True)
        .first()
    )
    entry, _created = Parameter.objects.update_or_create(
        division_code=division_code,
        name=name,
        since=first,
        defaults={"value": value, "document_number": document_number, "recorded_by": by, "recorded_on": on},
    )
    if name in RULES:
        mark_change(division_code=division_code, subsidy="", since=since or BEGINNING)
    record_event(
        by=by,
        action="parameter.set",
        subject_kind="parameter",
        subject_id=entry.pk,
        division_code=division_code,
        details={"since": str(since) if since else None},
        changes={name: (before, value)},
    )
    return entry
