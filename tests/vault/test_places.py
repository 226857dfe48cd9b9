"""A sealed value opens in its place alone: who has the database and no key can neither read nor move it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from lxbt import vault
from lxbt.config.keys import Keyring
from lxbt.config.rotation import COLUMNS, left_to_seal
from lxbt.core import crypto
from lxbt.core.idnumber import check_digit, mask
from lxbt.registry import operations, queries
from lxbt.registry.models import BankAccount, Identifier, Person
from lxbt.registry.operations import RegistryRefused
from tests import factories as f

ON = date(2026, 3, 2)


def someone(name: str, number: str, account: str, phone: str) -> Person:
    person = operations.register_person(
        name=name,
        sex="male",
        birth=date(1980, 5, 1),
        division_code=f.TOWNSHIP,
        identity_number=number,
        phone=phone,
        by=None,
        on=ON,
    )
    operations.set_account(person_id=person.pk, bank="汉口银行", holder=name, account_number=account, on=ON, by=None)
    return person


@pytest.fixture
def two(db: None) -> tuple[Person, Person]:
    f.load_places()
    return (
        someone("张三", f.identity_number(birth=date(1980, 5, 1), serial=11), "6222020000000000011", "13800138000"),
        someone("李四", f.identity_number(birth=date(1980, 5, 1), serial=37), "6222020000000000029", "13900139000"),
    )


def run(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


MOVES = {
    "id": "update registry_identifier t set sealed = o.sealed from registry_identifier o where t.person_id = %s "
    "and o.person_id = %s",
    "account": "update registry_bankaccount t set sealed = o.sealed from registry_bankaccount o where t.person_id = %s "
    "and o.person_id = %s",
    "account with its handle": "update registry_bankaccount t "
    "set sealed = o.sealed, handle = o.handle, "
    "masked = o.masked"
    " from registry_bankaccount o where t.person_id = %s and o.person_id = %s",
    "phone": "update registry_person t set phone = o.phone from registry_person o where t.person_id = %s "
    "and o.person_id = %s",
    "account from phone": "update registry_bankaccount t set sealed = o.phone "
    "from registry_person o where t.person_id = %s "
    "and o.person_id = %s",
}


@pytest.mark.parametrize("move", MOVES)
def test_a_value_moved_to_another_row_or_column_does_not_open(two: tuple[Person, Person], move: str) -> None:
    one, other = two
    run(MOVES[move], one.pk, other.pk)
    one.refresh_from_db()
    with pytest.raises(RegistryRefused, match="报告安全管理员"):
        operations.reveal_number(
            person=one,
            kind=move.split(" ", maxsplit=1)[0],
            reason="来电核身",
            by=f.account("decider", f.COUNTY),
            at=f.moment(date(2026, 5, 4)),
        )
    assert queries.person_cards([one.pk])[one.pk].name == "张三"  # and the page stands


def test_a_value_cannot_be_turned_into_one_that_opens_anywhere(two: tuple[Person, Person]) -> None:
    account = BankAccount.objects.get(person=two[0])
    head = bytearray(account.sealed)
    head[0] &= 0x7F  # as if it were from before values were bound
    with pytest.raises(crypto.Unsealable):
        vault.open_sealed(bytes(head))


def test_rotation_binds_what_was_sealed_before(
    two: tuple[Person, Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lxbt.cli.management.commands.keys.LOOK_AGAIN", -0.5)
    with override_settings(LXBT_KEYRING=Keyring(tmp_path / "keys.json")):
        for account in BankAccount.objects.all():
            BankAccount.objects.filter(person_id=account.person_id).update(sealed=vault.seal("6222020000000000011"))
        for row in Identifier.objects.all():
            Identifier.objects.filter(index=row.index).update(sealed=vault.seal("421"))
        Person.objects.update(phone=vault.seal("13800138000"))
        assert BankAccount.objects.first().account_number == "6222020000000000011"  # type: ignore[union-attr]
        call_command("keys", "rotate", json=True)
        assert [column for column in COLUMNS if left_to_seal(column, 1)] == []
        run(MOVES["account"], two[0].pk, two[1].pk)
        with pytest.raises(crypto.Unsealable):
            _ = BankAccount.objects.get(person=two[0]).account_number
        assert {bytes(row.sealed)[0] & 0x80 for row in Identifier.objects.all()} == {0x80}


def test_a_bank_file_is_not_made_over_an_account_that_was_moved(two: tuple[Person, Person]) -> None:
    from lxbt.registry.queries import account_in_full

    one, other = (BankAccount.objects.get(person=person) for person in two)
    assert account_in_full(one.sealed, one.person_id, one.handle) == "6222020000000000011"
    with pytest.raises(crypto.Unsealable):
        account_in_full(other.sealed, one.person_id, other.handle)


# Masks: what stands beside them must leave a hundred candidates or more.


def candidates(shown: str, births: list[date], *, region: str, male: bool) -> int:
    """How many identity numbers fit a mask, given the region, the days of birth that are possible, and the sex."""
    count = 0
    for birth in births:
        for sequence in range(1000):
            if (sequence % 2 == 1) != male:
                continue
            first = f"{region}{birth:%Y%m%d}{sequence:03d}"
            number = first + check_digit(first)
            count += all(mark in ("*", digit) for mark, digit in zip(shown, number, strict=True))
    return count


def test_a_mask_beside_the_month_of_birth_region_and_sex_leaves_a_hundred_or_more() -> None:
    for number in (f.identity_number(birth=date(1980, 5, 1), serial=n) for n in range(990, 1000)):
        month = [date(1980, 5, day) for day in range(1, 32)]
        assert candidates(mask(number), month, region=number[:6], male=int(number[16]) % 2 == 1) >= 100


def test_no_mask_of_a_number_is_kept_anywhere(two: tuple[Person, Person]) -> None:
    """Every text of every table is looked through for the end of a number beside stars, and for the number itself."""
    numbers = [row.number for row in Identifier.objects.all()]
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.tables where table_schema = 'public' "
            "and table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'select count(*) from "{table}" t where t::text ~ %s', ["|".join(numbers)])
            assert cursor.fetchone() == (0,), table
            cursor.execute(
                f'select count(*) from "{table}" t where t::text ~ %s',
                ["|".join(rf"\*{number[-2:]}\M" for number in numbers)],
            )
            assert cursor.fetchone() == (0,), table
    # with the day of birth, the region and the sex, which the tables do hold, half a thousand remain
    assert candidates("*" * 18, [date(1980, 5, 1)], region=numbers[0][:6], male=True) == 500


def test_short_numbers_show_their_last_character_only() -> None:
    assert mask("123456789", 4, 4) == "********9"
    assert mask("13800138000", 3, 4) == "138****8000"


def test_pages_of_a_person_show_no_day_of_birth_beside_the_mask(two: tuple[Person, Person], logged_in: Any) -> None:
    client = logged_in(f.account("decider", f.COUNTY))
    page = client.get(f"/persons/{two[0].pk}/").content.decode()
    assert "1980-05-01" not in page
    assert "1980年5月1日" not in page
