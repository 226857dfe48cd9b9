"""Where the rights of a batch came from, in words: an application, a file that somebody took in, a push."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lxbt.imports import queries as imports
from lxbt.payments.cause_words import basis_words, sentence_of
from lxbt.payments.queries.causes import Asked, Cause, causes_of

IMPORT = "import "


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


def bases_of_causes(causes: Iterable[Cause]) -> Callable[[str], str]:
    """How to say what the rights of these causes rest on: for one that came by file or push, who took it in."""
    told = [str(cause.told.get("basis") or "") for cause in causes]
    entries = imports.imports_by_id({int(b.removeprefix(IMPORT)) for b in told if _number(b, IMPORT)})

    def said(basis: str) -> str:
        if not _number(basis, IMPORT):
            return basis_words(basis)
        number = int(basis.removeprefix(IMPORT))
        return origin_words(entries.get(number), number)

    return said


def cause_sentences(asked: Iterable[Asked], *, whole: bool, **read: Any) -> dict[tuple[int, str, Any, int], str]:
    """The cause of each row in one sentence; `whole` False: without what facts say. `read`: what was read already."""
    causes = causes_of(asked, **read)
    basis = bases_of_causes(cause for found in causes.values() for cause in found)
    return {key: sentence_of(found, whole=whole, basis=basis) for key, found in causes.items()}


def _number(basis: str, kind: str) -> bool:
    return basis.startswith(kind) and basis.removeprefix(kind).isdigit()


def origin_lines(batch: Any) -> list[str]:
    """What a batch pays for the first time, or as arrears, off rights that came by file or push: persons and yuan, by
    import.
    """
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
