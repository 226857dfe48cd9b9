"""A demonstration that was cut off is finished by the next run, with the result of an undisturbed one."""

from __future__ import annotations

import pytest
from django.db import transaction

from lxbt.accounts.models import User
from lxbt.applications.models import Application
from lxbt.demonstration import progress
from lxbt.payments.models import Item
from lxbt.registry.models import Person
from tests.demonstration.filling import run_demo

pytestmark = pytest.mark.django_db


class Cut(Exception):
    """The run ends midway, as when its process is killed."""


def told() -> dict[str, object]:
    """What a demonstration says, without ids and without what is sealed anew each time."""
    names = dict(Person.objects.values_list("pk", "name"))
    users = dict(User.objects.values_list("username", "name"))
    items = Item.objects.values_list("person_id", "subsidy", "right_month", "amount", "kind", "void")
    return {
        "persons": sorted(Person.objects.values_list("name", "birth", "division_code", "address", "phone_masked")),
        "users": users,
        "items": sorted(
            (names[pk], subsidy, month, amount, kind, void or "") for pk, subsidy, month, amount, kind, void in items
        ),
        "applications": sorted(
            Application.objects.values_list("division_code", "state", "step", "applied_on", "step_since")
        ),
    }


def test_a_run_that_was_cut_off_is_finished_by_the_next_with_the_same_result(
    country: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        run_demo(seed=3)
        whole = told()
        transaction.set_rollback(True)
    real, counted = progress.run_step, iter(range(10_000))

    def until_cut(number: int, work: object) -> None:
        if next(counted) in (3, 24):
            raise Cut
        real(number, work)  # type: ignore[arg-type]

    monkeypatch.setattr(progress, "run_step", until_cut)
    for _attempt in range(2):
        with pytest.raises(Cut):
            run_demo(seed=3)
    run_demo(seed=99, persons=700)  # what an unfinished run was asked for holds
    assert told() == whole
