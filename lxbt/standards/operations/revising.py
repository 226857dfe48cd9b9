"""Writes of a revision: rows drafted as one act, handed over, sent back with a reason, published by a second person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.humans import same_human
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.money import plain
from lxbt.core.months import Month
from lxbt.core.reading import Unreadable
from lxbt.divisions.rules import covers
from lxbt.notices.operations import Post, post_notices
from lxbt.standards import queries
from lxbt.standards.models import Revision, Standard
from lxbt.standards.operations import as_table_row, check_dates, check_standard, publish_row
from lxbt.standards.operations.ground import StandardRefused, _supersede, mark_change
from lxbt.standards.revisions import MONTHLY, in_force_at, lines_of, rows_of
from lxbt.standards.rules.rows import DRAFT, PUBLISHED, StandardRow, number_of, read_standard

SUBMITTED = "submitted"
MOST_ROWS = 400
LEAST_REASON = 4


@dataclass(frozen=True)
class Paper:
    """The document that an act stands on, as it is kept with every row of it."""

    document_title: str
    document_number: str = ""
    clause: str = ""
    issued_on: date | None = None
    source: str = ""
    verified: str = ""
    scheme: str = ""


def _may(by: User, permission: Permission, code: str, on: date) -> None:
    if not standing_of(by, on=on).may(permission, code):
        raise StandardRefused(_("您没有在这个区划办理标准的权限。"))


def _held(revision_id: int, state: str, version: int | None = None) -> Revision:
    """The revision, locked; refused when it is in another state or was changed since it was shown."""
    found = Revision.objects.select_for_update().filter(pk=revision_id).first()
    if found is None or found.state != state:
        raise StandardRefused(_("这份文件的状态已变，没有办理。请刷新页面再看。"))
    if version is not None and found.version != version:
        raise StandardRefused(_("这份文件在您打开以后又改过，没有办理。请刷新页面再看。"))
    return found


def _own_draft(revision_id: int, by: User, on: date) -> Revision:
    found = _held(revision_id, DRAFT)
    _may(by, Permission.DRAFT_STANDARDS, found.division_code, on)
    if found.drafted_by_id != by.pk:
        raise StandardRefused(_("只有起草人能改这份草案。"))
    return found


def _grown(revision: Revision, *names: str) -> None:
    revision.version += 1
    revision.save(update_fields=["version", *names])


def _check_period(since: Month, until: Month | None) -> None:
    if until is not None and until <= since:
        raise StandardRefused(_("结束月份应晚于开始月份。"), field="until")


def _check_paper(paper: Paper) -> None:
    if len(paper.document_title.strip()) < LEAST_REASON:
        raise StandardRefused(_("请填写依据文件的名称。"), field="document_title")


@transaction.atomic
def open_revision(
    *, division_code: str, since: Month, until: Month | None = None, paper: Paper, by: User, on: date
) -> Revision:
    """Begin an act: a document, its months, no rows yet."""
    _may(by, Permission.DRAFT_STANDARDS, division_code, on)
    _check_period(since, until)
    _check_paper(paper)
    revision = Revision.objects.create(
        division_code=division_code,
        since=since.first,
        until=until.first if until else None,
        drafted_by=by,
        **asdict(paper),
    )
    _record(revision, "opened", by, {"since": str(since), "document": paper.document_number})
    return revision


@transaction.atomic
def change_revision(
    *, revision_id: int, since: Month, until: Month | None = None, paper: Paper, by: User, on: date
) -> Revision:
    """Change the document and the months of a draft; its rows follow."""
    revision = _own_draft(revision_id, by, on)
    _check_period(since, until)
    _check_paper(paper)
    for name, value in asdict(paper).items():
        if name not in ("verified", "scheme"):
            setattr(revision, name, value)
    moved = revision.since != since.first
    revision.since, revision.until = since.first, until.first if until else None
    if moved:
        kept = in_force_at({revision.division_code, *_codes(revision)}, since).values_list("pk", flat=True)
        revision.ends = [pk for pk in revision.ends if pk in set(kept)]
    revision.version += 1
    revision.save()
    revision.rows.update(since=revision.since, until=revision.until, **_paper_of(revision))
    _record(revision, "changed", by, {"since": str(since), "document": revision.document_number})
    return revision


def _codes(revision: Revision) -> set[str]:
    return set(revision.rows.values_list("division_code", flat=True))


def _paper_of(revision: Revision) -> dict[str, str]:
    return {name: getattr(revision, name) for name in ("document_title", "document_number", "clause")}


def _checked(revision: Revision, raw: Mapping[str, Any]) -> StandardRow:
    """A row of the revision as the rule reads it; its months are the revision's."""
    table = {
        **raw,
        "division": raw.get("division") or revision.division_code,
        "since": f"{revision.since:%Y-%m}",
        "until": f"{revision.until:%Y-%m}" if revision.until else None,
    }
    try:
        row = read_standard(table, "standard")
    except Unreadable as error:
        raise StandardRefused(_("标准填写有误：%(fault)s") % {"fault": error}, field=error.where) from None
    if not covers(revision.division_code, row.division):
        raise StandardRefused(_("区划 %(code)s 不在起草地区内。") % {"code": row.division}, field="division")
    check_standard(row)
    return row


