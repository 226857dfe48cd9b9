"""What logging in leaves: used passwords, second factors, devices, recoveries, attempts."""

from __future__ import annotations

from django.db import models

from lxbt.accounts.models.people import User
from lxbt.audit.humans import other_human


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
    """Giving an account back to an owner who lost phone or password: one official asks, another confirms
    within a day.
    """

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
    """How often something was tried within a stretch of time, by a keyed digest of what is counted.

    Not logged: lost in a crash, by design.
    """

    key = models.BinaryField(primary_key=True)
    count = models.IntegerField()
    until_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until_at"], name="tally_until")]

    def __str__(self) -> str:
        return f"{self.count} until {self.until_at}"
