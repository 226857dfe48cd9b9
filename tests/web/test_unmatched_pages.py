"""Rows of the bank that fit nothing: seen in scope only, settled once, by those who draw, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.accounts.standing import NotPermitted
from lxbt.payments import operations as payments
from lxbt.payments.models import BankFile, Batch, UnmatchedRow
from tests import factories as f

pytestmark = pytest.mark.django_db
ON = date(2026, 1, 25)


@pytest.fixture
def row() -> UnmatchedRow:
    f.load_places()
    f.flat_standards(living="100")
    f.recipient("张三", division=f.TOWNSHIP)
    batch = payments.draw_batch(payer_code=f.COUNTY, month=f.JANUARY, by=f.official("draws"), on=ON)
    assert batch is not None
    payments.approve_batch(batch_id=batch.pk, control_total=batch.total, by=f.official("approves"), on=ON)
    file = BankFile.objects.create(
        direction="in", batch=batch, name="回盘.csv", digest=b"0" * 32, content=b"", state="read"
    )
    said = vault.seal("9\t6228000000000017\t某某\t100.00\tTrue\t户名不符")
    return UnmatchedRow.objects.create(
        file=file, row_no=9, masked_account="6228********0017", sealed=said, why="对不上"
    )


def test_a_row_is_looked_at_and_settled_once_with_a_reason(
    row: UnmatchedRow, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(f.account("payment_officer", f.COUNTY, username="officer"))
    listed = client.get(reverse("unmatched_rows")).content.decode()
    assert "6228********0017" in listed
    page = reverse("unmatched_row", args=[row.pk])
    shown = client.get(page).content.decode()
    assert "户名不符" in shown
    assert "张三" in shown  # the line of the same amount
    assert "6228000000000017" not in shown
    client.post(page, {"note": "  "})
    row.refresh_from_db()
    assert row.handled_by_id is None
    client.post(page, {"note": "银行已重发回盘"})
    row.refresh_from_db()
    assert (row.handled_note, row.handled_by.username if row.handled_by else "") == ("银行已重发回盘", "officer")
    assert "6228********0017" not in client.get(reverse("unmatched_rows")).content.decode()
    assert "银行已重发回盘" in client.get(reverse("unmatched_rows"), {"show": "closed"}).content.decode()
    assert "已由别人处理" in client.post(page, {"note": "再写一次试试"}).content.decode()


def test_nobody_without_the_right_and_no_other_county_settles_it(row: UnmatchedRow) -> None:
    for role, place in (("decider", f.COUNTY), ("payment_officer", f.OTHER_COUNTY)):
        with pytest.raises(NotPermitted):
            payments.handle_unmatched(
                row_id=row.pk, note="银行已重发", by=f.account(role, place, username=role), on=ON, at=f.moment(ON)
            )


def test_the_list_is_searched_by_account_and_batch(row: UnmatchedRow, logged_in: Callable[[User], Client]) -> None:
    client = logged_in(f.account("payment_officer", f.COUNTY, username="officer"))
    for asked, there in (("0017", True), ("9999", False), (str(Batch.objects.get().pk), True), ("²", False)):
        page = client.get(reverse("unmatched_rows"), {"q": asked}).content.decode()
        assert (reverse("unmatched_row", args=[row.pk]) in page) == there, asked


def test_what_was_done_about_a_row_stays_in_the_database_too(row: UnmatchedRow) -> None:
    officer = f.account("payment_officer", f.COUNTY, username="first")
    payments.handle_unmatched(row_id=row.pk, note="银行已重发", by=officer, on=ON, at=f.moment(ON))
    row.refresh_from_db()
    assert row.handled_at == f.moment(ON)
    for change in ({"handled_note": "别的说法"}, {"handled_by": None, "handled_note": "", "handled_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnmatchedRow.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


@pytest.mark.parametrize("half", [{"handled_note": "没有人"}, {"handled_at": f.moment(ON)}])
def test_a_row_is_not_handled_by_halves(row: UnmatchedRow, half: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        UnmatchedRow.objects.filter(pk=row.pk).update(**half)
