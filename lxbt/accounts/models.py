"""Accounts, what they were appointed to and by whom, first passwords that wait to be printed, sheets of accounts to open.

The triggers of `Appointment` hold for raw SQL too: nobody holds an incompatible pair, nothing given outlasts the right it was
given under, nothing is deleted.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from lxbt.accounts.rules import INCOMPATIBLE, ROLES, DisabledFor, Organ, PasswordState
from lxbt.accounts.rules.sheet import RowState, SheetState
from lxbt.audit.humans import other_human

PAIRS = ", ".join(
    f"('{a}', '{b}')" for pair in sorted(sorted(pair) for pair in INCOMPATIBLE) for a, b in (pair, pair[::-1])
)

APART = f"""
    IF NEW.until <= NEW.since THEN RETURN NULL; END IF;
    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM accounts_appointment a
        WHERE a.id <> NEW.id
          AND (a.user_id = NEW.user_id OR a.user_id IN (
              SELECT o.id FROM accounts_user o JOIN accounts_user own ON own.holder_id = o.holder_id WHERE own.id = NEW.user_id))
          AND (a.until IS NULL OR (a.until > NEW.since AND a.until > a.since)) AND (NEW.until IS NULL OR a.since < NEW.until)
          AND ((a.role = NEW.role AND a.division_code = NEW.division_code) OR (a.role, NEW.role) IN (VALUES {PAIRS}))
    ) THEN
        RAISE EXCEPTION 'the account holds % or what must not go with it', NEW.role USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';
    END IF;
    RETURN NULL;
"""

# A grant and the end of its right wait for each other: the right's row is held while something is given under it.
WITHIN_GIVER = """
    IF NEW.under_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.under_id IS DISTINCT FROM NEW.under_id OR NEW.until IS NULL OR NEW.until > OLD.until) THEN
        PERFORM 1 FROM accounts_appointment WHERE id = NEW.under_id FOR SHARE;
    END IF;
    IF NEW.under_id IS NOT NULL AND (NEW.until IS NULL OR NEW.until > NEW.since) AND EXISTS (
        SELECT 1 FROM accounts_appointment g
        WHERE g.id = NEW.under_id AND (g.role <> 'administrator' OR (g.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > g.until)))
    ) THEN
        RAISE EXCEPTION 'the grant outlasts the right it is given under' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';
    END IF;
    IF NEW.until IS NOT NULL AND EXISTS (
        SELECT 1 FROM accounts_appointment c WHERE c.under_id = NEW.id AND (c.until IS NULL OR (c.until > NEW.until AND c.until > c.since))
    ) THEN
        RAISE EXCEPTION 'what was given under this right would outlast it' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_within_giver';
    END IF;
    RETURN NULL;
"""


class Holder(models.Model):
    """A human being who has accounts here, known by the keyed index of an identity number. The number itself is sealed."""

    handle = models.BinaryField(unique=True, help_text="keyed index of the identity number")
    sealed = models.BinaryField()
    registered_at = models.DateTimeField(db_default=Now())
    registered_by_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.pk}"


HELD_APART = f"""
    IF EXISTS (
        SELECT 1 FROM accounts_user o JOIN accounts_appointment a ON a.user_id = o.id JOIN accounts_appointment b ON b.user_id = NEW.id
        WHERE o.holder_id = NEW.holder_id AND o.id <> NEW.id AND a.until IS NULL AND b.until IS NULL
          AND ((a.role = b.role AND a.division_code = b.division_code) OR (a.role, b.role) IN (VALUES {PAIRS}))
    ) THEN
        RAISE EXCEPTION 'the human being holds what must not go with it' USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';
    END IF;
    RETURN NULL;
