"""Many accounts from one sheet: planned when it comes in, opened in the background when its sender says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts import queries
from lxbt.accounts.models import AccountSheet, Appointment, Holder, InitialPassword, SheetRow, User
from lxbt.accounts.operations.first_passwords import FirstPassword, first_password, sealed_password
from lxbt.accounts.operations.holding import holder_handle, holders_of
from lxbt.accounts.operations.telling import tell
from lxbt.accounts.queries import managing, sheets
from lxbt.accounts.rules import Organ, conflicts, grantable, has_duties
from lxbt.accounts.rules.sheet import ROWS, Headless, RowState, SheetState, Wanted, read_sheet
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.divisions.models import Division
from lxbt.divisions.rules import Level, prefix

CHUNK = 20  # accounts a transaction: each password costs some 0.2 s


class SheetRefused(Refusal):
    """The sheet cannot be taken or opened so."""


@transaction.atomic
def plan_sheet(*, lines: Sequence[Sequence[Any]], name: str, digest: bytes, by: User, on: date) -> AccountSheet:
    """Keep a sheet with what each row would do; nothing is opened yet.

    Raises SheetRefused when no line has the titles, there are no rows, or more than 2,000.
    """
    standing = queries.standing_of(by, on=on)
    places = {node.code: node for node in managing.places_managed_by(standing)}
    names: dict[str, list[str]] = {}
    for node in places.values():
        names.setdefault(node.name, []).append(node.code)
    try:
        wanted = read_sheet(lines, place_names=names, place_codes={code: node.name for code, node in places.items()})
    except Headless:
        raise SheetRefused(
            _("表里没有找到标题行（姓名、部门、所在区划、角色）。请用模板填写。"), field="file"
        ) from None
    if not wanted:
        raise SheetRefused(_("表里没有要开通的账号。"), field="file")
    if len(wanted) > ROWS:
        raise SheetRefused(_("一次最多开通 %(n)d 个账号，请分成几个文件。") % {"n": ROWS}, field="file")
    _name_users(wanted)
    _check_rights(wanted, places, by=by, on=on)
    _check_holders(wanted, by=by)
    states = _compare(wanted, by=by, on=on)
    sheet = AccountSheet.objects.create(name=name[:120], digest=digest, place_code=by.place_code, by_id=by.pk)
    SheetRow.objects.bulk_create([_row(sheet, row, state) for row, state in zip(wanted, states, strict=True)])
    record_event(
        by=by,
        action="accounts.sheet_planned",
        subject_kind="account_sheet",
        subject_id=sheet.pk,
        division_code=by.place_code,
        details={"rows": len(wanted), "open": states.count(RowState.OPEN), "errors": states.count(RowState.ERROR)},
    )
    return sheet


def _row(sheet: AccountSheet, row: Wanted, state: RowState) -> SheetRow:
    told = {
        "username": row.username,
        "name": row.name,
        "organ": row.organ or "",
        "place": row.place_code,
        "roles": row.roles,
        "until": str(row.until or ""),
        "phone": row.phone,
    }
    return SheetRow(
        sheet=sheet,
        row_no=row.row_no,
        cells=row.cells,
        number=vault.seal(row.identity_number),
        wanted=told,
        state=state,
        column=row.column,
        reason=row.fault,
    )


def _name_users(wanted: list[Wanted]) -> None:
    """Rows without a user name get one from place and name, the same whenever the same row is sent again."""
    from pypinyin import lazy_pinyin

    for row in wanted:
        if not row.username and row.name and row.place_code:
            letters = "".join(c for c in "".join(lazy_pinyin(row.name)).lower() if c.isascii() and c.isalnum())
            if not letters:
                row.wrong("username", "username_unmade")
            row.username = f"{prefix(row.place_code) or '00'}_{letters}"[:40]
    seen: set[str] = set()
    for row in wanted:
        if row.username and row.username in seen:
            row.wrong("username", "username_twice")
        seen.add(row.username)


def _check_holders(wanted: list[Wanted], *, by: User) -> None:
    """Whose accounts they would be: nobody twice, nobody for himself, nobody with what must not go together."""
    handles = {row.identity_number: holder_handle(row.identity_number) for row in wanted if not row.fault}
    known = {
        bytes(handle): pk
        for pk, handle in Holder.objects.filter(handle__in=handles.values()).values_list("pk", "handle")
    }
    accounts: dict[int, list[User]] = {}
    for user in User.objects.filter(holder_id__in=known.values(), is_active=True):
        accounts.setdefault(user.holder_id or 0, []).append(user)
    held = queries.roles_held([user.pk for users in accounts.values() for user in users], on=date.max)
    seen: set[str] = set()
    for row in wanted:
        holder = known.get(handles.get(row.identity_number, b""))
        others = [user for user in accounts.get(holder or 0, ()) if user.username != row.username]
        if holder is not None and holder == by.holder_id:
            row.wrong("identity_number", "number_own")
        elif row.identity_number in seen:
            row.wrong("identity_number", "number_twice")
        elif any((user.organ, user.place_code) == (row.organ, row.place_code) for user in others) or conflicts(
            {*row.roles, *(role for user in others for role in held.get(user.pk, ()))}
        ):
            row.wrong("identity_number", "number_taken")
        seen.add(row.identity_number)


def _check_rights(wanted: list[Wanted], places: dict[str, Division], *, by: User, on: date) -> None:
    """What the administrator may not give, or not so long."""
    standing = queries.standing_of(by, on=on)
    both = managing.both_organs_in(places, on=on)
    given: dict[tuple[str, Organ], set[str]] = {}
    rights = managing.rights_by_place(by, on=on)
    for row in wanted:
        if row.organ is None or not row.place_code:
            continue
        key = (row.place_code, row.organ)
        if key not in given:
            level = Level(places[row.place_code].tier)
            given[key] = {
                role.key for role in grantable(standing, level=level, organ=row.organ, both_organs=both[row.place_code])
            }
        if not set(row.roles) <= given[key]:
            row.wrong("role1", "role_not_yours")
        right = rights.get(row.place_code)
        if row.until is not None and row.until <= on:
            row.wrong("last_day", "day_past")
        elif row.until is not None and right is not None and right.until is not None and row.until > right.until:
            row.wrong("last_day", "day_beyond")


def _compare(wanted: list[Wanted], *, by: User, on: date) -> list[RowState]:
    """Open, same or error, against the accounts that are there."""
    known = {user.username: user for user in User.objects.filter(username__in=[row.username for row in wanted])}
    mine = set(
        managing.accounts_managed_by(queries.standing_of(by, on=on), on=on)
        .filter(pk__in=[u.pk for u in known.values()])
        .values_list("pk", flat=True)
    )
    held = queries.roles_held([user.pk for user in known.values()], on=on)
    states = []
    for row in wanted:
        user = known.get(row.username)
        if user is not None and not row.fault:
            same = (user.name, user.organ, user.place_code, set(held.get(user.pk, ()))) == (
                row.name,
                row.organ,
                row.place_code,
                set(row.roles),
            )
            if user.pk in mine and same and user.is_active:
                states.append(RowState.SAME)
                continue
            row.wrong("username", "account_differs" if user.pk in mine else "username_taken")
        states.append(RowState.ERROR if row.fault else RowState.OPEN)
    return states


def _own_sheet(sheet_id: int, by: User) -> AccountSheet:
    sheet = AccountSheet.objects.select_for_update().filter(pk=sheet_id, by_id=by.pk).first()
    if sheet is None:
        raise SheetRefused(_("没有这个文件，或者不是您上传的。"))
    return sheet


@transaction.atomic
def start_sheet(*, sheet_id: int, by: User, at: datetime) -> AccountSheet:
    """Let the rows that are right be opened in the background."""
    sheet = _own_sheet(sheet_id, by)
    if sheet.state != SheetState.PLANNED:
        raise SheetRefused(_("这个文件已开始开通或已放弃，请刷新页面。"))
    sheet.state, sheet.started_at = SheetState.OPENING, at
    sheet.save(update_fields=["state", "started_at"])
    record_event(
        by=by,
        action="accounts.sheet_started",
        subject_kind="account_sheet",
        subject_id=sheet.pk,
        division_code=sheet.place_code,
    )
    return sheet


@transaction.atomic
def drop_sheet(*, sheet_id: int, by: User) -> None:
    """Nothing of the sheet is wanted."""
    sheet = _own_sheet(sheet_id, by)
    if sheet.state != SheetState.PLANNED:
        raise SheetRefused(_("这个文件已开始开通或已放弃，请刷新页面。"))
    sheet.state = SheetState.DROPPED
    sheet.save(update_fields=["state"])
    record_event(
        by=by,
        action="accounts.sheet_dropped",
        subject_kind="account_sheet",
        subject_id=sheet.pk,
        division_code=sheet.place_code,
    )


def sheets_wait() -> bool:
    """Whether a sheet was started and is not through."""
    return AccountSheet.objects.filter(state=SheetState.OPENING).exists()


@transaction.atomic
def open_some(*, at: datetime, on: date) -> int:
    """Open the next accounts of a sheet that was started. Gives how many rows were dealt with; 0 when there is nothing
    to do.

    All or nothing for each handful; whatever was lost midway is taken up again by the next call.
    """
    sheet = (
        AccountSheet.objects.select_for_update(skip_locked=True).filter(state=SheetState.OPENING).order_by("pk").first()
    )
    if sheet is None:
        return 0
    rows = list(sheet.rows.filter(state=RowState.OPEN).order_by("row_no")[:CHUNK])
    if not rows:
        sheet.state, sheet.finished_at = SheetState.DONE, at
        sheet.save(update_fields=["state", "finished_at"])
        record_event(
            by=User.objects.filter(pk=sheet.by_id).first(),
            action="accounts.sheet_opened",
            subject_kind="account_sheet",
            subject_id=sheet.pk,
            division_code=sheet.place_code,
            details=dict(sheets.row_counts(sheet.pk)),
        )
        return 0
    _open_rows(sheet, rows, on)
    SheetRow.objects.bulk_update(rows, ["state", "column", "reason", "user_id", "number"])
    return len(rows)


def _open_rows(sheet: AccountSheet, rows: list[SheetRow], on: date) -> None:
    """The giver's right is looked at again: it may have ended since the plan was made."""
    giver = User.objects.get(pk=sheet.by_id)
    places = Division.objects.in_bulk({row.wanted["place"] for row in rows})
    wanted = [_wanted_again(row, places) for row in rows]
    managed = {node.code: node for node in managing.places_managed_by(queries.standing_of(giver, on=on))}
    for row in wanted:
        if row.place_code not in managed:
            row.wrong("place", "place_unknown")
    _check_rights([row for row in wanted if not row.fault], managed, by=giver, on=on)
    _check_holders(wanted, by=giver)
    states = _compare(wanted, by=giver, on=on)
    fresh: list[tuple[SheetRow, Wanted, User, FirstPassword]] = []
    holders = holders_of(
        (row.identity_number for row, s in zip(wanted, states, strict=True) if s == RowState.OPEN), by=giver
    )
    for table_row, row, state in zip(rows, wanted, states, strict=True):
        table_row.state, table_row.column, table_row.reason = state, row.column, row.fault
        if state == RowState.OPEN:
            first = first_password()
            user = User(
                holder=holders[row.identity_number],
                username=row.username,
                name=row.name,
                organ=row.organ or "",
                place_code=row.place_code,
                phone_note=row.phone,
                opened_by_id=giver.pk,
                confirmed_on=on,
                password=make_password(first.whole),
            )
            fresh.append((table_row, row, user, first))
    try:
        with transaction.atomic():
            User.objects.bulk_create([user for _t, _w, user, _f in fresh])
    except IntegrityError:  # somebody opened one of them in this very moment: the next call sees it and says so
        for table_row, _w, _u, _f in fresh:
            table_row.state = RowState.OPEN
        return
    grants, passwords = [], []
    rights = managing.rights_by_place(giver, on=on)
    for table_row, row, user, first in fresh:
        right = rights.get(row.place_code)
        until = row.until or (right.until if right else None)
        grants += [
            Appointment(
                user=user,
                role=key,
                division_code=row.place_code,
                since=on,
                until=until,
                granted_by_id=giver.pk,
                under=right,
            )
            for key in row.roles
        ]
        passwords.append(sealed_password(user, first, by_id=giver.pk, on=on, sheet=sheet))
        table_row.state, table_row.user_id, table_row.number = RowState.OPENED, user.pk, None
        record_event(
            by=giver,
            action="account.opened",
            subject_kind="account",
            subject_id=user.pk,
            division_code=row.place_code,
            details={"username": row.username, "sheet": sheet.pk},
            changes={"roles": ([], row.roles), "until": (None, until)},
        )
        if has_duties(row.roles):
            tell("opened", user=user, by=giver, roles=row.roles)
    Appointment.objects.bulk_create(grants)
    InitialPassword.objects.bulk_create(passwords)


def _wanted_again(row: SheetRow, places: dict[str, Division]) -> Wanted:
    told = row.wanted
    node = places.get(told["place"])
    return Wanted(
        row.row_no,
        row.cells,
        name=told["name"],
        username=told["username"],
        organ=Organ(told["organ"]),
        place_code=told["place"],
        place_name=node.name if node else "",
        roles=list(told["roles"]),
        until=date.fromisoformat(told["until"]) if told["until"] else None,
        phone=told["phone"],
        identity_number=vault.open_sealed(bytes(row.number or b"")) if row.number else "",
    )
