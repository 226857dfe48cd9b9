"""Partners and what they may see; messages in and out; how each link is. The state in the table is the queue."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from lxbt import vault

STATES_IN = ("waiting", "applied", "failed", "put_aside")
STATES_OUT = ("waiting", "sent", "failed", "put_aside")
PARTNERS = ("federation", "partner", "lister")


class Partner(models.Model):
    """A system at the other end of a line. A side that is not `federation` sees only what is granted here."""

    sender_id = models.CharField(max_length=99, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=12,
        default="partner",
        help_text="federation: the database of certificates; partner: asks of "
        "us; lister: gives lists that are compared "
        "with",
    )
    areas = models.JSONField(default=list, help_text="division codes whose areas it may see")
    fields = models.JSONField(default=list, help_text="granted fields of a person")
    lists = models.JSONField(
        default=list, db_default=[], help_text="of a lister: the lists that it may tell, or is asked for"
    )
    answers = models.CharField(
        max_length=8,
        blank=True,
        default="",
        db_default="",
        help_text="of a lister that is asked: at_once or later; empty: it tells by itself",
    )
    base_url = models.CharField(
        max_length=300, blank=True, help_text="where we ask, and what callbacks must begin with"
    )
    must_sign = models.BooleanField(default=True)
    quota = models.PositiveIntegerField(default=600, help_text="requests a minute")
    secret = models.CharField(
        max_length=128, blank=True, help_text="of the client, encoded as passwords are: it asks us for a token with it"
    )
    client_secret = models.BinaryField(null=True, help_text="sealed: we ask it for a token with it")
    token_key = models.BinaryField(help_text="sealed: person tokens of this partner, 32 bytes as hexadecimal text")
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, help_text="from then on it is a stranger")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PARTNERS), name="partner_kind"),
            models.CheckConstraint(condition=Q(answers__in=["", "at_once", "later"]), name="partner_answers"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="federation", closed_at__isnull=True), name="partner_one_federation"
            ),
        ]

    def __str__(self) -> str:
        return self.sender_id


class PartnerKey(models.Model):
    """A public key that a partner signs with."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    key_id = models.CharField(max_length=99)
    algorithm = models.CharField(max_length=20)
    public_key = models.BinaryField()
    until_at = models.DateTimeField(null=True, help_text="from then on it is not taken")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "key_id"], name="partner_key_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.key_id}"


class AccessToken(models.Model):
    """A bearer token given to a partner; only its keyed digest is kept."""

    digest = models.BinaryField(primary_key=True)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    until_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until_at"], name="access_token_until")]

    def __str__(self) -> str:
        return f"{self.partner_id} until {self.until_at}"


class Message(models.Model):
    """A message that came. The database itself refuses one that came before."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    sender_id = models.CharField(max_length=99)
    message_id = models.CharField(max_length=99)
    action = models.CharField(max_length=20)
    namespace = models.CharField(max_length=8)
    transaction_id = models.CharField(max_length=99)
    correlation_id = models.CharField(max_length=99)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=9, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, help_text="of the last failure")
    counts = models.JSONField(default=dict)
    body = models.BinaryField(null=True, help_text="sealed; taken away some time after it was applied")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender_id", "message_id"], name="message_once"),
            models.CheckConstraint(condition=Q(state__in=STATES_IN), name="message_state"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="message_due", condition=Q(state="waiting")),
            models.Index(fields=["state", "-received_at"], name="message_failed", condition=Q(state="failed")),
            models.Index(fields=["received_at"], name="message_received"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.message_id}"

    def opened(self) -> dict[str, Any]:
        """Header and message."""
        return vault.open_body(self.body) if self.body is not None else {}


class SeenEvent(models.Model):
    """An event that came, by its transaction and reference: whichever message brings it again, it is not taken
    twice.
    """

    pk = models.CompositePrimaryKey("partner_id", "transaction_id", "reference_id")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    transaction_id = models.CharField(max_length=99)
    reference_id = models.CharField(max_length=99)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="seen_event_at")]

    def __str__(self) -> str:
        return f"{self.transaction_id} {self.reference_id}"


class Sending(models.Model):
    """A message that goes out until the partner has acknowledged it. Its number stays the same at every attempt."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=99, unique=True)
    action = models.CharField(max_length=20)
    url = models.CharField(max_length=500)
    transaction_id = models.CharField(max_length=99)
    correlation_id = models.CharField(max_length=99, blank=True)
    state = models.CharField(max_length=9, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)
    body = models.BinaryField(null=True, help_text="sealed: header and message without signature")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES_OUT), name="sending_state")]
        indexes = [
            models.Index(fields=["next_at"], name="sending_due", condition=Q(state="waiting")),
            models.Index(fields=["state", "-made_at"], name="sending_failed", condition=Q(state="failed")),
            models.Index(fields=["partner", "transaction_id"], name="sending_transaction"),
            models.Index(fields=["partner", "correlation_id"], name="sending_correlation"),
            models.Index(fields=["made_at"], name="sending_made"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.message_id}"

    def opened(self) -> dict[str, Any]:
        """Header and message."""
        return vault.open_body(self.body) if self.body is not None else {}


class Subscription(models.Model):
    """Events that we want of the Federation (`ours`), or that a partner wants of us."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    ours = models.BooleanField()
    code = models.CharField(max_length=99)
    event = models.CharField(max_length=40)
    criteria = models.JSONField(default=dict)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, help_text="to be renewed before; empty: until it is ended")
    ended_at = models.DateTimeField(null=True)
    told_until_at = models.DateTimeField(null=True, help_text="changes up to then were notified")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "ours", "code"], name="subscription_code_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.code}"


class Link(models.Model):
    """How the line to a partner is: the circuit breaker, what last came, what the last comparison found."""

    partner = models.OneToOneField(Partner, models.CASCADE, primary_key=True, related_name="+")
    state = models.CharField(max_length=6, default="closed")
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)
    heard_at = models.DateTimeField(null=True, help_text="a message of theirs came")
    changed_at = models.DateTimeField(null=True, help_text="the newest change of theirs that is known here")
    synced_at = models.DateTimeField(null=True, help_text="everything changed up to then was fetched")
    compared_at = models.DateTimeField(null=True)
    comparison = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=["closed", "open", "half"]), name="link_state")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.state}"


class Asking(models.Model):
    """A round of questions: whether the recipients of an area are on a list of a body that only answers questions."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    area = models.CharField(max_length=12)
    month = models.DateField(help_text="whose recipients are asked for")
    list_id = models.BigIntegerField(null=True, help_text="where the answers stand")
    batches = models.PositiveIntegerField(default=0)
    persons = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["partner", "kind", "area", "-id"], name="asking_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "kind", "area"], condition=Q(finished_at__isnull=True), name="asking_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area} {self.month:%Y-%m}"


class AskedBatch(models.Model):
    """One question of a round: the recipients from one person's number to another's.

    Who they are stands in no table.
    """

    asking = models.ForeignKey(Asking, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    first_person = models.BigIntegerField()
    last_person = models.BigIntegerField()
    state = models.CharField(max_length=8, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    persons = models.PositiveIntegerField(default=0, help_text="asked for in the latest attempt")
    found = models.PositiveIntegerField(default=0)
    transaction_id = models.CharField(max_length=99, blank=True, help_text="of the latest attempt")
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["transaction_id"], name="asked_batch_transaction", condition=Q(state="asked"))]
        constraints = [
            models.UniqueConstraint(fields=["asking", "number"], name="asked_batch_once"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "asked", "answered"]), name="asked_batch_state"),
        ]

    def __str__(self) -> str:
        return f"{self.asking_id} {self.number}"
