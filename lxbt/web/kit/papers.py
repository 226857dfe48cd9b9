"""A stored paper, handed to whoever may see it, with a record of who saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from lxbt.audit.operations import record_event
from lxbt.documents import queries as documents
from lxbt.documents.rules import ENDINGS

if TYPE_CHECKING:
    from lxbt.documents.models import Document
    from lxbt.web.kit.access import OfficialRequest


def show_paper(request: OfficialRequest, stored: Document, *, name: str) -> HttpResponse:
    """The open content, to be looked at in a sandbox of its own; callers have checked the right to see it."""
    record_event(
        by=request.user,
        action="document.viewed",
        subject_kind="document",
        subject_id=stored.pk,
        person_id=stored.person_id,
        division_code=stored.division_code,
    )
    response = HttpResponse(documents.content_of(stored), content_type=stored.media_type)
    response["Content-Disposition"] = f'inline; filename="{name}-{stored.pk}.{ENDINGS[stored.media_type]}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