@transaction.atomic
def put_rows(*, revision_id: int, rows: Iterable[Mapping[str, Any]], by: User, on: date) -> list[Standard]:
    """Add rows to a draft; one of equal place, subsidy and conditions is replaced by the later one. All or none."""
    revision = _own_draft(revision_id, by, on)
    held = {(row.division_code, row.subsidy, row.conditions_key): row for row in rows_of(revision)}
    made = []
    for raw in rows:
        entry = as_table_row(_checked(revision, raw))
        same = held.pop((entry.division_code, entry.subsidy, entry.conditions_key), None)
        if same is not None and same.pk:
            same.delete()
        held[entry.division_code, entry.subsidy, entry.conditions_key] = entry
        made.append(entry)
    if len(held) > MOST_ROWS:
        raise StandardRefused(_("一份文件最多 %(n)d 行，请分成几份。") % {"n": MOST_ROWS})
    kept = [entry for entry in made if any(entry is one for one in held.values())]
    for entry in kept:
        entry.revision, entry.drafted_by = revision, by
        for name, value in _paper_of(revision).items():
            setattr(entry, name, value)
        entry.save()
    _grown(revision)
    _record(revision, "rows", by, {"rows": len(kept)})
    return kept


@transaction.atomic
def set_amounts(
    *,
    revision_id: int,
    version: int,
    amounts: Mapping[tuple[str, int], Decimal | None],
    ends: Collection[int],
    by: User,
    on: date,
) -> None:
    """Fill in the column of drafts: for (place, row of the table as shown) the new number, None to leave it as it is.

    A number like the present one drafts nothing; a drafted row whose number is taken away is dropped.
    """
    revision = _own_draft(revision_id, by, on)
    if revision.version != version:
        raise StandardRefused(_("这份文件在您打开以后又改过，没有办理。请刷新页面再看。"))
    put, drop, ended = [], [], set(ends)
    for line in lines_of(revision):
        key = (line.division_code, line.row.pk)
        if key not in amounts:
            continue
        wanted, present = amounts[key], number_of(line.present.amount) if line.present else None
        if wanted is None or (present is not None and wanted == present[1] and not line.inherited):
            drop += [line.draft.pk] if line.draft else []
            continue
        told = number_of(line.row.amount)
        if told is None or (line.draft is not None and wanted == told[1]):
            continue
        put.append(_with_number(line.row, line.division_code, told[0], wanted))
        ended -= {line.present.pk} if line.present else set()
    if drop:
        drop_rows(revision_id=revision_id, row_ids=drop, by=by, on=on)
    if put:
        put_rows(revision_id=revision_id, rows=put, by=by, on=on)
    end_rows(revision_id=revision_id, standard_ids=ended, by=by, on=on)


def _with_number(row: Standard, division_code: str, form: str, number: Decimal) -> dict[str, Any]:
    """The row once more for a place, with another number in its amount."""
    return {
        "division": division_code,
        "subsidy": row.subsidy,
        "when": row.conditions,
        "amount": {**row.amount, form: plain(number)},
        "floor": row.floor and row.division_code == division_code,
    }


@transaction.atomic
def change_row(*, revision_id: int, row_id: int, rows: Iterable[Mapping[str, Any]], by: User, on: date) -> None:
    """Put another row, for one place or several, in the place of one."""
    drop_rows(revision_id=revision_id, row_ids=[row_id], by=by, on=on)
    put_rows(revision_id=revision_id, rows=rows, by=by, on=on)


@transaction.atomic
def drop_rows(*, revision_id: int, row_ids: Collection[int], by: User, on: date) -> None:
    """Take rows out of a draft."""
    revision = _own_draft(revision_id, by, on)
    gone = list(Standard.objects.filter(revision_id=revision.pk, pk__in=list(row_ids)))
    for row in gone:
        row.delete()
    _grown(revision)
    _record(revision, "rows", by, {"dropped": len(gone)})


@transaction.atomic
def end_rows(*, revision_id: int, standard_ids: Collection[int], by: User, on: date) -> None:
    """Say which rows in force end with the act and are not replaced by one of equal conditions."""
    revision = _own_draft(revision_id, by, on)
    codes = {revision.division_code, *_codes(revision)}
    known = set(in_force_at(codes, Month.of(revision.since)).values_list("pk", flat=True))
    if set(standard_ids) - known:
        raise StandardRefused(_("要停止执行的行已经不在执行中，请刷新页面。"))
    revision.ends = sorted(set(standard_ids))
    _grown(revision, "ends")


@transaction.atomic
def withdraw_revision(*, revision_id: int, by: User, on: date) -> None:
    """Delete a draft with its rows."""
    revision = _own_draft(revision_id, by, on)
    _record(revision, "withdrawn", by, {"document": revision.document_number})
    revision.delete()


