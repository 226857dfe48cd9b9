"""Taking a whole import back, while nothing has been built on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.queries import user_of
from lxbt.applications.operations.recorded import forget_recorded_applications
from lxbt.applications.queries import persons_with_applications
from lxbt.audit.operations import record_event, record_system_events
from lxbt.core.clock import beijing_day
from lxbt.core.transitions import move
from lxbt.entitlements.operations.holding import forget_holds
from lxbt.entitlements.operations.past import (
    Ledger,
    forget_marks,
    forget_past_changes,
    persons_decided_otherwise,
    tell_months,
)
from lxbt.imports.kinds import LIST
from lxbt.imports.models import Import, KeptRow, Tally, Touched
from lxbt.imports.operations.intake import ImportRefused, check_right, locked_import
from lxbt.imports.operations.planned import forget_planned
from lxbt.imports.states import MOVES
from lxbt.matching.operations.lists import withdraw_list
from lxbt.matching.queries.watch import list_of_file
from lxbt.payments.operations.retracting import (
    drop_recorded_batches,
    persons_recorded,
    recorded_months,
    take_back_recorded,
)
from lxbt.payments.queries import persons_paid_otherwise
from lxbt.registry.operations.files import persons_told_otherwise, take_back_people

if TYPE_CHECKING:
    from lxbt.accounts.models import User

CHUNK = 2000


def built_on(import_id: int, person_ids: Sequence[int], source: str) -> set[int]:
    """Persons of an import on whom something else rests by now: applications, decisions, payments, facts of another
    source.
    """
    ids = list(person_ids)
    made = list(
        Touched.objects.filter(import_id=import_id, person_id__in=ids, made=True).values_list("person_id", flat=True)
    )
    return (
        persons_told_otherwise(ids, source=source, made=made)
        | persons_with_applications(made)
        | persons_decided_otherwise(ids, basis=source, made=made)
        | persons_paid_otherwise(ids, import_id=import_id, made=made)
    )


def _persons(import_id: int, after: int) -> list[int]:
    """The next persons of an import: those it made or changed, and those it recorded payments of."""
    touched = (
        Touched.objects.filter(import_id=import_id, person_id__gt=after)
        .order_by("person_id")
        .values_list("person_id", flat=True)[:CHUNK]
    )
    return sorted({*touched, *persons_recorded(import_id=import_id, after=after, limit=CHUNK)})[:CHUNK]


def blocked_persons(entry: Import) -> int:
    """On how many persons of an import something rests by now."""
    source, after, blocked = f"import {entry.pk}", 0, 0
    while ids := _persons(entry.pk, after):
        blocked += len(built_on(entry.pk, ids, source))
        after = ids[-1]
    return blocked


def moves_money(entry: Import) -> bool:
    """Whether taking the import back takes rights or payments away: then another person agrees first."""
    return bool(entry.effects.get("rights") or entry.effects.get("payments"))


@transaction.atomic
def start_undo(*, import_id: int, by: User | None, at: datetime) -> Import:
    """Begin to take back.

    ImportRefused while something has been built on it, and where another person must agree first.
    """
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    if by is not None and moves_money(entry):
        raise ImportRefused(_("撤销会取消享受资格或发放记录，须由另一人同意，请填写说明并提交。"))
    return begin_undo(import_id=import_id, by=by, at=at)


@transaction.atomic
def begin_undo(*, import_id: int, by: User | None, at: datetime) -> Import:
    """Begin to take back what the caller has checked; ImportRefused while something has been built on it: says on how
    many persons.
    """
    entry = locked_import(import_id)
    entry.state = move(MOVES, entry.state, "undo", sentence=_("只有写入完成或已停止的导入才能撤销。"))
    if blocked := blocked_persons(entry):
        raise ImportRefused(
            _("不能撤销：已有 %(n)d 人在此之后办理了申请、审定、发放或变更，请逐人更正。") % {"n": blocked}
        )
    entry.row_no, entry.share, entry.began_at, entry.finished_at, entry.seconds = 0, 0, at, None, 0
    entry.save()
    record_event(
        by=by,
        action="import.undoing",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details=entry.effects,
    )
    return entry


@transaction.atomic
def undo_some(*, import_id: int, at: datetime) -> int:
    """Take back the next persons; those on whom something was built in the meantime stay.

    Gives how many persons; 0: all is done.
    """
    entry = Import.objects.select_for_update(skip_locked=True).filter(pk=import_id, state="undoing").first()
    if entry is None:
        return 0
    source = f"import {entry.pk}"
    by = user_of(entry.by_id)
    ids = _persons(entry.pk, entry.row_no)  # `row_no` is the last person here
    if not ids:
        return _finish(entry, by, at)
    held = built_on(entry.pk, ids, source)
    free = [pid for pid in ids if pid not in held]
    months = recorded_months(import_id=entry.pk, person_ids=free)
    take_back_recorded(import_id=entry.pk, person_ids=free)
    ledger = Ledger(free, on=beijing_day(at), by_id=entry.by_id, at=at)
    for key, gone in months.items():
        ledger.remove_past(key, gone)
    for key in list(ledger.held):
        ledger.take_back(key, source)
    ledger.write()
    forget_holds(import_id=entry.pk, person_ids=free)
    touched = {row.person_id: row for row in Touched.objects.filter(import_id=entry.pk, person_id__in=free)}
    made = [pid for pid, row in touched.items() if row.made]
    changed = {pid: row.before for pid, row in touched.items() if not row.made}
    forget_marks(made)
    take_back_people(made=made, changed=changed, source=source)
    tell_months(list(changed))
    Touched.objects.filter(import_id=entry.pk, person_id__in=free).delete()
    record_system_events(
        "person.import_undone",
        "person",
        [(pid, entry.division_code, {"import": entry.pk, "removed": pid in set(made)}, {}) for pid in touched],
        by=by,
    )
    entry.row_no, entry.served_at = ids[-1], at
    entry.effects = dict(Counter(entry.effects) + Counter(left=len(held)))
    entry.save(update_fields=["row_no", "served_at", "effects"])
    return len(ids)


def withdraw_file(entry: Import, *, by: User | None, at: datetime) -> None:
    """Take back the list that the file brought; whoever was on it is compared anew."""
    held = list_of_file(entry.kind.removeprefix(LIST), entry.division_code, bytes(entry.digest))
    if held is not None:
        withdraw_list(list_id=held.pk, by=by, on=beijing_day(at), reason=f"import {entry.pk}")


def _finish(entry: Import, by: User | None, at: datetime) -> int:
    forget_past_changes(import_id=entry.pk)
    forget_recorded_applications(import_id=entry.pk)
    if entry.kind.startswith(LIST):
        withdraw_file(entry, by=by, at=at)
    drop_recorded_batches(import_id=entry.pk, by=by)
    if not entry.effects.get("left"):
        Tally.objects.filter(import_id=entry.pk).delete()
    KeptRow.objects.filter(importing=entry).delete()
    forget_planned(entry)
    entry.state, entry.share, entry.finished_at = "undone", 1.0, at
    entry.save(update_fields=["state", "share", "finished_at"])
    record_event(
        by=by,
        action="import.undone",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"left": entry.effects.get("left", 0)},
    )
    return 0
