"""Opening accounts: sheets of them, and first passwords in two halves."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from lxbt.accounts.models.people import User
from lxbt.accounts.rules import PasswordState
from lxbt.accounts.rules.sheet import RowState, SheetState
from lxbt.audit.humans import other_human


class AccountSheet(models.Model):
    """A sheet of accounts to open: planned when it comes in, opened when its sender says so."""

    name = models.CharField(max_length=120)
    digest = models.BinaryField(help_text="SM3 of the file")
    place_code = models.CharField(max_length=12, help_text="of the administrator who sent it")
    by_id = models.BigIntegerField()
    sent_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        max_length=8, default=SheetState.PLANNED.value, choices=[(s.value, s.name) for s in SheetState]
    )
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state"], condition=models.Q(state="opening"), name="sheet_opening")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in SheetState]), name="sheet_state")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class SheetRow(models.Model):
    """One row of a sheet: what stood in it, what would come of it, and what came."""

    sheet = models.ForeignKey(AccountSheet, on_delete=models.CASCADE, related_name="rows")
    row_no = models.IntegerField(help_text="as the spreadsheet counts")
    cells = models.JSONField(help_text="the sender's own cells; the identity number masked")
    number = models.BinaryField(null=True, help_text="the identity number, sealed; wiped when the account is opened")
    wanted = models.JSONField(default=dict, help_text="username, name, organ, place, roles, until, phone as read")
    state = models.CharField(max_length=8, choices=[(s.value, s.name) for s in RowState])
    column = models.CharField(max_length=12, blank=True, help_text="the column that is wrong")
    reason = models.CharField(max_length=200, blank=True)
    user_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "row_no"], name="sheet_row_once"),
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in RowState]), name="sheet_row_state"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.row_no} {self.state}"


class InitialPassword(models.Model):
    """A first password in two halves: `sealed` until its slip is printed by its maker, `second` until another human
    being has
    seen the owner's identity card and gives it. Then they are wiped; what nobody printed or gave in time is wiped
    too."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sealed = models.BinaryField(null=True)
    state = models.CharField(
        max_length=8, default=PasswordState.WAITING.value, choices=[(s.value, s.name) for s in PasswordState]
    )
    made_on = models.DateField()
    made_by_id = models.BigIntegerField(null=True)
    second = models.BinaryField(null=True, help_text="the half that another than the maker gives")
    given_by_id = models.BigIntegerField(null=True, help_text="who saw the identity card and gave the second half")
    given_at = models.DateTimeField(null=True)
    sheet = models.ForeignKey(AccountSheet, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["made_on"], condition=models.Q(state="waiting"), name="initial_password_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", sealed__isnull=False)
                | models.Q(state__in=["printed", "expired"], sealed__isnull=True),
                name="initial_password_wiped",
            ),
            models.CheckConstraint(
                condition=models.Q(given_by_id__isnull=True, given_at__isnull=True)
                | models.Q(given_by_id__isnull=False, given_at__isnull=False, second__isnull=True),
                name="initial_password_given",
            ),
        ]
        triggers = [
            other_human(
                name=name,
                constraint="initial_password_two_persons",
                one="given_by_id",
                other=other,
                sentence="who made a first password, and its owner, do not give its second half",
            )
            for name, other in (("not_maker", "made_by_id"), ("not_owner", "user_id"))
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"
