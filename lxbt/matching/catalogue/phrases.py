"""Pieces of SQL that several rules are made of."""

from __future__ import annotations


def first_unpaid(day: str) -> str:
    """The first month not paid after an event on that day, by the place's parameter `stop` (民发〔2021〕70号: the next
    month).
    """
    return f"(date_trunc('month', {day}::timestamp) + make_interval(months => m.stop_shift))::date"


def month_of(day: str) -> str:
    """The first day of its month."""
    return f"date_trunc('month', {day}::timestamp)::date"


SAID = (
    "jsonb_strip_nulls(jsonb_build_object('list', e.list_id, 'row', e.row, 'kind', e.kind, 'name', e.name, "
    "'matched', e.matched, 'event_on', e.event_on,"
    " 'since', e.since, 'until', e.until, 'amount', e.amount, 'value', nullif(e.value, ''), 'received_on', "
    "l.received_on, 'as_of', l.as_of, 'source', l.source,"
    " 'channel', nullif(l.channel, 'file'), 'asked_at', e.asked_at, 'answered_at', e.answered_at))"
)


def listed(
    kinds: str, since: str, *, subsidy: str = "''", until: str = "null::date", where: str = "true", join: str = ""
) -> str:
    """Persons of the area who are on lists of these kinds (quoted, comma between).

    `since`, `until`, `where` in terms of m, e, l.
    """
    return (
        f"select m.person_id, e.kind, {subsidy}, {since}, {until}, null::numeric, e.matched = 'name', {SAID}"
        " from work_person m join matching_listentry e on e.person_id = m.person_id"
        f" join work_list l on l.list_id = e.list_id {join} where e.kind in ({kinds}) and {{here}} and {where}"
    )


def told(
    since: str, what: str, *, subsidy: str = "''", until: str = "m.until", where: str = "true", join: str = ""
) -> str:
    """Stretches of months in which the registry itself knows something against a right.

    `what`: pairs for the evidence.
    """
    return (
        f"select m.person_id, 'registry', {subsidy}, greatest(m.since, {since}), {until}, null::numeric, false, "
        f"jsonb_strip_nulls(jsonb_build_object({what}))"
        f" from work_stretch m {join} where {{here}} and {where} and ({until} is null "
        f"or greatest(m.since, {since}) < {until})"
    )
