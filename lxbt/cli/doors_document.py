"""Which door takes which fact, as a document: written from the forms, the columns, the records and the rules
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from lxbt.core.months import Month
from lxbt.core.profile import Benefits, Certificate, Profile
from lxbt.imports.kinds import kind_of
from lxbt.imports.reading.records import record_keys
from lxbt.matching.rules.facts import facts_of
from lxbt.provincial.rules.kinds import KINDS, LEFT_OUT
from lxbt.registry.rules.federation import FederationRecord
from lxbt.web.applications.forms import ApplicationForm
from lxbt.web.registry.forms import CertificateForm, EventForm, FactForm

HEAD = """# Doors of facts

Which door takes which key of a profile. Written by `lxbt doors --write docs/doors.md` from the forms, columns and
records themselves; a test fails when it is not what they say, and when a key has no door.

- *window*: the form of an application. *change*: the page 登记变更 of a person, where a fact is also corrected,
  cleared or withdrawn; what would pay more, and every event, release and certificate, waits there for a second person.
- *recipients*, *registry*: files. A registry file tells from which month its facts hold (情况起始月份). What a file
  says against a stronger source changes nothing and waits for people. A file frees nobody: release has no column.
- *provincial*: records `persons` and `rights`, with the columns of those files. *exchange*: the Federation's records.
- *lists*: what a suspicion that was found true makes known.
- The file of past changes (历史变更) keeps what old books tell beside the payments of the time. It changes no fact.
"""
DOORS = ("window", "change", "recipients", "registry", "provincial", "exchange", "lists")
# Where a door has another word for a key, or one field tells several.
ALSO: Mapping[str, tuple[str, ...]] = {
    "birth": ("id_number", "identity_number"),
    "sex": ("id_number", "identity_number"),
    "certificate.category": ("certificate_number",),
    "certificate.grade": ("certificate_number",),
    "certificate.issued_on": ("certificate_issued_on",),
    "certificate.valid_until": ("certificate_until",),
    "certificate.frozen_on": ("certificate_state", "state_on"),
    "certificate.cancelled_on": ("certificate_state", "state_on"),
    "certificate.kind": ("credential",),
    "division": ("division_code",),
    "custody": ("released_on",),
}
INSIDE = ("certificate", "other_benefits")  # keys that are told by their parts


def keys() -> list[str]:
    """Every key of a profile; those of a certificate and of other benefits each for itself."""
    found = [f.name for f in fields(Profile) if f.name not in INSIDE]
    found += [f"certificate.{f.name}" for f in fields(Certificate)]
    return found + [f"other_benefits.{f.name}" for f in fields(Benefits)]


def told_by_lists() -> set[str]:
    """The keys that some rule of comparison makes known."""
    found: set[str] = set()
    for value in ("orphan", ""):
        seen = [{"list": 1, "event_on": "2026-01-01", "amount": "1", "value": value}]
        for number in range(1, 40):
            told, _since = facts_of(f"R{number:02}", seen, Month(2026, 1), {})
            for key, inner in told.items():
                found |= {f"{key}.{name}" for name in inner} if isinstance(inner, dict) else {key}
    return found


def fields_at() -> dict[str, set[str]]:
    """The names of what can be told, at each door."""
    events = EventForm().fields["kind"].choices  # type: ignore[attr-defined]
    change = {*FactForm().fields, *EventForm().fields, *CertificateForm(certificates=[]).fields}
    return {
        "window": set(ApplicationForm(divisions=[]).fields),
        "change": change | {key for key, _words in events},
        "recipients": {column.key for column in kind_of("recipients").columns},
        "registry": {column.key for column in kind_of("registry").columns},
        "provincial": {
            key
            for kind in ("persons", "rights")
            for key in record_keys(kind_of(KINDS[kind]), sorted(LEFT_OUT.get(kind, ())))
        },
        "exchange": {f.name for f in fields(FederationRecord)},
        "lists": told_by_lists(),
    }


def doors() -> dict[str, list[str]]:
    """The doors of each key."""
    at = fields_at()
    found: dict[str, list[str]] = {}
    for key in keys():
        names = {key, key.rpartition(".")[2], *ALSO.get(key, ())}
        found[key] = [door for door in DOORS if names & (at[door] if door != "lists" else at[door] & {key})]
    return found


def document() -> str:
    """The whole file."""
    lines = [HEAD, f"| key | {' | '.join(DOORS)} |", f"|---|{'---|' * len(DOORS)}"]
    for key, open_ones in doors().items():
        lines.append(f"| `{key}` | {' | '.join('yes' if door in open_ones else '' for door in DOORS)} |")
    return "\n".join(lines) + "\n"
