"""Reads of documents. Callers check the right to see one and leave a record."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from lxbt.core import crypto
from lxbt.documents.models import Document, Release, Sealed


def document(document_id: int) -> Document | None:
    """One document, without its content."""
    return Document.objects.filter(pk=document_id).first()


def releases() -> QuerySet[Release]:
    """The large exports; callers cut them down to the own ones and those the account may let go."""
    return Release.objects.all()


def documents_left_to_seal(current: int) -> int:
    """How many files are not sealed with the current key."""
    return sum(kind.objects.exclude(key_id=current).exclude(size=0).count() for kind in (Document, Release))


def content_of(found: Sealed) -> bytes:
    """The open content of a file."""
    with default_storage.open(found.path, "rb") as file:
        return crypto.unseal_bytes(file.read(), settings.LXBT_KEYRING)
