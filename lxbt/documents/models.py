"""Scanned papers: what they are, where the sealed content lies, whose they are."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from lxbt.documents.rules import SIGNATURES


class Document(models.Model):
    """One stored file. The content lies sealed in the default storage under `path`; the digest is that of the open file."""

    person_id = models.BigIntegerField(help_text="whose paper it is")
    division_code = models.CharField(max_length=12)
    media_type = models.CharField(max_length=20)
    size = models.IntegerField()
    digest = models.BinaryField(help_text="SM3")
    path = models.CharField(max_length=120, unique=True)
    key_id = models.IntegerField(help_text="the key that the content is sealed with")
    stored_at = models.DateTimeField(db_default=Now())
    stored_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(media_type__in=list(SIGNATURES)), name="document_media_type")]
        indexes = [models.Index(fields=["person_id"], name="document_person"), models.Index(fields=["key_id"], name="document_key")]

    def __str__(self) -> str:
        return f"{self.pk} {self.media_type}"