@transaction.atomic
def submit_revision(*, revision_id: int, version: int, by: User, at: datetime) -> Revision:
    """Hand a draft over to be published; from now on it does not change."""
    on = beijing_day(at)
    revision = _own_draft(revision_id, by, on)
    if revision.version != version:
        raise StandardRefused(_("这份文件在您打开以后又改过，没有办理。请刷新页面再看。"))
    _check_whole(revision, on)
    revision.state, revision.submitted_at, revision.returned_reason = SUBMITTED, at, ""
    revision.returned_by = revision.returned_at = None
    revision.save()
    _record(revision, "submitted", by, {"document": revision.document_number})
    _tell(revision, "standards_submitted", "standard_publisher", at)
    return revision


def _check_whole(revision: Revision, on: date) -> None:
    """Refuse what could not be published: nothing in it, no number, months too long ago, a row that the rule
    refuses.
    """
    rows = rows_of(revision)
    if not rows and not revision.ends:
        raise StandardRefused(_("还没有一行改动，不能送审。"))
    if len(revision.document_number.strip()) < LEAST_REASON:
        raise StandardRefused(_("请填写依据文件的文号。"), field="document_number")
    since = Month.of(revision.since)
    bounds = queries.bounds_for(revision.division_code, since)
    codes = {revision.division_code, *(row.division_code for row in rows)}
    replaces = Standard.objects.filter(division_code__in=codes, state=PUBLISHED, since__lte=revision.since).exists()
    check_dates(since, replaces, bounds, on)
    for row in rows:
        check_standard(queries.as_rule(row))


@transaction.atomic
def recall_revision(*, revision_id: int, by: User, on: date) -> None:
    """The drafter takes back what was handed over and not yet published."""
    revision = _held(revision_id, SUBMITTED)
    if revision.drafted_by_id != by.pk:
        raise StandardRefused(_("只有起草人能撤回送审。"))
    revision.state = DRAFT
    _grown(revision, "state")
    _record(revision, "recalled", by, {})


@transaction.atomic
def return_revision(*, revision_id: int, version: int, reason: str, by: User, at: datetime) -> None:
    """Send it back to the drafter, with the reason."""
    revision = _held(revision_id, SUBMITTED, version)
    _may(by, Permission.PUBLISH_STANDARDS, revision.division_code, beijing_day(at))
    if len(reason.strip()) < LEAST_REASON:
        raise StandardRefused(_("请写明退回的原因，让起草人知道改什么。"), field="reason")
    revision.state, revision.returned_by, revision.returned_at = DRAFT, by, at
    revision.returned_reason = reason.strip()[:500]
    _grown(revision, "state", "returned_by", "returned_at", "returned_reason")
    _record(revision, "returned", by, {}, reason=revision.returned_reason)
    _tell(revision, "standards_returned", "", at, user_id=revision.drafted_by_id)


@transaction.atomic
def publish_revision(*, revision_id: int, version: int, monthly: Decimal, by: User, at: datetime) -> Revision:
    """Publish all of it, as it was shown: `monthly` is the yuan that it adds to a month, typed by the second person."""
    on = beijing_day(at)
    revision = _held(revision_id, SUBMITTED, version)
    _may(by, Permission.PUBLISH_STANDARDS, revision.division_code, on)
    if same_human(revision.drafted_by_id, by.pk):
        raise StandardRefused(_("不能发布自己起草的标准，请由另一人复核发布。"))
    _check_whole(revision, on)
    now = MONTHLY[0](revision, on) if MONTHLY else monthly
    if now != monthly:
        raise StandardRefused(
            _("所填金额与现在的测算不符：按现在的人数，每月增减 %(sum)s 元。请核对测算后再填。")
            % {"sum": f"{now:,.2f}"},
            field="monthly",
        )
    revision.state, revision.published_by, revision.published_on = PUBLISHED, by, on
    revision.save(update_fields=["state", "published_by", "published_on"])
    ended = Standard.objects.filter(pk__in=revision.ends, state=PUBLISHED)
    for row in ended:
        mark_change(division_code=row.division_code, subsidy=row.subsidy, since=Month.of(revision.since))
    _supersede(ended, revision.since)
    for row in rows_of(revision):
        publish_row(row, by=by, on=on)
    _record(revision, "published", by, {"monthly": f"{monthly:.2f}", "ends": list(revision.ends)})
    _tell(revision, "standards_published", "", at, user_id=revision.drafted_by_id)
    return revision


def _record(revision: Revision, act: str, by: User, details: Mapping[str, Any], reason: str = "") -> None:
    record_event(
        by=by,
        action=f"revision.{act}",
        subject_kind="revision",
        subject_id=revision.pk,
        division_code=revision.division_code,
        reason=reason,
        details=dict(details),
    )


def _tell(revision: Revision, kind: str, role: str, at: datetime, user_id: int | None = None) -> None:
    params = {"revision": revision.pk, "document": revision.document_number or revision.document_title}
    post_notices(posts=[Post(revision.division_code, kind, role=role, user_id=user_id, params=params)], at=at)
