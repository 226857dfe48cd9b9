"""One record at a time: what became of it is answered at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lxbt.applications.models import RecordedApplication
from lxbt.divisions.operations import load_divisions
from lxbt.payments.models import Item
from lxbt.provincial.models import Pushed, RowResult
from lxbt.registry.models import Person
from tests.imports.county import identity
from tests.provincial.calling import Province, opened
from tests.provincial.records import MAKERS, application, change, payment, person

pytestmark = pytest.mark.django_db


def outcome(answer: Any) -> tuple[str, list[str]]:
    assert answer.status_code == 200, answer.content
    told = answer.json()
    return told["outcome"], [reason["code"] for reason in told["reasons"]]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_record_is_new_and_the_same_again(province: Province, kind: str) -> None:
    if kind == "changes":
        province.push("persons", person())
    record = MAKERS[kind]()
    assert outcome(province.push(kind, record)) == ("new", [])
    assert outcome(province.push(kind, record)) == ("same", [])
    assert Pushed.objects.get(kind=kind).ref == record["ref"]


def test_the_same_key_gets_the_same_answer_and_another_body_under_it_is_a_conflict(province: Province) -> None:
    first = province.push("persons", person(), key="one")
    again = province.push("persons", person(), key="one")
    assert first.json() == again.json()
    assert first.json()["outcome"] == "new"
    other = province.push("persons", person(2), key="one")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert Person.objects.count() == 1
    assert province.call("POST", "/push/persons", b'{"ref":"1"}').status_code == 400


def test_a_payment_told_otherwise_replaces_the_earlier_one(province: Province) -> None:
    province.push("payments", payment())
    assert outcome(province.push("payments", payment(amount="120.00"))) == ("changed", [])
    assert list(Item.objects.values_list("amount", flat=True)) == [Decimal("120.00")]
    assert Pushed.objects.get().version == 2
    assert outcome(province.push("payments", payment(month="2026-04", ref="Z1-2026-03", amount="120.00"))) == (
        "changed",
        [],
    )
    assert [f"{item.right_month:%Y-%m}" for item in Item.objects.all()] == ["2026-04"]


def test_a_correction_that_cannot_be_taken_leaves_what_was_told_before(province: Province) -> None:
    province.push("payments", payment())
    province.push("payments", payment(month="2026-04", amount="80.00"))
    refused = payment(month="2026-04", ref="Z1-2026-03")
    assert outcome(province.push("payments", refused)) == ("conflict", ["month_paid_otherwise"])
    assert sorted(Item.objects.values_list("amount", flat=True)) == [Decimal("80.00"), Decimal("100.00")]


def test_another_number_for_the_same_month_with_another_amount_is_a_conflict(province: Province) -> None:
    province.push("payments", payment())
    assert outcome(province.push("payments", payment(ref="other", amount="90.00"))) == (
        "conflict",
        ["month_paid_otherwise"],
    )
    assert outcome(province.push("payments", payment(ref="other"))) == ("same", [])


def test_what_two_provinces_paid_for_the_same_month_is_told_to_the_second(province: Province) -> None:
    load_divisions(only=["441900003000"])
    guangdong = opened("guangdong", "440000000000")
    province.push("payments", payment())
    answer = guangdong.push("payments", payment(division="441900003000"))
    assert outcome(answer) == ("conflict", ["paid_elsewhere"])
    answer = guangdong.push("payments", payment(division="441900003000", month="2026-04", ref="x"))
    assert "lives_elsewhere" in [doubt["code"] for doubt in answer.json()["doubts"]]
    assert outcome(guangdong.push("persons", person(division="441900003000"))) == ("conflict", ["person_elsewhere"])


def test_an_amount_against_the_standard_is_a_doubt_at_once(province: Province) -> None:
    province.push("persons", person())
    answer = province.push("payments", payment(subsidy="生活补贴", amount="900.00"))
    assert outcome(answer) == ("new", [])
    assert "amount_differs" in [doubt["code"] for doubt in answer.json()["doubts"]]
    assert answer.json()["doubts"][0]["message"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (person(division="440100000000"), "not_yours"),
        (person(identity_number=identity()[:-1]), "identity_form"),
        (person(surname="张"), "key_unknown"),
        (person(name=["张三"]), "value_form"),
        (person(name="张\u0007三"), "value_form"),
        (person(ref=""), "ref_form"),
        (person(ref=True), "ref_form"),
        (person(ref="x" * 65), "ref_form"),
        (person(ref=f"42-{identity()}"), "ref_personal"),
        ({"ref": "1"}, "missing"),
    ],
)
def test_a_record_that_cannot_be_taken_is_refused_with_its_reason(
    province: Province, record: dict[str, Any], code: str
) -> None:
    answer = province.push("persons", record)
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "refused"
    assert code in [reason["code"] for reason in answer.json()["reasons"]]
    assert not Person.objects.exists()


def test_in_the_sandbox_everything_is_checked_and_nothing_written(province: Province) -> None:
    trial = opened("trial", sandbox=True)
    answer = trial.push("persons", person())
    assert (answer.json()["outcome"], answer.json()["sandbox"]) == ("new", True)
    assert outcome(trial.push("persons", person(2, division="440100000000"))) == ("refused", ["not_yours"])
    assert not Person.objects.exists()
    assert not Pushed.objects.exists()
    assert RowResult.objects.count() == 2


def test_codes_of_the_province_are_read_as_ours(province: Province) -> None:
    table = b'{"codes":{"HB-07":"420102002000"}}'
    assert province.call("PUT", "/codes/division", table).json() == {"codes": {"HB-07": "420102002000"}}
    assert outcome(province.push("persons", person(division="HB-07")))[0] == "new"
    assert province.get("/codes/division").json()["codes"]["HB-07"] == "420102002000"
    assert province.get("/codes/nothing").status_code == 404


def test_an_application_dealt_with_elsewhere_is_kept_and_told_anew(province: Province) -> None:
    assert outcome(province.push("applications", application(decision="办理中", decided_on=None))) == ("new", [])
    assert outcome(province.push("applications", application())) == ("changed", [])
    row = RecordedApplication.objects.get()
    assert (row.decision, row.steps) == ("granted", {"accepted": "2026-02-03", "reviewed": "2026-02-10"})
    assert outcome(province.push("applications", application(ref="x", decided_on="2026-01-01")))[1] == [
        "decided_before_applied"
    ]


def test_a_change_of_somebody_unknown_is_a_conflict(province: Province) -> None:
    assert outcome(province.push("changes", change())) == ("conflict", ["person_unknown"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"ref": "1"}', 400, "not_canonical"),
        (b"[]", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        (b'{"ref":"' + b"x" * 20_000 + b'"}', 413, "line_too_long"),
    ],
)
def test_a_body_that_is_no_canonical_object_is_told_so(province: Province, body: bytes, status: int, code: str) -> None:
    answer = province.call("POST", "/push/persons", body, **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
