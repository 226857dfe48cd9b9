"""Scans of papers: added by the township, seen by those who may see the case, each look recorded."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lxbt.accounts.rules import Permission as P
from lxbt.applications import operations, queries
from lxbt.core.refusal import Refusal
from lxbt.documents import queries as documents
from lxbt.documents.rules import LARGEST
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.papers import show_paper
from lxbt.web.kit.sight import sight_of
from lxbt.web.words import PAPERS


@require_POST
@page(P.ACCEPT_APPLICATIONS)
def application_attach(request: OfficialRequest, number: str) -> HttpResponse:
    """Add the scan of a paper."""
    found = queries.application_seen_by(request.standing, number)
    if found is None:
        raise Http404
    upload, kind = request.FILES.get("file"), request.POST.get("kind", "")
    if upload is None or kind not in PAPERS:
        messages.error(request, _("请选择材料种类和文件。"))
    else:
        try:
            operations.attach_paper(
                number=number, kind=kind, content=upload.read(LARGEST + 1), by=request.user, at=request.now.at
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("扫描件已加密保存。"))
    return redirect("application", number=number)


@page(P.VIEW_APPLICATIONS)
def application_paper(request: OfficialRequest, number: str, paper_id: int) -> HttpResponse:
    """One scan, found through its case only; a guessed address finds nothing."""
    found = queries.application_seen_by(request.standing, number)
    paper = next((p for p in found.papers.all() if p.pk == paper_id and p.document_id), None) if found else None
    stored = documents.document(paper.document_id) if paper and paper.document_id else None
    if found is None or paper is None or stored is None or not sight_of(request, found.division_code).paper(paper.kind):
        raise Http404
    return show_paper(request, stored, name="paper")
