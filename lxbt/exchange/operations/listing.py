"""Lists of other bodies that come over a line: told record by record, in any order.

They are compared with; nothing is changed by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from lxbt.audit.operations import record_event
from lxbt.exchange.models import Partner
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.envelope import Fault
from lxbt.exchange.rules.list_records import NotGranted, check_granted, read_record
from lxbt.matching.operations.list_records import take_list_records
from lxbt.matching.rules.lists import Complete, ToldRecord

LISTER = "lister"
REGISTER = "list"  # the part of our address that such bodies send to
TAKES = ("notify", "on-search", "txn/on-status")


def check_told(partner: Partner, message: Mapping[str, Any]) -> None:
    """Fault or NotGranted before a message is kept: nobody tells a list that was not granted."""
    for number, (_reference, records) in enumerate(r.read_events(message)):
        for record in records:
            check_granted(record, partner.lists, partner.areas, f"message.notify_event[{number}].data.reg_records")


def take_told(records: Iterable[dict[str, Any]], *, partner: Partner, received_on: date) -> dict[str, Any]:
    """Take records of lists: those of wrong form are left and named, all others are taken, in the caller's
    transaction.
    """
    told: list[ToldRecord] = []
    complete: list[Complete] = []
    faults = []
    for number, one in enumerate(records):
        try:
            check_granted(one, partner.lists, partner.areas, f"record {number + 1}")
            found = read_record(one, partner.areas, received_on, f"record {number + 1}")
        except (Fault, NotGranted) as fault:
            faults.append(str(fault))
            continue
        if isinstance(found, Complete):
            complete.append(found)
        else:
            told.append(found)
    counts: dict[str, Any] = {}
    if told or complete:
        taken = take_list_records(
            sender=partner.sender_id, source=partner.name, records=told, complete=complete, received_on=received_on
        )
        counts = asdict(taken)
        kinds = Counter(record.kind for record in told)
        record_event(
            by=None,
            action="partner.told_lists",
            subject_kind="partner",
            subject_id=partner.sender_id,
            details={"lists": dict(kinds), **counts, **({"complete": len(complete)} if complete else {})},
        )
    return counts | ({"faults": faults} if faults else {})
