"""Content kept sealed in the storage under a name that says nothing, and sealed anew when the key changes."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from lxbt.core import crypto
from lxbt.documents.models import Document, Release
from lxbt.documents.queries import content_of

KINDS: tuple[type[Document | Release], ...] = (Document, Release)


def keep_sealed(content: bytes) -> dict[str, Any]:
    """Write the content sealed; gives the fields of a `Sealed` row that find it again."""
    key_id: int = settings.LXBT_KEYRING.current
    name = secrets.token_hex(20)
    path = default_storage.save(f"{name[:2]}/{name}", ContentFile(crypto.seal_bytes(content, settings.LXBT_KEYRING[key_id], key_id)))
    return {"size": len(content), "digest": crypto.sm3(content), "path": path, "key_id": key_id}


def seal_documents_anew(*, limit: int = 100) -> int:
    """Seal up to `limit` files of each kind with the current key; gives how many. The new file is written before the old one goes."""
    return sum(_seal_anew(kind, limit) for kind in KINDS)


def _seal_anew(kind: type[Document | Release], limit: int) -> int:
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
