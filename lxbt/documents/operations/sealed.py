"""Content kept sealed in the storage under a name that says nothing, and sealed anew when the key changes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from lxbt import vault
from lxbt.core import crypto
from lxbt.documents.models import Document, LargeFile, OfficeFile, Piece, Release
from lxbt.documents.queries import content_of

KINDS: tuple[type[Document | OfficeFile | Release | Piece], ...] = (Document, OfficeFile, Release, Piece)
PIECE = 4 * 2**20  # bytes of a large file that are sealed together


def keep_sealed(content: bytes) -> dict[str, Any]:
    """Write the content sealed; gives the fields of a `Sealed` row that find it again."""
    key_id: int = settings.LXBT_KEYRING.current
    name = secrets.token_hex(20)
    path = default_storage.save(f"{name[:2]}/{name}", ContentFile(vault.seal_bytes(content)))
    return {"size": len(content), "digest": crypto.sm3(content), "path": path, "key_id": key_id}


@transaction.atomic
def keep_large_file(*, parts: Iterable[bytes]) -> LargeFile:
    """Keep a file that comes in parts of any size, sealed in pieces; never the whole of it in memory."""
    file = LargeFile.objects.create()
    whole, waiting, number, size = hashlib.new("sm3"), bytearray(), 0, 0
    for part in parts:
        whole.update(part)
        size += len(part)
        waiting += part
        while len(waiting) >= PIECE:
            Piece.objects.create(file=file, number=number, **keep_sealed(bytes(waiting[:PIECE])))
            del waiting[:PIECE]
            number += 1
    if waiting:
        Piece.objects.create(file=file, number=number, **keep_sealed(bytes(waiting)))
    file.size, file.digest = size, whole.digest()
    file.save(update_fields=["size", "digest"])
    return file


@transaction.atomic
def drop_large_file(*, file_id: int) -> None:
    """Take a large file away, its pieces from the storage when the transaction is through."""
    pieces = Piece.objects.filter(file_id=file_id)
    paths = list(pieces.values_list("path", flat=True))
    pieces.delete()
    LargeFile.objects.filter(pk=file_id).delete()

    def delete() -> None:
        for path in paths:
            default_storage.delete(path)

    transaction.on_commit(delete)


def seal_documents_anew(*, limit: int = 100) -> int:
    """Seal up to `limit` files of each kind with the current key; gives how many.

    The new file is written before the old one goes.
    """
    return sum(_seal_anew(kind, limit) for kind in KINDS)


def _seal_anew(kind: type[Document | OfficeFile | Release | Piece], limit: int) -> int:
    current: int = settings.LXBT_KEYRING.current
    done = 0
    for ident in kind.objects.exclude(key_id=current).exclude(size=0).values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            found = kind.objects.select_for_update(skip_locked=True).filter(pk=ident).exclude(key_id=current).first()
            if found is None:
                continue
            old, kept = found.path, keep_sealed(content_of(found))
            found.path, found.key_id = kept["path"], kept["key_id"]
            found.save(update_fields=["path", "key_id"])
            transaction.on_commit(lambda old=old: default_storage.delete(old))  # type: ignore[misc]
        done += 1
    return done
