"""Proposing that two entries are one person, keeping them apart, joining them, and undoing that.

Joined, an entry is an alias: its numbers, the Federation's records under them and what its certificates say go over to
the one that stays; its ledger and payments keep its own key, and its page stays to be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.clock import beijing_day
from lxbt.core.profile import EVENTS
from lxbt.core.refusal import Refusal
from lxbt.divisions.rules import span
from lxbt.registry.models import Certificate, Fact, FederationEntry, Identifier, Joining, Match, Person
from lxbt.registry.operations import mark_persons
from lxbt.registry.operations.held import custody_of
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY
from lxbt.registry.rules.custody import as_json
from lxbt.registry.rules.duplicates import Entry, propose

CHUNK = 2000  # pairs looked at together
SOURCE = "joined"
COPIED = (
    "category",
    "grade",
    "issued_on",
    "valid_until",
    "frozen_on",
    "cancelled_on",
    "kind",
    "components",
    "source",
    "received_on",
    "sequence",
    "pays_from_month",
    "backpay_months",
)

# Pairs of a county that could be one: the same sex, and the same day of birth or the same name; without what was
# decided.
PAIRS = """
select a.person_id, b.person_id from registry_person a join registry_person b on b.sex = a.sex
    and b.{column} = a.{column} and b.person_id > a.person_id
where a.division_code >= %(low)s and a.division_code < %(high)s and b.division_code >= %(low)s
    and b.division_code < %(high)s
    and a.joined_to is null and b.joined_to is null
    and not exists (select 1 from registry_match m where m.person_id = a.person_id and m.other_id = b.person_id)
"""


class MatchRefused(Refusal):
    """The two cannot be joined, or parted, so."""


@transaction.atomic
def propose_matches(*, area: str, at: datetime, by: User | None) -> int:
    """Look through a county (or what lies below it) and propose; gives how many proposals are new.

    Numbers are opened in memory only.
    """
    low, high = span(area)
    with connection.cursor() as cursor:
        found: set[tuple[int, int]] = set()
        for column in ("birth", "name"):
            cursor.execute(PAIRS.format(column=column), {"low": low, "high": high})
            found |= set(cursor.fetchall())
    pairs = sorted(found)
    made = sum(_propose(pairs[start : start + CHUNK], at) for start in range(0, len(pairs), CHUNK))
    record_event(
        by=by,
        action="match.proposed",
        subject_kind="match",
        subject_id=area,
        division_code=area,
        details={"pairs": len(pairs), "proposed": made},
    )
    return made


def _propose(pairs: list[tuple[int, int]], at: datetime) -> int:
    entries = _entries({pk for pair in pairs for pk in pair}, beijing_day(at))
    rows = []
    for one, other in pairs:
        proposal = propose(entries[one], entries[other])
        if proposal is not None:
            places = (entries[one].division, entries[other].division)
            rows.append(_match(one, other, places, proposal.reason, list(proposal.evidence), at))
    return len(Match.objects.bulk_create(rows, ignore_conflicts=True))


def _match(one: int, other: int, places: tuple[str, str], reason: str, evidence: list[str], at: datetime) -> Match:
    if one > other:
        one, other, places = other, one, (places[1], places[0])
    return Match(
        person_id=one,
        other_id=other,
        division_code=places[0],
        other_division=places[1],
        reason=reason,
        evidence=evidence,
        proposed_at=at,
    )


def propose_owners(pairs: Iterable[tuple[int, int]], at: datetime) -> None:
    """Propose pairs of whom one is told with a certificate number that is the other's."""
    wanted = list(dict.fromkeys(pairs))
    places = dict(
        Person.objects.filter(pk__in={pk for pair in wanted for pk in pair}).values_list("pk", "division_code")
    )
    rows = [
        _match(a, b, (places[a], places[b]), "certificate_number", ["certificate_number_told"], at)
        for a, b in wanted
        if a in places and b in places
    ]
    Match.objects.bulk_create(rows, ignore_conflicts=True)


