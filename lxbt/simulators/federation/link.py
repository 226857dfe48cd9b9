"""The folder of the played Federation: `link.json` (who the partner is, the secrets of the line), its signing key, its
data, who it begins with.
"""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max

from lxbt.config.private_files import write_closed
from lxbt.core.clock import beijing_day, this_moment
from lxbt.core.idnumber import certificate_parts
from lxbt.exchange import queries, signing
from lxbt.exchange.models import Subscription
from lxbt.exchange.operations.partners import open_partner, set_partner_keys
from lxbt.registry.models import Certificate, Fact, FederationEntry, Person
from lxbt.registry.queries.numbers import numbers_in_full
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY
from lxbt.simulators.federation.store import COLUMNS

SENDER = "cdpf"
PORT = 8101
CHUNK = 5000


def folder() -> Path:
    """Where the played Federation of this installation lives."""
    return Path(settings.LXBT_VAR) / "cdpf"


def read_link(place: Path) -> dict[str, Any]:
    """Who the partner is."""
    found: dict[str, Any] = json.loads((place / "link.json").read_text())
    return found


def prepare(*, port: int, partner_url: str, at: datetime) -> Path:
    """Make the line of a demonstration: both sides know each other's secrets and keys. Again, it changes nothing."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = read_link(place) if (place / "link.json").exists() else {}
    partner = queries.partner_known_as(SENDER)
    secret, partner_secret = known.get("secret", ""), known.get("partner_secret") or secrets.token_urlsafe(32)
    address, base = f"http://127.0.0.1:{port}", f"{partner_url}/dr/v1.0.0"
    if partner is None or not secret or partner.base_url != address:
        if partner is not None and not secret:
            type(partner).objects.filter(pk=partner.pk).update(secret="")  # the folder was lost: both begin anew
        opened, fresh = open_partner(
            sender_id=SENDER,
            name="残联库（模拟）",
            kind="federation",
            base_url=address,
            quota=60_000,
            client_secret=partner_secret,
            by=None,
        )
        secret = fresh or secret
        partner = opened
    keys = {key.key_id: key.public for key in signing.signing_keys(place / "keys")}
    if any(queries.public_key(partner, key_id, "ed25519", at) is None for key_id in keys):
        set_partner_keys(partner=partner, keys=keys, at=at, by=None)
    told = {
        "sender_id": SENDER,
        "partner_id": settings.LXBT_EXCHANGE_ID,
        "secret": secret,
        "partner_secret": partner_secret,
        "partner_url": base,
        "admin_secret": known.get("admin_secret") or secrets.token_urlsafe(32),
        "partner_keys": signing.key_set(signing.signing_keys()),
        "port": port,
    }
    if told != known:
        write_closed(place / "link.json", json.dumps(told), replace=True)
    if not (place / "data.sqlite").exists():
        Subscription.objects.filter(partner=partner, ours=True, ended_at__isnull=True).update(
            ended_at=at
        )  # it knows nothing of them
        write_persons(place / "persons.csv", on=beijing_day(at))
    return place


def write_persons(path: Path, *, on: date) -> int:
    """Write the certificate holders known here, for the played Federation to begin with.

    Only for demonstrations: the numbers stand in the open.
    """
    written = 0
    begin = (
        FederationEntry.objects.aggregate(last=Max("sequence"))["last"] or 0
    )  # its data were lost: what it tells from now on is newer
    temporary = path.with_suffix(".part")
    with os.fdopen(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="", encoding="utf-8"
    ) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in holders(on):
            written += 1
            writer.writerow([*row, begin + written, this_moment().isoformat()])
    temporary.rename(path)
    return written


def holders(on: date) -> Iterator[list[Any]]:
    """The values of each person with an identity number and a certificate, save the running number and the moment."""
    last = 0
    while True:
        ids = list(
            Certificate.objects.filter(person_id__gt=last)
            .order_by("person_id")
            .values_list("person_id", flat=True)
            .distinct()[:CHUNK]
        )
        if not ids:
            return
        last = ids[-1]
        numbers = numbers_in_full(ids, (IDENTITY, CERTIFICATE_NUMBER))
        certificates = {
            row.person_id: row for row in Certificate.objects.filter(person_id__in=ids).order_by("issued_on", "number")
        }
        died = dict(
            Fact.objects.filter(person_id__in=ids, key="died_on").order_by("number").values_list("person_id", "value")
        )
        for person in Person.objects.filter(person_id__in=ids).order_by("person_id"):
            held, known = certificates[person.pk], numbers.get(person.pk, {})
            if IDENTITY not in known or held.issued_on is None:
                continue
            state, state_on = _state(held, on)
            number = known.get(CERTIFICATE_NUMBER, "")
            if certificate_parts(number) is None:
                number = ""
            yield [
                known[IDENTITY],
                person.name,
                person.sex,
                person.birth,
                person.division_code,
                number,
                held.category,
                held.grade,
                held.issued_on,
                held.valid_until,
                state,
                state_on,
                died.get(person.pk) or None,
            ]


def _state(held: Certificate, on: date) -> tuple[str, date | None]:
    if held.cancelled_on is not None:
        return "cancelled", held.cancelled_on
    if held.frozen_on is not None:
        return "frozen", held.frozen_on
    if held.valid_until is not None and held.valid_until < on:
        return "expired", held.valid_until
    return "valid", None
