"""The kinds of faults. Each function gives somebody one fault and notes what comparing should find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from lxbt import vault
from lxbt.core.idnumber import mask
from lxbt.core.profile import CARE, LIVING
from lxbt.core.profile import Certificate as CertificateValue
from lxbt.demonstration.faults.planting import Ground, Recipient, day_before
from lxbt.leads.models import Lead
from lxbt.registry.models import (
    BankAccount,
    Certificate,
    FederationEntry,
    Identifier,
    Match,
    Person,
    Profile,
    account_place,
    number_place,
    phone_place,
)
from lxbt.registry.operations import mark_persons, record_certificate
from lxbt.registry.queries import account_handle, identifier_index, phone_handle


def _draws(*subsidies: str) -> Callable[[Recipient], bool]:
    return lambda who: set(subsidies) <= set(who.subsidies)


def _sql(text: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, params)


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


def _certificate(who: Recipient, **changed: object) -> CertificateValue:
    row = who.certificate
    told = {
        "category": row.category,
        "grade": row.grade,
        "issued_on": row.issued_on,
        "valid_until": row.valid_until,
    } | changed
    return CertificateValue(**told)  # type: ignore[arg-type]


def frozen(g: Ground) -> None:
    """R02."""
    who = g.take()
    if who:
        value = _certificate(who, frozen_on=day_before(g.month, 3))
        record_certificate(person_id=who.person.pk, certificate=value, source="federation", received_on=g.on, by=None)
        g.note("R02", "registry", who, g.paid_from(who, g.month.back(2)))


def ran_out(g: Ground) -> None:
    """R03."""
    who = g.take()
    if who:
        value = _certificate(who, valid_until=day_before(g.month, 2))
        record_certificate(person_id=who.person.pk, certificate=value, source="federation", received_on=g.on, by=None)
        g.note("R03", "registry", who, g.paid_from(who, g.month.back(1)))


def other_grade(g: Ground) -> None:
    """R04: the Federation tells another grade."""
    who = g.take()
    if who:
        now = datetime(g.on.year, g.on.month, g.on.day, tzinfo=UTC)
        values = {"category": who.certificate.category, "grade": who.certificate.grade % 4 + 1, "state": "valid"}
        FederationEntry.objects.create(
            person_id=who.person.pk,
            handle=who.person.pk.to_bytes(16, "big"),
            mark=1,
            county_code=who.person.division_code[:6].ljust(12, "0"),
            division_code=who.person.division_code,
            sequence=1,
            values=values,
            known_before=True,
            changed_at=now,
            received_at=now,
            confirmed_at=now,
        )
        g.note("R04", "differs", who)


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


def destitute(g: Ground) -> None:
    """R05."""
    who = g.take()
    if who:
        g.list_row("destitute", who, since_month=g.month.back(2))
        g.note("R05", "destitute", who, g.paid_from(who, g.month.back(2)))


def injured(g: Ground) -> None:
    """R06: for two months only."""
    who = g.take()
    if who:
        g.list_row(
            "work_injury_care", who, since_month=g.month.back(3), until_month=g.month.back(1), amount=Decimal(1800)
        )
        g.note("R06", "work_injury_care", who, g.paid_from(who, g.month.back(3), until=g.month.back(1)))


def orphan(g: Ground) -> None:
    """R07: a child in full, and one with the difference only, which is no fault."""
    who, other = g.take(_draws(LIVING)), g.take(_draws(LIVING))
    if who and other:
        g.list_row("orphans", who, value="full", since_month=g.month.back(1))
        g.list_row("orphans", other, value="partial", since_month=g.month.back(1))
        g.note("R07", "orphans", who, g.paid_from(who, g.month.back(1), only=(LIVING,)))


def elderly(g: Ground) -> None:
    """R08: more than the care subsidy; and somebody with less, which is no fault."""
    who, other = g.take(_draws(CARE)), g.take(_draws(CARE))
    if who and other:
        g.list_row("elderly_care", who, amount=who.paid[CARE][g.month] + 20, since_month=g.month.back(1))
        g.list_row("elderly_care", other, amount=other.paid[CARE][g.month] - 1, since_month=g.month.back(1))
        g.note("R08", "elderly_care", who, g.paid_from(who, g.month.back(1), only=(CARE,)))


def public_employee(g: Ground) -> None:
    """R17; a pensioner is none."""
    who, other = g.take(_draws(LIVING)), g.take(_draws(LIVING))
    if who and other:
        g.list_row("public_employees", who, value="public", since_month=g.month)
        g.list_row("public_employees", other, value="pension", since_month=g.month)
        g.note("R17", "public_employees", who, g.paid_from(who, g.month, only=(LIVING,)))


def another_class(g: Ground) -> None:
    """R10: paid as for the grade before, too much."""
    who = g.take()
    if who:
        subsidy, grade = who.subsidies[0], who.certificate.grade
        other = Profile.objects.filter(facts__certificate__grade=grade % 4 + 1).order_by("pk").first()
        assert other is not None
        _sql(
            "update payments_item set amount = amount + 15, profile_id = %s where person_id = %s and subsidy = %s and right_month = %s",
            [other.pk, who.person.pk, subsidy, g.month.first],
        )
        g.note("R10", "amount", who, {subsidy: {g.month: Decimal(15)}})


def too_much(g: Ground) -> None:
    """R15."""
    who = g.take()
    if who:
        subsidy = who.subsidies[0]
        _sql(
            "update payments_item set amount = amount + 30 where person_id = %s and subsidy = %s and right_month = %s",
            [who.person.pk, subsidy, g.month.first],
        )
        g.note("R15", "amount", who, {subsidy: {g.month: Decimal(30)}})


def too_little(g: Ground) -> None:
    """U05."""
    who = g.take()
    if who:
        subsidy = who.subsidies[0]
        _sql(
            "update payments_item set amount = amount - 20 where person_id = %s and subsidy = %s and right_month = %s",
            [who.person.pk, subsidy, g.month.first],
        )
        g.note("U05", "amount", who, {subsidy: {g.month: Decimal(20)}})


def paid_after_the_end(g: Ground) -> None:
    """R16: the ledger ends two months before the last payment, for a reason that still stands."""
    who = g.take()
    if who:
        end = g.month.back(1)
        value = _certificate(who, cancelled_on=day_before(g.month, 2))
        record_certificate(person_id=who.person.pk, certificate=value, source="federation", received_on=g.on, by=None)
        _sql(
            "update entitlements_entitlement set until = %s, end_basis = 'planted' where person_id = %s and until is null",
            [end.first, who.person.pk],
        )
        g.note("R16", "ledger", who, g.paid_from(who, end))
        g.note("R02", "registry", who, g.paid_from(who, end))


def backpaid(g: Ground) -> None:
    """R22 (and R03): the old certificate ran out long ago, the new one reaches back three months, more were paid."""
    who = g.take(lambda r: len(next(iter(r.paid.values()))) >= 7)
    if who:
        record_certificate(
            person_id=who.person.pk,
            certificate=_certificate(who, valid_until=day_before(g.month, 6)),
            source="federation",
            received_on=g.on,
            by=None,
        )
        issued = day_before(g.month, 0, 5)
        Certificate.objects.create(
            person_id=who.person.pk,
            category=who.certificate.category,
            grade=who.certificate.grade,
            issued_on=issued,
            valid_until=(g.month + 60).last,
            pays_from_month=g.month.first,
            backpay_months=3,
            source="federation",
            received_on=g.on,
        )
        mark_persons([who.person.pk])
        for rule, source in (("R22", "backpay"), ("R03", "registry")):
            g.note(rule, source, who, g.paid_from(who, g.month.back(5), until=g.month.back(3)))


def twice(g: Ground) -> None:
    """R12: two entries that may be one person, both paid."""
    one, other = g.take(_draws(LIVING)), g.take(_draws(LIVING))
    if one and other:
        first, second = sorted((one, other), key=lambda r: r.person.pk)
        Match.objects.create(
            person_id=first.person.pk,
            other_id=second.person.pk,
            division_code=first.person.division_code,
            other_division=second.person.division_code,
            reason="name_birth",
            proposed_at=datetime(g.on.year, g.on.month, g.on.day, tzinfo=UTC),
        )
        common = {
            subsidy: {m: min(a, first.paid[subsidy][m]) for m, a in told.items() if m in first.paid[subsidy]}
            for subsidy, told in second.paid.items()
            if subsidy in first.paid
        }
        g.note("R12", "twice", second, common)


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
    """R09: everybody drawing by 低保 is on the roster, save this one. The roster itself is filled when all faults are planted."""
    who = g.take(lambda r: LIVING in r.subsidies and r.economic in ("dibao", "dibao_margin"))
    if who:
        g.note("R09", "dibao", who, g.paid_from(who, g.month + 1, only=(LIVING,)))


def never_granted(g: Ground) -> None:
    """U01, U02: the right and what was paid by it are taken out of the books."""
    for rule, subsidy in (("U01", CARE), ("U02", LIVING)):
        who = g.take(_draws(subsidy))
        if who:
            _sql("delete from entitlements_entitlement where person_id = %s and subsidy = %s", [who.person.pk, subsidy])
            _sql("delete from payments_item where person_id = %s and subsidy = %s", [who.person.pk, subsidy])
            g.note(rule, "rule", who)


def stopped_in_error(g: Ground) -> None:
    """U03, U08: ended a month ago, though the certificate is valid and everything else is as it was."""
    for rule, source, basis in (("U03", "renewed", "certificate expired"), ("U08", "again", "planted")):
        who = g.take()
        if who:
            _sql(
                "update entitlements_entitlement set until = %s, end_basis = %s where person_id = %s",
                [g.month.first, basis, who.person.pk],
            )
            _sql("delete from payments_item where person_id = %s and right_month >= %s", [who.person.pk, g.month.first])
            g.note(rule, source, who)


def granted_and_unpaid(g: Ground) -> None:
    """U04: nothing for two months."""
    who = g.take()
    if who:
        due = {subsidy: {g.month: who.paid[subsidy][g.month]} for subsidy in who.subsidies}
        _sql(
            "delete from payments_item where person_id = %s and right_month >= %s",
            [who.person.pk, g.month.back(1).first],
        )
        g.note("U04", "unpaid", who, due)


def runs_out_soon(g: Ground) -> None:
    """U06: nobody has been told."""
    who = g.take()
    if who:
        record_certificate(
            person_id=who.person.pk,
            certificate=_certificate(who, valid_until=g.on + timedelta(days=40)),
            source="federation",
            received_on=g.on,
            by=None,
        )
        g.note("U06", "expiring", who)


def _lead(g: Ground, who: Recipient, **more: object) -> None:
    told = {"kind": "new", "state": "open", "due_on": g.on - timedelta(days=20)} | more
    Lead.objects.create(
        person_id=who.person.pk,
        division_code=who.person.division_code,
        subsidies=[CARE],
        about_on=g.on - timedelta(days=60),
        basis="planted",
        opened_on=g.on - timedelta(days=50),
        **told,
    )


def not_spoken_to(g: Ground) -> None:
    """U07, P05: a lead that nobody followed, and one closed without a record."""
    who, other = g.take(), g.take()
    if who and other:
        _lead(g, who)
        g.note("U07", "overdue", who)
        _lead(g, other, state="closed", closed_on=g.on - timedelta(days=10), closed_basis="已知晓")
        g.note("P05", "record", other)


KINDS: tuple[Callable[[Ground], None], ...] = (
    dead,
    said_dead,
    left,
    imprisoned,
    no_sign_of_life,
    frozen,
    ran_out,
    other_grade,
    two_numbers,
    destitute,
    injured,
    orphan,
    elderly,
    public_employee,
    another_class,
    too_much,
    too_little,
    paid_after_the_end,
    backpaid,
    twice,
    shared_account,
    shared_phone,
    off_the_roster,
    never_granted,
    stopped_in_error,
    granted_and_unpaid,
    runs_out_soon,
    not_spoken_to,
)
