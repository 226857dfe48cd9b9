"""A client's own words for our codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.provincial.models import Client, Code
from lxbt.provincial.rules.codes import MOST_CODES, TABLES
from lxbt.provincial.rules.problems import Problem

if TYPE_CHECKING:
    from lxbt.accounts.models import User

LONGEST = 60


@transaction.atomic
def set_codes(*, client: Client, table: str, codes: Mapping[str, str], by: User | None = None, at: datetime) -> int:
    """Replace a table: the client's word -> ours. Gives how many words there are."""
    if table not in TABLES:
        raise Problem(
            404,
            "not_found",
            _("没有这张代码表。"),
            "table",
            _("可用的代码表：%(names)s。") % {"names": "、".join(TABLES)},
        )
    if len(codes) > MOST_CODES:
        raise Problem(
            413, "too_large", _("一张代码表最多 %(n)s 项。") % {"n": MOST_CODES}, remedy=_("去掉与本系统相同的代码。")
        )
    for theirs, ours in codes.items():
        if not all(0 < len(word) <= LONGEST and word.isprintable() for word in (theirs, ours)):
            raise Problem(
                422,
                "code_form",
                _("代码应为 1 到 60 个字符，不含控制字符。"),
                theirs[:LONGEST] if theirs.isprintable() else "",
            )
    Client.objects.filter(pk=client.pk).update(codes_at=at)
    Code.objects.filter(client=client, table=table).delete()
    Code.objects.bulk_create(
        [Code(client=client, table=table, theirs=theirs, ours=ours) for theirs, ours in codes.items()], batch_size=5000
    )
    record_event(
        by=by,
        action="province.codes_set",
        subject_kind="province",
        subject_id=client.client_id,
        division_code=client.division_code,
        details={"table": table, "codes": len(codes)},
    )
    return len(codes)
