"""Keys live in a file for their owner only, and can be changed while everything stays readable."""

from __future__ import annotations

import json
import stat
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from lxbt.config import keys as keys_module
from lxbt.config import lost_keys
from lxbt.config.keys import Keyring, KeysUnusable
from lxbt.config.lost_keys import refuse_lost_keys
from lxbt.config.master import MasterUnusable, next_master
from lxbt.config.rotation import COLUMNS, left_to_seal
from lxbt.core import crypto
from lxbt.registry import operations, queries
from lxbt.registry.models import Identifier
from tests import factories as f

ON = date(2026, 3, 2)


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    Keyring(tmp_path / "keys.json")
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_a_second_program_takes_the_keys_that_are_there(tmp_path: Path) -> None:
    one, two = Keyring(tmp_path / "keys.json"), Keyring(tmp_path / "keys.json")
    assert dict(one) == dict(two)
    assert one.session == two.session


def test_a_running_program_learns_a_new_key_when_it_meets_it(tmp_path: Path) -> None:
    running, operator = Keyring(tmp_path / "keys.json"), Keyring(tmp_path / "keys.json")
    number = operator.add_key()
    sealed = crypto.seal("420102", operator[number], number)
    assert crypto.unseal(sealed, running) == "420102"


@pytest.mark.django_db
def test_after_rotation_every_number_reads_and_none_is_under_the_old_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lxbt.cli.management.commands.keys.LOOK_AGAIN", -0.5)  # nobody else reads this file
    f.load_places()
    with override_settings(LXBT_KEYRING=Keyring(tmp_path / "keys.json")):
        number = f.identity_number()
        person = operations.register_person(
            name="张三",
            sex="male",
            birth=date(1980, 5, 1),
            division_code=f.TOWNSHIP,
            identity_number=number,
            phone="13800138000",
            by=None,
            on=ON,
        )
        operations.set_account(
            person_id=person.pk, bank="汉口银行", holder="张三", account_number="6222020000000000011", on=ON, by=None
        )
        call_command("keys", "rotate", json=True)
        person.refresh_from_db()
        assert [left_to_seal(column, 2) for column in COLUMNS] == [0] * len(COLUMNS)
        assert {crypto.sealed_with(bytes(row.sealed)) for row in Identifier.objects.all()} == {2}
        assert (
            operations.reveal_number(
                person=person,
                kind="id",
                reason="来电核身",
                by=f.account("decider", f.COUNTY),
                at=f.moment(date(2026, 5, 4)),
            )
            == number
        )
        assert person.phone_number == "13800138000"
        found = queries.person_by_identifier("id", number)  # the look-up index does not depend on the data key
        assert found == person


@pytest.mark.django_db
def test_an_interrupted_rotation_goes_on_with_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lxbt.cli.management.commands.keys.LOOK_AGAIN", -0.5)
    f.load_places()
    ring = Keyring(tmp_path / "keys.json")
    with override_settings(LXBT_KEYRING=ring):
        operations.register_person(
            name="张三",
            sex="male",
            birth=date(1980, 5, 1),
            division_code=f.TOWNSHIP,
            identity_number=f.identity_number(),
            by=None,
            on=ON,
        )
        ring.add_key()  # and then the machine went down
        call_command("keys", "rotate", json=True)
        assert ring.current == 2
        assert sum(left_to_seal(column, 2) for column in COLUMNS) == 0


