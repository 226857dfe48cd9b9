"""Where the rights of a batch came from, in words: an application, a file that somebody took in, a push."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lxbt.entitlements.queries import bases_of
from lxbt.imports import queries as imports
from lxbt.payments.queries import ItemRow

IMPORT, APPLICATION = "import ", "application "
TOLD = ("started", "arrears")  # kinds of change whose reason is where the right came from


def origin_words(entry: Any, import_id: int) -> str:
    """由张三导入第 12 号（名册.xlsx） or 由省级系统推送第 12 号."""
    if entry is None:
        return _("由导入第 %(n)d 号") % {"n": import_id}
    if entry.client_id is not None:
        return _("由“%(who)s”推送第 %(n)d 号") % {"who": entry.by_name, "n": import_id}
    return _("由%(who)s导入第 %(n)d 号（%(file)s）") % {
        "who": entry.by_name or _("系统"),
        "n": import_id,
        "file": entry.name,
    }


def origins_of_rows(rows: Sequence[ItemRow]) -> dict[tuple[int, str, Any], str]:
    """For what is new or in arrears: the exact origin of the right, by person, subsidy and month; none where the books do not say."""
    asked = [(row.person_id, row.subsidy, row.right_month) for row in rows if row.change in TOLD]
    bases = bases_of(asked)
    entries = imports.imports_by_id(int(b.removeprefix(IMPORT)) for b in bases.values() if _number(b, IMPORT))
    found = {}
    for key, basis in bases.items():
        if _number(basis, IMPORT):
            number = int(basis.removeprefix(IMPORT))
            found[key] = origin_words(entries.get(number), number)
        elif _number(basis, APPLICATION):
            found[key] = _("申请第 %(n)s 号审定") % {"n": basis.removeprefix(APPLICATION)}
    return found


def _number(basis: str, kind: str) -> bool:
    return basis.startswith(kind) and basis.removeprefix(kind).isdigit()


def origin_lines(batch: Any) -> list[str]:
    """What a batch pays for the first time, or as arrears, off rights that came by file or push: persons and yuan, by import."""
    entries = imports.imports_by_id(told["import"] for told in batch.origins)
    lines = []
    for told in batch.origins:
        said = {
            "origin": origin_words(entries.get(told["import"]), told["import"]),
            "n": f"{told['persons']:,}",
            "items": f"{told['items']:,}",
            "yuan": f"{Decimal(told['amount']):,.2f}",
            "arrears": f"{told['arrears']:,}",
            "arrears_yuan": f"{Decimal(told['arrears_amount']):,.2f}",
        }
        line = _("%(origin)s：%(n)s 人，%(items)s 笔，%(yuan)s 元") % said
        if told["arrears"]:
            line += _("；其中补发 %(arrears)s 笔，%(arrears_yuan)s 元") % said
        lines.append(line)
    return lines
