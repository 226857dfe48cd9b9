"""Recording what becomes known of a person: values of the profile, dated events, certificates.

Days that cannot be are refused, a weaker source does not overrule a stronger one (`rules.sources`): what it says is
kept as a `Contradiction` for people to settle. One benefit never wipes another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.core.profile import (
    EVENTS,
    TIMELINE_KEYS,
    read_value,
    write_value,
)
from lxbt.core.reading import Unreadable
from lxbt.registry.models import Certificate, Contradiction, Fact, Person
from lxbt.registry.operations.ground import RegistryRefused, mark_persons, place_of
from lxbt.registry.operations.held import (
    benefits_held,
    custody_of,
    custody_overrules,
    fact_overrules,
    held_at,
    last_told,
)
from lxbt.registry.operations.sentences import day_sentence
from lxbt.registry.rules.benefits import merged, names_of
from lxbt.registry.rules.custody import CUSTODY_KEYS, as_json, told_next
from lxbt.registry.rules.days import event_fault


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def check_event(person_id: int, key: str, day: date, *, on: date) -> None:
    """RegistryRefused when an event cannot be of that day."""
    birth = Person.objects.filter(pk=person_id).values_list("birth", flat=True).first()
    issued = (
        Certificate.objects.filter(person_id=person_id, issued_on__isnull=False)
        .order_by("-issued_on")
        .values_list("issued_on", flat=True)
        .first()
    )
    fault = event_fault(key, day, birth=birth, on=on, issued_on=issued)
    if fault is not None:
        raise RegistryRefused(day_sentence(fault, issued_on=issued), field=key)


@transaction.atomic
def record_fact(
    *, person_id: int, key: str, value: object, since: Month | None, source: str, received_on: date, by: User | None
) -> None:
    """Record one value of the profile.

    With a month it holds from there on; without, it corrects what was known from the beginning.
    """
    record_facts(person_id=person_id, values={key: value}, since=since, source=source, received_on=received_on, by=by)


@transaction.atomic
def record_facts(
    *,
    person_id: int,
    values: Mapping[str, object],
    since: Month | None,
    source: str,
    received_on: date,
    by: User | None,
    whole: bool = False,
) -> None:
    """Record several values that became known together. Keys: those of a profile save `certificate`.

    `source` is who told, as the door knows it (`rules.sources`). Of other benefits only those named change; None is
    nothing told (`whole`: the table tells all of them). What contradicts a stronger source is kept as such and changes
    nothing. RegistryRefused for a day that cannot be.
    """
    values = {key: raw for key, raw in values.items() if (key, raw) != ("other_benefits", None)}  # told: nothing
    rows, before = [], last_told(person_id, values)
    for key, raw in values.items():
        if key not in (*TIMELINE_KEYS, *EVENTS, "custody"):
            raise RegistryRefused(_("不认识的情况项目 %(key)s。") % {"key": key})
        try:
            value = None if raw is None else write_value(key, read := read_value(key, raw, key))
        except Unreadable as error:
            raise RegistryRefused(_("填写有误：%(fault)s") % {"fault": error}, field=key) from None
        start = since if key not in (*EVENTS, "custody") else None
        if key in EVENTS and value is not None:
            assert isinstance(read, date)
            check_event(person_id, key, read, on=received_on)
        if key == "other_benefits":
            assert isinstance(raw, Mapping) or whole
            rows.append(_benefit_row(person_id, raw, value, start, whole))
            continue
        if key in CUSTODY_KEYS:
            row = _custody_row(person_id, key, value, source, received_on)
            if row is None:
                held = held_at(person_id, key, None)
                assert held is not None
                note_contradiction(
                    person_id=person_id, held=held, value=value, source=source, received_on=received_on, by=by
                )
            else:
                rows.append(row)
            continue
        held = held_at(person_id, key, start)
        if held is not None and not fact_overrules(held, value, source, start):
            note_contradiction(
                person_id=person_id, held=held, value=value, source=source, received_on=received_on, by=by
            )
            continue
        rows.append(Fact(person_id=person_id, key=key, value=value, since=start.first if start else None))
    for row in rows:
        row.source, row.received_on, row.recorded_by_id = source, received_on, by.pk if by else None
    if not rows:
        return
    Fact.objects.bulk_create(rows)
    recorded = {row.key for row in rows}
    if "division" in recorded and values.get("division"):
        Person.objects.filter(pk=person_id).update(division_code=read_value("division", values["division"], "division"))
    mark_persons([person_id])
    record_event(
        by=by,
        action="facts.recorded",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        details={"keys": sorted(recorded), "since": str(since) if since else None, "source": source},
        changes={row.key: (before.get(row.key), row.value) for row in rows if row.key != "birth"},
        private={row.key: (_text(before.get(row.key)), _text(row.value)) for row in rows if row.key == "birth"},
    )


def _benefit_row(person_id: int, raw: object, value: object, start: Month | None, whole: bool) -> Fact:
    """The record of the benefits that were told; its value is what is received then, as far as is known now."""
    table = dict(value) if isinstance(value, dict) else {}
    named = None if whole or not isinstance(raw, Mapping) else names_of(raw)
    if named is not None:
        table = merged(benefits_held(person_id, start), table, named)
    return Fact(
        person_id=person_id,
        key="other_benefits",
        value=table,
        since=start.first if start else None,
        named=named,
    )


def _custody_row(person_id: int, key: str, value: object, source: str, received_on: date) -> Fact | None:
    """The record of custody; None when it contradicts what is held.

    A beginning leaves times that ended before it as they were.
    """
    held = custody_of(person_id)
    told = told_next(held, key, value)
    for one in told:
        if one not in held:
            check_event(person_id, "imprisoned_on", one.since, on=received_on)
    before = held_at(person_id, key, None)
    plain = key == "imprisoned_on" and (before is None or before.key == key)
    if plain and before is not None and len(held) <= 1:
        return (
            Fact(person_id=person_id, key=key, value=value, since=None)
            if fact_overrules(before, value, source, None)
            else None
        )
    if not custody_overrules(person_id, told, source):
        return None
    return Fact(person_id=person_id, key=key, value=value if key == "imprisoned_on" else as_json(told), since=None)


@transaction.atomic
def note_contradiction(
    *, person_id: int, held: Fact, value: object, source: str, received_on: date, by: User | None
) -> Contradiction:
    """Keep what a weaker source said against what is held; said again, it is kept once."""
    open_ones = Contradiction.objects.filter(person_id=person_id, key=held.key, source=source, settled_on=None)
    same = next((row for row in open_ones if row.value == value), None)
    if same is not None:
        return same
    found = Contradiction.objects.create(
        person_id=person_id,
        key=held.key,
        value=value,
        source=source,
        since=held.since,
        held_value=held.value,
        held_source=held.source,
        received_on=received_on,
        recorded_by_id=by.pk if by else None,
    )
    record_event(
        by=by,
        action="facts.contradicted",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        division_code=place_of(person_id),
        details={"key": held.key, "source": source, "held_source": held.source},
    )
    return found


@transaction.atomic
def settle_contradictions(*, person_id: int, keys: Iterable[str], on: date) -> int:
    """Two persons settled what sources said against one another; gives how many were open."""
    rows = Contradiction.objects.filter(person_id=person_id, key__in=list(keys), settled_on=None)
    return rows.update(settled_on=on)
