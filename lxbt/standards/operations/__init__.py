"""Writes: drafting and publishing standards, recording the 低保 standard, setting parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.accounts.standing import must_hold
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.months import BEGINNING, Month, in_force
from lxbt.core.reading import Unreadable
from lxbt.standards import queries
from lxbt.standards.models import DibaoStandard, Parameter, Standard
from lxbt.standards.operations.ground import (
    AHEAD,
    EARLIEST,
    StandardRefused,
    _supersede,
    conditions_key,
    lock_place,
    mark_change,
    two_persons,
)
from lxbt.standards.rules import bounds as limits
from lxbt.standards.rules.conditions import write_condition
from lxbt.standards.rules.parameters import ParameterRow
from lxbt.standards.rules.rows import ANY, DRAFT, PUBLISHED, DibaoRow, StandardRow, read_standard, write_amount
from lxbt.standards.rules.schemas import read_value, schema_of


def as_table_row(row: StandardRow) -> Standard:
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
    check_standard(row)
    draft = as_table_row(row)
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
        changes=shown_changes(draft),
    )
    return draft


def check_standard(row: StandardRow) -> None:
    """Refuse an amount that no standard can have, or that leaps from the one it replaces."""
    bounds = queries.bounds_for(row.division, row.since)
    replaced = [
        other
        for other in queries.scheme_for(row.division).standards
        if (other.division, other.subsidy, other.when) == (row.division, row.subsidy, row.when)
        and in_force(other.since, other.until, row.since)
    ]
    try:
        limits.check_amount(row.amount, bounds)
        limits.check_leap(row, max(replaced, key=lambda other: other.since, default=None), bounds)
    except limits.OutOfBounds as error:
        raise StandardRefused(_("标准超出上级允许的范围：%(fault)s。") % {"fault": error}, field="value") from None


@transaction.atomic
def withdraw_draft(*, standard_id: int, by: User | None) -> None:
    """Delete a draft that was not published."""
    draft = Standard.objects.select_for_update().filter(pk=standard_id, state=DRAFT).first()
    if draft is None:
        raise StandardRefused(_("该标准不是草稿，不能撤回。"))
    if draft.revision_id is not None:
        raise StandardRefused(_("这一行属于一份文件，请在该文件的页面删除。"))
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
    """Publish a draft of another person.

    It supersedes earlier rows of equal division, subsidy and conditions from its `since` on, for good.
    """
    draft = Standard.objects.select_for_update().filter(pk=standard_id).first()
    if draft is None or draft.state != DRAFT:
        raise StandardRefused(_("该标准已发布或不存在，请刷新页面。"))
    if draft.revision_id is not None:
        raise StandardRefused(_("这一行属于一份文件，请在该文件的页面整份发布。"))
    if by is not None and same_human(draft.drafted_by_id, by.pk):
        raise StandardRefused(_("不能发布自己起草的标准，请由另一人复核发布。"))
    must_hold(by, Permission.PUBLISH_STANDARDS, [draft.division_code], on=on)
    publish_row(draft, by=by, on=on)
    return draft


def publish_row(draft: Standard, *, by: User | None, on: date) -> None:
    """Put one row in force, in the caller's transaction; the caller has looked at who publishes."""
    lock_place(f"standard {draft.division_code} {draft.subsidy} {draft.conditions_key}")
    try:
        rule = queries.as_rule(draft)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        raise StandardRefused(_("这份草案的内容无法读取，请撤回后重新起草。")) from None
    check_standard(rule)
    if by is not None:
        published = Standard.objects.filter(
            division_code=draft.division_code, subsidy=draft.subsidy, state=PUBLISHED, since__lte=draft.since
        )
        check_dates(rule.since, published.exists(), queries.bounds_for(draft.division_code, rule.since), on)
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


def shown_changes(draft: Standard) -> dict[str, tuple[Any, Any]]:
    """The fields of a new row, for the record."""
    names = ("subsidy", "since", "until", "conditions", "amount", "document_number")
    return {name: (None, getattr(draft, name)) for name in names if getattr(draft, name)}


@transaction.atomic
def load_scheme(
    *,
    standards: Iterable[StandardRow] = (),
    dibao: Iterable[DibaoRow] = (),
    parameters: Iterable[ParameterRow] = (),
    by: User | None,
    on: date,
) -> None:
    """Take in a body of rows that stand side by side: none of them supersedes another.

    For first set-up, by nobody (`by` None).
    """
    two_persons(None, by)
    table_rows = []
    for row in standards:
        entry = as_table_row(row)
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
            until=parameter.until,
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
        base=row.name,
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
def record_dibao_standard(
    *, row: DibaoRow, document_number: str = "", drafted_by: User | None = None, by: User | None, on: date
) -> DibaoStandard:
    """Record a 低保 standard, or a row of another base, that one person drafted and another accepts; it supersedes
    earlier rows of the same division and area from its `since` on, for good.

    Set up without a person (`by` None), or by two: never by one.
    """
    two_persons(drafted_by, by)
    must_hold(by, Permission.PUBLISH_STANDARDS, [row.division], on=on)
    check_dibao_row(row, document_number=document_number, by=by, on=on)
    lock_place(f"{row.name} {row.division} {row.area}")
    known = DibaoStandard.objects.filter(base=row.name, division_code=row.division, area=row.area)
    before = known.filter(since__lte=row.since.first).order_by("-since", "-pk").values_list("amount", flat=True).first()
    _supersede(known, row.since.first)
    entry = _dibao_row(row, by, on, document_number)
    entry.drafted_by = drafted_by
    entry.save()
    mark_change(division_code=row.division, subsidy="", since=row.since)
    record_event(
        by=by,
        action="dibao.recorded",
        subject_kind="dibao",
        subject_id=entry.pk,
        division_code=row.division,
        details={
            "base": row.name,
            "since": str(row.since),
            "area": row.area,
            "drafted_by": drafted_by.pk if drafted_by else None,
        },
        changes={"amount": (before, row.amount)},
    )
    return entry


