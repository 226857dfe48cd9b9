"""Both sides' manifests: equal to the fen, or different down to the person until they are equal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.core.canonical import canonical
from lxbt.payments.models import Item
from lxbt.provincial.client import Row, rows_of_lines, rows_of_payments
from lxbt.provincial.client.manifests import different
from lxbt.provincial.models import Code, Difference, DifferentPerson, PersonHandle
from lxbt.provincial.operations.clients import handle_key_of
from lxbt.provincial.rules.handles import EMPTY, digest_of_lines, handle_of, line_of
from lxbt.registry.models import ProvinceHeard
from tests import factories as b
from tests.provincial.calling import Province, opened
from tests.provincial.paying import OCTOBER, person, pushed

MONTH = str(OCTOBER)


def today() -> str:
    return str(timezone.localdate())


def told(province: Province, paid: list[tuple[str, str, int]], county: str = b.COUNTY) -> list[dict[str, Any]]:
    """The province's own manifest of (identity number, subsidy, fen)."""
    rows = sorted((county, MONTH, subsidy, number, fen) for number, subsidy, fen in paid)
    return [row.told() for row in rows_of_payments(rows, handle_key_of(province.client))]


def compare(province: Province, rows: list[dict[str, Any]], *, months: list[str] | None = None) -> dict[str, Any]:
    value: dict[str, Any] = {"rows": rows} | ({"months": months} if months else {})
    answer = province.call(
        "POST", f"/manifests/{today()}", canonical(value), **{"Idempotency-Key": datetime.now(UTC).isoformat()}
    )
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def province(db: None) -> Province:
    b.county()
    return opened()


def test_what_was_pushed_agrees_to_the_person_and_the_fen(province: Province) -> None:
    (one, number), (two, other) = person(), person("李四")
    pushed(province.client, [(one, "living", "80.10"), (one, "care", "100"), (two, "care", "90")])
    rows = told(province, [(number, "living", 8010), (number, "care", 10000), (other, "care", 9000)])
    found = compare(province, rows)
    assert (found["equal"], found["compared"], found["differences"]) == (True, 2, [])
    ours = province.get(f"/manifests/{today()}").json()
    assert ours["rows"] == rows
    assert ours["others"] == []
    assert str(ProvinceHeard.objects.get(province_code="420000000000").synced_until) == "2026-10-01"


def test_a_correction_counts_by_its_sum_and_what_is_void_not_at_all(province: Province) -> None:
    one, number = person()
    two, _other = person("李四")
    pushed(province.client, [(one, "living", "80"), (two, "living", "70")])
    pushed(province.client, [(one, "living", "-5.50")], mark=b"2")
    Item.objects.filter(person_id=two.pk).update(void="returned")
    assert compare(province, told(province, [(number, "living", 7450)]))["equal"]


def test_what_differs_stays_open_and_goes_down_to_the_person_until_it_is_equal(province: Province) -> None:
    (one, number), (two, other) = person(), person("李四")
    pushed(province.client, [(one, "living", "80"), (two, "living", "70")])
    wrong = told(province, [(number, "living", 8000), (other, "living", 7001)])
    found = compare(province, wrong)
    assert [(row["county"], row["ours"]["fen"], row["theirs"]["fen"]) for row in found["differences"]] == [
        (b.COUNTY, 15000, 15001)
    ]
    group = f"county={b.COUNTY}&month={MONTH}&subsidy=living"
    key = handle_key_of(province.client)
    ours = [
        json.loads(line)
        for line in b"".join(province.get(f"/manifests/{today()}/persons?{group}").streaming_content).splitlines()
    ]
    assert {row["handle"]: row["fen"] for row in ours} == {
        handle_of(number, key).hex(): 8000,
        handle_of(other, key).hex(): 7000,
    }
    lines = (
        canonical({"handle": handle_of(other, key).hex(), "fen": 7001})
        + b"\n"
        + canonical({"handle": "0" * 32, "fen": 5})
        + b"\n"
    )
    answer = province.call(
        "POST", f"/manifests/{today()}/persons?{group}", lines, "application/x-ndjson", **{"Idempotency-Key": "persons"}
    )
    assert sorted((row["ours"], row["theirs"]) for row in answer.json()["differences"]) == [(0, 5), (7000, 7001)]
    assert set(DifferentPerson.objects.values_list("person_id", "ours_fen", "theirs_fen")) == {
        (two.pk, 7000, 7001),
        (None, None, 5),
    }
    compare(province, wrong)
    assert Difference.objects.count() == 1
    assert compare(province, told(province, [(number, "living", 8000), (other, "living", 7000)]))["equal"]
    assert Difference.objects.get().closed_at is not None
    assert not DifferentPerson.objects.exists()


