"""Persons told of by a file: found or made, many at once, by a fixed number of statements.

A file never overrules the Federation: where it holds a certificate, the file's differing class is a remark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from lxbt import vault
from lxbt.core import idnumber
from lxbt.core.months import BEGINNING
from lxbt.core.profile import EVENTS, read_profile
from lxbt.divisions.rules import NATION
from lxbt.registry import queries
from lxbt.registry.models import account_place, phone_place
from lxbt.registry.operations import intern_profiles
from lxbt.registry.operations.contradictions import keep_contradictions
from lxbt.registry.operations.files.known import KnownPeople
from lxbt.registry.operations.files.told import DATES, Told, class_table, fact_json
from lxbt.registry.operations.writing import copy_rows, next_numbers, update_rows
from lxbt.registry.rules import CERTIFICATE_NUMBER, GOOD, IDENTITY
from lxbt.registry.rules.benefits import names_of

CERTIFICATE = (
    "person_id",
    "category",
    "grade",
    *DATES,
    "components",
    "backpay_months",
    "source",
    "received_on",
    "recorded_by_id",
)


CORRECTED = {
    "category": "text",
    "grade": "smallint",
    "components": "jsonb:kept",
    **dict.fromkeys(DATES, "date"),
    "source": "text",
    "received_on": "date",
}


ACCOUNT = (
    "person_id",
    "number",
    "bank",
    "holder",
    "sealed",
    "handle",
    "masked",
    "state",
    "reason",
    "since",
    "recorded_by_id",
)


class People(KnownPeople):
    """The persons of a chunk of rows: `find` says who they are and what a row would change, `write` does it.

    `area`: the file's. `moved_allowed`: a person of another area is not refused, as in the books of years ago.
    A person told twice in a chunk is one person: the first row decides.
    """

    # writing

    def write(self, chosen: Iterable[int], *, source: str, on: date, by_id: int | None) -> list[int]:
        """Write the rows at these places. Gives the ids of known persons whose months must be told anew."""
        rows = [place for place in chosen if self.found[place].conflict is None]
        makers: dict[bytes, int] = {}
        for place in rows:
            self.found[place].made = (
                not self.found[place].person_id and makers.setdefault(self.numbers[place].index, place) == place
            )
        made = list(makers.values())
        for place, number in zip(made, next_numbers("registry_person_person_id_seq", len(made)), strict=True):
            self.found[place].person_id = number
        for place in rows:
            if not self.found[place].person_id:
                maker = self.found[makers[self.numbers[place].index]]
                self.found[place].person_id, self.found[place].division = maker.person_id, maker.division
        self._write_made(made, source, on, by_id)
        keep_contradictions(
            [
                (person_id, key, value, source, held, held_source, on)
                for place in rows
                for person_id, key, value, _source, held, held_source, _on in self.contradictions.get(place, [])
            ],
            by_id=by_id,
        )
        return self._write_changes([p for p in rows if not self.found[p].made], source, on, by_id)

    def _write_made(self, made: list[int], source: str, on: date, by_id: int | None) -> None:
        persons, numbers, certificates, facts, accounts, told = [], [], [], [], [], []
        profiles: dict[tuple[Any, ...], dict[str, object]] = {}
        for place in made:
            row, n, pid = self.told[place], self.numbers[place], self.found[place].person_id
            birth, sex = idnumber.birth_of(row.identity), idnumber.sex_of(row.identity)
            assert birth is not None
            sealed_phone = vault.seal(row.phone, phone_place(pid)) if row.phone else None
            persons.append(
                (
                    pid,
                    row.name,
                    n.initials or queries.initials(row.name),
                    sex,
                    birth,
                    row.division,
                    row.address,
                    sealed_phone,
                    idnumber.mask_phone(row.phone) if row.phone else "",
                    n.phone_handle or queries.phone_handle(row.phone),
                    row.guardian_name,
                    row.guardian_relation,
                    by_id,
                )
            )
            numbers.append((IDENTITY, n.index, pid, n.sealed_identity()))
            if n.certificate_index:
                numbers.append(
                    (
                        CERTIFICATE_NUMBER,
                        n.certificate_index,
                        pid,
                        n.sealed_certificate(),
                    )
                )
            if row.category:
                certificates.append(
                    (
                        pid,
                        row.category,
                        row.grade,
                        *(row.dates.get(name) for name in DATES),
                        json.dumps(class_table(row).get("components", [])),
                        0,
                        source,
                        on,
                        by_id,
                    )
                )
            facts += [
                (pid, key, fact_json(value), source, on, by_id)
                for key, value in self._facts_of(row, birth, sex).items()
            ]
            if row.account:
                handle = n.account_handle or queries.account_handle(row.account)
                accounts.append(
                    (
                        pid,
                        row.bank,
                        row.holder or row.name,
                        vault.seal(row.account, account_place(pid, handle)),
                        handle,
                        idnumber.mask(row.account, 4, 4),
                        GOOD,
                        "",
                        on,
                        by_id,
                    )
                )
            shared = {key: value for key, value in row.facts.items() if key not in EVENTS}
            own = {"certificate": class_table(row)} if row.category else {}
            key = (json.dumps([shared, own], sort_keys=True), sex)
            profiles.setdefault(key, {**shared, "sex": sex} | own)
            told.append((pid, key, birth, row))
        ids = interned_ids(profiles)
        copy_rows(
            "registry_person",
            (
                "person_id",
                "name",
                "pinyin",
                "sex",
                "birth",
                "division_code",
                "address",
                "phone",
                "phone_masked",
                "phone_handle",
                "guardian_name",
                "guardian_relation",
                "registered_by_id",
            ),
            persons,
        )
        copy_rows("registry_identifier", ("kind", "index", "person_id", "sealed"), numbers)
        copy_rows("registry_certificate", CERTIFICATE, certificates)
        copy_rows("registry_fact", ("person_id", "key", "value", "source", "received_on", "recorded_by_id"), facts)
        copy_rows("registry_bankaccount", [name for name in ACCOUNT if name != "number"], accounts)
        copy_rows(
            "registry_personprofile",
            ("person_id", "since", "division_code", "profile_id", "birth", *EVENTS, *DATES[1:]),
            [
                (
                    pid,
                    BEGINNING.first,
                    row.division,
                    ids[key],
                    birth,
                    *(row.facts.get(name) for name in EVENTS),
                    *(row.dates.get(name) for name in DATES[1:]),
                )
                for pid, key, birth, row in told
            ],
        )

    def _facts_of(self, row: Told, birth: date, sex: str) -> dict[str, object]:
        return {"division": row.division, "birth": birth.isoformat(), "sex": sex, **row.facts}

    def _write_changes(self, rows: list[int], source: str, on: date, by_id: int | None) -> list[int]:
        facts, certificates, corrected, accounts, contacts = [], [], [], [], []
        since = self.since.first if self.since else None
        changing = [place for place in rows if "account" in self.found[place].changes]
        fresh_accounts = dict(zip(changing, next_numbers("registry_account_number", len(changing)), strict=True))
        for place in rows:
            row, person = self.told[place], self.found[place]
            pid, changes = person.person_id, person.changes
            if not changes:
                continue
            undo = self.undo.setdefault(pid, {})
            start = row.since.first if row.since else since
            facts += [
                (pid, key, json.dumps(value), None if key in EVENTS else start, source, on, by_id, named(key, row))
                for key, (_before, value) in changes.items()
                if key in row.facts
            ]
            if "certificate" in changes:
                of_issue = [c for c in self.certificates.get(pid, []) if c["issued_on"] == row.dates.get("issued_on")]
                if of_issue:
                    old = of_issue[0]
                    told = {name: row.dates.get(name, old[name]) for name in DATES}
                    corrected.append(
                        {
                            "person_id": pid,
                            "number": old["number"],
                            "category": row.category,
                            "grade": row.grade,
                            "source": source,
                            "received_on": on,
                            "components": _components_json(row),
                            **told,
                        }
                    )
                    undo["certificate"] = {
                        name: str(value) if isinstance(value, date) else value for name, value in old.items()
                    } | {"components": json.dumps(old["components"])}
                else:
                    certificates.append(
                        (
                            pid,
                            row.category,
                            row.grade,
                            *(row.dates.get(name) for name in DATES),
                            json.dumps(class_table(row).get("components", [])),
                            0,
                            source,
                            on,
                            by_id,
                        )
                    )
            if "account" in changes:
                number = fresh_accounts[place]
                handle, shown = queries.account_handle(row.account), idnumber.mask(row.account, 4, 4)
                accounts.append(
                    (
                        pid,
                        number,
                        row.bank,
                        row.holder or row.name,
                        vault.seal(row.account, account_place(pid, handle)),
                        handle,
                        shown,
                        GOOD,
                        "",
                        on,
                        by_id,
                    )
                )
                undo["account"] = [number, self.accounts[pid][3] if pid in self.accounts else None]
            if "phone" in changes or "address" in changes:
                phone = vault.seal(row.phone, phone_place(pid)).hex() if "phone" in changes else None
                known_by = (queries.phone_handle(row.phone) or b"").hex() if phone else None
                contacts.append(
                    {
                        "person_id": pid,
                        "phone": phone,
                        "phone_masked": changes["phone"][1] if phone else None,
                        "phone_handle": known_by,
                        "address": row.address or None,
                    }
                )
                _name, _division, old_phone, old_address, old_masked = self.known[pid]
                undo["contact"] = {
                    "phone": bytes(old_phone).hex() if old_phone else "",
                    "phone_masked": old_masked,
                    "address": old_address,
                }
        self._write_numbers(set(rows))
        copy_rows(
            "registry_fact",
            ("person_id", "key", "value", "since", "source", "received_on", "recorded_by_id", "named"),
            facts,
        )
        copy_rows("registry_certificate", CERTIFICATE, certificates)
        update_rows("registry_certificate", ("person_id", "number"), corrected, CORRECTED)
        if accounts:
            with connection.cursor() as cursor:
                cursor.execute(
                    "update registry_bankaccount set until = %s where until is null and person_id = any(%s)",
                    [on, [row[0] for row in accounts]],
                )
        copy_rows("registry_bankaccount", ACCOUNT, accounts)
        write_contacts(contacts)
        rewritten = {"certificate", "account", "phone", *(key for place in rows for key in self.told[place].facts)}
        touched = sorted(
            {self.found[place].person_id for place in rows if rewritten & self.found[place].changes.keys()}
        )
        copy_rows("registry_change", ("person_id",), [(pid,) for pid in touched])
        return touched

    def _write_numbers(self, rows: set[int]) -> None:
        numbers = []
        for place in self.extra_numbers:
            if place in rows:
                n = self.numbers[place]
                sealed = n.sealed_certificate()
                numbers.append((CERTIFICATE_NUMBER, n.certificate_index, self.found[place].person_id, sealed))
                self.undo.setdefault(self.found[place].person_id, {})["number"] = (n.certificate_index or b"").hex()
        copy_rows("registry_identifier", ("kind", "index", "person_id", "sealed"), numbers)


def _components_json(row: Told) -> str | None:
    told = class_table(row).get("components")
    return json.dumps(told) if told else None


def named(key: str, row: Told) -> str | None:
    """Of other benefits, those that a row tells, as JSON."""
    told = row.facts.get(key)
    return json.dumps(names_of(told)) if key == "other_benefits" and isinstance(told, dict) else None


def write_contacts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Telephone (sealed, masked, its handle) and address; what is None stays, an empty handle is none."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                "update registry_person t set phone = coalesce(decode(v.phone, 'hex'), t.phone), "
                "phone_masked = coalesce(v.phone_masked, t.phone_masked),"
                " phone_handle = case when v.phone_handle is null then t.phone_handle else "
                "nullif(decode(v.phone_handle, 'hex'), ''::bytea) end,"
                " address = coalesce(v.address, t.address)"
                " from jsonb_to_recordset(%s::jsonb) v (person_id bigint, phone text, phone_masked text, "
                "phone_handle text, address text)"
                " where t.person_id = v.person_id",
                [json.dumps(list(rows))],
            )


def interned_ids(profiles: Mapping[Any, Mapping[str, object]]) -> dict[Any, int]:
    """Ids of interned profiles by the caller's keys."""
    shared = {
        key: queries.interned(read_profile({"division": NATION, **facts}, "row")) for key, facts in profiles.items()
    }
    ids = intern_profiles(shared.values())
    return {key: ids[queries.facts_text(facts)] for key, facts in shared.items()}
