"""The one case in which money waits without a person: where a dated setting names a source, and only for hits by
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from lxbt.audit.operations import record_event
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.entitlements.operations import EntitlementRefused, suspend_entitlement
from lxbt.matching.models import Suspicion
from lxbt.matching.rules.rule import Setting
from lxbt.notices.operations import Post, post_notices


def stop_by_setting(
    *,
    new: Sequence[tuple[int, int, str, str]],
    settings: Mapping[str, Sequence[tuple[Setting, list[str]]]],
    month: Month,
    on: date,
    at: datetime,
) -> int:
    """Suspend what newly raised cases claim where a setting says so, with a notice to the township and the county;
    gives how many persons.

    Suspended, never ended: whether it is true a person says. Months claimed before are for that person to judge too.
    """
    stopping = {
        (code, source): (setting, set(places))
        for code, groups in settings.items()
        for setting, places in groups
        for source in setting.stopping
    }
    wanted = [
        ident for ident, _person, rule, source in new if any(code == rule and name == source for code, name in stopping)
    ]
    done = 0
    for case in Suspicion.objects.filter(pk__in=wanted, fuzzy=False).order_by("pk"):
        setting = next(
            (s for s, places in ((g[0], g[1]) for g in settings[case.rule]) if case.division_code in places), None
        )
        if setting is None or case.source not in setting.stopping:
            continue
        since = max(Month.of(case.since_month) if case.since_month else month, month)
        stopped = [subsidy for subsidy in SUBSIDIES if _suspend(case, subsidy, since, on)]
        if stopped:
            case.stopped_month = since.first
            case.save(update_fields=["stopped_month"])
            done += 1
            record_event(
                by=None,
                action="suspicion.stopped",
                subject_kind="suspicion",
                subject_id=case.pk,
                person_id=case.person_id,
                division_code=case.division_code,
                details={"rule": case.rule, "source": case.source, "since": str(since), "subsidies": stopped},
            )
            told = {"rule": case.rule, "month": str(since), "subsidies": stopped}
            post_notices(
                posts=[
                    Post(place, "suspicion_stopped", "civil_affairs", person_id=case.person_id, params=told)
                    for place in {case.division_code, case.county_code}
                ],
                at=at,
            )
    return done


def _suspend(case: Suspicion, subsidy: str, since: Month, on: date) -> bool:
    try:
        suspend_entitlement(
            person_id=case.person_id, subsidy=subsidy, since=since, basis=f"suspicion {case.pk}", by=None, on=on
        )
    except EntitlementRefused:
        return False
    return True
