"""Taking back what a file told of persons, where nothing else rests on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pgtrigger
from django.db import connection, transaction

from lxbt import vault
from lxbt.registry import queries
from lxbt.registry.models import (
    BankAccount,
    Certificate,
    Change,
    Contradiction,
    Fact,
    Identifier,
    Person,
    PersonProfile,
    phone_place,
)
from lxbt.registry.operations.files.people import CORRECTED, write_contacts
from lxbt.registry.operations.files.told import DATES
from lxbt.registry.operations.writing import update_rows


def persons_told_otherwise(person_ids: Sequence[int], *, source: str, made: Sequence[int]) -> set[int]:
    """Of these persons, those of whom another source told something after (of those made by it: at all)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id from registry_fact where person_id = any(%(made)s) and source <> %(source)s"
            " union select person_id from registry_certificate where person_id = any(%(made)s) and source <> %(source)s"
            " union select person_id from registry_federationentry where person_id = any(%(made)s)"
            " union select person_id from registry_joining where person_id = any(%(all)s) and undone_at is null"
            " union select f.person_id from registry_fact f join registry_fact ours on ours.person_id = f.person_id "
            "and ours.source = %(source)s"
            " and ours.key = f.key and f.number > ours.number where f.person_id = any(%(all)s) "
            "and f.source <> %(source)s",
            {"made": list(made), "all": list(person_ids), "source": source},
        )
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def take_back_people(*, made: Sequence[int], changed: Mapping[int, Mapping[str, Any]], source: str) -> None:
    """Remove persons that a file made, and put back what it changed of others (`People.undo`). The record keeps both.

    Facts are append-only for everybody else: this is the one place where some go again, since they were never anybody's
    decision.
    """
    ids = [*made, *changed]
    with pgtrigger.ignore("registry.Fact:fact_append_only"):
        Fact.objects.filter(person_id__in=ids, source=source).delete()
        Fact.objects.filter(person_id__in=made).delete()
    Contradiction.objects.filter(person_id__in=ids, source=source).delete()
    corrected = [before["certificate"] for before in changed.values() if "certificate" in before]
    kept = {(row["person_id"], row["number"]) for row in corrected}
    for row in Certificate.objects.filter(person_id__in=ids, source=source):
        if (row.person_id, row.number) not in kept:
            Certificate.objects.filter(person_id=row.person_id, number=row.number).delete()
    update_rows(
        "registry_certificate",
        ("person_id", "number"),
        [
            {
                **{name: row[name] for name in ("person_id", "number", "category", "grade", *DATES)},
                "source": "before " + source,
            }
            for row in corrected
        ],
        {name: kind for name, kind in CORRECTED.items() if name != "received_on"},
    )
    _put_back_accounts(changed)
    write_contacts(
        [
            {"person_id": pid, "phone_handle": _handle(pid, before["contact"]), **before["contact"]}
            for pid, before in changed.items()
            if "contact" in before
        ]
    )
    numbers = [bytes.fromhex(before["number"]) for before in changed.values() if before.get("number")]
    Identifier.objects.filter(index__in=numbers, kind="certificate", person_id__in=list(changed)).delete()
    _remove(made)


def _handle(person_id: int, contact: Mapping[str, Any]) -> str:
    """What the telephone of before is known by; empty where there was none."""
    sealed = bytes.fromhex(contact["phone"])
    return (queries.phone_handle(vault.open_sealed(sealed, phone_place(person_id))) or b"").hex() if sealed else ""


def _put_back_accounts(changed: Mapping[int, Mapping[str, Any]]) -> None:
    for pid, before in changed.items():
        if "account" in before:
            ours, old = before["account"]
            BankAccount.objects.filter(person_id=pid, number=ours).delete()
            if old is not None and not BankAccount.objects.filter(person_id=pid, until__isnull=True).exists():
                BankAccount.objects.filter(person_id=pid, number=old).update(until=None)


def _remove(made: Sequence[int]) -> None:
    ids = list(made)
    for table in (Contradiction, Identifier, Certificate, BankAccount, PersonProfile, Change):
        table.objects.filter(person_id__in=ids).delete()
    Person.objects.filter(person_id__in=ids).delete()
