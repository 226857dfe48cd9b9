"""Accounts from a sheet by the terminal: the same plan and the same opening as the page of the administrators."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lxbt.accounts.operations.sheets import drop_sheet, open_some, plan_sheet, start_sheet
from lxbt.accounts.queries.sheets import row_counts, rows_of, sheet_of
from lxbt.accounts.rules.sheet import FAULTS, RowState
from lxbt.core import crypto
from lxbt.core.clock import beijing_day
from lxbt.documents.apart import read_lines_apart
from lxbt.documents.rules.workbooks import SENTENCES, Unfit
from lxbt.imports.operations.intake import ImportRefused

if TYPE_CHECKING:
    from lxbt.accounts.models import User


def import_accounts(*, path: Path, by: User | None, at: datetime, dry_run: bool) -> dict[str, Any]:
    """Open what the sheet asks for (or only say what it would do).

    ImportRefused for the system itself, and for a file that cannot be read.
    """
    if by is None:
        raise ImportRefused(_("开通账号须写明办理人，请加 --by。"))
    content = path.read_bytes()
    try:
        sheet = plan_sheet(
            lines=read_lines_apart(content), name=path.name, digest=crypto.sm3(content), by=by, on=beijing_day(at)
        )
    except Unfit as unfit:
        raise ImportRefused(_(SENTENCES[unfit.fault]), field="file") from unfit
    if dry_run:
        drop_sheet(sheet_id=sheet.pk, by=by)
    else:
        start_sheet(sheet_id=sheet.pk, by=by, at=at)
        while open_some(at=at, on=beijing_day(at)):
            pass
        held = sheet_of(by, sheet.pk)
        sheet = held or sheet
    counts = row_counts(sheet.pk)
    reasons = Counter(row.reason for row in rows_of(sheet) if row.state == RowState.ERROR)
    return {
        "sheet": sheet.pk,
        "state": "planned" if dry_run else sheet.state,
        "rows": sum(counts.values()),
        "accepted": counts.get(RowState.OPENED, 0) + counts.get(RowState.OPEN, 0),
        "unchanged": counts.get(RowState.SAME, 0),
        "rejected": counts.get(RowState.ERROR, 0),
        "reasons": dict(reasons),
        "sentences": {code: FAULTS[code] for code in reasons if code in FAULTS},
        "report": None,
    }
