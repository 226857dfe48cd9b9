"""Batches from the draw to the bank and back."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.core.transitions import WrongState
from lxbt.entitlements.operations import resolve_changes
from lxbt.payments import queries
from lxbt.payments.models import BankFile, Batch, Item, Line, Recovery, RecoveryMove
from lxbt.payments.operations import (
    PaymentRefused,
    approve_batch,
    correct_account,
    draw_batch,
    record_results,
    return_batch,
    send_batch,
    settle_recovery,
)
from lxbt.payments.operations.results import Fit
from lxbt.payments.rules import IN_COLUMNS, LINE_STATES, lines_open_to, safe_cell, shares
from lxbt.registry.models import BankAccount, Person
from lxbt.registry.operations import record_fact
from tests.factories import COUNTY, DAY, JANUARY, county, day_in, flat_standards, official, recipient

pytestmark = pytest.mark.django_db
FEBRUARY = JANUARY + 1


@pytest.fixture
def drawer() -> User:
    return official("drawer")


@pytest.fixture
def approver() -> User:
    return official("approver")


@pytest.fixture(autouse=True)
def ground() -> None:
    county()
    flat_standards(living="80", care="100")


def draw(by: User, month: Month = JANUARY) -> Batch:
    batch = draw_batch(payer_code=COUNTY, month=month, by=by, on=day_in(month))
    assert batch is not None
    return batch


def sent(drawer: User, approver: User, month: Month = JANUARY) -> Batch:
    batch = draw(drawer, month)
    approve_batch(batch_id=batch.pk, control_total=queries.net_of(batch), by=approver, on=DAY)
    send_batch(batch_id=batch.pk, by=drawer, on=DAY)
    return Batch.objects.get(pk=batch.pk)


def answer(batch: Batch, **changes: object) -> bytes:
    """The bank's answer: every line paid, save that of `failed` (a person's id)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(IN_COLUMNS)
    for line in Line.objects.filter(batch=batch).order_by("row_no"):
        account = BankAccount.objects.get(person_id=line.person_id, number=line.account_number)
        verdict = ["失败", "账户已销户"] if line.person_id == changes.get("failed") else ["成功", ""]
        writer.writerow([line.row_no, account.account_number, account.holder, line.amount, *verdict])
    for row in changes.get("more", []):  # type: ignore[attr-defined]
        writer.writerow(row)
    return out.getvalue().encode("gb18030")