"""


class UserManager(BaseUserManager["User"]):
    """Looks accounts up by user name; accounts are made by `accounts.operations.appointing.open_account`."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account of one person at one organ."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    holder = models.ForeignKey(Holder, models.PROTECT, null=True, related_name="accounts", db_index=False)
    organ = models.CharField(max_length=16, choices=[(o.value, o.name) for o in Organ])
    place_code = models.CharField(max_length=12, help_text="the division that the person works in")
    phone_note = models.CharField(max_length=40, blank=True, help_text="office telephone")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    opened_by_id = models.BigIntegerField(null=True)
    identity_due_on = models.DateField(
        null=True, help_text="accounts of before holders: until then duties work without an identity number"
    )
    opened_at = models.DateTimeField(db_default=Now())
    language = models.CharField(max_length=8, default="zh-hans")
    density = models.CharField(max_length=8, default="normal")
    session_key = models.CharField(max_length=40, blank=True, help_text="the one session that is live")
    password_changed_at = models.DateTimeField(
        null=True, help_text="by the owner; empty: the first password was not changed yet"
    )
    letter_keys = models.BooleanField(default=True, help_text="single-letter keyboard shortcuts")
    confirmed_on = models.DateField(null=True, help_text="the last yearly confirmation; empty: counts from opening")
    enabled_on = models.DateField(null=True, help_text="when it was last enabled again")
    disabled_on = models.DateField(null=True)
    disabled_for = models.CharField(
        max_length=12, blank=True, default="", db_default="", choices=[(r.value, r.name) for r in DisabledFor]
    )
    disabled_note = models.CharField(max_length=200, blank=True, default="", db_default="")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(organ__in=[o.value for o in Organ]), name="user_organ"),
            models.CheckConstraint(
                condition=models.Q(username__regex=r"^[a-z0-9_.-]{3,40}$"), name="user_username_form"
            ),
            models.UniqueConstraint(
                fields=["holder", "organ", "place_code"], condition=models.Q(is_active=True), name="user_one_per_holder"
            ),
        ]
        indexes = [
            models.Index(fields=["place_code"], name="user_place"),
            models.Index(fields=["holder"], name="user_holder"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="held_apart",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("holder_id"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Condition(
                    "new.holder_id is not null and new.holder_id is distinct from old.holder_id"
                ),
                func=HELD_APART,
            )
        ]

    def __str__(self) -> str:
        return self.username


class Appointment(models.Model):
    """A role held for a division by one account: from when until when, given by whom, under which right of the giver.

    `under` is the giver's own appointment; empty: given by the system itself. When that right ends, this ends with it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=24, choices=[(r.key, r.label) for r in ROLES])
    division_code = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="exclusive")
    granted_by_id = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField(db_default=Now())
    under = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_by_id = models.BigIntegerField(null=True)
    ended_for = models.CharField(
        max_length=12,
        blank=True,
        default="",
        db_default="",
        help_text="taken, left, moved, disabled, lapsed (with the giver's right)",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "division_code"],
                condition=models.Q(until__isnull=True),
                name="appointment_once",
            ),
            models.CheckConstraint(condition=models.Q(role__in=[r.key for r in ROLES]), name="appointment_role"),
            models.CheckConstraint(
                condition=models.Q(granted_by_id__isnull=True) | ~models.Q(granted_by_id=models.F("user_id")),
                name="appointment_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="appointment_period",
            ),
        ]
        indexes = [models.Index(fields=["under"], name="appointment_under")]
        triggers = [
            other_human(
                name="by_another_human",
                constraint="appointment_by_another",
                one="granted_by_id",
                other="user_id",
                sentence="nobody appoints himself",
            ),
            pgtrigger.Trigger(
                name="apart", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Update, func=APART
            ),
            pgtrigger.Trigger(
                name="within_giver",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=WITHIN_GIVER,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.division_code}"


class BothOrgans(models.Model):
    """From a day on, whether civil affairs may open the Federation's accounts in a province (or the nation, for all others)."""

    division_code = models.CharField(max_length=12)
    since = models.DateField()
    allowed = models.BooleanField()
    set_by_id = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division_code", "since"], name="both_organs_once")]

    def __str__(self) -> str:
        return f"{self.division_code} {self.since} {self.allowed}"


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
    """A first password in two halves: `sealed` until its slip is printed by its maker, `second` until another human being has
    seen the owner's identity card and gives it. Then they are wiped; what nobody printed or gave in time is wiped too."""

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


class UsedPassword(models.Model):
    """A password that an account had, encoded; the next ones must differ from it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    until_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-until_at"], name="used_password_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.until_at}"


class SecondFactor(models.Model):
    """The secret that an account shares with its owner's phone, sealed. `pending` waits for the first right code."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="+")
    secret = models.BinaryField(null=True)
    pending = models.BinaryField(null=True)
    last_step = models.BigIntegerField(
        default=0, help_text="the half minute of the last code taken: none up to it is taken again"
    )
    since_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(secret__isnull=True, since_at__isnull=True)
                | models.Q(secret__isnull=False, since_at__isnull=False),
                name="second_factor_since",
            ),
            models.CheckConstraint(
                condition=models.Q(secret__isnull=False) | models.Q(pending__isnull=False), name="second_factor_secret"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class BackupCode(models.Model):
    """One of the codes on paper that stand in for the phone, each once. Only its keyed digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="backup_code_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.used_at}"


class Device(models.Model):
    """A browser that an account logged in on, known again by the keyed digest of its cookie."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField()
    agent = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=45, blank=True, help_text="of the last log-in")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="when the owner was told, on another device")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="device_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.agent}"


class AccessRecovery(models.Model):
    """Giving an account back to an owner who lost phone or password: one official asks, another confirms within a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="confirmed, withdrawn or run out")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(asked_by_id=models.F("user_id")), name="access_recovery_not_own"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by_id__isnull=True)
                | (~models.Q(confirmed_by_id=models.F("asked_by_id")) & ~models.Q(confirmed_by_id=models.F("user_id"))),
                name="access_recovery_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by_id__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by_id__isnull=False, confirmed_at__isnull=False, closed_at__isnull=False),
                name="access_recovery_confirmed",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(closed_at__isnull=True), name="access_recovery_open_once"
            ),
        ]
        triggers = [
            other_human(
                name=name,
                constraint="access_recovery_two_persons",
                one=one,
                other=other,
                sentence="a recovery takes two persons beside the owner",
            )
            for name, one, other in (
                ("not_own", "asked_by_id", "user_id"),
                ("two_humans", "confirmed_by_id", "asked_by_id"),
                ("not_owner", "confirmed_by_id", "user_id"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at}"


class Tally(models.Model):
    """How often something was tried within a stretch of time, by a keyed digest of what is counted. Not logged: lost in a crash, by design."""

    key = models.BinaryField(primary_key=True)
    count = models.IntegerField()
    until_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until_at"], name="tally_until")]

    def __str__(self) -> str:
        return f"{self.count} until {self.until_at}"
