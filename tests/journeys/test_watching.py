"""Those who watch, and what comes from the Federation: the record, unusual looking, large exports, notices, leads,
coverage, doubles.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from lxbt.audit.models import UnusualLook
from lxbt.audit.sealing import seal_events
from lxbt.core.idnumber import check_digit
from lxbt.documents.operations import ask_release
from lxbt.entitlements.operations import resolve_changes
from lxbt.leads.operations.following import follow_changes
from lxbt.registry.operations.federation import take_federation_records
from lxbt.registry.rules.federation import FederationRecord
from lxbt.statistics.coverage import count_coverage
from tests import factories as f
from tests.journeys.conftest import BOTH, Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def told(count: int) -> list[FederationRecord]:
    """Certificates issued lately to people of the township who do not hold anything yet."""
    records = []
    for number in range(count):
        first = f"42010219600101{100 + number}"
        identity = first + check_digit(first)
        records.append(
            FederationRecord(
                identity_number=identity,
                name=f"赵新证{number}",
                sex="male" if number % 2 else "female",
                birth=date(1960, 1, 1),
                division_code=f.TOWNSHIP,
                certificate_number=identity + "41",
                category="physical",
                grade=1,
                issued_on=timezone.localdate() - timedelta(days=3),
                valid_until=date(2036, 1, 1),
                state="valid",
                state_on=None,
                died_on=None,
                sequence=number + 1,
                changed_at=datetime.now(UTC),
            )
        )
    return records


def test_those_who_watch(visitor: Callable[..., Visitor]) -> None:
    f.load_places()
    officer, security = (
        f.account("payment_officer", f.COUNTY, username="officer"),
        f.account("security_administrator", f.COUNTY, username="security"),
    )
    f.account("auditor", f.COUNTY, username="auditor")
    now = timezone.localtime()
    UnusualLook.objects.create(
        kind="many",
        on=now.date(),
        by_id=officer.pk,
        by_name=officer.name,
        by_place=officer.place_code,
        count=300,
        first_at=now,
        last_at=now,
    )
    ask_release(
        title="发放名册",
        note="2026-05",
        content=b"rows",
        rows=9000,
        division_code=f.COUNTY,
        reason="报送财政审核",
        by=officer,
        at=now,
    )
    seal_events()
    seal_events()
    auditor = visitor()
    auditor.log_in("auditor")
    for path, name in (("/audit/", "record"), ("/audit/seals/", "seals"), ("/looks/", "looks-auditor")):
        auditor.open(path)
        auditor.looked_at(f"watch-{name}", *BOTH)
    auditor.open("/audit/")
    auditor.presses("table a.btn >> nth=0")
    auditor.looked_at("watch-event", *BOTH)
    other = visitor()
    other.log_in(security.username)
    other.open("/looks/")
    other.presses("table a.btn >> nth=0")
    other.page.fill("#id_finding", "已向单位核实，属年审集中核对")
    other.looked_at("watch-look", *BOTH)
    other.presses("form button[type=submit].btn-primary")
    other.sees("核查结果已记下")
    other.open("/releases/")
    other.looked_at("watch-releases", *BOTH)
    other.presses("button[value=release]")
    other.sees("已核准")


def test_what_comes_from_the_federation(visitor: Callable[..., Visitor]) -> None:
    f.load_places()
    f.usual_standards()
    f.account("clerk", f.TOWNSHIP, username="clerk")
    f.account("administrator", f.NATION, username="nation")
    today = timezone.localdate()
    take_federation_records(records=told(6), source="federation", received_at=timezone.now(), on=today)
    resolve_changes()
    follow_changes(on=today, at=timezone.now())
    count_coverage(on=today, at=timezone.now())
    clerk = visitor()
    clerk.log_in("clerk")
    for path, name in (
        ("/leads/", "leads"),
        ("/notices/", "notices"),
        ("/coverage/", "coverage"),
        ("/matches/", "matches"),
        ("/persons/?held=no", "persons"),
    ):
        clerk.open(path)
        clerk.looked_at(f"federation-{name}", *BOTH)
    clerk.open("/leads/")
    clerk.sees("赵新证")
    clerk.presses("table a.btn >> nth=0")
    clerk.looked_at("federation-lead", *BOTH)
    nation = visitor()
    nation.log_in("nation")
    nation.open("/exchange/")
    nation.looked_at("federation-lines", *BOTH)
