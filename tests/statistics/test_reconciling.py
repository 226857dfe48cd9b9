"""The books of a month agree to the fen whatever happened, and whatever was bent past the operations is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stdout
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import User
from lxbt.payments import queries
from lxbt.payments.models import Batch
from lxbt.payments.operations import approve_batch, draw_batch, record_results, return_batch, send_batch
from lxbt.registry.models import Person
from lxbt.statistics.operations import count_stale
from lxbt.statistics.reconciling import reconcile
from tests import factories as f
from tests.payments.test_batches import answer
from tests.web.conftest import logged_in  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    f.load_places()
    f.flat_standards(living="80", care="100")
    for _n in range(3):
        f.recipient(division=f.TOWNSHIP, subsidies=("living", "care"))
    return {role: f.account(role, f.COUNTY) for role in ("payment_officer", "payment_approver")}


@pytest.fixture
def batch(people: dict[str, User]) -> Batch:
    """Drawn, returned, drawn again, sent, answered with one failure, and counted."""
    drawer, approver = people["payment_officer"], people["payment_approver"]
    first = draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY)
    assert first is not None
    return_batch(batch_id=first.pk, reason="核对后重编", by=approver, on=f.DAY, at=f.moment(f.DAY))
    found = draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=drawer, on=f.DAY)
    assert found is not None
    approve_batch(batch_id=found.pk, control_total=queries.net_of(found), by=approver, on=f.DAY)
    send_batch(batch_id=found.pk, by=drawer, on=f.DAY)
    sent = Batch.objects.get(pk=found.pk)
    unlucky = Person.objects.order_by("pk").first()
    told = answer(sent, failed=unlucky.pk if unlucky else 0)
    record_results(batch_id=found.pk, content=told, name="r.csv", by=drawer, on=f.DAY)
    while count_stale():
        pass
    return Batch.objects.get(pk=found.pk)


def bend(statement: str, *params: object) -> None:
    """Past the operations and the triggers, as an owner of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(statement, params)
        cursor.execute("set session_replication_role = origin")


def differences() -> list[tuple[str, Decimal]]:
    (payer,) = reconcile(f.COUNTY, f.JANUARY)
    return [(one.what, one.told - one.found) for one in payer.differences]


def test_what_went_through_the_operations_agrees(batch: Batch) -> None:
    (payer,) = reconcile(f.PROVINCE, f.JANUARY)
    assert payer.differences == ()
    assert (payer.code, payer.batches, payer.waits) == (f.COUNTY, 1, False)
    assert payer.net == payer.file == Decimal(540)
    assert payer.items == payer.figures


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update payments_batch set total = total + 1 where id = %s", {"items"}),
        ("update payments_batch set line_total = line_total - 0.01 where id = %s", {"order", "lines", "file"}),
        ("update payments_line set amount = amount + 1 where batch_id = %s and row_no = 1", {"gross", "lines"}),
        ("delete from payments_line where batch_id = %s and row_no = 1", {"gross", "lines", "line_count"}),
        ("update payments_bankfile set total = 1 where batch_id = %s and direction = 'out'", {"file"}),
        ("delete from payments_bankfile where batch_id = %s and direction = 'out'", {"file", "file_count"}),
        ("delete from payments_item where batch_id = %s and subsidy = 'care'", {"items", "gross", "figures"}),
        ("update statistics_figure set regular = regular + 0.01 where %s > 0 and level = 3", {"figures"}),
    ],
)
def test_what_was_bent_is_named(batch: Batch, statement: str, what: set[str]) -> None:
    bend(statement, batch.pk)
    assert {name for name, _by in differences()} == what


def test_figures_that_wait_to_be_counted_are_no_difference(batch: Batch, people: dict[str, User]) -> None:
    bend("insert into divisions_stalemonth (division_code, month) values (%s, %s)", f.COUNTY, f.JANUARY.first)
    bend("update statistics_figure set regular = 0 where %s > 0", 1)
    (payer,) = reconcile(f.COUNTY, f.JANUARY)
    assert (payer.waits, payer.differences) == (True, ())


def test_the_page_shows_the_own_area_and_names_what_differs(
    batch: Batch,
    people: dict[str, User],
    logged_in: Callable[[User], Client],  # noqa: F811
) -> None:
    told = {"month": str(f.JANUARY)}
    officer = logged_in(people["payment_officer"])
    page = officer.get(reverse("reconciling"), told).content.decode()
    assert "540.00" in page
    assert "银行文件金额与报送净额不同" not in page
    bend("update payments_bankfile set total = 1 where batch_id = %s and direction = 'out'", batch.pk)
    page = officer.get(reverse("reconciling"), told).content.decode()
    assert "银行文件金额与报送净额不同" in page
    assert reverse("batch", args=[batch.pk]) in page
    assert officer.get(reverse("reconciling_export"), told).status_code == 200
    elsewhere = logged_in(f.account("payment_officer", "420103000000"))
    assert "540.00" not in elsewhere.get(reverse("reconciling"), told).content.decode()


def test_the_command_ends_with_one_where_the_books_differ(batch: Batch) -> None:
    def run() -> dict[str, object]:
        out = StringIO()
        with redirect_stdout(out):
            call_command("reconcile", division=f.PROVINCE, month=str(f.JANUARY), json=True)
        return json.loads(out.getvalue())  # type: ignore[no-any-return]

    assert run()["failed"] == 0
    bend("update payments_batch set total = total + 1 where id = %s", batch.pk)
    with pytest.raises(SystemExit):
        run()
