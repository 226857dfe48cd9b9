"""The ledger of those who were released from custody, told again whenever something becomes known of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.rules import NATION
from lxbt.entitlements import queries
from lxbt.entitlements.models import Entitlement
from lxbt.entitlements.operations.ledger import _periods, _record, _rewrite
from lxbt.entitlements.rules.custody import AFTER_CUSTODY, Right, cut, releases
from lxbt.registry.queries import custody_times
from lxbt.registry.rules import Stretch
from lxbt.standards.queries import parameters_for
from lxbt.standards.rules.parameters import Parameters
from lxbt.standards.rules.scheme import Scheme


def _right(row: Entitlement) -> Right:
    return Right(
        Month.of(row.since),
        Month.of(row.until) if row.until else None,
        row.state,
        row.basis,
        (row.granted_by_id, row.granted_on),
        tuple((Month.parse(month), basis) for month, basis in row.again),
        (row.end_basis, row.ended_by_id, row.ended_on),
    )


def _row(person_id: int, subsidy: str, right: Right) -> Entitlement:
    by, on = right.granted
    basis, ended_by, ended_on = right.end
    return Entitlement(
        person_id=person_id,
        subsidy=subsidy,
        since=right.since.first,
        until=right.until.first if right.until else None,
        state=right.state,
        basis=right.basis,
        granted_by_id=by,
        granted_on=on,
        end_basis=basis,
        ended_by_id=ended_by,
        ended_on=ended_on,
        again=[[str(month), basis] for month, basis in right.again],
    )


@transaction.atomic
def settle_custody(ids: Iterable[int], scheme: Scheme | None = None) -> None:
    """Let the rights of these persons wait, from the month of release on, where the place says that who was released
    applies anew.
    """
    ids = list(ids)
    times = custody_times(ids)
    waiting = Entitlement.objects.filter(person_id__in=ids, basis=AFTER_CUSTODY).values_list("person_id", flat=True)
    concerned = {pk for pk, told in times.items() if any(one.until for one in told)} | set(waiting)
    if not concerned:
        return
    scheme = scheme or parameters_for(NATION)
    stretches = queries.told_timelines(concerned, scheme)
    for person_id in sorted(concerned):
        told = stretches[person_id]

        def parameters(month: Month, told: list[Stretch] = told) -> Parameters:
            place = next((s.profile.division for s in reversed(told) if s.since <= month), NATION)
            return scheme.parameters_for(place, month)

        for subsidy in SUBSIDIES:
            held = [_right(row) for row in _periods(person_id, subsidy)]
            settled = cut(held, releases(times.get(person_id, ()), parameters, subsidy))
            if settled != held:
                changed = _rewrite(person_id, subsidy, [_row(person_id, subsidy, right) for right in settled])
                _record("custody_settled", person_id, subsidy, settled[0].since, AFTER_CUSTODY, None, changed)