def _entries(ids: set[int], on: date) -> dict[int, Entry]:
    numbers: dict[int, dict[str, list[str]]] = defaultdict(lambda: {IDENTITY: [], CERTIFICATE_NUMBER: []})
    for held in Identifier.objects.filter(person_id__in=ids):
        numbers[held.person_id][held.kind].append(held.number)
    in_force: dict[int, int] = defaultdict(int)
    for row in Certificate.objects.filter(person_id__in=ids, cancelled_on__isnull=True):
        in_force[row.person_id] += row.valid_until is None or row.valid_until >= on
    return {
        p.pk: Entry(
            p.name,
            p.sex,
            p.birth,
            p.division_code,
            tuple(numbers[p.pk][IDENTITY]),
            tuple(numbers[p.pk][CERTIFICATE_NUMBER]),
            in_force[p.pk],
        )
        for p in Person.objects.filter(pk__in=ids)
    }


def _locked(match_id: int, state: str, sentence: str) -> Match:
    match = Match.objects.select_for_update().filter(pk=match_id, state=state).first()
    if match is None:
        raise MatchRefused(sentence)
    list(Person.objects.select_for_update().filter(pk__in=[match.person_id, match.other_id]).order_by("pk"))
    return match


def _reason(why: str) -> str:
    if len(why.strip()) < 4:
        raise MatchRefused(_("请写明判断的依据，不少于 4 个字。"), field="why")
    return why.strip()[:200]


def _decide(match: Match, state: str, why: str, by: User, at: datetime) -> None:
    match.state, match.why, match.decided_at, match.decided_by_id, match.decided_by_name = (
        state,
        why,
        at,
        by.pk,
        by.name,
    )
    match.save()


@transaction.atomic
def keep_apart(*, match_id: int, why: str, by: User, at: datetime) -> Match:
    """They are two persons. The pair is not proposed again."""
    match = _locked(match_id, "open", _("这条疑似重复已有结论，请刷新页面。"))
    _decide(match, "apart", _reason(why), by, at)
    _record("match.kept_apart", match, by, match.why, {})
    return match


@transaction.atomic
def join_entries(*, match_id: int, keep: int, why: str, by: User, at: datetime) -> Joining:
    """They are one: the other entry becomes an alias of `keep`.

    Rights and applications are seen to by `leads.join_persons`.
    """
    match = _locked(match_id, "open", _("这条疑似重复已有结论，请刷新页面。"))
    if keep not in (match.person_id, match.other_id):
        raise MatchRefused(_("请选择保留哪一条登记。"), field="keep")
    other = match.other_id if keep == match.person_id else match.person_id
    if (
        Person.objects.filter(pk__in=[keep, other], joined_to__isnull=False).exists()
        or Person.objects.filter(joined_to=other).exists()
    ):
        raise MatchRefused(_("其中一条登记已并入他人或有他人并入，请先处理那一次合并。"))
    moved: dict[str, Any] = {
        "identifiers": [
            bytes(index).hex() for index in Identifier.objects.filter(person_id=other).values_list("index", flat=True)
        ],
        "entries": {
            bytes(handle).hex(): seq
            for handle, seq in FederationEntry.objects.filter(person_id=other).values_list("handle", "sequence")
        },
    }
    Identifier.objects.filter(person_id=other).update(person_id=keep)
    _move_entries(other, keep, list(moved["entries"]))
    moved["certificates"] = _copy_certificates(keep, other)
    moved["facts"] = _copy_events(keep, other, beijing_day(at))
    moved["known"] = _last_known([keep, other])
    Person.objects.filter(pk=other).update(joined_to=keep)
    _decide(match, "joined", _reason(why), by, at)
    joining = Joining.objects.create(person_id=keep, other_id=other, match=match, moved=moved, joined_at=at)
    mark_persons([keep, other])
    _record("match.joined", match, by, match.why, {"kept": keep})
    return joining


