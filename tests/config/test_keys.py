"""Keys live in a file for their owner only, and can be changed while everything stays readable."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from lxbt.config.keys import Keyring
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
def test_after_rotation_every_number_reads_and_none_is_under_the_old_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lxbt.config.management.commands.keys.LOOK_AGAIN", -0.5)  # nobody else reads this file
    f.load_places()
    with override_settings(LXBT_KEYRING=Keyring(tmp_path / "keys.json")):
        number = f.identity_number()
        person = operations.register_person(
            name="张三", sex="male", birth=date(1980, 5, 1), division_code=f.TOWNSHIP, identity_number=number, phone="13800138000", by=None, on=ON
        )
        operations.set_account(person_id=person.pk, bank="汉口银行", holder="张三", account_number="6222020000000000011", on=ON, by=None)
        call_command("keys", "rotate", json=True)
        person.refresh_from_db()
        assert [left_to_seal(column, 2) for column in COLUMNS] == [0] * len(COLUMNS)
        assert {crypto.sealed_with(bytes(row.sealed)) for row in Identifier.objects.all()} == {2}
        assert operations.reveal_number(person=person, kind="id", reason="来电核身", by=f.account("decider", f.COUNTY), at=f.moment(date(2026, 5, 4))) == number
        assert queries.open_sealed(bytes(person.phone or b"")) == "13800138000"
        found = queries.person_by_identifier("id", number)  # the look-up index does not depend on the data key
        assert found == person


@pytest.mark.django_db
def test_an_interrupted_rotation_goes_on_with_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lxbt.config.management.commands.keys.LOOK_AGAIN", -0.5)
    f.load_places()
    ring = Keyring(tmp_path / "keys.json")
    with override_settings(LXBT_KEYRING=ring):
        operations.register_person(
            name="张三", sex="male", birth=date(1980, 5, 1), division_code=f.TOWNSHIP, identity_number=f.identity_number(), by=None, on=ON
        )
        ring.add_key()  # and then the machine went down
        call_command("keys", "rotate", json=True)
        assert ring.current == 2
        assert sum(left_to_seal(column, 2) for column in COLUMNS) == 0