def test_the_one_who_drew_cannot_approve(drawer: User) -> None:
    recipient()
    batch = draw(drawer)
    with pytest.raises(PaymentRefused, match="另一人"):
        approve_batch(batch_id=batch.pk, control_total=queries.net_of(batch), by=drawer, on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor by going round the operation
        Batch.objects.filter(pk=batch.pk).update(state="approved", approved_by=drawer, approved_on=DAY)


def test_a_wrong_control_total_is_refused(drawer: User, approver: User) -> None:
    recipient()
    batch = draw(drawer)
    with pytest.raises(PaymentRefused, match=r"80\.00"):
        approve_batch(batch_id=batch.pk, control_total=Decimal("79.99"), by=approver, on=DAY)


def test_a_batch_is_approved_before_it_is_sent(drawer: User) -> None:
    recipient()
    with pytest.raises(WrongState):
        send_batch(batch_id=draw(drawer).pk, by=drawer, on=DAY)


def test_the_database_refuses_the_same_month_twice(drawer: User) -> None:
    person = recipient()
    batch = draw(drawer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(
            person_id=person.pk,
            subsidy="living",
            right_month=JANUARY.first,
            seq=1,
            batch_id=batch.pk,
            division_code=COUNTY,
            amount=80,
            kind="regular",
        )


def test_drawing_again_brings_nothing(drawer: User) -> None:
    recipient(subsidies=("living", "care"))
    assert draw(drawer).total == Decimal("180.00")
    assert draw_batch(payer_code=COUNTY, month=JANUARY, by=drawer, on=DAY) is None


def test_a_returned_batch_is_drawn_anew(drawer: User) -> None:
    recipient()
    first = draw(drawer)
    return_batch(batch_id=first.pk, reason="漏人", by=drawer, on=DAY)
    second = draw(drawer)
    assert (second.number, second.total) == (2, Decimal("80.00"))
    assert queries.paid_by_month(queries.items_of_batch(second)[0].person_id) == {("living", JANUARY): Decimal("80.00")}


def test_who_has_no_account_is_held_back_and_named(drawer: User) -> None:
    recipient()
    person = recipient("李四", account=False)
    batch = draw(drawer)
    assert (batch.item_count, batch.held_count) == (1, 1)
    assert [(held.person_id, held.reason) for held in queries.held_back(COUNTY, JANUARY)] == [(person.pk, "no_account")]
    correct_account(person_id=person.pk, bank="农商行", holder="李四", account_number="6228001", by=None, on=DAY)
    assert draw(drawer).total == Decimal("80.00")


def test_the_bank_file_has_control_totals_and_no_formula(drawer: User, approver: User) -> None:
    person = recipient("李四")
    Person.objects.filter(pk=person.pk).update(name="=cmd|' /C calc'!A0")  # kept before names were read
    BankAccount.objects.filter(person_id=person.pk).update(holder="=cmd|' /C calc'!A0")
    recipient("𠮷田")  # outside GBK, within GB 18030
    batch = sent(drawer, approver)
    stored = BankFile.objects.get(batch=batch, direction="out")
    rows = list(csv.reader(io.StringIO(queries.file_content(stored).decode("gb18030"))))
    assert rows[0][0] == "序号"
    assert rows[-1][0] == "合计"
    assert rows[-1][4:6] == ["2", "160.00"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert (stored.row_count, stored.total) == (2, Decimal("160.00"))


def test_sending_again_gives_the_same_file(drawer: User, approver: User) -> None:
    recipient()
    batch = sent(drawer, approver)
    again = send_batch(batch_id=batch.pk, by=drawer, on=DAY)
    assert BankFile.objects.filter(batch=batch).count() == 1
    assert again.batch_id == batch.pk


def test_a_result_file_is_read_once(drawer: User, approver: User) -> None:
    recipient()
    failed = recipient("李四")
    batch = sent(drawer, approver)
    content = answer(batch, failed=failed.pk)
    first = record_results(batch_id=batch.pk, content=content, name="r.csv", by=drawer, on=DAY)
    again = record_results(batch_id=batch.pk, content=content, name="r2.csv", by=drawer, on=DAY)
    assert (first.paid, first.failed, first.unmatched, first.again) == (1, 1, 0, False)
    assert (again.paid, again.failed, again.again) == (1, 1, True)
    batch.refresh_from_db()
    assert batch.state == "settled"
    assert queries.paid_by_month(failed.pk) == {}
    line = Line.objects.get(person_id=failed.pk)
    assert (line.state, line.reason) == ("failed", "account_closed")


def test_a_failed_line_is_corrected_and_resent(drawer: User, approver: User) -> None:
    person = recipient()
    batch = sent(drawer, approver)
    record_results(batch_id=batch.pk, content=answer(batch, failed=person.pk), name="r.csv", by=drawer, on=DAY)
    assert draw_batch(payer_code=COUNTY, month=FEBRUARY, by=drawer, on=day_in(FEBRUARY)) is None
    correct_account(person_id=person.pk, bank="农商行", holder="张三", account_number="622899", by=None, on=DAY)
    assert Line.objects.get(batch=batch).state == "corrected"
    assert draw(drawer, FEBRUARY).total == Decimal("160.00")
    assert Line.objects.get(batch=batch).state == "resent"


def test_rows_that_fit_nothing_are_kept(drawer: User, approver: User) -> None:
    recipient()
    batch = sent(drawer, approver)
    more = [
        [99, "6228", "王五", "80.00", "成功", ""],
        [1, "6228", "张三", "80.00", "成功", ""],
        [1, "", "", "x", "?", ""],
    ]
    taken = record_results(batch_id=batch.pk, content=answer(batch, more=more), name="r.csv", by=drawer, on=DAY)
    assert (taken.paid, taken.unmatched) == (1, 3)
    assert queries.unmatched_rows(batch).count() == 3


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", "序号,账号\n".encode()])
def test_a_file_that_is_no_result_is_refused(drawer: User, approver: User, content: bytes) -> None:
    recipient()
    batch = sent(drawer, approver)
    with pytest.raises(PaymentRefused):
        record_results(batch_id=batch.pk, content=content, name="r.csv", by=drawer, on=DAY)
    assert Line.objects.get(batch=batch).state == "sent"


def test_what_was_overpaid_becomes_a_recovery_with_its_outcome(drawer: User, approver: User) -> None:
    person = recipient()
    sent(drawer, approver)
    record_fact(
        person_id=person.pk, key="died_on", value=date(2025, 12, 1), since=None, source="test", received_on=DAY, by=None
    )
    batch = sent(drawer, approver, FEBRUARY)
    recovery = Recovery.objects.get(person_id=person.pk)
    assert (recovery.amount, recovery.state, batch.state) == (Decimal("80.00"), "open", "settled")
    told = {
        "person_id": person.pk,
        "batch_id": batch.pk,
        "subsidy": "living",
        "proposed_by": drawer,
        "by": approver,
        "on": DAY,
    }
    with pytest.raises(PaymentRefused, match="依据"):
        settle_recovery(outcome="waived", **told)
    settle_recovery(outcome="partly", amount=Decimal("30"), **told)
    settled = settle_recovery(outcome="unrecoverable", basis="县民政〔2026〕1号", **told)
    assert (settled.state, settled.recovered) == ("unrecoverable", Decimal("30.00"))
    with pytest.raises(WrongState):
        settle_recovery(outcome="recovered", **told)


def test_only_what_changed_is_looked_at_again(drawer: User) -> None:
    recipient()
    changed = recipient("李四")
    draw(drawer)
    with connection.cursor() as cursor:
        cursor.execute("update payments_item set amount = 70")  # as if both had been paid too little
    record_fact(
        person_id=changed.pk, key="employment", value="none", since=None, source="test", received_on=DAY, by=None
    )
    batch = draw(drawer)
    assert [item.person_id for item in queries.items_of_batch(batch)] == [changed.pk]


def test_shares_add_up_whatever_the_rounding() -> None:
    parts = shares(Decimal("100.01"), {"province": 30, "city": 30, "county": 40})
    assert sum(parts.values()) == Decimal("100.01")
    assert shares(Decimal("5"), {}) == {"county": Decimal("5")}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx"])
def test_a_risky_cell_is_made_safe(text: str) -> None:
    assert safe_cell(text) == "'" + text


def test_what_the_bank_tells_of_a_line_changes_it_only_where_the_table_of_moves_says() -> None:
    def changed(paid: bool) -> set[str]:
        fits = [Fit(0, 1, "living", 1, Decimal(80), state, paid, "", "") for state in LINE_STATES]
        return {fit.state for fit in fits if fit.changes}

    assert changed(paid=True) == {"sent", "failed", "corrected", "resent"}
    assert changed(paid=False) == {"sent", "paid"}
    assert [lines_open_to(act) for act in ("send", "correct")] == [["ready"], ["failed"]]
    assert set(lines_open_to("resend")) == {"corrected", "failed"}


def claim_of(drawer: User, approver: User) -> Recovery:
    """A claim of 80 yuan: paid for a month that the dead no longer had."""
    person = recipient()
    sent(drawer, approver)
    record_fact(
        person_id=person.pk, key="died_on", value="2025-12-10", since=None, source="police", received_on=DAY, by=None
    )
    resolve_changes()
    batch = draw(drawer, FEBRUARY)
    approve_batch(batch_id=batch.pk, control_total=queries.net_of(batch), by=approver, on=day_in(FEBRUARY))
    return Recovery.objects.get()


def test_a_claim_is_settled_by_two_in_the_database_too_and_what_moved_it_stays(drawer: User, approver: User) -> None:
    claim = claim_of(drawer, approver)
    key = {"person_id": claim.person_id, "subsidy": claim.subsidy, "batch_id": claim.batch_id}
    move = {**key, "right_month": JANUARY.first, "kind": "waived", "amount": 10, "on": DAY}
    for alone in ({"by_id": drawer.pk}, {"by_id": drawer.pk, "proposed_by_id": drawer.pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecoveryMove.objects.create(**move, **alone)
    told = {"outcome": "waived", "basis": "县民字〔2026〕3号", "on": DAY}
    settle_recovery(**key, **told, proposed_by=drawer, by=approver)
    made = RecoveryMove.objects.get()
    assert (made.by_id, made.proposed_by_id) == (approver.pk, drawer.pk)
    for spoil in (lambda: made.delete(), lambda: RecoveryMove.objects.update(amount=1), lambda: claim.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil()
