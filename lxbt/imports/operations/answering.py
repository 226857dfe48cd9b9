"""A doubt about rows of a file is answered: they are taken all the same, or asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.imports.models import Import
from lxbt.imports.operations.intake import ImportRefused, check_right, is_before_writing, locked_import
from lxbt.imports.rules.doubts import DOUBTS
from lxbt.imports.states import UPLOADED

if TYPE_CHECKING:
    from lxbt.accounts.models import User


@transaction.atomic
def answer_doubts(*, import_id: int, codes: Iterable[str], by: User | None, at: datetime) -> Import:
    """Take the rows with these doubts all the same; those with any other are asked again. The plan is to be made anew.

    ImportRefused once writing has begun.
    """
    entry = locked_import(import_id)
    check_right(by=by, division_code=entry.division_code, at=at)
    if entry.state != UPLOADED and not is_before_writing(entry):
        raise ImportRefused(_("已经开始写入，不能再改对疑问的答复。"))
    entry.answers = sorted(set(codes) & set(DOUBTS))
    entry.save(update_fields=["answers"])
    record_event(
        by=by,
        action="import.answered",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"doubts": entry.answers},
    )
    return entry
