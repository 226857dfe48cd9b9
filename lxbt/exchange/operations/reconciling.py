"""Comparing both sides of the line to the Federation, and fetching anew what differs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lxbt.audit.operations import record_event
from lxbt.core.roster import digest_of_sum
from lxbt.divisions.rules import NATION
from lxbt.exchange.client import NoAnswer
from lxbt.exchange.models import Link, Partner
from lxbt.exchange.operations import applying
from lxbt.exchange.operations.sending import ask
from lxbt.exchange.operations.syncing import (
    PAGE,
    condition,
    pages,
    the_federation,
)
from lxbt.registry.operations.federation_queue import note_agreed_counties
from lxbt.registry.queries import federation as held


@dataclass
class Compared:
    """What a comparison found and healed: counties asked, counties that differ, persons that differ, persons that still
    do.
    """

    counties: int = 0
    differ: list[str] = field(default_factory=list)
    persons: int = 0
    healed: int = 0
    left: int = 0
    only_here: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the link's row and the command."""
        return {
            "counties": self.counties,
            "counties_differ": len(self.differ),
            "persons_differ": self.persons,
            "healed": self.healed,
            "left": self.left,
            "only_here": self.only_here,
        }


def reconcile(*, area: str = NATION, at: datetime, on: date, heal: bool = True) -> Compared:
    """Compare both sides: counts and digests of counties, then of persons where they differ, then fetch those. Run
    again, it finds nothing.

    Changes on their way differ too, for a moment; fetching them early does no harm.
    """
    partner, compared = the_federation(), Compared()
    theirs = {row["county_code"]: (row["count"], row["digest"]) for row in _digests(partner, {"area": area}, at)}
    ours = {row.division_code: (row.count, row.digest) for row in held.digests_by_county(area)}
    compared.counties = len(theirs.keys() | ours.keys())
    compared.differ = sorted(
        code
        for code in theirs.keys() | ours.keys()
        if theirs.get(code, (0, digest_of_sum(0))) != ours.get(code, (0, digest_of_sum(0)))
    )
    note_agreed_counties(counties=sorted((theirs.keys() & ours.keys()) - set(compared.differ)), at=at)
    wanted: list[str] = []
    for county in compared.differ:
        there = {row["handle"]: row["sequence"] for row in _digests(partner, {"county": county}, at)}
        here = {row.handle: row.sequence for row in held.digests_by_person(county)}
        different = [handle for handle in there.keys() | here.keys() if there.get(handle) != here.get(handle)]
        compared.persons += len(different)
        # Who is only here may have moved to another county there: asked for by handle like everybody else.
        wanted += different
    if heal and wanted:
        compared.healed, compared.only_here = _heal(partner, sorted(set(wanted)), at, on)
        again = reconcile(area=area, at=at, on=on, heal=False)
        compared.left = again.persons
    if heal:
        Link.objects.filter(partner=partner).update(compared_at=at, comparison=compared.as_json())
        record_event(
            by=None,
            action="exchange.compared",
            subject_kind="exchange",
            subject_id=partner.sender_id,
            division_code=area,
            details=compared.as_json(),
        )
    return compared


def _heal(partner: Partner, handles: list[str], at: datetime, on: date) -> tuple[int, int]:
    healed = found = 0
    for start in range(0, len(handles), PAGE):
        chosen = handles[start : start + PAGE]
        for records in pages(partner, [condition("handle", "in", chosen)], at=at):
            counts = applying.take(records, received_at=at, on=on, partner=partner)
            healed += counts.get("new", 0) + counts.get("changed", 0)
            found += len(records)
    return healed, len(handles) - found


def _digests(partner: Partner, wanted: dict[str, str], at: datetime) -> list[dict[str, Any]]:
    """The other side's digests, by the extension that `docs/dci.md` describes."""
    message = {"transaction_id": str(uuid.uuid4()), "digest_request": wanted}
    told = ask(partner=partner, path="sync/digests", action="search", message=message, at=at)
    rows = told.get("digest_response")
    if not isinstance(rows, list) or told.get("count") != len(rows):
        raise NoAnswer("half an answer")
    return rows
