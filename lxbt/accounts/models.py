"""Accounts and what they were appointed to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from lxbt.accounts.rules import ROLES, Organ


class UserManager(BaseUserManager["User"]):
    """Looks accounts up by user name; accounts are made by `accounts.operations.appointing.open_account`."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account of one person at one organ."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    organ = models.CharField(max_length=16, choices=[(o.value, o.name) for o in Organ])
    place_code = models.CharField(max_length=12, help_text="the division that the person works in")
    phone_note = models.CharField(max_length=40, blank=True, help_text="office telephone")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    opened_by_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField(db_default=Now())
    language = models.CharField(max_length=8, default="zh-hans")
    density = models.CharField(max_length=8, default="normal")
    session_key = models.CharField(max_length=40, blank=True, help_text="the one session that is live")
    password_changed_at = models.DateTimeField(null=True, help_text="by the owner; empty: the first password was not changed yet")
    letter_keys = models.BooleanField(default=True, help_text="single-letter keyboard shortcuts")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(organ__in=[o.value for o in Organ]), name="user_organ"),
            models.CheckConstraint(condition=models.Q(username__regex=r"^[a-z0-9_.-]{3,40}$"), name="user_username_form"),
        ]
        indexes = [models.Index(fields=["place_code"], name="user_place")]

    def __str__(self) -> str:
        return self.username


class Appointment(models.Model):
    """A role held for a division by one account, by whom and until when."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=24, choices=[(r.key, r.label) for r in ROLES])
    division_code = models.CharField(max_length=12)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_by_id = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "division_code"], condition=models.Q(until__isnull=True), name="appointment_once"),
            models.CheckConstraint(condition=models.Q(role__in=[r.key for r in ROLES]), name="appointment_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.division_code}"


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
    last_step = models.BigIntegerField(default=0, help_text="the half minute of the last code taken: none up to it is taken again")
    since_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(secret__isnull=True, since_at__isnull=True) | models.Q(secret__isnull=False, since_at__isnull=False),
                name="second_factor_since",
            ),
            models.CheckConstraint(condition=models.Q(secret__isnull=False) | models.Q(pending__isnull=False), name="second_factor_secret"),
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
            models.CheckConstraint(condition=~models.Q(asked_by_id=models.F("user_id")), name="access_recovery_not_own"),
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
            models.UniqueConstraint(fields=["user"], condition=models.Q(closed_at__isnull=True), name="access_recovery_open_once"),
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