def test_a_month_that_one_side_has_nothing_of_is_different(province: Province) -> None:
    one, _number = person()
    pushed(province.client, [(one, "living", "80")])
    found = compare(province, [], months=[MONTH])
    assert [
        (row["ours"]["count"], row["theirs"]["count"], row["theirs"]["digest"]) for row in found["differences"]
    ] == [(1, 0, EMPTY)]


def test_another_client_and_the_counties_own_payments_are_told_apart(province: Province) -> None:
    (one, number), (two, _other) = person(), person("李四")
    pushed(province.client, [(one, "living", "80")])
    pushed(opened("other").client, [(two, "living", "70")], mark=b"2")
    assert compare(province, told(province, [(number, "living", 8000)]))["equal"]
    others = province.get(f"/manifests/{today()}?month={MONTH}").json()["others"]
    assert others == [{"county": b.COUNTY, "month": MONTH, "subsidy": "living", "count": 1, "fen": 7000}]


def test_the_clients_own_codes_are_read_and_told(province: Province) -> None:
    one, number = person()
    pushed(province.client, [(one, "living", "80")])
    Code.objects.create(client=province.client, table="division", theirs="JA", ours=b.COUNTY)
    Code.objects.create(client=province.client, table="subsidy", theirs="KN", ours="living")
    rows = [row | {"county": "JA", "subsidy": "KN"} for row in told(province, [(number, "living", 8000)])]
    assert compare(province, rows)["equal"]
    assert [(row["county"], row["subsidy"]) for row in province.get(f"/manifests/{today()}").json()["rows"]] == [
        ("JA", "KN")
    ]


def test_an_area_that_is_not_the_clients_a_group_told_twice_and_yesterday_are_refused(province: Province) -> None:
    row = Row("110101000000", MONTH, "living", 1, 8000, "0" * 64).told()
    for body, status, code in (
        ([row], 422, "not_yours"),
        ([row | {"county": b.COUNTY}] * 2, 422, "row_twice"),
        ([row | {"county": "\0"}], 400, "malformed"),
    ):
        answer = province.call("POST", f"/manifests/{today()}", canonical({"rows": body}), **{"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    answer = province.call("POST", "/manifests/2026-01-01", canonical({"rows": []}), **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_today")


def test_a_handle_is_made_once_for_a_person_and_differs_between_clients(province: Province) -> None:
    one, number = person()
    pushed(province.client, [(one, "living", "80")])
    other = opened("other")
    pushed(other.client, [(one, "care", "70")], mark=b"2")
    for each in (province, other, province):
        each.get(f"/manifests/{today()}")
    handles = {row.client_id: bytes(row.handle) for row in PersonHandle.objects.all()}
    assert handles == {each.client.pk: handle_of(number, handle_key_of(each.client)) for each in (province, other)}
    assert len(set(handles.values())) == 2


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.sampled_from(["living", "care"]),
            st.binary(min_size=16, max_size=16),
            st.integers(-(10**9), 10**9),
        ),
        unique_by=lambda r: r[:3],
    )
)
def test_a_digest_needs_no_order_and_a_fen_or_a_person_more_changes_it(rows: list[tuple[str, str, bytes, int]]) -> None:
    lines = [(county, "2026-10", subsidy, handle.hex(), fen) for county, subsidy, handle, fen in rows]
    made = {row.group: row for row in rows_of_lines(sorted(lines))}
    again = {row.group: row for row in rows_of_lines(sorted(lines, key=lambda line: (*line[:3], line[3][::-1])))}
    assert made == again
    for county, month, subsidy, handle, fen in lines:
        if fen:
            other = [
                line if line[3] != handle else (*line[:4], fen + 1)
                for line in lines
                if line[:3] == (county, month, subsidy)
            ]
            assert (
                digest_of_lines(line_of(line[3], subsidy, month, line[4]) for line in other)
                != made[county, month, subsidy].digest
            )


def test_where_two_books_differ_is_told_by_handle() -> None:
    assert different({"a": 1, "b": 2}, {"b": 3, "c": 4}) == {"a": (1, None), "b": (2, 3), "c": (None, 4)}
