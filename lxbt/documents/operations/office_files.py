"""Files of offices: papers that go with a notice, told by their content; documents that the system typeset, stored
once.
"""

from __future__ import annotations

from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.refusal import Refusal
from lxbt.documents.models import OfficeFile
from lxbt.documents.operations.sealed import keep_sealed
from lxbt.documents.rules import LARGEST, WORKBOOK, is_active, media_type_of
from lxbt.documents.rules.pictures import Damaged, without_traces
from lxbt.documents.rules.workbooks import SENTENCES, ZIP, fault_of


class OfficeFileRefused(Refusal):
    """The file is not taken."""


def _media_type(content: bytes) -> str:
    if len(content) > LARGEST:
        raise OfficeFileRefused(_("附件超过 10 MB，请压缩或拆分后再传。"), field="file")
    if content.startswith(ZIP):
        fault = fault_of(content)
        if fault is not None:
            raise OfficeFileRefused(_(SENTENCES[fault]), field="file")
        return WORKBOOK
    media_type = media_type_of(content)
    if media_type is None:
        raise OfficeFileRefused(_("附件只收 PDF、XLSX 表格和 JPG、PNG 图片，这个文件的内容不是。"), field="file")
    if is_active(content, media_type):
        raise OfficeFileRefused(_("这个 PDF 带有脚本或附件，请另存为普通 PDF 或图片后再传。"), field="file")
    return media_type


@transaction.atomic
def store_office_file(*, content: bytes, name: str, division_code: str, by: User, at: datetime) -> OfficeFile:
    """Keep a paper of an office sealed; OfficeFileRefused when it is no PDF, picture or workbook, is too large, or
    carries scripts or macros.
    """
    media_type = _media_type(content)
    try:
        content = without_traces(content, media_type)
    except Damaged:
        raise OfficeFileRefused(_("图片已损坏，请重新拍照或扫描后再传。"), field="file") from None
    kept = keep_sealed(content)
    stored = OfficeFile.objects.create(
        name=name.strip()[-120:],
        media_type=media_type,
        division_code=division_code,
        stored_at=at,
        stored_by_id=by.pk,
        **kept,
    )
    record_event(
        by=by,
        action="office_file.stored",
        subject_kind="office_file",
        subject_id=stored.pk,
        division_code=division_code,
        details={"size": stored.size},
    )
    return stored


@transaction.atomic
def keep_typeset(*, content: bytes, name: str, division_code: str, at: datetime) -> OfficeFile:
    """Keep a PDF that the system made; what made it records the act."""
    return OfficeFile.objects.create(
        name=name[:120], media_type="application/pdf", division_code=division_code, stored_at=at, **keep_sealed(content)
    )


@transaction.atomic
def drop_office_file(*, file_id: int) -> None:
    """Take a file away that nothing refers to any more, its content when the transaction is through."""
    path = OfficeFile.objects.values_list("path", flat=True).get(pk=file_id)
    OfficeFile.objects.filter(pk=file_id).delete()
    transaction.on_commit(lambda: default_storage.delete(path))
