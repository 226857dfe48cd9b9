"""Reads of sheets of accounts: only their sender sees them."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from lxbt import vault
from lxbt.accounts.models import AccountSheet, InitialPassword, SheetRow, User
from lxbt.accounts.rules import PasswordState
from lxbt.accounts.rules.sheet import COLUMNS


def sheets_of(user: User) -> QuerySet[AccountSheet]:
    """The sheets that an account sent, latest first."""
    return AccountSheet.objects.filter(by_id=user.pk).order_by("-pk")


def sheet_of(user: User, sheet_id: int) -> AccountSheet | None:
    """One of them, or None."""
    return sheets_of(user).filter(pk=sheet_id).first()


def rows_of(sheet: AccountSheet) -> QuerySet[SheetRow]:
    """The rows of a sheet as they stand in it."""
    return SheetRow.objects.filter(sheet=sheet).order_by("row_no")


def row_counts(sheet_id: int) -> dict[str, int]:
    """How many rows stand in each state."""
    return dict(
        SheetRow.objects.filter(sheet_id=sheet_id).values_list("state").annotate(n=Count("id")).order_by("state")
    )


def counts_of_sheets(sheet_ids: list[int]) -> dict[int, dict[str, int]]:
    """The same for several sheets in one query."""
    found: dict[int, dict[str, int]] = {}
    for sheet_id, state, n in (
        SheetRow.objects.filter(sheet_id__in=sheet_ids).values_list("sheet_id", "state").annotate(n=Count("id"))
    ):
        found.setdefault(sheet_id, {})[state] = n
    return found


def cells_of(row: SheetRow) -> list[str]:
    """A row as its sender wrote it, the identity number in full: for the file that goes back to the sender."""
    cells = list(row.cells)
    if row.number and len(cells) == len(COLUMNS):
        cells[list(COLUMNS).index("identity_number")] = vault.open_sealed(bytes(row.number))
    return cells


def slips_of_sheet(sheet: AccountSheet) -> int:
    """How many slips of a sheet wait to be printed."""
    return InitialPassword.objects.filter(sheet=sheet, state=PasswordState.WAITING).count()


def password_states(user_ids: list[int]) -> dict[int, str]:
    """Where first passwords stand, by user id."""
    return dict(InitialPassword.objects.filter(pk__in=user_ids).values_list("pk", "state"))
