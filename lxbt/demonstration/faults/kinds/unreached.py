"""Who is entitled and gets nothing, or was not spoken to."""

from __future__ import annotations

from datetime import timedelta

from lxbt.core.profile import CARE, LIVING
from lxbt.demonstration.faults.kinds.ground import draws, run
from lxbt.demonstration.faults.planting import Ground, Recipient
from lxbt.leads.models import Lead


def never_granted(g: Ground) -> None:
    """U01, U02: the right and what was paid by it are taken out of the books."""
    for rule, subsidy in (("U01", CARE), ("U02", LIVING)):
        who = g.take(draws(subsidy))
        if who:
            run("delete from entitlements_entitlement where person_id = %s and subsidy = %s", [who.person.pk, subsidy])
            run("delete from payments_item where person_id = %s and subsidy = %s", [who.person.pk, subsidy])
            g.note(rule, "rule", who)


def stopped_in_error(g: Ground) -> None:
    """U03, U08: ended a month ago, though the certificate is valid and everything else is as it was."""
    for rule, source, basis in (("U03", "renewed", "certificate expired"), ("U08", "again", "planted")):
        who = g.take()
        if who:
            run(
                "update entitlements_entitlement set until = %s, end_basis = %s where person_id = %s",
                [g.month.first, basis, who.person.pk],
            )
            run("delete from payments_item where person_id = %s and right_month >= %s", [who.person.pk, g.month.first])
            g.note(rule, source, who)


def granted_and_unpaid(g: Ground) -> None:
    """U04: nothing for two months."""
    who = g.take()
    if who:
        due = {subsidy: {g.month: who.paid[subsidy][g.month]} for subsidy in who.subsidies}
        run(
            "delete from payments_item where person_id = %s and right_month >= %s",
            [who.person.pk, g.month.back(1).first],
        )
        g.note("U04", "unpaid", who, due)


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
