"""Files taken in: what becomes of each row, and what the tables hold afterwards."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from lxbt.core.months import Month
from lxbt.entitlements.models import Entitlement, PastChange
from lxbt.entitlements.operations import end_entitlement, resolve_changes
from lxbt.imports.models import Import, Tally, Touched
from lxbt.imports.operations.intake import ImportRefused, finished_import, halt_import, live_import, start_pass
from lxbt.imports.operations.running import Running
from lxbt.imports.queries import cells_of, kept_rows
from lxbt.matching.models import List, ListEntry
from lxbt.payments.models import Batch, Item
from lxbt.payments.operations import draw_area
from lxbt.registry.models import BankAccount, Certificate, Fact, Identifier, Person, PersonProfile
from lxbt.registry.operations import record_fact
from lxbt.registry.queries import person_by_identifier, phone_handle
from tests import factories as b
from tests.imports.county import (
    COUNTY,
    NOW,
    OTHER,
    TOWNSHIP,
    chunks_of,
    identity,
    make_county,
    officer,
    opened,
    paid,
    passed,
    reasons,
    recipient,
    released,
    taken,
    undone,
    write_csv,
)

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


@pytest.fixture(autouse=True)
def _county() -> None:
    make_county()


def person(number: int = 1) -> Person:
    found = person_by_identifier("id", identity(number))
    assert found is not None
    return found


def periods(pid: int, subsidy: str = "care") -> list[tuple[str, str, str]]:
    rows = Entitlement.objects.filter(person_id=pid, subsidy=subsidy).order_by("since")
    return [(r.state, f"{r.since:%Y-%m}", f"{r.until:%Y-%m}" if r.until else "") for r in rows]


def draw(month: Month) -> list[Item]:
    resolve_changes()
    batches = [
        batch for _n, found in draw_area(area=COUNTY, month=month, by=None, on=NOW.date(), workers=1) for batch in found
    ]
    return list(Item.objects.filter(batch_id__in=[batch.pk for batch in batches]).order_by("right_month"))


def everything() -> dict[str, str]:
    """What the tables hold of persons, rights and money."""
    tables = {
        "registry_person": "person_id",
        "registry_identifier": '"index"',
        "registry_certificate": "person_id, number",
        "registry_fact": "person_id, number",
        "registry_bankaccount": "person_id, number",
        "registry_personprofile": "person_id, since",
        "entitlements_entitlement": "person_id, subsidy, since",
        "entitlements_pastchange": "person_id",
        "payments_item": "person_id, subsidy, right_month, seq",
        "payments_batch": "id",
    }
    with connection.cursor() as cursor:
        found = {}
        for table, order in tables.items():
            cursor.execute(
                f"select coalesce(json_agg(to_jsonb(t) - 'recorded_at' - 'source' order by {order}), '[]') "
                f"from {table} t"
            )
            found[table] = json.dumps(cursor.fetchone()[0])
        return found


def test_a_recipient_becomes_a_person_with_certificate_account_the_month_paid_and_a_right_that_goes_on(
    tmp_path: Path,
) -> None:
    entry = taken(tmp_path, "recipients", recipient())
    assert (entry.state, entry.counts, entry.reasons, entry.remarks, entry.total) == (
        "done",
        {"new": 1},
        {},
        {},
        Decimal(100),
    )
    found = person()
    assert (found.name, found.sex, found.division_code) == (
        "张三",
        "female" if int(identity()[16]) % 2 == 0 else "male",
        TOWNSHIP,
    )
    certificate = Certificate.objects.get(person=found)
    assert (certificate.category, certificate.grade) == ("physical", 1)
    assert BankAccount.objects.get(person=found, until__isnull=True).holder == "张三"
    assert periods(found.pk) == [("past", "2026-10", "2026-11"), ("granted", "2026-11", "")]
    item = Item.objects.get(person_id=found.pk)
    batch = Batch.objects.get(pk=item.batch_id)
    assert (item.amount, Month.of(item.right_month), item.reasons, batch.state, batch.item_count, batch.total) == (
        100,
        OCTOBER,
        None,
        "recorded",
        1,
        100,
    )
    assert list(Tally.objects.values_list("payer_code", "subsidy", "payments", "amount")) == [
        (COUNTY, "care", 1, Decimal(100))
    ]


def test_months_told_directly_are_those_that_the_facts_tell(tmp_path: Path) -> None:
    taken(
        tmp_path,
        "recipients",
        recipient(1),
        recipient(2, 残疾人证号="", 低保类别="", 补贴类型="生活补贴", 发放金额="80"),
    )
    columns = (
        "person_id",
        "since",
        "until",
        "division_code",
        "profile_id",
        "birth",
        "died_on",
        "valid_until",
        "frozen_on",
        "cancelled_on",
    )
    told = list(PersonProfile.objects.order_by("person_id", "since").values_list(*columns))
    from lxbt.registry.operations import mark_persons

    mark_persons(Person.objects.values_list("pk", flat=True))
    resolve_changes()
    assert list(PersonProfile.objects.order_by("person_id", "since").values_list(*columns)) == told


def test_the_draw_pays_the_next_month_by_the_rules_and_leaves_what_was_paid_before(tmp_path: Path) -> None:
    released(taken(tmp_path, "recipients", recipient(发放金额="70")))  # ten less than the rule would have given
    assert [(Month.of(item.right_month), item.amount) for item in draw(NOVEMBER)] == [(NOVEMBER, 100)]
    record_fact(
        person_id=person().pk, key="economic", value="none", since=None, source="test", received_on=NOW.date(), by=None
    )
    assert draw(NOVEMBER) == []


def test_an_amount_against_the_rules_is_kept_as_paid_with_a_remark(tmp_path: Path) -> None:
    entry = taken(tmp_path, "recipients", recipient(发放金额="70"))
    assert (entry.counts, entry.remarks) == ({"new": 1}, {"amount_differs": 1})
    item = Item.objects.get()
    assert (item.amount, item.reasons) == (70, "amount_differs")


def test_the_same_rows_again_change_nothing(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1), recipient(2))
    before = everything()
    entry = taken(tmp_path, "recipients", recipient(2), recipient(1), recipient(1) | {"姓名": "张三 "})
    assert entry.counts == {"same": 2, "conflict": 1}
    assert reasons(entry) == {4: ["row_twice"]}
    assert everything() == before


def test_one_person_with_both_subsidies_in_two_rows_is_one_person(tmp_path: Path) -> None:
    entry = taken(tmp_path, "recipients", recipient(1, 补贴类型="生活补贴", 发放金额="80"), recipient(1))
    assert entry.counts == {"new": 2}
    assert Person.objects.count() == 1
    assert {row.subsidy for row in Entitlement.objects.filter(state="granted")} == {"living", "care"}
    assert Fact.objects.get(key="long_term_care").value is True


def test_two_amounts_side_by_side_are_two_rights(tmp_path: Path) -> None:
    row = {key: value for key, value in recipient().items() if key not in ("补贴类型", "发放金额")}
    entry = taken(tmp_path, "recipients", {**row, "生活补贴": "80", "护理补贴": "100"})
    assert (entry.counts, entry.total, Item.objects.count()) == ({"new": 1}, Decimal(180), 2)


@pytest.mark.parametrize("size", [1, 2, 50])
def test_a_row_twice_is_refused_wherever_the_chunks_end(tmp_path: Path, size: int) -> None:
    with chunks_of(size):
        entry = taken(tmp_path, "history", paid(1), paid(2), paid(1), paid(2, 金额="61"))
    assert entry.counts == {"new": 2, "conflict": 2}
    assert reasons(entry) == {4: ["row_twice"], 5: ["row_twice_otherwise"]}


def test_another_name_for_a_known_number_is_refused(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient())
    assert reasons(taken(tmp_path, "recipients", recipient(姓名="李四", 发放月份="2026-09"))) == {2: ["name_differs"]}


def test_somebody_of_another_county_is_refused_without_saying_of_which(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(行政区划="420103001000"), area=OTHER)
    entry = taken(tmp_path, "recipients", recipient())
    assert reasons(entry) == {2: ["person_elsewhere"]}
    assert "4201030" not in json.dumps(list(entry.kept.values_list("faults", flat=True)))
    assert person().division_code == "420103001000"


def test_a_place_outside_unknown_or_by_name(tmp_path: Path) -> None:
    rows = [
        recipient(n, 行政区划=place)
        for n, place in enumerate(
            (
                "420103001000",
                "420102999000",
                "没有这条街",
                "江岸区大智街道办事处",
                "一元街道",
                "420102",
                "420102001003",
            ),
            1,
        )
    ]
    entry = taken(tmp_path, "recipients", *rows)
    assert reasons(entry) == {2: ["division_outside"], 3: ["division_unknown"], 4: ["division_unknown"]}
    assert {person(n).division_code for n in (4, 7)} == {TOWNSHIP}
    assert (person(5).division_code, person(6).division_code) == ("420102002000", COUNTY)
    assert entry.remarks == {"place_coarse": 1}


def test_a_certificate_number_of_somebody_else_is_refused(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1))
    one = person(1)
    Identifier.objects.filter(kind="certificate", person_id=one.pk).delete()
    other = taken(tmp_path, "recipients", recipient(2))
    Identifier.objects.filter(kind="certificate").update(person_id=one.pk)
    assert other.counts == {"new": 1}
    assert reasons(taken(tmp_path, "recipients", recipient(2, 发放月份="2026-09"))) == {2: ["certificate_taken"]}


def test_a_right_that_the_system_ended_is_not_given_back_by_a_file(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient())
    end_entitlement(person_id=person().pk, subsidy="care", since=NOVEMBER + 1, basis="test", by=None, on=NOW.date())
    before = everything()
    assert reasons(taken(tmp_path, "recipients", recipient(发放月份="2026-11"))) == {2: ["right_ended"]}
    assert everything() == before
    assert taken(tmp_path, "recipients", recipient(1, 补贴类型="生活补贴", 发放金额="80")).counts == {"new": 1}


def test_history_is_put_before_what_goes_on_and_kept_as_it_was(tmp_path: Path) -> None:
    released(taken(tmp_path, "recipients", recipient()))
    entry = taken(
        tmp_path, "history", *(paid(month=f"2019-{m:02d}") for m in (1, 2, 3, 6)), paid(month="2026-09", 金额="100")
    )
    assert (entry.counts, entry.effects["payments"]) == ({"new": 5}, 5)
    assert periods(person().pk) == [
        ("past", "2019-01", "2019-04"),
        ("past", "2019-06", "2019-07"),
        ("past", "2026-09", "2026-11"),
        ("granted", "2026-11", ""),
    ]
    assert draw(NOVEMBER)[0].right_month == NOVEMBER.first
    assert set(Item.objects.filter(right_month__lt="2020-01-01").values_list("reasons", flat=True)) == {
        "not_covered"
    }  # the standards here begin in 2020
    assert entry.remarks == {"not_covered": 4}
    assert Tally.objects.get(month="2019-06-01").doubtful == 1


def test_history_of_somebody_unknown_makes_the_person_when_there_is_a_name(tmp_path: Path) -> None:
    entry = taken(tmp_path, "history", paid(1), paid(2, 姓名=""))
    assert (entry.counts, entry.remarks, reasons(entry)) == (
        {"new": 1, "conflict": 1},
        {"person_made": 1},
        {3: ["person_unknown"]},
    )
    assert periods(person(1).pk) == [("past", "2019-03", "2019-04")]


def test_a_month_that_the_system_paid_otherwise_is_told_with_what_it_paid(tmp_path: Path) -> None:
    released(taken(tmp_path, "recipients", recipient()))
    draw(NOVEMBER)
    entry = taken(tmp_path, "history", paid(month="2026-11", 金额="90"), paid(month="2026-10", 金额="100"))
    assert (entry.counts, reasons(entry)) == ({"conflict": 1, "same": 1}, {2: ["month_paid_otherwise"]})
    assert entry.kept.get(row_no=2).faults == [["amount", "month_paid_otherwise", "100.00"]]


def test_changes_of_the_past_are_kept_and_laid_beside_the_payments(tmp_path: Path) -> None:
    taken(tmp_path, "history", paid(month="2019-03"), paid(month="2019-04"))
    row = {
        "姓名": "张三",
        "身份证号": identity(),
        "补贴类型": "护理补贴",
        "变更类型": "停发",
        "生效月份": "2019-04",
        "原因": "残疾人证过期",
    }
    entry = taken(
        tmp_path, "changes", row, {**row, "变更类型": "新增", "生效月份": "2019-03"}, {**row, "身份证号": identity(9)}
    )
    assert (entry.counts, entry.remarks, reasons(entry)) == (
        {"new": 2, "conflict": 1},
        {"paid_after_stop": 1},
        {4: ["person_unknown"]},
    )
    assert list(PastChange.objects.order_by("month").values_list("kind", "doubts")) == [
        ("new", []),
        ("stop", ["paid_after_stop"]),
    ]
    assert taken(tmp_path, "changes", row, {**row, "变更类型": "新增", "生效月份": "2019-03"}).counts == {"same": 2}


def test_an_extract_of_the_registry_adds_and_changes_what_is_known(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient())
    row = {
        "姓名": "张三",
        "身份证号": identity(),
        "残疾人证号": identity() + "42",
        "低保类别": "低保边缘",
        "死亡日期": "",
        "联系电话": "13800000000",
        "行政区划": TOWNSHIP,
    }
    entry = taken(
        tmp_path,
        "registry",
        row,
        {**row, "姓名": "李四", "身份证号": identity(2), "残疾人证号": "", "死亡日期": "2026-09-03"},
    )
    assert entry.counts == {"changed": 1, "new": 1}
    assert Certificate.objects.get(person=person()).grade == 2
    assert person().phone_masked == "138****0000"
    assert bytes(person().phone_handle or b"") == phone_handle("138 0000 0000")
    stretch = PersonProfile.objects.get(person=person(2))
    assert str(stretch.died_on) == "2026-09-03"
    assert taken(tmp_path, "registry", row).counts == {"same": 1}


def test_a_plan_foresees_what_writing_does_and_writes_nothing(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1))
    before = everything()
    path = write_csv(
        tmp_path / "plan.csv",
        [
            recipient(1),
            recipient(2),
            recipient(3, 发放金额="70"),
            recipient(4, 身份证号="420102"),
            recipient(5, 姓名="王五", 行政区划=""),
        ],
    )
    entry = passed(opened(path, "recipients"), path, "plan")
    assert everything() == before
    assert (entry.state, entry.planned) == ("planned", {"same": 1, "new": 3, "error": 1})
    foreseen = (entry.counts, entry.reasons, entry.remarks, entry.total)
    entry = passed(entry, path)
    assert (entry.counts, entry.reasons, entry.remarks, entry.total) == foreseen


def test_what_the_user_leaves_out_is_not_written_and_says_so(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1))
    path = write_csv(
        tmp_path / "part.csv", [recipient(1, 联系电话="13900000999"), recipient(2, 发放金额="70"), recipient(3)]
    )
    entry = passed(opened(path, "recipients"), path, accepts=[])
    assert (entry.counts, reasons(entry)) == (
        {"left": 2, "new": 1},
        {2: ["left_changed"], 3: ["amount_differs", "left_remarked"]},
    )
    assert person_by_identifier("id", identity(2)) is None


def test_a_file_never_changes_where_somebody_is_paid_and_says_what_to_do(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1))
    found = person_by_identifier("id", identity(1))
    assert found is not None
    before = BankAccount.objects.filter(person_id=found.pk).values_list("number", "handle", "until")
    held = list(before)
    path = write_csv(tmp_path / "swap.csv", [recipient(1, 账号="6228480000000000999")])
    entry = passed(opened(path, "recipients"), path)
    assert list(before.all()) == held
    assert [row.codes for row in entry.kept.all()] == [["account_by_hand"]]


def test_the_cells_of_a_refused_row_are_kept_sealed_as_they_came(tmp_path: Path) -> None:
    entry = taken(tmp_path, "recipients", recipient(1, 发放金额="8o.00"))
    row = kept_rows(entry.pk, code="money_form").get()
    assert cells_of(row)[1] == identity(1)
    assert identity(1) not in json.dumps(row.faults)
    assert identity(1).encode() not in bytes(row.sealed)
    assert not kept_rows(entry.pk, code="missing").exists()


def test_a_file_sent_twice_is_recognised(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [recipient()])
    first = opened(path, "recipients")
    assert opened(path, "recipients").pk == first.pk
    passed(first, path)
    assert live_import("recipients", COUNTY, bytes(first.digest)) is None
    again = passed(opened(path, "recipients"), path)
    assert (again.counts, finished_import(again)) == ({"same": 1}, first)


def test_halted_it_goes_on_behind_the_rows_that_are_written(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [recipient(n) for n in range(1, 8)])
    with chunks_of(2):
        entry = start_pass(import_id=opened(path, "recipients").pk, act="write", by=None, at=NOW)
        running = Running(entry, path, clock=lambda: NOW)
        assert running.run(seconds=0) is False
        running.close()
        halt_import(import_id=entry.pk, act="stop", by=None, at=NOW)
        assert Running(Import.objects.get(pk=entry.pk), path, clock=lambda: NOW).run() is False
        assert Person.objects.count() == 2
        entry = passed(Import.objects.get(pk=entry.pk), path)
    assert (entry.state, entry.counts, Person.objects.count(), Item.objects.count()) == ("done", {"new": 7}, 7, 7)


def test_only_who_may_import_for_the_area_does(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [recipient()])
    by = officer()
    with pytest.raises(ImportRefused, match="没有为该区划导入数据的权限"):
        opened(path, "recipients", area=OTHER, by=by)
    with pytest.raises(ImportRefused, match="没有为该区划导入数据的权限"):
        opened(path, "recipients", by=officer(role="supervisor"))
    with pytest.raises(ImportRefused, match="没有区划"):
        opened(path, "recipients", area="990000000000", by=None)
    assert passed(opened(path, "recipients", by=by), path, by=by).by_name == by.name


def test_undone_everything_is_as_it_was(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1), recipient(2))
    taken(tmp_path, "history", paid(1, "2018-01"))
    before = everything()
    entry = taken(
        tmp_path,
        "recipients",
        recipient(2, 账号="6228480000000000999", 残疾人证号=identity(2) + "42", 低保类别="低保边缘"),
        recipient(3),
        recipient(1, 发放月份="2026-09"),
    )
    history = taken(tmp_path, "history", paid(1, "2018-02"), paid(3, "2018-02"), paid(4, "2018-02"))
    assert everything() != before
    assert undone(history).state == "undone"
    assert undone(entry).state == "undone"
    assert everything() == before
    assert not Touched.objects.filter(import_id__in=[entry.pk, history.pk]).exists()


def test_what_was_built_on_is_not_taken_back(tmp_path: Path) -> None:
    entry = taken(tmp_path, "recipients", recipient(1), recipient(2))
    released(entry)
    draw(NOVEMBER)
    with pytest.raises(ImportRefused, match="已有 2 人"):
        undone(entry)
    assert Import.objects.get(pk=entry.pk).state == "done"


def test_undone_it_can_be_sent_again(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [recipient()])
    undone(passed(opened(path, "recipients"), path))
    assert passed(opened(path, "recipients"), path).counts == {"new": 1}


def test_a_clerk_who_wrote_the_same_person_in_between_is_met_with_a_second_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lxbt.imports.operations.handlers import Recipients

    path = write_csv(tmp_path / "a.csv", [recipient()])
    entry = opened(path, "recipients")
    look, met = Recipients.compare, []

    def compare(self: Any, prepared: Any, *, lock: bool) -> Any:
        results = look(self, prepared, lock=lock)
        if not met:
            met.append(True)
            b.recipient("旁人")  # so that ids move on
            Identifier.objects.create(
                kind="id",
                index=prepared.numbers[0].index,
                person_id=Person.objects.get(name="旁人").pk,
                sealed=b"x",
            )
            Person.objects.filter(name="旁人").update(name="张三")
        return results

    monkeypatch.setattr(Recipients, "compare", compare)
    assert passed(entry, path).counts == {"new": 1}
    assert met


def dead(number: int = 1, **other: Any) -> dict[str, Any]:
    """A row of the register of deaths."""
    return {"姓名": "张三", "身份证号码": identity(number), "死亡日期": "2026-09-03", "来源": "公安注销", **other}


def test_a_list_of_another_body_is_kept_for_the_rules_and_sent_twice_it_is_kept_once(tmp_path: Path) -> None:
    taken(tmp_path, "recipients", recipient(1))
    path = write_csv(
        tmp_path / "deaths.csv",
        [dead(1), dead(2), dead(3, 身份证号码=""), dead(4, 来源="听说"), dead(5, 死亡日期="2026-13-01")],
    )
    entry = passed(opened(path, "list:deaths"), path)
    assert (entry.counts, entry.remarks, reasons(entry)) == (
        {"new": 3, "error": 2},
        {"proposes_only": 1},
        {5: ["value_unknown"], 6: ["day_form"]},
    )
    told = List.objects.get()
    assert (told.kind, told.state, told.row_count, told.known_count) == ("deaths", "taken", 3, 1)
    assert ListEntry.objects.get(person_id=person(1).pk).value == "police"
    again = passed(opened(path, "list:deaths"), path)
    assert (again.counts, List.objects.count()) == ({"same": 3, "error": 2}, 1)
    assert undone(entry).state == "undone"
    assert (List.objects.get().state, ListEntry.objects.count()) == ("withdrawn", 0)


def test_what_a_list_without_a_needed_column_lacks_is_said(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "deaths.csv", [{"姓名": "张三", "身份证号": identity()}])
    entry = opened(path, "list:deaths")
    assert entry.missing == ["event_on"]
    with pytest.raises(ImportRefused, match="还缺少必填的列"):
        start_pass(import_id=entry.pk, act="write", by=None, at=NOW)