def _last_known(ids: list[int]) -> list[int]:
    """The last numbers of fact and certificate: anything newer has a higher one."""
    fact = Fact.objects.filter(person_id__in=ids).aggregate(last=Max("number"))["last"]
    certificate = Certificate.objects.filter(person_id__in=ids).aggregate(last=Max("number"))["last"]
    return [fact or 0, certificate or 0]


def _move_entries(source: int, target: int, handles: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update registry_federationentry set person_id = %s where person_id = %s and handle = any(%s)",
            [target, source, [bytes.fromhex(h) for h in handles]],
        )


def _copy_certificates(keep: int, other: int) -> list[int]:
    held = set(Certificate.objects.filter(person_id=keep).values_list("issued_on", flat=True))
    copied = []
    for row in Certificate.objects.filter(person_id=other).order_by("number"):
        if row.issued_on not in held:
            copied.append(
                Certificate.objects.create(person_id=keep, **{name: getattr(row, name) for name in COPIED}).number
            )
    return copied


def _copy_events(keep: int, other: int, on: date) -> list[str]:
    """Death, moving out and custody that are known of the other entry alone."""

    def told(person_id: int) -> dict[str, Any]:
        return dict(
            Fact.objects.filter(person_id=person_id, key__in=EVENTS).order_by("number").values_list("key", "value")
        )

    known, more = told(keep), told(other)
    keys = [key for key in EVENTS if more.get(key) and not known.get(key) and key != "imprisoned_on"]
    if (times := custody_of(other)) and not custody_of(keep):
        keys.append("custody")
        more["custody"] = as_json(times)
    Fact.objects.bulk_create(
        [Fact(person_id=keep, key=key, value=more[key], source=SOURCE, received_on=on) for key in keys]
    )
    return keys


@transaction.atomic
def part_entries(*, joining_id: int, why: str, by: User, at: datetime) -> Joining:
    """Undo a joining: everything goes back.

    MatchRefused once something newer is known of either. See `leads.part_persons`.
    """
    joining = Joining.objects.select_for_update().filter(pk=joining_id, undone_at__isnull=True).first()
    if joining is None:
        raise MatchRefused(_("这次合并已经撤销，请刷新页面。"))
    keep, other, moved = joining.person_id, joining.other_id, joining.moved
    both = [keep, other]
    told = {
        bytes(handle).hex(): seq
        for handle, seq in FederationEntry.objects.filter(person_id=keep).values_list("handle", "sequence")
    }
    if _last_known(both) != moved["known"] or any(told.get(handle) != seq for handle, seq in moved["entries"].items()):
        raise MatchRefused(_("合并之后已登记了新的情况，不能直接撤销；请按实际情况分别登记。"))
    Identifier.objects.filter(
        person_id=keep, index__in=[bytes.fromhex(index) for index in moved["identifiers"]]
    ).update(person_id=other)
    _move_entries(keep, other, list(moved["entries"]))
    Certificate.objects.filter(person_id=keep, number__in=moved["certificates"]).delete()
    Fact.objects.bulk_create(
        [
            Fact(person_id=keep, key=key, value=None, source=SOURCE, received_on=beijing_day(at))
            for key in moved["facts"]
        ]
    )
    Person.objects.filter(pk=other).update(joined_to=None)
    joining.undone_at = at
    joining.save(update_fields=["undone_at"])
    match = Match.objects.get(pk=joining.match_id)
    _decide(match, "apart", _reason(why), by, at)
    mark_persons(both)
    _record("match.parted", match, by, match.why, {"kept": keep})
    return joining


def _record(action: str, match: Match, by: User, why: str, details: dict[str, Any]) -> None:
    """One line for each of the two."""
    for person_id, place in ((match.person_id, match.division_code), (match.other_id, match.other_division)):
        record_event(
            by=by,
            action=action,
            subject_kind="match",
            subject_id=match.pk,
            person_id=person_id,
            division_code=place,
            reason=why,
            details={"reason": match.reason, "persons": [match.person_id, match.other_id], **details},
        )
