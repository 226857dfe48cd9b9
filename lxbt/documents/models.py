"""Scanned papers, large exports and files sent in: what they are, where the sealed content lies, whose they are."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from lxbt.audit.humans import other_human
from lxbt.documents.rules import OFFICE_ENDINGS, SIGNATURES


class Sealed(models.Model):
    """A file whose content lies sealed in the default storage under `path`; the digest is that of the open file."""

    size = models.IntegerField(help_text="bytes of the open file")
    digest = models.BinaryField(help_text="SM3")
    path = models.CharField(max_length=120, unique=True)
    key_id = models.IntegerField(help_text="the key that the content is sealed with")

    class Meta:
        abstract = True


class Document(Sealed):
    """One stored paper of a person."""

    person_id = models.BigIntegerField(help_text="whose paper it is")
    division_code = models.CharField(max_length=12)
    media_type = models.CharField(max_length=20)
    stored_at = models.DateTimeField(db_default=Now())
    stored_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(media_type__in=list(SIGNATURES)), name="document_media_type")
        ]
        indexes = [
            models.Index(fields=["person_id"], name="document_person"),
            models.Index(fields=["key_id"], name="document_key"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.media_type}"


class OfficeFile(Sealed):
    """A file of an office, of no person: a paper that goes with a notice, or a document that the system typeset."""

    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    division_code = models.CharField(max_length=12)
    stored_at = models.DateTimeField()
    stored_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(media_type__in=list(OFFICE_ENDINGS)), name="office_file_media_type"
            )
        ]
        indexes = [models.Index(fields=["key_id"], name="office_file_key")]

    def __str__(self) -> str:
        return f"{self.pk} {self.media_type}"


class Taking(models.Model):
    """A file of persons that left the system without a second person: whose account took it, and whom it told of."""

    account_id = models.BigIntegerField()
    at = models.DateTimeField()
    title = models.CharField(max_length=60)
    rows = models.IntegerField()
    persons = ArrayField(models.BigIntegerField(), null=True, help_text="empty: not known one by one")

    class Meta:
        indexes = [models.Index(fields=["account_id", "at"], name="taking_account")]

    def __str__(self) -> str:
        return f"{self.title} {self.pk}"


class Release(Sealed):
    """A large export, made and sealed, that leaves the system only when a second person lets it go.

    What was looked at is what leaves.
    """

    title = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True, help_text="what the list was narrowed to")
    rows = models.IntegerField()
    division_code = models.CharField(max_length=12, help_text="the area that the rows are of")
    reason = models.CharField(max_length=200)
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="the content is wiped then")
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, default="waiting")
    opinion = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["waiting", "released", "refused"]), name="release_outcome"
            ),
            models.CheckConstraint(
                condition=~models.Q(decided_by_id=models.F("asked_by_id")), name="release_second_person"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="waiting") | models.Q(decided_by_id__isnull=False, decided_at__isnull=False),
                name="release_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_at__isnull=True) | models.Q(outcome="released"), name="release_taken"
            ),
            models.CheckConstraint(condition=models.Q(rows__gt=0), name="release_rows"),
        ]
        indexes = [
            models.Index(fields=["division_code", "-asked_at"], name="release_place"),
            models.Index(fields=["key_id"], name="release_key"),
        ]
        triggers = [
            other_human(
                name="second_human",
                constraint="release_second_person",
                one="decided_by_id",
                other="asked_by_id",
                sentence="who asked for an export does not release it",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.pk}"


class LargeFile(models.Model):
    """A file sent in that may be hundreds of megabytes: it lies in pieces, each sealed by itself.

    The digest is that of the open file.
    """

    size = models.BigIntegerField(default=0)
    digest = models.BinaryField(default=b"", help_text="SM3")
    stored_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.pk} {self.size}"


class Piece(Sealed):
    """One piece of a large file."""

    file = models.ForeignKey(LargeFile, models.PROTECT, related_name="pieces")
    number = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="piece_once")]
        indexes = [models.Index(fields=["key_id"], name="piece_key")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
