"""The record is sealed without making anybody wait, and whatever is bent afterwards is named."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from lxbt.audit.models import Event
from lxbt.audit.operations import record_event
from lxbt.audit.sealing import seal_events, verify_chain
from lxbt.core import merkle

pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int) -> None:
    for number in range(count):
        record_event(by=None, action="test.written", subject_kind="test", subject_id=number, details={"n": number})


def seal_all(size: int = 10) -> None:
    seal_events(size=size)  # notes how far the record has come
    seal_events(size=size)


def bend(sql: str, *params: object) -> None:
    """Change the record as the owner of the table could: with the triggers switched off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(sql, params)


def test_a_sealed_record_verifies() -> None:
    write(25)
    seal_all()
    found = verify_chain()
    assert (found.blocks >= 3, found.events, found.unsealed, found.fault) == (True, 25, 0, None)


def test_sealing_again_changes_nothing() -> None:
    write(5)
    seal_all()
    before = verify_chain()
    seal_all()
    assert verify_chain() == before


def test_the_table_refuses_updates_and_deletes() -> None:
    write(1)
    for act in ("update audit_event set action = 'x'", "delete from audit_event"):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("update audit_event set by_name = 'somebody else' where id = %s", "the row was changed"),
        ("delete from audit_event where id = %s", "the row was removed"),
    ],
)
def test_a_bent_row_is_named(sql: str, what: str) -> None:
    write(25)
    seal_all()
    victim = Event.objects.order_by("id")[12].pk
    bend(sql, victim)
    fault = verify_chain().fault
    assert fault is not None
    assert (fault.event, fault.what) == (victim, what)


def test_a_row_put_in_afterwards_is_named() -> None:
    write(10)
    gap = Event.objects.order_by("id")[4].pk
    bend("delete from audit_event where id = %s", gap)  # an id that was never committed leaves such a gap
    seal_all()
    bend(
        "insert into audit_event (id, by_name, by_place, action, subject_kind, subject_id, division_code, reason, details)"
        " values (%s, '', '', 'forged', 'x', '1', '', '', '{}')",
        gap,
    )
    fault = verify_chain().fault
    assert fault is not None
    assert (fault.event, fault.what) == (gap, "the row was put in afterwards")


def test_a_block_cannot_be_replaced_unseen() -> None:
    write(25)
    seal_all()
    bend("update audit_block set count = count + 1 where number = 2")
    fault = verify_chain().fault
    assert fault is not None
    assert fault.block == 2


def test_an_open_transaction_is_waited_for_by_the_sealer_and_by_nobody_else() -> None:
    written, finish = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            record_event(by=None, action="test.slow", subject_kind="test", subject_id=0)
            written.set()
            finish.wait(20)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert written.wait(20)
    write(3)  # a quicker writer with higher ids is not held up
    seal_events()
    assert seal_events() == 0  # the slow one could still commit a lower id
    finish.set()
    thread.join()
    assert seal_events() == 4
    assert verify_chain().fault is None


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=40), st.data())
def test_any_change_of_any_record_changes_the_root(records: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf(record) for record in records]
    place = data.draw(st.integers(0, len(records) - 1))
    changed = [
        merkle.leaf(record + b"x") if n == place else leaf
        for n, (record, leaf) in enumerate(zip(records, leaves, strict=True))
    ]
    assert merkle.root(changed) != merkle.root(leaves)
    assert merkle.root(leaves[:-1]) != merkle.root(leaves)


def test_a_record_sealed_before_origins_were_kept_still_verifies_after_them() -> None:
    from lxbt.audit import sealing

    write(5)
    form, sealing.FORM = sealing.FORM, 1
    try:
        seal_all()
    finally:
        sealing.FORM = form
    write(5)
    seal_all()
    assert {block.form for block in sealing.Block.objects.all()} == {1, 2}
    assert verify_chain().fault is None


@pytest.mark.parametrize("column", ["origin = '10.9.9.9'", 'changes = \'{"amount": ["1", "2"]}\''])
def test_the_seal_covers_where_an_act_came_from_and_what_it_changed(column: str) -> None:
    write(5)
    seal_all()
    middle = Event.objects.order_by("pk")[2].pk
    bend(f"update audit_event set {column} where id = %s", middle)
    fault = verify_chain().fault
    assert fault is not None
    assert (fault.event, fault.what) == (middle, "the row was changed")


@pytest.mark.parametrize("table", ["audit_event", "audit_block"])
def test_the_owner_of_the_tables_cannot_empty_them(table: str) -> None:
    with pytest.raises(Exception, match="Cannot truncate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"truncate {table} cascade")
