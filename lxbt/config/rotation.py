"""Sealing everything anew with the current key, in batches, while the system runs. Interrupted, run it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from lxbt import vault
from lxbt.core import crypto

BATCH = 5_000  # values a transaction


@dataclass(frozen=True)
class SealedColumn:
    """A column with sealed values, and the key of its table."""

    table: str
    column: str
    key: tuple[str, ...]
    bound: tuple[str, ...] = ()  # the columns that tell the row in `vault.at`; empty: bound to no place
    batch: int = BATCH

    def place(self, values: Sequence[object]) -> bytes:
        """The place of the value in a row with these values of `bound`."""
        return vault.at(f"{self.table}.{self.column}", *values) if self.bound else b""

    def head(self, key_id: int) -> bytes:
        """How a value under this key begins."""
        return crypto.head_of(key_id, b"bound" if self.bound else b"")


COLUMNS = (
    SealedColumn("registry_identifier", "sealed", ("kind", "index"), ("kind", "index")),
    SealedColumn("registry_person", "phone", ("person_id",), ("person_id",)),
    SealedColumn("registry_bankaccount", "sealed", ("person_id", "number"), ("person_id", "handle")),
    SealedColumn("matching_listentry", "sealed", ("handle", "list_id", "digest"), ("handle", "digest")),
    SealedColumn("payments_unmatchedrow", "sealed", ("id",)),
    SealedColumn("payments_bankfile", "content", ("id",), batch=4),
    SealedColumn("applications_draft", "sealed", ("user_id",), ("user_id",)),
    SealedColumn("applications_casedraft", "sealed", ("id",), ("user_id", "number")),
    SealedColumn("accounts_initialpassword", "sealed", ("user_id",)),
    SealedColumn("accounts_initialpassword", "second", ("user_id",)),
    SealedColumn("accounts_sheetrow", "number", ("id",)),
    SealedColumn("accounts_holder", "sealed", ("id",)),
    SealedColumn("exchange_partner", "client_secret", ("id",)),
    SealedColumn("exchange_partner", "token_key", ("id",)),
    SealedColumn("exchange_message", "body", ("id",), batch=200),
    SealedColumn("exchange_sending", "body", ("id",), batch=200),
    SealedColumn("accounts_secondfactor", "secret", ("user_id",)),
    SealedColumn("accounts_secondfactor", "pending", ("user_id",)),
    SealedColumn("imports_keptrow", "sealed", ("import_id", "row_no"), ("import_id", "row_no")),
    SealedColumn("imports_import", "samples", ("id",)),
    SealedColumn("provincial_client", "handle_key", ("id",)),
    SealedColumn("provincial_delivery", "body", ("id",), batch=200),
)


def left_to_seal(column: SealedColumn, current: int) -> int:
    """How many values are not under the current key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'select count(*) from {column.table} where "{column.column}" is not null '
            f'and substr("{column.column}", 1, 2) <> %s',
            [column.head(current)],
        )
        found: int = cursor.fetchone()[0]
        return found


def seal_anew(column: SealedColumn, current: int) -> Iterator[int]:
    """Seal every value of a column with the current key, a batch in a transaction; yields the size of each batch.

    A row that somebody is changing is passed over and met again in a later batch.
    """
    key = settings.LXBT_KEYRING[current]
    names = ", ".join(f'"{name}"' for name in column.key)
    bound = "".join(f', "{name}"' for name in column.bound)
    width = len(column.key)
    joined = " and ".join(f't."{name}" = v."{name}"' for name in column.key)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'select {names}, "{column.column}"{bound} from {column.table} where "{column.column}" is not null'
                f' and substr("{column.column}", 1, 2) <> %s limit %s for update skip locked',
                [column.head(current), column.batch],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.execute(
                f'create temporary table sealed_anew on commit drop as select {names}, "{column.column}" '
                f"from {column.table} limit 0"
            )
            with cursor.copy(f'copy sealed_anew ({names}, "{column.column}") from stdin') as copy:
                for row in rows:
                    place = column.place(row[width + 1 :])
                    opened = crypto.unseal_bytes(bytes(row[width]), settings.LXBT_KEYRING, place)
                    copy.write_row((*row[:width], crypto.seal_bytes(opened, key, current, place)))
            cursor.execute(
                f'update {column.table} t set "{column.column}" = v."{column.column}" from sealed_anew v where {joined}'
            )
            cursor.execute("drop table sealed_anew")
        yield len(rows)
