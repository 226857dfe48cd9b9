"""Storing papers: checked by content, sealed, kept under a name that says nothing."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core import crypto
from lxbt.core.refusal import Refusal
from lxbt.documents import queries
from lxbt.documents.models import Document
from lxbt.documents.rules import LARGEST, is_active, media_type_of


class DocumentRefused(Refusal):
    """The file is not taken."""


@transaction.atomic
def store_document(*, content: bytes, person_id: int, division_code: str, by: User) -> Document:
    """Store a scanned paper; DocumentRefused when it is no picture or PDF, is too large, or carries scripts."""
    if len(content) > LARGEST:
        raise DocumentRefused(_("文件超过 10 MB，请降低扫描分辨率后再传。"), field="file")
    media_type = media_type_of(content)
    if media_type is None:
        raise DocumentRefused(_("只收 JPG、PNG 图片和 PDF，这个文件的内容不是。请重新扫描或拍照。"), field="file")
    if is_active(content, media_type):
        raise DocumentRefused(_("这个 PDF 带有脚本或附件，请另存为普通 PDF 或图片后再传。"), field="file")
    key_id: int = settings.LXBT_KEYRING.current
    name = secrets.token_hex(20)
    path = default_storage.save(f"{name[:2]}/{name}", ContentFile(crypto.seal_bytes(content, settings.LXBT_KEYRING[key_id], key_id)))
    stored = Document.objects.create(
        person_id=person_id,
        division_code=division_code,
        media_type=media_type,
        size=len(content),
        digest=crypto.sm3(content),
        path=path,
        key_id=key_id,
        stored_by_id=by.pk,
    )
    record_event(by=by, action="document.stored", subject_kind="document", subject_id=stored.pk, person_id=person_id, division_code=division_code)
    return stored


def seal_documents_anew(*, limit: int = 100) -> int:
    """Seal up to `limit` documents with the current key; gives how many. The new file is written before the old one goes."""
    current: int = settings.LXBT_KEYRING.current
    done = 0
    for ident in Document.objects.exclude(key_id=current).values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            found = Document.objects.select_for_update(skip_locked=True).filter(pk=ident).exclude(key_id=current).first()
            if found is None:
                continue
            old, name = found.path, secrets.token_hex(20)
            found.path = default_storage.save(
                f"{name[:2]}/{name}", ContentFile(crypto.seal_bytes(queries.content_of(found), settings.LXBT_KEYRING[current], current))
            )
            found.key_id = current
            found.save(update_fields=["path", "key_id"])
            transaction.on_commit(lambda old=old: default_storage.delete(old))  # type: ignore[misc]
        done += 1
    return done
