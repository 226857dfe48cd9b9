"""The plan: taken in once, changed by the nation with a reason, never overwritten."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from lxbt.audit.models import Event
from lxbt.divisions.operations import load_divisions
from lxbt.rollout.models import Plan, Remark
from lxbt.rollout.operations.counting import count_progress
from lxbt.rollout.operations.planning import PlanRefused, load_plan, set_plan, set_term, write_remark
from lxbt.rollout.queries.plan import decisions_of, newest_remarks, plan_in_force, terms_in_force
from lxbt.rollout.queries.progress import board, changes_if
from lxbt.rollout.rules.judging import State
from lxbt.rollout.rules.plan import Connection, Place, Task, Term, Window
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = date(2019, 1, 21)
HUBEI, ANHUI = f.PROVINCE, "340000000000"


@pytest.fixture(autouse=True)
def places() -> None:
    f.load_places()
    load_divisions(only=["340102001000"])
    load_plan()


def place(province: str = HUBEI, **changes: object) -> Place:
    told = {"batch": 3, "window": Window(date(2019, 2, 20), date(2019, 3, 20)), **changes}
    return Place(province, **told)  # type: ignore[arg-type]


def test_the_plan_is_taken_in_once_for_the_provinces_that_are_there() -> None:
    assert set(plan_in_force()) == {HUBEI, ANHUI, "440000000000", "330000000000", "350000000000"}
    assert load_plan() == 0
    assert plan_in_force()[ANHUI].window is None


def test_the_nation_moves_a_window_with_a_reason_and_what_was_before_stays() -> None:
    ministry = f.account("coordinator", f.NATION, on=DAY)
    assert set_plan(places=[place()], reason="民办函补充通知", by=ministry, on=DAY) == 1
    assert plan_in_force()[HUBEI].window == Window(date(2019, 2, 20), date(2019, 3, 20))
    assert [d.place.window.opens_on for d in decisions_of(HUBEI) if d.place.window] == [
        date(2019, 2, 20),
        date(2019, 2, 14),
    ]
    event = Event.objects.get(action="rollout.plan_changed")
    assert event.why == "民办函补充通知"
    assert event.changes["opens_on"] == ["2019-02-14", "2019-02-20"]


def test_a_plan_that_changes_nothing_writes_nothing() -> None:
    assert set_plan(places=list(plan_in_force().values()), reason="照旧", by=None, on=DAY) == 0


def test_a_province_outside_the_batches_gets_a_window_and_an_interface() -> None:
    set_plan(places=[place(ANHUI, batch=None, connection=Connection.INTERFACE)], reason="单独安排", by=None, on=DAY)
    found = plan_in_force()[ANHUI]
    assert (found.batch, found.connection) == (None, Connection.INTERFACE)
    count_progress(day=DAY, at=f.moment(DAY))
    assert board(on=DAY, now=f.moment(DAY)).judged[ANHUI].verdict.state != State.PENDING


@pytest.mark.parametrize(
    ("changes", "reason", "sentence"),
    [
        ({}, " ", "依据或原因"),
        ({"window": Window(date(2019, 3, 1), date(2019, 2, 1))}, "改", "早于开始"),
        ({"window": Window(date(2019, 1, 1), date(2021, 1, 1))}, "改", "超过一年"),
        ({"batch": 0}, "改", "1 到 99"),
        ({"window": None}, "改", "须有时间窗"),
        ({"province": f.COUNTY}, "改", "不是省级"),
        ({"counties": (f.TOWNSHIP,)}, "改", "不是湖北省的县级单位"),
        ({"counties": ("441900000000",)}, "改", "不是湖北省的县级单位"),
    ],
)
def test_what_cannot_be_planned_is_refused(changes: dict[str, object], reason: str, sentence: str) -> None:
    province = changes.pop("province", HUBEI)
    with pytest.raises(PlanRefused, match=sentence):
        set_plan(places=[place(str(province), **changes)], reason=reason, by=None, on=DAY)
    assert len(decisions_of(HUBEI)) == 1


def test_a_province_cannot_move_its_own_window_nor_a_term() -> None:
    coordinator = f.account("coordinator", HUBEI, on=DAY)
    with pytest.raises(PlanRefused, match="部级"):
        set_plan(places=[place()], reason="改", by=coordinator, on=DAY)
    with pytest.raises(PlanRefused, match="部级"):
        set_term(task=Task.TRAINING, months=0, days=20, reason="改", by=coordinator, on=DAY)


def test_a_term_is_changed_from_then_on() -> None:
    set_term(task=Task.TRAINING, months=1, days=3, reason="补训", by=None, on=DAY)
    assert terms_in_force()[Task.TRAINING] == Term(1, 3)
    assert terms_in_force()[Task.ROSTER] == Term(1, 0)
    with pytest.raises(PlanRefused):
        set_term(task=Task.TRAINING, months=99, days=0, reason="改", by=None, on=DAY)


def test_a_row_of_the_plan_can_be_neither_changed_nor_deleted() -> None:
    for statement in ("update rollout_plan set batch = 1", "delete from rollout_plan"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Plan.objects.exists()


def test_trying_other_days_tells_what_would_be_and_writes_nothing() -> None:
    day = date(2019, 2, 20)
    count_progress(day=day, at=f.moment(day))
    earlier = {HUBEI: place(window=Window(date(2018, 12, 12), date(2019, 1, 12)))}
    rows = Plan.objects.count()
    (change,) = changes_if(earlier, on=day, now=f.moment(day))
    assert change.code == HUBEI
    assert {f.why for f in change.after.verdict.findings} != {f.why for f in change.before.verdict.findings}
    assert Plan.objects.count() == rows
    assert plan_in_force()[HUBEI].window == Window(date(2019, 2, 14), date(2019, 3, 13))


def test_only_the_counties_that_take_part_count() -> None:
    count_progress(day=DAY, at=f.moment(DAY))
    assert board(on=DAY, now=f.moment(DAY)).judged[HUBEI].figures.counties == 2
    set_plan(places=[place(counties=(f.COUNTY,))], reason="先行试点", by=None, on=DAY)
    assert [c.code for c, _v in board(on=DAY, now=f.moment(DAY)).judged[HUBEI].counties] == [f.COUNTY]


def test_a_coordinator_gives_reason_and_next_step_of_the_own_area_and_all_are_kept() -> None:
    coordinator = f.account("coordinator", HUBEI, on=DAY)
    for reason in ("设备未到", "名册核对中"):
        write_remark(
            division_code=HUBEI,
            reason=reason,
            next_step="下周完成",
            next_on=date(2019, 1, 28),
            by=coordinator,
            at=f.moment(DAY),
        )
    assert newest_remarks([HUBEI])[HUBEI].reason == "名册核对中"
    assert Remark.objects.count() == 2
    with pytest.raises(PlanRefused, match="只能填写本辖区"):
        write_remark(division_code=ANHUI, reason="x", next_step="", next_on=None, by=coordinator, at=f.moment(DAY))
    with pytest.raises(PlanRefused, match="只能填写本辖区"):
        write_remark(
            division_code=HUBEI,
            reason="x",
            next_step="",
            next_on=None,
            by=f.account("coordinator", f.NATION, username="ministry", on=DAY),
            at=f.moment(DAY),
        )
    with pytest.raises(PlanRefused, match="已经过去"):
        write_remark(
            division_code=HUBEI, reason="x", next_step="", next_on=date(2019, 1, 1), by=coordinator, at=f.moment(DAY)
        )
