"""Reads of applications: what waits for whom, lists, one case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Prefetch, Q, QuerySet

from lxbt import vault
from lxbt.accounts.queries import in_scope
from lxbt.accounts.rules import Permission, Standing
from lxbt.applications.models import Application, Asked, CaseDraft, Draft, Paper, RecordedApplication, Step
from lxbt.applications.rules import State, StepName

ACTS_AT = {
    StepName.EXAMINE: Permission.ACCEPT_APPLICATIONS,
    StepName.NOTICE: Permission.ACCEPT_APPLICATIONS,
    StepName.REVIEW: Permission.REVIEW_APPLICATIONS,
    StepName.DECIDE: Permission.DECIDE_APPLICATIONS,
}


def waits_for(standing: Standing) -> Q:
    """The condition that holds for applications which wait for this account."""
    parts = [
        Q(state=State.OPEN, step=step) & in_scope(standing, permission)
        for step, permission in ACTS_AT.items()
        if standing.may(permission)
    ]
    if standing.may(Permission.ACCEPT_APPLICATIONS):
        parts.append(Q(state=State.RETURNED) & in_scope(standing, Permission.ACCEPT_APPLICATIONS))
    return reduce(or_, parts) if parts else Q(pk__in=[])


def waiting(standing: Standing) -> QuerySet[Application]:
    """What waits for this account, the nearest deadline first."""
    return Application.objects.filter(waits_for(standing)).order_by("due_on", "id")


def waiting_count(standing: Standing) -> int:
    """How many applications wait for this account."""
    return waiting(standing).count()


def waiting_counts(standing: Standing, *, today: date) -> dict[str, int]:
    """How many wait, are due today, are overdue, are returned for completion."""
    rows = Application.objects.filter(waits_for(standing)).values_list("state", "step", "due_on")
    counts = {"all": 0, "today": 0, "overdue": 0, "returned": 0}
    for state, step, due in rows:
        counts["all"] += 1
        counts[step] = counts.get(step, 0) + 1
        if state == State.RETURNED:
            counts["returned"] += 1
        elif due is not None and due < today:
            counts["overdue"] += 1
        elif due == today:
            counts["today"] += 1
    return counts


def applications_seen_by(standing: Standing, *, focus: str | None = None) -> QuerySet[Application]:
    """Every application in the scope of the account."""
    return Application.objects.filter(in_scope(standing, Permission.VIEW_APPLICATIONS, focus=focus))


def application_seen_by(standing: Standing, number: str) -> Application | None:
    """One application with its steps, what is asked and its papers, or None when out of scope."""
    return (
        applications_seen_by(standing)
        .filter(number=number)
        .prefetch_related(
            Prefetch("asked", queryset=Asked.objects.order_by("-subsidy")),
            Prefetch("steps", queryset=Step.objects.order_by("id")),
            Prefetch("papers", queryset=Paper.objects.order_by("id")),
        )
        .first()
    )


def with_asked(rows: QuerySet[Application]) -> QuerySet[Application]:
    """The same rows with what is asked for in each, in one more query for all."""
    return rows.prefetch_related(Prefetch("asked", queryset=Asked.objects.order_by("-subsidy")))


def may_act(standing: Standing, application: Application) -> bool:
    """Whether this account is the one that the application waits for."""
    if application.state == State.RETURNED:
        return standing.may(Permission.ACCEPT_APPLICATIONS, application.division_code)
    return application.state == State.OPEN and standing.may(
        ACTS_AT[StepName(application.step)], application.division_code
    )


def concerns(standing: Standing, person_id: int) -> bool:
    """Whether an application of this person waits for the account, or a step of one was done by it."""
    rows = Application.objects.filter(person_id=person_id)
    return rows.filter(
        waits_for(standing)
        | Q(pk__in=Step.objects.filter(by_id=standing.user_id, application__person_id=person_id).values("application"))
    ).exists()


def unfinished_of(person_id: int) -> QuerySet[Asked]:
    """What a person has asked for and nobody has decided yet, nationwide."""
    return Asked.objects.filter(person_id=person_id, unfinished=True)


def applications_of(person_id: int) -> QuerySet[Application]:
    """A person's applications, latest first."""
    return with_asked(Application.objects.filter(person_id=person_id)).order_by("-applied_on", "-id")


def recorded_applications_of(person_id: int) -> QuerySet[RecordedApplication]:
    """A person's applications that were dealt with elsewhere, latest first."""
    return RecordedApplication.objects.filter(person_id=person_id).order_by("-applied_on", "subsidy")


def decisions_since(person_ids: Iterable[int], since: datetime) -> list[tuple[Application, datetime]]:
    """What was decided on these persons' applications from a moment on, each with its moment: two statements."""
    rows = Step.objects.filter(
        application__in=Application.objects.filter(person_id__in=list(person_ids)),
        name=StepName.DECIDE,
        finished_at__gte=since,
        act__in=("pass", "grant", "refuse"),
    )
    found = rows.select_related("application").prefetch_related("application__asked").order_by("finished_at")
    return [(row.application, row.finished_at) for row in found if row.finished_at is not None]


def counts_by_state(rows: QuerySet[Application]) -> dict[str, int]:
    """How many of `rows` stand in each state."""
    return dict(rows.values_list("state").annotate(n=Count("id")).values_list("state", "n"))


def case_draft_of(user_id: int, number: str) -> tuple[dict[str, str], datetime] | None:
    """What an official has typed about a case and not handed in, and when it was kept."""
    draft = CaseDraft.objects.filter(user_id=user_id, number=number).first()
    if draft is None:
        return None
    place = vault.at("applications_casedraft.sealed", user_id, number)
    fields: dict[str, str] = json.loads(vault.open_sealed(draft.sealed, place))
    return fields, draft.saved_at


def draft_of(user_id: int) -> tuple[dict[str, list[str]], datetime] | None:
    """What a clerk has typed and not submitted, and when it was kept."""
    draft = Draft.objects.filter(pk=user_id).first()
    if draft is None:
        return None
    fields: dict[str, list[str]] = json.loads(
        vault.open_sealed(draft.sealed, vault.at("applications_draft.sealed", draft.user_id))
    )
    return fields, draft.saved_at


def persons_with_applications(person_ids: Iterable[int]) -> set[int]:
    """Of these persons, those who ever applied."""
    return set(Application.objects.filter(person_id__in=list(person_ids)).values_list("person_id", flat=True))
