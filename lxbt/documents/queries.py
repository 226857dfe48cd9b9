"""Reads of documents. Callers check the right to see one and leave a record."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from lxbt import vault
from lxbt.documents.models import Document, LargeFile, OfficeFile, Piece, Release, Sealed


def document(document_id: int) -> Document | None:
    """One document, without its content."""
    return Document.objects.filter(pk=document_id).first()


def releases() -> QuerySet[Release]:
    """The large exports; callers cut them down to the own ones and those the account may let go."""
    return Release.objects.all()


def documents_left_to_seal(current: int) -> int:
    """How many files are not sealed with the current key."""
    return sum(
        kind.objects.exclude(key_id=current).exclude(size=0).count() for kind in (Document, OfficeFile, Release, Piece)
    )


def content_of(found: Sealed) -> bytes:
    """The open content of a file."""
    with default_storage.open(found.path, "rb") as file:
        return vault.open_sealed_bytes(file.read())


def large_file(file_id: int | None) -> LargeFile:
    """A large file, without its content."""
    return LargeFile.objects.get(pk=file_id or 0)


def pieces_of(file: LargeFile) -> Iterator[bytes]:
    """The open content of a large file, piece by piece."""
    for piece in file.pieces.order_by("number").iterator(chunk_size=50):
        yield content_of(piece)


@contextmanager
def opened(file: LargeFile) -> Iterator[Path]:
    """The open content under a path for as long as the block lasts.

    It lies in memory only, and is gone with the process.
    """
    number = os.memfd_create("file")
    try:
        with open(number, "wb", closefd=False) as held:
            for data in pieces_of(file):
                held.write(data)
        yield Path(
            f"/proc/{os.getpid()}/fd/{number}"
        )  # by number, so that a process of ours that reads ahead finds it too
    finally:
        os.close(number)
