"""Reads of documents. Callers check the right to see one and leave a record."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage

from lxbt.core import crypto
from lxbt.documents.models import Document


def document(document_id: int) -> Document | None:
    """One document, without its content."""
    return Document.objects.filter(pk=document_id).first()


def documents_left_to_seal(current: int) -> int:
    """How many documents are not sealed with the current key."""
    return Document.objects.exclude(key_id=current).count()


def content_of(found: Document) -> bytes:
    """The open content of a document."""
    with default_storage.open(found.path, "rb") as file:
        return crypto.unseal_bytes(file.read(), settings.LXBT_KEYRING)
