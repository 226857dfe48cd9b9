"""Records that programs push, taken as imports: what a file goes through, without a sheet to be recognised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from lxbt.documents.operations import drop_large_file, keep_large_file
from lxbt.imports.kinds import kind_of
from lxbt.imports.models import Import
from lxbt.imports.operations.intake import EVERYTHING
from lxbt.imports.operations.running import finish
from lxbt.imports.reading import record_layout
from lxbt.imports.states import DONE, WRITING

if TYPE_CHECKING:
    from lxbt.documents.models import LargeFile


def keep_records(*, parts: Iterable[bytes]) -> LargeFile:
    """Keep what comes, sealed, before anybody knows whether it is whole."""
    return keep_large_file(parts=parts)


def drop_records(*, file_id: int) -> None:
    """It was not whole."""
    drop_large_file(file_id=file_id)


@transaction.atomic
def open_records(
    *,
    kind: str,
    division_code: str,
    name: str,
    client_id: int,
    digest: bytes,
    size: int = 0,
    file_id: int | None = None,
    left_out: Sequence[str] = (),
    by_name: str,
    at: datetime,
) -> Import:
    """An import of records, waiting to be written; without a file it is one that grows record by record (`close_days`
    ends it).

    `digest`: unique among those of the kind and area that are not through.
    """
    told = kind_of(kind)
    layout = record_layout(told, left_out=left_out)
    return Import.objects.create(
        kind=kind,
        version=told.version,
        division_code=division_code,
        name=name,
        client_id=client_id,
        digest=digest,
        size=size,
        file_id=file_id,
        sheet=layout.sheet,
        sheets=[layout.sheet],
        titles=list(layout.titles),
        mapping={str(place): key for place, key in layout.mapping.items()},
        state=WRITING,
        accepts=list(EVERYTHING),
        by_name=by_name,
        created_at=at,
        began_at=at,
    )


def close_days(*, before: date, at: datetime) -> int:
    """The imports of single records of days gone by are done. Gives how many."""
    midnight = datetime(before.year, before.month, before.day, tzinfo=at.tzinfo)
    rows = Import.objects.filter(client_id__isnull=False, file_id__isnull=True, state=WRITING, created_at__lt=midnight)
    pks = list(rows.values_list("pk", flat=True))
    for pk in pks:
        finish(pk, at=at)
    return len(pks)


@transaction.atomic
def forget_body(*, import_id: int) -> None:
    """Every row has been told: what came is not kept, the rows that stay with the sender are kept with the import."""
    entry = Import.objects.select_for_update().get(pk=import_id)
    if entry.file_id is not None and entry.state == DONE:
        drop_large_file(file_id=entry.file_id)
        entry.file_id = None
        entry.save(update_fields=["file_id"])
