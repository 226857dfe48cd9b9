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