def check_dibao_row(row: DibaoRow, *, document_number: str, by: User | None, on: date) -> None:
    """Refuse a 低保 standard that is none, that leaps from the one in force there, or that begins too long ago."""
    bounds = queries.bounds_for(row.division, row.since)
    former = queries.scheme_for(row.division).base_for(
        row.name, row.division, row.area if row.area != ANY else "urban", row.since
    )
    try:
        limits.check_base(row.name, row.amount, former if by is not None else None, bounds)
    except limits.OutOfBounds as error:
        raise StandardRefused(
            _("低保标准或基数超出允许的范围：%(fault)s。") % {"fault": error}, field="amount"
        ) from None
    if by is not None:
        check_dates(row.since, former is not None, bounds, on)
        if len(document_number.strip()) < 4:
            raise StandardRefused(_("请填写公布低保标准或基数的文号。"), field="document_number")


def check_dates(since: Month, replaces: bool, bounds: limits.Bounds, on: date) -> None:
    """Refuse what begins in another age, and what replaces another value further back than the level above allows."""
    today = Month.of(on)
    if not EARLIEST <= since <= today + AHEAD:
        raise StandardRefused(
            _("执行月份应在 %(first)s 到 %(last)s 之间。") % {"first": EARLIEST, "last": today + AHEAD}, field="since"
        )
    if replaces and today - since > bounds.back_months:
        raise StandardRefused(
            _("替代现行规定的，最早可追溯到 %(month)s。") % {"month": today.back(bounds.back_months)}, field="since"
        )


@transaction.atomic
def set_parameter(
    *,
    division_code: str,
    name: str,
    value: object,
    since: Month | None,
    until: Month | None = None,
    document_number: str = "",
    drafted_by: User | None = None,
    by: User | None,
    on: date,
) -> Parameter:
    """Set a parameter of a division for [since, until) (None: open), drafted by one person and accepted by another; the
    same month again replaces it.

    Set up without a person (`by` None), or by two: never by one.
    """
    two_persons(drafted_by, by)
    must_hold(by, Permission.PUBLISH_STANDARDS, [division_code], on=on)
    value = checked_value(division_code=division_code, name=name, value=value, since=since, until=until, by=by, on=on)
    first = since.first if since else None
    lock_place(f"parameter {division_code} {name}")
    before = (
        Parameter.objects.filter(division_code=division_code, name=name, since=first)
        .values_list("value", flat=True)
        .first()
    )
    entry, _created = Parameter.objects.update_or_create(
        division_code=division_code,
        name=name,
        since=first,
        defaults={
            "value": value,
            "until": until.first if until else None,
            "document_number": document_number,
            "drafted_by": drafted_by,
            "recorded_by": by,
            "recorded_on": on,
        },
    )
    schema = schema_of(name)
    if schema is not None and schema.priced:
        mark_change(division_code=division_code, subsidy="", since=since or BEGINNING)
    record_event(
        by=by,
        action="parameter.set",
        subject_kind="parameter",
        subject_id=entry.pk,
        division_code=division_code,
        details={
            "since": str(since) if since else None,
            "until": str(until) if until else None,
            "drafted_by": drafted_by.pk if drafted_by else None,
        },
        changes={name: (before, value)},
    )
    return entry


def checked_value(
    *,
    division_code: str,
    name: str,
    value: object,
    since: Month | None,
    until: Month | None,
    by: User | None,
    on: date,
) -> Any:
    """The value in canonical form; StandardRefused when nobody reads such a parameter, when it says nothing, or when it
    is out of bounds.
    """
    schema = schema_of(name)
    if schema is None or not re.fullmatch(r"[a-z][a-z0-9_.]{1,39}", name):
        raise StandardRefused(_("没有参数 %(name)s，请从列表中选择。") % {"name": name[:40]}, field="name")
    bounds = queries.bounds_for(division_code, max(since or Month.of(on), Month.of(on)))
    try:
        read = read_value(name, value, bounds)
    except Unreadable as error:
        raise StandardRefused(_("参数填写有误：%(fault)s") % {"fault": error}, field="value") from None
    except limits.OutOfBounds as error:
        raise StandardRefused(_("超出上级允许的范围：%(fault)s。") % {"fault": error}, field="value") from None
    if by is not None and since is not None:
        check_dates(since, schema.priced, bounds, on)
    longest = schema.months(name, read, bounds)
    if longest is not None:
        begin = max(since or Month.of(on), Month.of(on))
        if until is None or until - begin > longest:
            raise StandardRefused(
                _("停用须有期限，最长 %(n)d 个月：请填写到哪月恢复，不晚于 %(month)s。")
                % {"n": longest, "month": begin + longest},
                field="until",
            )
    if until is not None and since is not None and until <= since:
        raise StandardRefused(_("结束月份应晚于开始月份。"), field="until")
    return read
