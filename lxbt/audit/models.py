"""The record of who did what to which record, and who looked at whose data."""

from __future__ import annotations

import hmac

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from lxbt.audit.humans import other_human
from lxbt.core import crypto


def _reason_keys() -> dict[int, bytes]:
    """Keys for reasons, from those over the record: the record is never written anew, and they are never given up."""
    return {number: hmac.digest(key, b"reasons", "sm3")[:16] for number, key in settings.LXBT_KEYRING.seals.items()}


def seal_reason(reason: str, *act: str) -> bytes | None:
    """A reason as it is kept, bound to its act; None without one."""
    if not reason:
        return None
    key_id: int = settings.LXBT_KEYRING.seal_current
    return crypto.seal(reason, _reason_keys()[key_id], key_id, "|".join(act).encode())


def open_reason(sealed: bytes, *act: str) -> str:
    """The reason again; stars when it was altered or its key is not there."""
    try:
        return crypto.unseal(sealed, _reason_keys(), "|".join(act).encode())
    except crypto.Unsealable:
        return "******"


def never_emptied() -> pgtrigger.Trigger:
    """Refuse TRUNCATE, which row triggers do not see."""
    return pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
    )


class Event(models.Model):
    """One act or one look. No foreign keys: the record outlives what it speaks of.

    `details` never holds an identity, certificate, account or phone number.
    """

    at = models.DateTimeField(db_default=Now())
    by_id = models.BigIntegerField(null=True, help_text="the user; empty: the system itself")
    by_name = models.CharField(max_length=80, blank=True)
    by_place = models.CharField(max_length=12, blank=True, help_text="division of the user at that time")
    action = models.CharField(max_length=60, help_text="noun.verb in the past, for instance application.submitted")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    person_id = models.BigIntegerField(null=True, help_text="whose data, where it is a person's")
    division_code = models.CharField(max_length=12, blank=True, help_text="where the subject belongs")
    reason = models.CharField(max_length=200, blank=True)
    sealed_reason = models.BinaryField(
        null=True, help_text="the reason, where it may speak of a person: key id in front"
    )
    details = models.JSONField(default=dict)
    origin = models.CharField(
        max_length=60, blank=True, db_default="", help_text="network address, `terminal` or `worker`"
    )
    changes = models.JSONField(
        default=dict, db_default={}, help_text="{field: [before, after]}; personal numbers as digests"
    )

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "-at"], name="event_person", condition=models.Q(person_id__isnull=False)),
            models.Index(fields=["subject_kind", "subject_id"], name="event_subject"),
            models.Index(fields=["division_code", "-at"], name="event_division"),
            models.Index(fields=["by_id", "-at"], name="event_by"),
            models.Index(fields=["by_place", "-at"], name="event_by_place"),
            BrinIndex(fields=["at"], name="event_at"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_id}"

    @property
    def why(self) -> str:
        """The reason. Callers check the right to read the record."""
        if self.sealed_reason is None:
            return self.reason
        return open_reason(bytes(self.sealed_reason), self.action, self.subject_kind, self.subject_id)


class Block(models.Model):
    """A run of events, sealed: the Merkle root over them and the digest of the block before. Written once."""

    number = models.BigIntegerField(primary_key=True)
    first_id = models.BigIntegerField(help_text="ids up to the next block's first belong here, whether used or not")
    last_id = models.BigIntegerField()
    count = models.IntegerField()
    root = models.BinaryField()
    previous = models.BinaryField(help_text="digest of the block before; zeros for the first")
    digest = models.BinaryField()
    leaves = models.BinaryField(
        help_text="id and the head of its digest, 16 bytes an event: names the row that was changed"
    )
    sealed_at = models.DateTimeField(db_default=Now())
    form = models.SmallIntegerField(
        db_default=1, help_text="which columns of an event the seal covers, see `audit.sealing.RECORDS`"
    )
    first_no = models.BigIntegerField(null=True, help_text="number of its first event; numbers have no gap")
    key_id = models.SmallIntegerField(null=True, help_text="the key of the digest; none before seals were keyed")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last_id__gte=models.F("first_id")), name="block_range"),
            models.UniqueConstraint(fields=["first_id"], name="block_first_once"),
            models.CheckConstraint(
                condition=models.Q(form__lt=3) | models.Q(key_id__isnull=False, first_no__isnull=False),
                name="block_keyed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Anchor(models.Model):
    """A seal that was handed out: to which channel, and when.

    The copy outside is the proof, this row only says that it left.
    """

    number = models.BigIntegerField(help_text="of the block")
    digest = models.BinaryField()
    channel = models.CharField(max_length=10, help_text="here (beside the keys), folder or mail")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(channel__in=["here", "folder", "mail"]), name="anchor_channel")
        ]
        indexes = [models.Index(fields=["channel", "-at"], name="anchor_channel_at")]
        triggers = [
            pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.number}"


class UnusualLook(models.Model):
    """More looking than is usual by one official on one day, for somebody above to ask about."""

    kind = models.CharField(max_length=10, help_text="many, night, elsewhere, limit or export")
    on = models.DateField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=80)
    by_place = models.CharField(max_length=12)
    count = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    handled_by_id = models.BigIntegerField(null=True)
    handled_by_name = models.CharField(max_length=80, blank=True)
    handled_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by_id", "kind", "on"], name="unusual_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["many", "night", "elsewhere", "limit", "export"]), name="unusual_kind"
            ),
            models.CheckConstraint(condition=~models.Q(handled_by_id=models.F("by_id")), name="unusual_not_by_oneself"),
            models.CheckConstraint(
                condition=models.Q(handled_by_id__isnull=True)
                | (models.Q(handled_at__isnull=False) & ~models.Q(finding="")),
                name="unusual_finding",
            ),
        ]
        indexes = [models.Index(fields=["by_place", "-on"], name="unusual_place")]
        triggers = [
            other_human(
                name="handled_by_another_human",
                constraint="unusual_not_by_oneself",
                one="handled_by_id",
                other="by_id",
                sentence="nobody clears the own looking",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on} {self.by_id}"


class Horizon(models.Model):
    """The highest event id at a moment, and the transactions that were open then.

    Once each of those has ended, ids up to it are final. They are told by their names, for clocks may step back.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    highest_id = models.BigIntegerField()
    at = models.DateTimeField()
    server = models.CharField(
        max_length=40, db_default="", help_text="when the server started: all of before has ended"
    )
    waits_for = models.JSONField(default=list, db_default=[], help_text="names of the transactions open at that moment")

    def __str__(self) -> str:
        return f"{self.highest_id}"
