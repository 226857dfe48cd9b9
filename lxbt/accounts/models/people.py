"""Whose an account is, and the account."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from lxbt.accounts.models.pairs import PAIRS
from lxbt.accounts.rules import DisabledFor, Organ


class Holder(models.Model):
    """A human being who has accounts here, known by the keyed index of an identity number.

    The number itself is sealed.
    """

    handle = models.BinaryField(unique=True, help_text="keyed index of the identity number")
    sealed = models.BinaryField()
    registered_at = models.DateTimeField(db_default=Now())
    registered_by_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.pk}"


HELD_APART = f"""
    IF EXISTS (
        SELECT 1 FROM accounts_user o JOIN accounts_appointment a ON a.user_id = o.id \
JOIN accounts_appointment b ON b.user_id = NEW.id
        WHERE o.holder_id = NEW.holder_id AND o.id <> NEW.id AND a.until IS NULL AND b.until IS NULL
          AND ((a.role = b.role AND a.division_code = b.division_code) OR (a.role, b.role) IN (VALUES {PAIRS}))
    ) THEN
        RAISE EXCEPTION 'the human being holds what must not go with it' \
USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_apart';
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
