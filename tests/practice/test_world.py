"""What is done in practice is seen nowhere else, and nothing real is seen in practice."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.applications.models import Application
from lxbt.audit.models import Event
from lxbt.divisions.models import Division
from lxbt.divisions.rules import NATION, span
from lxbt.notices.models import Notice
from lxbt.payments.models import Batch, Item
from lxbt.practice.operations import start_exercise, trainee_account
from lxbt.practice.operations.world import WorldLost, inside, ready, world
from lxbt.registry.models import Person
from lxbt.support.models import Attempt
from lxbt.support.operations.practice import PracticeRefused
from lxbt.support.rules.exercises import EXERCISES
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_area")]


@pytest.fixture
def clerk() -> User:
    f.load_places()
    return f.account("clerk", f.TOWNSHIP)


def rows(*models: type) -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in models}  # type: ignore[attr-defined]


WATCHED = (Person, Application, Batch, Item, Notice, Division, User)


def test_every_exercise_can_be_begun_and_leaves_the_real_tables_as_they_were(clerk: User) -> None:
    before = rows(*WATCHED)
    for exercise in EXERCISES:
        attempt = start_exercise(exercise=exercise.key, by=clerk, at=timezone.localtime())
        assert attempt.county_code.startswith("99")
        assert attempt.given
    assert rows(*WATCHED) == before
    assert Attempt.objects.count() == len(EXERCISES)
    assert (
        set(Event.objects.filter(pk__gt=0).values_list("action", flat=True))
        - {"practice.begun", "account.opened", "scheme.loaded"}
        == set()
    )


def test_nothing_real_is_in_sight_inside(clerk: User) -> None:
    Person.objects.create(name="真人", pinyin="zr", sex="male", birth="1980-01-01", division_code=f.TOWNSHIP)
    with world():
        assert not Person.objects.filter(name="真人").exists()
        assert not User.objects.filter(username=clerk.username).exists()
    assert Person.objects.filter(name="真人").exists()


def test_no_table_of_practice_points_at_a_real_one_and_none_is_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.conname from pg_constraint c join pg_class a on a.oid = c.conrelid "
            "join pg_class b on b.oid = c.confrelid"
            " join pg_namespace n on n.oid = a.relnamespace where c.contype = 'f' and n.nspname = 'practice' "
            "and b.relnamespace <> a.relnamespace"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace "
            "and c.relkind in ('r', 'p', 'S') and not c.relispartition"
            " and not exists (select from pg_class p where p.relnamespace = 'practice'::regnamespace "
            "and p.relname = c.relname)"
        )
        assert cursor.fetchall() == []
    assert ready()


def test_the_trainee_has_the_role_of_the_exercise_there_and_the_own_one_here(clerk: User) -> None:
    attempt = start_exercise(exercise="officer_draw", by=clerk, at=timezone.localtime())
    today = timezone.localdate()
    with world():
        account = trainee_account(attempt)
        assert account is not None
        standing = standing_of(account, on=today)
    assert standing.may(Permission.DRAW_BATCHES, attempt.county_code)
    assert not standing.may(Permission.DRAW_BATCHES, f.COUNTY)
    assert not standing_of(clerk, on=today).may(Permission.DRAW_BATCHES)
    assert standing_of(clerk, on=today).may(Permission.ACCEPT_APPLICATIONS, f.TOWNSHIP)


def test_a_second_exercise_takes_the_role_of_the_first_away(clerk: User) -> None:
    first = start_exercise(exercise="clerk_apply", by=clerk, at=timezone.localtime())
    second = start_exercise(exercise="decider_decide", by=clerk, at=timezone.localtime())
    with world():
        assert trainee_account(first) is None
        account = trainee_account(second)
        assert account is not None
        standing = standing_of(account, on=timezone.localdate())
    assert [role.key for role in standing.roles()] == ["decider"]


def test_the_nation_has_no_practice_in_its_lists(clerk: User) -> None:
    start_exercise(exercise="officer_draw", by=clerk, at=timezone.localtime())
    low, high = span(NATION)
    assert not Division.objects.filter(code__gte=low, code__lt=high, code__startswith="99").exists()


def test_an_error_inside_leads_out_again(clerk: User) -> None:
    with pytest.raises(ZeroDivisionError), world():
        raise ZeroDivisionError
    assert not inside()
    assert User.objects.filter(pk=clerk.pk).exists()
    with pytest.raises(Exception, match="no_such_table"), transaction.atomic(), world(), connection.cursor() as cursor:
        cursor.execute("select * from no_such_table")
    assert User.objects.filter(pk=clerk.pk).exists()


def test_it_is_not_entered_twice() -> None:
    with world(), pytest.raises(WorldLost), world():
        pass


def test_a_new_connection_under_way_says_nothing() -> None:
    with world(), connection.cursor() as cursor:
        held = connection.connection
        try:
            connection.connection = object()
            with pytest.raises(WorldLost):
                cursor.execute("select 1")
        finally:
            connection.connection = held


def test_an_unknown_exercise_is_refused(clerk: User) -> None:
    with pytest.raises(PracticeRefused):
        start_exercise(exercise="nothing", by=clerk, at=timezone.localtime())
