"""The workbook of rows that were not taken goes back to those who may import for the area: numbers in full, each time
on the record.
"""

from __future__ import annotations

import tempfile
from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.documents.operations import take_out
from lxbt.imports import queries
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.intake import layout_of
from lxbt.imports.rules.doubts import DOUBTS
from lxbt.imports.rules.faults import Fault
from lxbt.imports.writing import error_workbook
from lxbt.web.imports.presenters import kept
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.sheets import MEDIA

IN_MEMORY = 64 * 2**20


def send_errors(request: OfficialRequest, entry: Any) -> HttpResponse:
    """The rows as they came, in order, the cells at fault marked.

    Not masked: it is the sender's own file that must come back mended.
    """
    if not take_out(title=entry.name, rows=kept(entry.counts), persons=None, by=request.user, at=request.now.at):
        messages.error(
            request, _("这段时间您取出的名单已到上限。请由另一人取这份错误表，或过些天再取；已提示上级核查。")
        )
        return redirect("import", entry.pk)
    record_event(
        by=request.user,
        action="import.errors_taken",
        subject_kind="import",
        subject_id=entry.pk,
        division_code=entry.division_code,
        details={"rows": kept(entry.counts), "persons": kept(entry.counts)},
    )
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed with the answer)
    rows = (
        (row_no, cells, [Fault(*fault) for fault in faults]) for row_no, cells, faults in queries.error_rows(entry.pk)
    )
    error_workbook(kind_of(entry.kind), layout_of(entry), rows, out, asked=bool(DOUBTS.keys() & entry.reasons.keys()))  # type: ignore[arg-type]
    out.seek(0)
    answer = FileResponse(
        out, as_attachment=True, filename=f"lxbt-{entry.pk}-{request.today:%Y%m%d}.xlsx", content_type=MEDIA
    )
    return cast("HttpResponse", answer)
