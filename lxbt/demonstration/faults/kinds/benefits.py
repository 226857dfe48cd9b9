"""Other benefits that exclude the subsidies, and hardship classes that changed."""

from __future__ import annotations

from decimal import Decimal

from lxbt.core.profile import CARE, LIVING
from lxbt.demonstration.faults.kinds.ground import draws, run
from lxbt.demonstration.faults.planting import Ground
from lxbt.registry.models import (
    Profile,
)


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
    who, other = g.take(draws(LIVING)), g.take(draws(LIVING))
    if who and other:
        g.list_row("orphans", who, value="full", since_month=g.month.back(1))
        g.list_row("orphans", other, value="partial", since_month=g.month.back(1))
        g.note("R07", "orphans", who, g.paid_from(who, g.month.back(1), only=(LIVING,)))


def elderly(g: Ground) -> None:
    """R08: more than the care subsidy; and somebody with less, which is no fault."""
    who, other = g.take(draws(CARE)), g.take(draws(CARE))
    if who and other:
        g.list_row("elderly_care", who, amount=who.paid[CARE][g.month] + 20, since_month=g.month.back(1))
        g.list_row("elderly_care", other, amount=other.paid[CARE][g.month] - 1, since_month=g.month.back(1))
        g.note("R08", "elderly_care", who, g.paid_from(who, g.month.back(1), only=(CARE,)))


def public_employee(g: Ground) -> None:
    """R17; a pensioner is none."""
    who, other = g.take(draws(LIVING)), g.take(draws(LIVING))
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
        run(
            "update payments_item set amount = amount + 15, profile_id = %s where person_id = %s and subsidy = %s "
            "and right_month = %s",
            [other.pk, who.person.pk, subsidy, g.month.first],
        )
        g.note("R10", "amount", who, {subsidy: {g.month: Decimal(15)}})