MASTER_PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from lxbt.config.master import KeyInHand
held = KeyInHand(bytes(range(16)))
data = bytes.fromhex(sys.stdin.read().strip())
print((held.wrap(data) if sys.argv[1] == "wrap" else held.unwrap(data)).hex())
"""


def test_no_key_lies_open_in_the_file(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys.json")
    text = (tmp_path / "keys.json").read_text()
    assert ring[1].hex() not in text
    assert ring.index.hex() not in text
    assert ring.session not in text
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_without_its_master_key_or_with_another_the_file_opens_nothing(tmp_path: Path) -> None:
    Keyring(tmp_path / "keys.json")
    (tmp_path / "master.key").write_text("00" * 16)
    with pytest.raises(MasterUnusable, match="another master key"):
        Keyring(tmp_path / "keys.json")
    (tmp_path / "master.key").unlink()
    with pytest.raises(MasterUnusable, match="not there"):
        Keyring(tmp_path / "keys.json")


def test_a_new_master_key_opens_the_same_keys(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys.json")
    before, master = dict(ring), (tmp_path / "master.key").read_text()
    ring.rewrap()
    assert (tmp_path / "master.key").read_text() != master
    again = Keyring(tmp_path / "keys.json")
    assert (dict(again), again.index, again.session) == (before, ring.index, ring.session)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_change_of_the_master_key_cut_off_at_any_moment_leaves_a_file_that_opens(
    tmp_path: Path, wrapped: bool
) -> None:
    ring = Keyring(tmp_path / "keys.json")
    before = dict(ring)
    new = next_master(tmp_path / "keys.json")
    if wrapped:  # the key file was written, and then the machine went down before the new master key took its place
        raw = keys_module._opened(json.loads((tmp_path / "keys.json").read_text()), tmp_path / "keys.json")
        (tmp_path / "keys.json").write_text(keys_module._wrapped(raw, new))
    again = Keyring(tmp_path / "keys.json")
    assert dict(again) == before
    again.rewrap()
    assert dict(Keyring(tmp_path / "keys.json")) == before
    assert not (tmp_path / "master.key.next").exists()


def test_a_program_can_hold_the_master_key_as_an_hsm_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "hsm.py"
    program.write_text(MASTER_PROGRAM.format(root=str(Path(__file__).resolve().parent.parent.parent)))
    monkeypatch.setenv("LXBT_MASTER_COMMAND", f"{sys.executable} {program}")
    ring = Keyring(tmp_path / "keys.json")
    number = ring.add_key()
    assert not (tmp_path / "master.key").exists()
    assert Keyring(tmp_path / "keys.json")[number] == ring[number]
    monkeypatch.setenv("LXBT_MASTER_COMMAND", "false")
    with pytest.raises(MasterUnusable, match="did not unwrap"):
        Keyring(tmp_path / "keys.json")


def test_a_file_from_before_there_was_a_master_key_reads_and_is_wrapped_on_demand(tmp_path: Path) -> None:
    raw = keys_module._fresh()
    (tmp_path / "keys.json").write_text(json.dumps(raw))
    ring = Keyring(tmp_path / "keys.json")
    assert ring[1].hex() == raw["data"]["1"]
    ring.rewrap()
    assert raw["data"]["1"] not in (tmp_path / "keys.json").read_text()
    assert Keyring(tmp_path / "keys.json")[1] == ring[1]


@pytest.mark.django_db
def test_old_keys_are_retired_only_when_nothing_needs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lxbt.cli.management.commands.keys.LOOK_AGAIN", -0.5)
    f.load_places()
    ring = Keyring(tmp_path / "keys.json")
    with override_settings(LXBT_KEYRING=ring):
        operations.register_person(
            name="张三",
            sex="male",
            birth=date(1980, 5, 1),
            division_code=f.TOWNSHIP,
            identity_number=f.identity_number(),
            by=None,
            on=ON,
        )
        ring.add_key()
        with pytest.raises(CommandError, match="keys rotate"):
            call_command("keys", "retire")
        call_command("keys", "rotate")
        call_command("keys", "retire")
        assert sorted(ring) == [2]


@pytest.mark.django_db
def test_lost_keys_are_not_replaced_by_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys gone, data there: nothing starts. Nor does it while nobody can say whether there is data."""
    monkeypatch.setenv("LXBT_KEYS", "")
    monkeypatch.delenv("LXBT_KEYS")  # whatever is set below goes again
    here = connection.get_connection_params()
    address = f"postgresql://{here['user']}@/{here['dbname']}?host={here['host']}"
    refuse_lost_keys(tmp_path, address)  # an empty installation is a first run
    monkeypatch.setattr(lost_keys, "HELD", ("django_migrations",))  # a table with rows that every connection sees
    with pytest.raises(KeysUnusable, match="Restore the keys"):
        refuse_lost_keys(tmp_path, address)
    nowhere = "postgresql://postgres@127.0.0.1:1/nothing"
    with pytest.raises(KeysUnusable, match="cannot be known"):
        refuse_lost_keys(tmp_path, nowhere)
    refuse_lost_keys(tmp_path, nowhere, only_looks=True)
    assert not list(tmp_path.iterdir())
    monkeypatch.delenv("LXBT_KEYS")
    Keyring(tmp_path / "keys.json")
    refuse_lost_keys(tmp_path, address)
