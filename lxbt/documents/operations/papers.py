"""Storing papers: checked by content, sealed, kept under a name that says nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.documents.models import Document
from lxbt.documents.operations.sealed import keep_sealed
from lxbt.documents.rules import LARGEST, is_active, media_type_of
from lxbt.documents.rules.pictures import Damaged, without_traces


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
    try:
        content = without_traces(content, media_type)
    except Damaged:
        raise DocumentRefused(_("图片已损坏，请重新拍照或扫描后再传。"), field="file") from None
    stored = Document.objects.create(
        person_id=person_id,
        division_code=division_code,
        media_type=media_type,
        **keep_sealed(content),
        stored_by_id=by.pk,
    )
    record_event(
        by=by,
        action="document.stored",
        subject_kind="document",
        subject_id=stored.pk,
        person_id=person_id,
        division_code=division_code,
    )
    return stored
