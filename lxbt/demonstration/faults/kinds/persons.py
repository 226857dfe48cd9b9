"""Persons who are gone, or no longer show themselves."""

from __future__ import annotations

from lxbt import vault
from lxbt.core.idnumber import mask
from lxbt.core.profile import LIVING
from lxbt.demonstration.faults.planting import Ground, Recipient, day_before
from lxbt.registry.models import (
    BankAccount,
    Identifier,
    Person,
    account_place,
    number_place,
    phone_place,
)
from lxbt.registry.queries import account_handle, identifier_index, phone_handle


def dead(g: Ground) -> None:
    """R01: died three months ago, told by two bodies."""
    who = g.take()
    if who:
        for kind, day, value in (("deaths", 11, "health"), ("cremations", 13, "")):
            g.list_row(kind, who, event_on=day_before(g.month, 3, day), value=value)
            g.note("R01", kind, who, g.paid_from(who, g.month.back(2)))


def said_dead(g: Ground) -> None:
    """R01, not true: the list has the number of somebody who lives, under another name."""
    who = g.take()
    if who:
        g.list_row("deaths", who, name="同号异名", event_on=day_before(g.month, 2), value="police")
        g.note("R01", "deaths", who, g.paid_from(who, g.month.back(1)), real=False)


def left(g: Ground) -> None:
    """R11."""
    who = g.take()
    if who:
        g.list_row("moves", who, event_on=day_before(g.month, 2), value="外省")
        g.note("R11", "moves", who, g.paid_from(who, g.month.back(1)))


def imprisoned(g: Ground) -> None:
    """R14."""
    who = g.take()
    if who:
        g.list_row("prison", who, event_on=day_before(g.month, 3))
        g.note("R14", "prison", who, g.paid_from(who, g.month.back(2)))


def no_sign_of_life(g: Ground) -> None:
    """R19."""
    who = g.take()
    if who:
        g.list_row("life_signs", who, event_on=day_before(g.month, 1), value="failed")
        g.note("R19", "life_signs", who)


def two_numbers(g: Ground) -> None:
    """R13."""
    who = g.take()
    if who:
        number = f"99{who.person.pk:016d}"
        Identifier.objects.create(
            kind="id",
            index=identifier_index("id", number),
            person_id=who.person.pk,
            sealed=vault.seal(number, number_place("id", identifier_index("id", number))),
        )
        g.note("R13", "numbers", who)


def shared_account(g: Ground) -> None:
    """R18: three persons are paid into one account; another's account bears a stranger's name."""
    three = [who for who in (g.take(), g.take(), g.take()) if who]
    if len(three) == 3:
        number = f"62289{three[0].person.pk:014d}"
        for who in three:
            handle = account_handle(number)
            BankAccount.objects.filter(person_id=who.person.pk, until__isnull=True).update(
                handle=handle, sealed=vault.seal(number, account_place(who.person.pk, handle))
            )
            g.note("R18", "shared", who)
    stranger = g.take()
    if stranger:
        BankAccount.objects.filter(person_id=stranger.person.pk, until__isnull=True).update(holder="外人甲")
        g.note("R18", "holder", stranger)


def _telephone(who: list[Recipient], number: str, **more: object) -> None:
    for one in who:
        Person.objects.filter(pk=one.person.pk).update(
            phone=vault.seal(number, phone_place(one.person.pk)),
            phone_masked=mask(number, 3, 4),
            phone_handle=phone_handle(number),
            **more,
        )


def shared_phone(g: Ground) -> None:
    """R18: five households gave one telephone; and five persons with one guardian, which is no fault."""

    def adults(count: int) -> list[Recipient]:
        """So many adults of different names."""
        found: dict[str, Recipient] = {}
        while (
            len(found) < count
            and (who := g.take(lambda r: r.person.name not in found and r.person.birth.year < 2000)) is not None
        ):
            found[who.person.name] = who
        return list(found.values())

    taken = [adults(5), adults(5)]
    if all(len(group) == 5 for group in taken):
        homes, one_home = taken
        _telephone(homes, f"139{homes[0].person.pk:08d}", guardian_name="")
        _telephone(one_home, f"138{one_home[0].person.pk:08d}", guardian_name="同一监护人")
        for who in homes:
            g.note("R18", "phone", who)


def off_the_roster(g: Ground) -> None:
    """R09: everybody drawing by 低保 is on the roster, save this one.

    The roster itself is filled when all faults are planted.
    """
    who = g.take(lambda r: LIVING in r.subsidies and r.economic in ("dibao", "dibao_margin"))
    if who:
        g.note("R09", "dibao", who, g.paid_from(who, g.month + 1, only=(LIVING,)))
