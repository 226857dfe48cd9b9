"""A province's program: what it may, the keys it signs with, what it said lately, and its codes beside ours."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from lxbt.core.signing import ALGORITHMS
from lxbt.provincial.rules.codes import TABLES


class Client(models.Model):
    """A system of a province (or of a city) that pushes. It sees and tells of its own area only."""

    client_id = models.CharField(max_length=40, unique=True, help_text="how it calls itself in every request")
    name = models.CharField(max_length=60)
    division_code = models.CharField(max_length=12, help_text="every row it tells lies in this area")
    sandbox = models.BooleanField(default=True, help_text="checked all the same, nothing is written")
    quota = models.PositiveIntegerField(default=1200, help_text="requests a minute")
    certificate = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of its client certificate, where one is asked for"
    )
    handle_key = models.BinaryField(
        help_text="sealed: 32 bytes as hexadecimal text, shared with this client, for persons in manifests"
    )
    codes_at = models.DateTimeField(null=True, help_text="when its codes were set last")
    opened_at = models.DateTimeField(db_default=Now())
    opened_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="from then on it is a stranger")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quota__gt=0), name="provincial_client_quota"),
            models.CheckConstraint(
                condition=Q(certificate="") | Q(certificate__regex=r"^[0-9a-f]{64}$"),
                name="provincial_client_certificate",
            ),
        ]
        indexes = [models.Index(fields=["division_code"], name="provincial_client_place")]

    def __str__(self) -> str:
        return self.client_id


class ClientKey(models.Model):
    """A public key that a client signs with."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    key_id = models.CharField(max_length=40)
    algorithm = models.CharField(max_length=8)
    public_key = models.BinaryField()
    since_at = models.DateTimeField(db_default=Now())
    until_at = models.DateTimeField(null=True, help_text="from then on it is not taken")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key_id"], name="provincial_key_once"),
            models.CheckConstraint(condition=Q(algorithm__in=list(ALGORITHMS)), name="provincial_key_algorithm"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.key_id}"


class Nonce(models.Model):
    """A nonce that was used: the database itself refuses it a second time. Swept when its time is over."""

    pk = models.CompositePrimaryKey("client_id", "nonce")
    client_id = models.BigIntegerField()
    nonce = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="provincial_nonce_seen")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.seen_at}"


class Answer(models.Model):
    """What was answered to a request with an idempotency key: the same request again gets the same answer, and does
    nothing.
    """

    pk = models.CompositePrimaryKey("client_id", "key")
    client_id = models.BigIntegerField()
    key = models.CharField(max_length=64)
    digest = models.BinaryField(help_text="SM3 of what was asked")
    status = models.SmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="provincial_answer_at")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.status}"


class Code(models.Model):
    """A client's own word for one of ours."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    table = models.CharField(max_length=20)
    theirs = models.CharField(max_length=60)
    ours = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "table", "theirs"], name="provincial_code_once"),
            models.CheckConstraint(condition=Q(table__in=list(TABLES)), name="provincial_code_table"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.table} {self.theirs}"
