"""The work bench: what this account has to do today. Who decides nothing sees figures or batches first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries as applications
from lxbt.divisions import queries as divisions
from lxbt.payments import queries as payments
from lxbt.registry import queries as registry
from lxbt.standards.checking import faulty_rows
from lxbt.standards.revisions import waiting_revisions
from lxbt.web.applications.parts import ACTING, application_table, limits_for, nothing_waits
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Page, Tile
from lxbt.web.payments.parts import batch_table

SHOWN = 7


@page()
def home(request: OfficialRequest) -> HttpResponse:
    """The work bench, or the first page of whoever has no inbox."""
    standing = request.standing
    if not any(standing.may(permission) for permission in ACTING):
        if standing.may(P.DRAFT_STANDARDS) and faulty_rows(request.focus):
            return redirect("parameters")  # what this account set, or those below, does not count: it is named there
        if (
            any(standing.may(p) for p in (P.DRAFT_STANDARDS, P.PUBLISH_STANDARDS))
            and waiting_revisions(standing).exists()
        ):
            return redirect("standards")  # a draft of one's own, or what another handed over, stands there first
        if any(standing.may(p) for p in (P.DRAW_BATCHES, P.APPROVE_BATCHES)):
            return redirect("batches")
        for permission, name in (
            (P.VIEW_STATISTICS, "statistics"),
            (P.MANAGE_ACCOUNTS, "accounts"),
            (P.MANAGE_SECURITY, "account_review"),
            (P.VIEW_AUDIT, "audit"),
        ):
            if standing.may(permission):
                return redirect(name)
        return redirect("profile")
    counts = applications.waiting_counts(standing, today=request.today)
    rows = list(applications.with_asked(applications.waiting(standing))[:SHOWN])
    table = application_table(
        rows,
        limits=limits_for(request),
        today=request.today,
        overrides=divisions.workday_overrides(),
        page=Page(len(rows), counts["all"]),
        acting=True,
        empty=nothing_waits(standing.may(P.ACCEPT_APPLICATIONS)),
    )
    context = {
        "table": table,
        "tiles": tiles(counts),
        "counts": counts,
        "expiring": expiring(request),
        "bad_accounts": bad_accounts(request),
        "batches": recent_batches(request),
    }
    return render(request, "home/home.html", context)


def tiles(counts: dict[str, int]) -> list[Tile]:
    """The figures over the inbox; each leads to its part of it."""
    inbox = reverse("inbox")
    return [
        Tile(_("待我办理"), f"{counts['all']:,}", icon="inbox", url=inbox, current=True),
        Tile(
            _("今日到期"),
            f"{counts['today']:,}",
            icon="clock-exclamation",
            tone="warn" if counts["today"] else "",
            url=f"{inbox}?tab=late",
        ),
        Tile(
            _("已逾期"),
            f"{counts['overdue']:,}",
            icon="alert-triangle",
            tone="bad" if counts["overdue"] else "",
            url=f"{inbox}?tab=late",
        ),
        Tile(
            _("退回补正"),
            f"{counts['returned']:,}",
            note=_("计时已暂停") if counts["returned"] else "",
            icon="arrow-back-up",
            url=f"{inbox}?tab=returned",
        ),
    ]


def expiring(request: OfficialRequest) -> list[tuple[int, str, object]]:
    """Certificates with their last day in the next six months (民发〔2021〕70号: the holder is reminded), the nearest
    first.
    """
    if not (request.standing.may(P.EDIT_FACTS) and request.standing.may(P.VIEW_PERSONS)):
        return []
    until = request.today.replace(
        year=request.today.year + (request.today.month > 6), month=(request.today.month + 5) % 12 + 1, day=1
    )
    rows = registry.certificates_expiring(request.focus, since=request.today, until=until).order_by("valid_until")[:5]
    return [(row.person_id, row.person.name, row.valid_until) for row in rows]


def bad_accounts(request: OfficialRequest) -> int:
    """Persons in the area whose payments are held until the account is corrected."""
    return registry.persons_with_bad_accounts(request.focus).count() if request.standing.may(P.CORRECT_ACCOUNTS) else 0


def recent_batches(request: OfficialRequest) -> object:
    """The last batches of the county."""
    county = divisions.county_of(request.focus)
    if county is None or not request.standing.may(P.VIEW_PAYMENTS, county.code):  # a batch is the county's whole
        return None
    return batch_table(list(payments.batches_of(county.code)[:4]), page=None, acting=False)
