"""What becomes known in a month: from `demo_plan` into the register and the ledger, in bulk where many, by operations
where few.
"""

from __future__ import annotations

import json
from datetime import date

from django.db import connection

from lxbt.accounts.models import User
from lxbt.core.profile import Certificate
from lxbt.entitlements.operations import renew_certificate
from lxbt.registry.models import Identifier
from lxbt.registry.operations import record_certificate
from lxbt.simulators.people.numbers import certificate_number

# kind -> the keys that become facts, the source, whether they hold from a month on
FACTS = {
    "died": ("died_on", "police", False),
    "moved_out": ("moved_out_on", "police", False),
    "prison": ("imprisoned_on", "police", False),
    "dibao_ended": ("economic", "dibao", True),
    "moved": ("division", "police", True),
}
_MOMENT = "((p.told ->> '{day}')::date + time '10:00') at time zone 'Asia/Shanghai'"
_EVENT = (
    "insert into audit_event (at, by_id, by_name, by_place, action, subject_kind, subject_id, person_id, "
    "division_code, reason, details)"
)
_USER = " join accounts_user u on u.username = p.county || '_decider'"


def apply_events(step: int, on: date) -> dict[str, int]:
    """Record all that becomes known in this month; what offices decide on it is dated `on`. Gives how many by kind."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, count(*) from demo_plan where step = %s group by kind order by kind", [step])
        counts = dict(cursor.fetchall())
        for kind in counts.keys() & FACTS.keys():
            _record_facts(cursor, step, kind)
        if "granted" in counts:
            _grant(cursor, step)
        if "close" in counts:
            _close(cursor, step, on)
    for kind in ("class", "renewed"):
        if kind in counts:
            _certify(step, kind)
    return counts


def _record_facts(cursor: object, step: int, kind: str) -> None:
    key, source, dated = FACTS[kind]
    execute = cursor.execute  # type: ignore[attr-defined]
    since = "(p.told ->> 'since')::date" if dated else "null"
    execute(
        "insert into registry_fact (person_id, key, value, since, source, received_on, recorded_at, recorded_by_id)"
        f" select p.person_id, %s, p.told -> %s, {since}, %s, (p.told ->> 'received_on')::date, "
        f"{_MOMENT.format(day='received_on')}, u.id"
        f" from demo_plan p{_USER} where p.step = %s and p.kind = %s",
        [key, key, source, step, kind],
    )
    if kind == "moved":
        execute(
            "update registry_person r set division_code = p.told ->> 'division' from demo_plan p "
            "where p.person_id = r.person_id and p.step = %s and p.kind = %s",
            [step, kind],
        )
    execute(
        "insert into registry_change (person_id) select person_id from demo_plan where step = %s and kind = %s",
        [step, kind],
    )
    execute(
        f"{_EVENT} select {_MOMENT.format(day='received_on')}, u.id, u.name, u.place_code, 'facts.recorded', "
        "'person', p.person_id::text, p.person_id,"
        " r.division_code, '', jsonb_build_object('keys', jsonb_build_array(%s::text), 'since', p.told -> 'since', "
        "'source', %s::text)"
        f" from demo_plan p{_USER} join registry_person r on r.person_id = p.person_id where p.step = %s "
        "and p.kind = %s",
        [key, source, step, kind],
    )


def _grant(cursor: object, step: int) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    subsidies = " cross join lateral jsonb_array_elements_text(p.told -> 'subsidies') s(subsidy)"
    execute(
        "insert into entitlements_entitlement (person_id, subsidy, since, state, basis, granted_by_id, granted_on, "
        "end_basis)"
        " select p.person_id, s.subsidy, (p.told ->> 'since')::date, 'granted', '县级民政审定', u.id, (p.told ->> "
        "'granted_on')::date, ''"
        f" from demo_plan p{_USER}{subsidies} where p.step = %s and p.kind = 'granted'",
        [step],
    )
    execute(
        "insert into registry_change (person_id) select person_id from demo_plan where step = %s and kind = 'granted'",
        [step],
    )
    execute(
        f"{_EVENT} select {_MOMENT.format(day='granted_on')}, u.id, u.name, u.place_code, 'entitlement.granted', "
        "'entitlement', p.person_id || ' ' || s.subsidy,"
        " p.person_id, r.division_code, '', jsonb_build_object('since', p.told -> 'since', 'basis', '县级民政审定')"
        f" from demo_plan p{_USER} join registry_person r on r.person_id = p.person_id{subsidies} where p.step = %s "
        "and p.kind = 'granted'",
        [step],
    )


def _close(cursor: object, step: int, on: date) -> None:
    """End the ledger of who died or left: the first month without it is the one after the event."""
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(
        "update entitlements_entitlement e set until = (date_trunc('month', "
        "(p.told ->> 'day')::date) + interval '1 month')::date,"
        " end_basis = case p.told ->> 'basis' when 'died' then '去世' else '户籍迁出' end, ended_by_id = u.id, "
        "ended_on = %s"
        f" from demo_plan p{_USER} where p.person_id = e.person_id and p.step = %s and p.kind = 'close' "
        "and e.until is null",
        [on, step],
    )
    execute(
        "insert into registry_change (person_id) select person_id from demo_plan where step = %s and kind = 'close'",
        [step],
    )


def _certify(step: int, kind: str) -> None:
    """New certificates, by the register's own operations: they are few, and each brings a number of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, county, told from demo_plan where step = %s and kind = %s order by person_id",
            [step, kind],
        )
        rows = [
            (person_id, county, json.loads(told) if isinstance(told, str) else told)
            for person_id, county, told in cursor.fetchall()
        ]
    deciders = {user.username: user for user in User.objects.filter(username__endswith="_decider")}
    for person_id, county, told in rows:
        identity = Identifier.objects.get(person_id=person_id, kind="id").number
        certificate = Certificate(
            told["category"],
            told["grade"],
            date.fromisoformat(told["issued_on"]),
            date.fromisoformat(told["valid_until"]),
        )
        number = certificate_number(identity, told["category"], certificate.grade)
        received, by = date.fromisoformat(told["received_on"]), deciders.get(f"{county}_decider")
        if kind == "renewed":
            renew_certificate(
                person_id=person_id,
                certificate=certificate,
                applied_on=received,
                source="federation",
                received_on=received,
                by=by,
                certificate_number=number,
            )
        else:
            record_certificate(
                person_id=person_id,
                certificate=certificate,
                source="federation",
                received_on=received,
                by=by,
                certificate_number=number,
            )
