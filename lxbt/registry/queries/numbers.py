"""Numbers of many persons in full, for lines to other systems that were granted them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lxbt.registry.models import Identifier
from lxbt.registry.queries import identifier_index
from lxbt.registry.rules import IDENTIFIER_KINDS


def numbers_in_full(person_ids: Iterable[int], kinds: Iterable[str]) -> dict[int, dict[str, str]]:
    """The numbers of these kinds, by person: one statement. Callers check the right to see them and leave a record."""
    wanted = [kind for kind in kinds if kind in IDENTIFIER_KINDS]
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if wanted:
        for row in Identifier.objects.filter(person_id__in=list(person_ids), kind__in=wanted).order_by(
            "person_id", "kind", "index"
        ):
            found[row.person_id].setdefault(row.kind, row.number)
    return dict(found)


def person_ids_with(kind: str, numbers: Iterable[str]) -> dict[str, int]:
    """The persons with these numbers, by number: one statement for all."""
    by_index = {identifier_index(kind, number): number for number in numbers}
    rows = Identifier.objects.filter(kind=kind, index__in=list(by_index)).values_list("index", "person_id")
    return {by_index[bytes(index)]: person_id for index, person_id in rows}
