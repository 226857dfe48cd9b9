"""Taking in a set of the library: its rows become a draft of the place, its parameters are proposed; nothing is in
force by that.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.standards.library import SchemeSet
from lxbt.standards.models import Revision
from lxbt.standards.operations.ground import StandardRefused
from lxbt.standards.operations.revising import Paper, open_revision, put_rows


@transaction.atomic
def take_scheme(*, scheme: SchemeSet, since: Month | None, by: User, at: datetime) -> Revision:
    """Draft the rows of a set for its place, from its month or, where its source says none, from the one given."""
    on = beijing_day(at)
    month = scheme.since or since
    if month is None:
        raise StandardRefused(_("来源没有写执行月份，请按文件填写自哪月执行。"), field="since")
    if Revision.objects.filter(scheme=scheme.name, division_code=scheme.place).exclude(state="published").exists():
        raise StandardRefused(_("这套标准已经取用，草案还没有发布，请在补贴标准里继续。"))
    paper = Paper(
        document_title=scheme.title,
        document_number=scheme.number,
        issued_on=scheme.issued_on,
        source=scheme.source[:300],
        verified=scheme.verified,
        scheme=scheme.name,
    )
    revision = open_revision(division_code=scheme.place, since=month, paper=paper, by=by, on=on)
    put_rows(revision_id=revision.pk, rows=scheme.raw, by=by, on=on)
    revision.refresh_from_db()
    return revision
