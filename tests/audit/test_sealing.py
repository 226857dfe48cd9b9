"""The record is sealed without making anybody wait, and whatever is bent afterwards is named."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import redirect_stdout, suppress
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from lxbt.audit import sealing
from lxbt.audit.anchoring import kept_anchors, send_anchors
from lxbt.audit.head import Head, head_file, read_head, write_head
from lxbt.audit.models import Block, Event, Horizon
from lxbt.audit.operations import record_event
from lxbt.audit.sealing import RecordCut, seal_events, verify_chain, verify_record
from lxbt.config.keys import Keyring
from lxbt.core import merkle
from tests import factories as f
from tests.faults.installation import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int) -> None:
    for number in range(count):
        record_event(by=None, action="test.written", subject_kind="test", subject_id=number, details={"n": number})


def seal_all(size: int = 10) -> None:
    """Seal what there is: the first time notes how far the record has come, and a transaction anywhere on the server,
    of another test for instance, holds up what it may still add to.
    """
    seal_events(size=size)

    def nothing_left() -> bool:
        seal_events(size=size)
        return Event.objects.count() <= sum(Block.objects.values_list("count", flat=True))

    wait_for("everything sealed", nothing_left)


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
        "insert into audit_event (id, by_name, by_place, action, subject_kind, subject_id, division_code, reason, "
        "details)"
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


def test_a_clock_that_steps_back_does_not_seal_over_an_open_transaction() -> None:
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
    write(3)
    seal_events()
    Horizon.objects.update(at=datetime(2001, 1, 1, tzinfo=UTC))  # the moment noted lies before the transaction began
    sealed = seal_events()
    finish.set()
    thread.join()
    assert sealed == 0
    assert seal_events() == 4
    assert verify_chain().fault is None


def test_the_numbers_under_the_seals_have_no_gap_though_ids_have() -> None:
    for number in range(25):
        with suppress(ZeroDivisionError), transaction.atomic():
            write(1)
            assert 1 / (number % 3)  # every third is rolled back and leaves a gap in the ids
    seal_all()
    spans = [(b.first_no, b.count) for b in Block.objects.order_by("number")]
    assert sum(count for _first, count in spans) == 16
    assert [first for first, _count in spans] == [1 + sum(c for _f, c in spans[:n]) for n in range(len(spans))]
    assert verify_record()[0].fault is None


# What the keeper of the database can do with its owner's rights, and without the keys.


def cut(events: int) -> None:
    """Take away the newest events with the seals that cover any of them."""
    kept = Event.objects.order_by("-pk")[events].pk
    bend("delete from audit_block where last_id > %s", kept)
    bend("delete from audit_event where id > %s", kept)


def test_a_record_without_its_newest_events_and_seals_does_not_verify_nor_is_it_sealed_anew() -> None:
    write(60)
    seal_all()
    cut(31)
    fault = verify_record()[0].fault
    assert fault is not None
    assert "taken away" in fault.what
    write(40)
    with pytest.raises(RecordCut, match="audit restored"):
        seal_all()
    assert verify_record()[0].fault is not None
    with pytest.raises(SystemExit), redirect_stdout(StringIO()):
        call_command("audit", "verify", json=True)


def test_a_record_emptied_altogether_does_not_verify() -> None:
    write(20)
    seal_all()
    bend("delete from audit_block")
    bend("delete from audit_event")
    assert verify_record()[0].fault is not None


def resealed_without_the_key(form: int) -> None:
    """Make all seals anew from the rows as they are, as somebody would who has the program and another key, or none."""
    rows = list(Block.objects.order_by("number"))
    bend("delete from audit_block")
    previous = merkle.EMPTY
    mine = SimpleNamespace(seals={1: b"guessed"}, seal_current=1)
    with override_settings(LXBT_KEYRING=mine):
        for block in rows:
            found = [(i, merkle.leaf(r)) for i, r in sealing.records(block.first_id, block.last_id, form)]
            block.root, block.previous, block.form = merkle.root(d for _i, d in found), previous, form
            block.count, block.leaves = len(found), sealing._named(found)
            block.digest = previous = sealing.digest_of(block)
            block.save(force_insert=True)


@pytest.mark.parametrize("form", [2, 3, 4])
def test_seals_made_anew_without_the_key_are_refused(form: int) -> None:
    write(25)
    seal_all()
    bend("update audit_event set by_name = 'somebody else' where id = %s", Event.objects.order_by("pk")[3].pk)
    resealed_without_the_key(form)
    assert verify_record()[0].fault is not None


@pytest.mark.parametrize("how", ["gone", "altered", "of another time"])
def test_the_head_cannot_be_done_away_with(how: str) -> None:
    write(10)
    seal_all()
    old = head_file().read_text()
    write(10)
    seal_all()
    told = json.loads(head_file().read_text())
    if how == "gone":
        head_file().unlink()
    elif how == "altered":
        told["head"]["number"] -= 1
        head_file().write_text(json.dumps(told))
    else:  # an older one only lags, as after a crash: the keyed seals behind it still speak for themselves
        head_file().write_text(old)
    assert (verify_record()[0].fault is None) == (how == "of another time")


def test_a_crash_between_seal_and_head_loses_nothing() -> None:
    write(10)
    seal_all()
    old = head_file().read_text()
    write(10)
    seal_all()
    head_file().write_text(old)
    write(10)
    seal_all()
    head = read_head()
    assert head is not None
    assert (head.events, verify_record()[0].fault) == (30, None)


def test_a_restored_database_goes_on_when_somebody_says_so_and_it_is_kept_for_good() -> None:
    write(30)
    seal_all()
    send_anchors(at=f.moment(date(2026, 5, 4)))
    cut(12)
    with pytest.raises(CommandError, match="--reason"):
        call_command("audit", "restored")
    with redirect_stdout(StringIO()):
        call_command("audit", "restored", reason="由五月三日的备份恢复")
    write(30)
    seal_all()
    found, head = verify_record(kept_anchors())
    assert found.fault is None
    assert head is not None
    assert [one.reason for one in head.restorations] == ["由五月三日的备份恢复"]
    assert Event.objects.filter(action="record.restored").exists()


def test_anchors_leave_by_every_channel_and_name_a_record_that_was_bent_together_with_its_head(
    settings: Any, tmp_path: Path, mailoutbox: list[Any]
) -> None:
    settings.LXBT_ANCHOR_FOLDER, settings.LXBT_ANCHOR_MAIL = str(tmp_path / "mounted"), ["keeper@example.org"]
    write(25)
    seal_all()
    at = f.moment(date(2026, 5, 4))
    assert send_anchors(at=at) == {"here": "sent", "folder": "sent", "mail": "sent"}
    assert send_anchors(at=at) == {}
    last = Block.objects.order_by("-number")[0]
    line = f"{last.number} {bytes(last.digest).hex()}"
    assert line in mailoutbox[0].body
    assert line in next((tmp_path / "mounted").glob("*.txt")).read_text()
    assert verify_record(kept_anchors())[0].fault is None
    cut(10)
    shutil.rmtree(settings.LXBT_AUDIT_FOLDER)  # and the head, and the copies beside it: the attacker had this machine
    head = Head(0, "", 0, 0)
    write_head(head, back=True)
    seal_all()
    fault = verify_record(kept_anchors())[0].fault
    assert fault is not None
    assert fault.what == "the seal is not the one that was kept elsewhere"


def test_a_folder_that_is_not_mounted_is_told_and_tried_again(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.LXBT_ANCHOR_FOLDER = str(tmp_path / "file" / "below")
    write(5)
    seal_all()
    assert send_anchors(at=f.moment(date(2026, 5, 4)))["folder"] == "NotADirectoryError"
    settings.LXBT_ANCHOR_FOLDER = str(tmp_path / "mounted")
    assert send_anchors(at=f.moment(date(2026, 5, 4))) == {"folder": "sent"}


def test_after_a_rotation_old_seals_verify_by_their_old_key(tmp_path: Path) -> None:
    with override_settings(LXBT_KEYRING=Keyring(tmp_path / "keys.json")):
        write(5)
        seal_all()
        settings.LXBT_KEYRING.add_key()
        write(5)
        seal_all()
        assert {b.key_id for b in Block.objects.all()} == {1, 2}
        assert verify_record()[0].fault is None


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
    assert {block.form for block in sealing.Block.objects.all()} == {1, 4}
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


def test_a_reason_is_kept_sealed_shown_to_who_may_read_and_covered_by_the_seal() -> None:
    record_event(by=None, action="test.looked", subject_kind="person", subject_id=7, reason="邻居王五来问低保")
    seal_all()
    event = Event.objects.get(action="test.looked")
    with connection.cursor() as cursor:
        cursor.execute("select t::text from audit_event t where id = %s", [event.pk])
        assert "王五" not in cursor.fetchone()[0]
    assert event.why == "邻居王五来问低保"
    bend("update audit_event set sealed_reason = sealed_reason || 'x' where id = %s", event.pk)
    assert Event.objects.get(pk=event.pk).why == "******"
    assert verify_chain().fault is not None


def test_a_reason_moved_to_another_act_does_not_open() -> None:
    for number in (1, 2):
        record_event(
            by=None, action="test.looked", subject_kind="person", subject_id=number, reason=f"为了{number}号的事"
        )
    bend(
        "update audit_event t set sealed_reason = o.sealed_reason from audit_event o where t.subject_id = '1' "
        "and o.subject_id = '2'"
    )
    assert Event.objects.get(subject_id="1").why == "******"
