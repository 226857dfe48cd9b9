"""A published notice as PDF in official layout: typeset once, kept sealed with its digest."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from lxbt.core.clock import beijing_day
from lxbt.documents.operations import keep_typeset
from lxbt.documents.typesetting import TypesettingRefused, families, families_in, pdf_of
from lxbt.notices.models import Circular
from lxbt.notices.queries.circulars import papers_of
from lxbt.notices.rules import SENT, chinese_day
from lxbt.notices.rules.layout import official_data, parts_of

log = structlog.get_logger("lxbt.notices")


def pdf_of_circular(one: Circular, *, stamp: str = "") -> bytes:
    """The bytes; the same for the same version."""
    moment = one.published_at or one.drafted_at
    data, pictures = official_data(
        issuer=one.issuer,
        number=one.number,
        title=one.title,
        addressee=one.addressee,
        parts=parts_of(one.text, one.blocks),
        attachments=[paper.name for paper in papers_of(one.pk)],
        signed_by=one.issuer,
        dated=chinese_day(beijing_day(moment)),
        urgent=one.urgent,
        recorded=one.issuer,
        font=families().sans,
        stamp=stamp,
    )
    return pdf_of("official", data, pictures=pictures, moment=moment)


def typeset_circular(one: Circular, *, at: datetime) -> bool:
    """Keep its PDF; False when it cannot be made here and now."""
    try:
        made = pdf_of_circular(one)
    except TypesettingRefused as refusal:
        log.warning("circular not typeset", circular=one.pk, why=str(refusal)[:200])
        return False
    one.pdf = keep_typeset(content=made, name=f"{one.title}.pdf", division_code=one.from_code, at=at)
    one.save(update_fields=["pdf"])
    return True


def typeset_missing(*, at: datetime, limit: int = 20) -> int:
    """Make the PDF of what was published without one; gives how many were made.

    Nothing is tried where there are no fonts.
    """
    if families_in(settings.LXBT_FONTS) is None:
        return 0
    done = 0
    for ident in (
        Circular.objects.filter(state__in=sorted(SENT), pdf__isnull=True)
        .order_by("-id")
        .values_list("pk", flat=True)[:limit]
    ):
        with transaction.atomic():
            one = (
                Circular.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(pk=ident, pdf__isnull=True)
                .first()
            )
            done += one is not None and typeset_circular(one, at=at)
    return done
