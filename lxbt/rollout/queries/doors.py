"""Which doors of going live are open for a place on a day, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lxbt.divisions.queries import county_of
from lxbt.divisions.rules import ancestors
from lxbt.rollout.models import Permit
from lxbt.rollout.queries.plan import plan_in_force, terms_in_force
from lxbt.rollout.rules.doors import Door, Opening, opening_of

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class DoorNow:
    """A door of a place on a day. `until`: the last day that it is open; `permit` where a permission opens it."""

    open: bool
    until: date | None
    opening: Opening
    permit: Permit | None
    on: date

    def sentence(self) -> str:
        """What stands in the way, and what to do."""
        todo = _("请由本级提出、上一级同意后，按许可的日期办理。")
        if self.opening.opens_on is None or self.opening.closes_on is None:
            return _("本地没有排定上线时间，这类数据现在不能导入。") + todo
        if self.on < self.opening.opens_on:
            return _("本地 %(day)s 才开始上线，这类数据现在还不能导入。") % {"day": self.opening.opens_on} + todo
        return _("本地上线期已在 %(day)s 结束，这类数据现在不能再导入。") % {"day": self.opening.closes_on} + todo


def permits_for(division_code: str) -> QuerySet[Permit]:
    """Permissions that hold for a place, or did, the newest first."""
    return Permit.objects.filter(division_code__in=ancestors(division_code)).order_by("-pk")


def county_code_of(division_code: str) -> str:
    """The body that goes live for a place; the place itself above a county."""
    county = county_of(division_code)
    return county.code if county is not None else division_code


def door_of(division_code: str, door: str, on: date) -> DoorNow:
    """Whether a door is open for a place on a day."""
    return doors_of([division_code], door, on)[division_code]


def doors_of(division_codes: Iterable[str], door: str, on: date) -> dict[str, DoorNow]:
    """The same for several places."""
    codes = list(division_codes)
    places = plan_in_force({code[:2].ljust(12, "0") for code in codes})
    terms = terms_in_force()
    found = {}
    for code in codes:
        opening = opening_of(places.get(code[:2].ljust(12, "0")), county_code_of(code), Door(door), terms)
        permit = (
            permits_for(code)
            .filter(Q(opens_on__lte=on) & Q(closes_on__gte=on), doors__contains=[str(door)])
            .order_by("-closes_on")
            .first()
        )
        ends = [day for day in (opening.closes_on if opening.covers(on) else None, permit and permit.closes_on) if day]
        found[code] = DoorNow(bool(ends), max(ends, default=None), opening, permit, on)
    return found
