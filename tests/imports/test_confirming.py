"""Files that make or stop money: open in the window, written when another person confirmed exactly their plan, arrears
held back.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction

from lxbt.accounts.models import User
from lxbt.core.clock import Now
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.entitlements.holding import sums_of
from lxbt.entitlements.models import Entitlement, Hold
from lxbt.entitlements.operations import resolve_changes
from lxbt.entitlements.operations.releasing import ask_to_release
from lxbt.imports.models import Import, Planned
from lxbt.imports.operations.confirming import ask_to_undo, ask_to_write
from lxbt.imports.operations.intake import EVERYTHING, ImportRefused, start_pass
from lxbt.imports.operations.undoing import start_undo, undo_some
from lxbt.payments.models import Batch, Item
from lxbt.payments.operations import draw_area
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import accept, effect_now
from lxbt.registry.models import Person
from lxbt.rollout.models import Permit
from lxbt.rollout.operations.doors import PermitRefused, ask_for_door
from lxbt.standards.models import Parameter
from tests import factories as b
from tests.imports.county import (
    COUNTY,
    NOW,
    agreed,
    chunks_of,
    decider,
    make_county,
    officer,
    open_window,
    opened,
    paid,
    passed,
    reasons,
    recipient,
    released,
    taken,
    write_csv,
)

pytestmark = pytest.mark.django_db
ON = NOW.date()
NOVEMBER = Month(2026, 11)
BACK = [recipient(n, 发放月份="2022-11") for n in (1, 2)]  # the two lines of the insider: rights of four years ago


@pytest.fixture(autouse=True)
def _county() -> None:
    make_county()


def clerk() -> User:
    """The one person who takes files in."""
    return User.objects.filter(name="officer").first() or officer()


def drawn(month: Month = NOVEMBER) -> list[Batch]:
    resolve_changes()
    return [batch for _n, found in draw_area(area=COUNTY, month=month, by=None, on=ON, workers=1) for batch in found]


def planned(
    tmp_path: Path, *rows: dict[str, object], kind: str = "recipients", name: str = "a.csv"
) -> tuple[Import, Path]:
    path = write_csv(tmp_path / name, rows)
    return passed(opened(path, kind, by=clerk()), path, "plan", by=None), path


def asked(entry: Import, **other: object) -> Proposal:
    told = {"accepts": EVERYTHING, "reason": "上线数据，逐行核对", "by": clerk(), "at": NOW, "on": ON}
    return ask_to_write(import_id=entry.pk, **(told | other))  # type: ignore[arg-type]


def test_two_lines_of_four_years_ago_are_not_written_by_one_person_and_pay_no_arrears_by_two(tmp_path: Path) -> None:
    entry, path = planned(tmp_path, *BACK)
    by = clerk()
    with pytest.raises(ImportRefused, match="另一人确认计划"):
        start_pass(import_id=entry.pk, act="write", by=by, at=NOW)
    assert not Person.objects.exists()
    proposal = asked(entry)
    said = " ".join(" ".join(line) for line in proposal.effect["lines"])
    assert "护理补贴 2 项" in said
    assert "200.00 元" in said, "a month"
    assert "94 人月，9,400.00 元" in said, "two persons, December 2022 to October 2026, a hundred yuan each"
    assert (proposal.effect["persons"], proposal.effect["months"], proposal.effect["yuan"]) == (2, 94, "200.00")
    with pytest.raises(Refusal, match=r"另一个人|有权限的人"):
        accept(proposal_id=proposal.pk, digest=proposal.digest, by=by, at=NOW, on=ON)
    agreed(proposal)
    entry.refresh_from_db()
    assert (entry.state, entry.confirmed_by_id) == ("writing", decider().pk)
    from lxbt.imports.operations.running import Running

    Running(entry, path, clock=lambda: NOW).run()
    (batch,) = drawn()
    assert [(f"{i.right_month:%Y-%m}", i.amount) for i in Item.objects.filter(batch_id=batch.pk)] == [
        ("2026-11", Decimal(100))
    ] * 2
    assert batch.origins == [
        {
            "import": entry.pk,
            "persons": 2,
            "items": 2,
            "amount": "200.00",
            "arrears": 0,
            "arrears_amount": "0",
        }
    ]
    assert not Planned.objects.exists(), "names of the plan are not kept"


def test_arrears_that_two_persons_released_are_paid_once_and_the_batch_says_by_which_import(tmp_path: Path) -> None:
    entry = taken(tmp_path, "recipients", *BACK, by=clerk())
    drawn()
    sums = sums_of(entry.pk, COUNTY, "arrears", NOVEMBER)
    assert (sums.persons, sums.months, sums.yuan, sums.largest) == (2, 94, Decimal(9400), Decimal(4700))
    proposal = ask_to_release(
        import_id=entry.pk, payer_code=COUNTY, why="arrears", reason="县里确未发过", by=decider("one"), at=NOW, on=ON
    )
    with pytest.raises(Refusal):
        agreed(proposal, by=decider("one"))
    assert drawn() == []
    agreed(proposal)
    (batch,) = drawn()
    assert (batch.total, batch.origins[0]["arrears"], batch.origins[0]["arrears_amount"]) == (
        Decimal(9400),
        94,
        "9400.00",
    )
    assert drawn() == []


def test_a_place_may_pay_some_months_back_without_a_decision(tmp_path: Path) -> None:
    Parameter.objects.create(division_code=COUNTY, name="import_arrears_months", value=2, recorded_on=b.DAY)
    taken(tmp_path, "recipients", BACK[0], by=clerk())
    (batch,) = drawn()
    months = sorted(f"{i.right_month:%Y-%m}" for i in Item.objects.filter(batch_id=batch.pk))
    assert months == ["2026-09", "2026-10", "2026-11"]


def test_what_the_system_takes_in_alone_is_drawn_for_nobody(tmp_path: Path) -> None:
    entry = taken(tmp_path, "recipients", recipient(1), BACK[1])
    assert (entry.state, entry.effects["rights"], entry.effects["held"]) == ("done", 2, 3)
    assert drawn() == []
    released(entry)
    (batch,) = drawn()
    assert (batch.item_count, batch.total) == (2, Decimal(200))


def test_one_person_cannot_release_even_at_the_database(tmp_path: Path) -> None:
    entry = taken(tmp_path, "recipients", recipient(1))
    one = decider().pk
    for asked_by in (None, one):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(import_id=entry.pk).update(released_on=ON, released_by_id=one, asked_by_id=asked_by)


def test_a_history_that_says_paid_stops_no_payment_until_another_person_saw_who_and_how_much(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1), by=clerk())  # a right from November on
    entry, _path = planned(tmp_path, paid(1, "2026-11", 金额="100"), paid(1, "2019-03"), kind="history", name="h.csv")
    with pytest.raises(ImportRefused, match="另一人确认计划"):
        start_pass(import_id=entry.pk, act="write", by=clerk(), at=NOW)
    proposal = asked(entry)
    lines = proposal.effect["lines"]
    assert ["记为已发，本系统不再发放", "由本系统发放", "1 人次，100.00 元"] in lines
    assert any("张*" in what and "2026-11" in what and "100.00" in what for what, _before, _after in lines)
    assert proposal.effect["yuan"] == "-100.00"
    (batch,) = drawn()
    assert batch.total == 100, "until then it is paid"


def test_taken_in_by_nobody_a_history_leaves_the_month_to_the_system(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1), by=clerk())
    entry = taken(tmp_path, "history", paid(1, "2026-11", 金额="100"), paid(1, "2019-03"))
    assert (entry.counts, reasons(entry)) == ({"left": 1, "new": 1}, {2: ["needs_confirmation"]})
    (batch,) = drawn()
    assert batch.total == 100


def test_a_history_of_months_before_the_system_needs_no_second_person(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1), by=clerk())
    by = clerk()
    path = write_csv(tmp_path / "h.csv", [paid(1, "2019-03")])
    entry = passed(opened(path, "history", by=by), path, "plan", by=by)
    start_pass(import_id=entry.pk, act="write", by=by, at=NOW)
    assert not Proposal.objects.filter(subject_id=entry.pk).exists()


def test_another_choice_or_another_plan_makes_a_confirmation_void(tmp_path: Path) -> None:
    entry, path = planned(tmp_path, recipient(1), recipient(2, 发放金额="70"))
    proposal = asked(entry)
    _effect, digest = effect_now(proposal, ON)
    Import.objects.filter(pk=entry.pk).update(accepts=["changed"])
    with pytest.raises(Refusal, match="作废"):
        accept(proposal_id=proposal.pk, digest=digest, by=decider(), at=NOW, on=ON)
    Import.objects.filter(pk=entry.pk).update(accepts=list(EVERYTHING))
    taken(tmp_path, "recipients", recipient(1), by=clerk())  # meanwhile somebody took the first row in
    passed(entry, path, "plan")
    with pytest.raises(Refusal, match="作废"):
        accept(proposal_id=proposal.pk, digest=digest, by=decider(), at=NOW, on=ON)
    assert Import.objects.get(pk=entry.pk).state == "planned"


def test_writing_moves_nothing_that_was_not_in_the_plan(tmp_path: Path) -> None:
    entry, path = planned(tmp_path, *(recipient(n) for n in (1, 2, 3)))
    agreed(asked(entry))
    Planned.objects.filter(importing=entry, row_no=3).delete()  # as if the row had been nothing when it was confirmed
    entry.refresh_from_db()
    from lxbt.imports.operations.running import Running

    with chunks_of(2):
        Running(entry, path, clock=lambda: NOW).run()
    entry.refresh_from_db()
    assert (entry.counts, reasons(entry)) == ({"new": 2, "left": 1}, {3: ["not_as_planned"]})
    assert Entitlement.objects.filter(state="granted").count() == 2


def test_another_hardship_class_for_somebody_who_is_paid_needs_a_second_person(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1), by=clerk())
    entry, _path = planned(tmp_path, recipient(1, 低保类别="城市低保"), name="b.csv")
    with pytest.raises(ImportRefused, match="另一人确认计划"):
        start_pass(import_id=entry.pk, act="write", by=clerk(), at=NOW)
    assert any("改动正在享受的人" in line[0] for line in asked(entry).effect["lines"])


def test_an_undo_that_takes_rights_away_waits_for_another_person(tmp_path: Path) -> None:
    by = clerk()
    entry = taken(tmp_path, "recipients", recipient(1), by=by)
    with pytest.raises(ImportRefused, match="另一人同意"):
        start_undo(import_id=entry.pk, by=by, at=NOW)
    agreed(ask_to_undo(import_id=entry.pk, reason="文件有误，整个撤销", by=by, at=NOW, on=ON))
    while undo_some(import_id=entry.pk, at=NOW):
        pass
    assert not Entitlement.objects.exists()
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (date(2027, 3, 1), date(2027, 3, 31), "才开始上线"),
        (date(2026, 5, 1), date(2026, 5, 31), "结束"),
        (None, None, "没有排定上线时间"),
    ],
)
@pytest.mark.parametrize("kind", ["recipients", "history"])
def test_outside_the_window_the_doors_are_shut_and_say_what_to_do(
    tmp_path: Path, opens: date | None, closes: date | None, said: str, kind: str
) -> None:
    open_window(opens, closes)  # type: ignore[arg-type]
    entry, _path = planned(tmp_path, recipient(1) if kind == "recipients" else paid(1), kind=kind)
    with pytest.raises(ImportRefused, match=said) as no:
        start_pass(import_id=entry.pk, act="write", by=clerk(), at=NOW)
    assert "上一级同意" in str(no.value)
    with pytest.raises(ImportRefused, match=said):
        asked(entry)


def test_the_roster_is_open_to_its_last_day_and_the_history_longer(tmp_path: Path) -> None:
    open_window(date(2026, 9, 1), date(2026, 9, 30))  # the roster until 10-01, the history until 12-01
    roster, _p = planned(tmp_path, recipient(1))
    with pytest.raises(ImportRefused, match="2026-10-01"):
        asked(roster)
    by = clerk()
    path = write_csv(tmp_path / "h.csv", [paid(1)])
    history = passed(opened(path, "history", by=by), path, "plan", by=None)
    start_pass(import_id=history.pk, act="write", by=by, at=NOW)


def test_a_county_that_does_not_take_part_has_no_window(tmp_path: Path) -> None:
    open_window(date(2026, 11, 1), date(2026, 12, 31), counties=["420103000000"])
    entry, _path = planned(tmp_path, recipient(1))
    with pytest.raises(ImportRefused, match="没有排定"):
        asked(entry)


def test_the_level_above_opens_the_door_for_some_days(tmp_path: Path) -> None:
    open_window(date(2026, 5, 1), date(2026, 5, 31))
    entry, _path = planned(tmp_path, recipient(1))
    by = clerk()
    told = {"division_code": COUNTY, "doors": ["recipients"], "opens_on": ON, "reason": "漏报一个街道", "by": by}
    with pytest.raises(PermitRefused, match="最多"):
        ask_for_door(**told, closes_on=date(2027, 11, 1), at=NOW, on=ON)  # type: ignore[arg-type]
    proposal = ask_for_door(**told, closes_on=date(2026, 11, 30), at=NOW, on=ON)  # type: ignore[arg-type]
    from lxbt.accounts.models import Appointment

    below, above = b.official("below"), b.official("above")
    Appointment.objects.create(user=below, role="coordinator", division_code=COUNTY, since=b.DAY)
    Appointment.objects.create(user=above, role="coordinator", division_code="420000000000", since=b.DAY)
    with pytest.raises(Refusal, match="有权限"):
        agreed(proposal, by=below)
    agreed(proposal, by=above)
    permit = Permit.objects.get()
    assert (permit.given_by_id, permit.asked_by_id, permit.doors) == (above.pk, by.pk, ["recipients"])
    assert asked(entry).pk
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Permit.objects.filter(pk=permit.pk).update(closes_on=date(2030, 1, 1))


def test_the_command_of_an_official_plans_asks_and_writes_when_another_agreed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, by = write_csv(tmp_path / "a.csv", BACK), clerk()

    def command() -> dict[str, object]:
        call_command("import", str(path), kind="recipients", division=COUNTY, by=by.username, json=True)
        told: dict[str, object] = json.loads(capsys.readouterr().out)
        return told

    first = command()
    assert (first["state"], first["accepted"], bool(first["waits_for"])) == ("planned", 2, True)
    assert command()["waits_for"] == first["waits_for"], "asked once"
    assert not Person.objects.exists()
    now = Now.read()
    proposal = Proposal.objects.get()
    agreed(proposal, at=now.at)
    last = command()
    assert (last["state"], last["waits_for"], last["held_back"]) == ("done", None, 2)
    assert Entitlement.objects.filter(state="granted").count() == 2
