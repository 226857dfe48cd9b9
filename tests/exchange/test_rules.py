"""The pure rules: canonical form, signatures, envelopes, questions, the breaker, records there and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lxbt.core import canonical
from lxbt.core.roster import digest_of_marks, digest_of_sum, handle_of, mark_of
from lxbt.core.signing import BadSignature
from lxbt.exchange.rules import breaker, envelope, records, requests
from lxbt.exchange.rules import signature as s
from lxbt.exchange.rules.envelope import Fault
from lxbt.exchange.rules.questions import Both, Condition, NotAskable, holds, read_question
from lxbt.simulators.federation.clock import KINDS, changed, new_person

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PRIVATE, PUBLIC = KEY.private_bytes_raw(), KEY.public_key().public_bytes_raw()
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2.0**53) + 1, 2.0**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_the_canonical_text_reads_back_as_the_same_value(value: object) -> None:
    assert json.loads(canonical.canonical(value)) == value
    assert canonical.canonical(json.loads(canonical.canonical(value))) == canonical.canonical(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (123.456, "123.456"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (333333333.3333333, "333333333.3333333"),
        (-1.5e300, "-1.5e+300"),
    ],
)
def test_numbers_are_written_as_ecmascript_writes_them(value: float, text: str) -> None:
    assert canonical.number(value) == text


def test_names_stand_in_the_order_of_their_utf16_units() -> None:
    assert canonical.canonical({"\ufb33": 1, "\U0001f600": 2, "a": 3}).decode() == '{"a":3,"\U0001f600":2,"\ufb33":1}'


def test_a_number_too_large_for_everybody_has_no_canonical_text() -> None:
    for value in (2**53, float("nan"), "\ud800"):
        with pytest.raises(canonical.NotCanonical):
            canonical.canonical(value)


def signed(header: dict[str, object], message: object, at: datetime = AT) -> str:
    return s.sign(header, message, sender_id="cdpf", key_id="k1", key=PRIVATE, at=at)


def verify(
    text: str, header: dict[str, object], message: object, at: datetime = AT, key: bytes | None = PUBLIC
) -> None:
    s.verify(
        text, header, message, sender_id="cdpf", key_of=lambda key_id, algorithm: key if key_id == "k1" else None, at=at
    )


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON, max_size=3), JSON)
def test_a_signature_holds_for_its_message_in_any_order_of_names(header: dict[str, object], message: object) -> None:
    verify(signed(header, message), dict(reversed(header.items())), json.loads(json.dumps(message)))


@given(st.integers(0, 60))
def test_a_signature_holds_for_no_other_message(n: int) -> None:
    with pytest.raises(BadSignature):
        verify(signed({"n": n}, "m"), {"n": n + 1}, "m")


def test_a_signature_ends_and_does_not_begin_before_its_time() -> None:
    text = signed({}, {})
    verify(text, {}, {}, at=AT + timedelta(minutes=6))
    for at in (AT + timedelta(minutes=8), AT - timedelta(minutes=3)):
        with pytest.raises(BadSignature):
            verify(text, {}, {}, at=at)


def test_a_signature_valid_for_too_long_is_none() -> None:
    created, expires = str(int(AT.timestamp())), str(int((AT + timedelta(days=1)).timestamp()))
    import base64

    raw = base64.b64encode(s.ALGORITHMS["ed25519"].sign(PRIVATE, s.signed_text(created, expires, {}, {}))).decode()
    text = (
        f'Signature: namespace="spdci", kidId="cdpf|k1|ed25519", algorithm="ed25519", created="{created}", '
        f'expires="{expires}", headers="{s.SIGNED}", signature="{raw}"'
    )
    with pytest.raises(BadSignature, match="too long"):
        verify(text, {}, {})


@pytest.mark.parametrize(
    "text", ["invalid-signature", "Signature: ", 'Signature: namespace="spdci"', "Signature: x" * 50]
)
def test_what_is_no_signature_string_is_refused(text: str) -> None:
    with pytest.raises(BadSignature):
        verify(text, {}, {})
    assert not s.is_unsigned(text)


def test_another_sender_or_an_unknown_key_or_algorithm_is_refused() -> None:
    text = signed({}, {})
    for other in (
        text.replace('kidId="cdpf|', 'kidId="else|'),
        text.replace("|k1|", "|k2|"),
        text.replace("ed25519", "sm2"),
    ):
        with pytest.raises(BadSignature):
            verify(other, {}, {})


def test_unsigned_is_said_in_one_word() -> None:
    assert [s.is_unsigned(text) for text in (None, "", "unsigned", "unsigned-stub", "none")] == [
        True,
        True,
        True,
        True,
        False,
    ]


# --- envelopes

HEADER = {
    "message_id": "1",
    "message_ts": "2026-11-24T09:00:00+08:00",
    "action": "search",
    "sender_id": "a",
    "total_count": 1,
}
SEARCH = {
    "transaction_id": "t",
    "search_request": [
        {
            "reference_id": "r",
            "timestamp": "2026-11-24T09:00:00Z",
            "search_criteria": {"query_type": "idtype-value", "query": {"type": "UIN", "value": "1"}},
        }
    ],
}


def changed_at(body: object, path: tuple[object, ...], value: object) -> object:
    """A copy with one value replaced, or taken away."""
    copy = json.loads(json.dumps(body))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy


def test_a_whole_envelope_is_read() -> None:
    found = envelope.read_envelope({"header": HEADER, "message": SEARCH}, ("search",), callback=False)
    assert (found.header.message_id, found.header.message_ts.tzinfo is not None, found.signature) == ("1", True, None)
    assert requests.read_search(SEARCH, (), ("UIN",))[0].question == Condition("UIN", "eq", "1")


@pytest.mark.parametrize("name", ["message_id", "message_ts", "action", "sender_id"])
@pytest.mark.parametrize("value", [..., None, "", 7, [], "x" * 1000, "a\x00b"])
def test_a_header_with_a_missing_or_wrong_field_is_refused(name: str, value: object) -> None:
    with pytest.raises(Fault):
        envelope.read_envelope(
            {"header": changed_at(HEADER, (name,), value), "message": {}}, ("search",), callback=False
        )


@pytest.mark.parametrize(
    "stamp", ["not-a-timestamp", "2024-01-15T10:30:00", "2024-01-15", "2024-13-01T00:00:00Z", 5, None]
)
def test_a_moment_needs_its_time_zone(stamp: object) -> None:
    with pytest.raises(Fault):
        requests.read_search(changed_at(SEARCH, ("search_request", 0, "timestamp"), stamp), (), ())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("transaction_id",), "x" * 100),
        (("transaction_id",), ...),
        (("search_request",), []),
        (("search_request",), {}),
        (("search_request", 0), 7),
        (("search_request", 0, "reference_id"), ...),
        (("search_request", 0, "locale"), "en"),
        (("search_request", 0, "locale"), "ENG"),
        (("search_request", 0, "search_criteria"), ...),
        (("search_request", 0, "search_criteria", "query"), ...),
        (("search_request", 0, "search_criteria", "query_type"), "sql"),
        (("search_request", 0, "search_criteria", "response_entity"), "Tribe"),
        (("search_request", 0, "search_criteria", "pagination"), {"page_size": 0, "page_number": 1}),
        (("search_request", 0, "pagination"), {"page_size": -1}),
        (("search_request", 0, "search_criteria", "pagination"), {"page_size": 10, "page_number": 0}),
    ],
)
def test_a_search_that_breaks_the_schema_is_refused(path: tuple[object, ...], value: object) -> None:
    with pytest.raises(Fault):
        requests.read_search(changed_at(SEARCH, path, value), (), ())  # type: ignore[arg-type]


def test_an_attribute_that_may_not_be_asked_rejects_its_question_only() -> None:
    told = json.loads(json.dumps(SEARCH))
    query = [{"expression1": {"attribute_name": "poverty_score", "operator": "lt", "attribute_value": "5"}}]
    told["search_request"].append(
        told["search_request"][0]
        | {"reference_id": "2", "search_criteria": {"query_type": "predicate", "query": query}}
    )
    asked = requests.read_search(told, ("age",), ("UIN",))
    assert (asked[0].fault, asked[1].question, (asked[1].fault or ("",))[0]) == (None, None, "rjct.filter.invalid")


def test_typing_errors_of_the_official_file_are_taken() -> None:
    told = {"transaction_id": "t", "timesstamp": "2026-11-24T09:00:00Z", "sunscription_codes": ["a", "b"]}
    assert requests.read_unsubscribe(told) == ["a", "b"]


@given(JSON)
def test_anything_at_all_is_read_or_refused_but_never_breaks(value: object) -> None:
    for read in (
        lambda v: envelope.read_envelope(v, ("search",), callback=False),
        lambda v: requests.read_search(v, ("age",), ("UIN",)),
        lambda v: requests.read_subscribe(v, ("REGISTER",), (), ()),
        requests.read_events,
        requests.read_txn_status,
        requests.read_unsubscribe,
        records.read_record,
    ):
        try:
            read(
                value
                if isinstance(value, dict)
                else {"message": value, "transaction_id": "t", "search_request": [value], "notify_event": [value]}
            )  # type: ignore[no-untyped-call]
        except (Fault, NotAskable):
            continue


# --- questions


def test_an_expression_and_a_predicate_that_mean_the_same_are_the_same() -> None:
    expression = {
        "type": "ns:org:QueryType:NoSql",
        "value": {
            "expression": {"collection": "Group", "query": {"$and": [{"age": {"$lt": 25}}, {"sex": {"$eq": "male"}}]}}
        },
    }
    predicate = [
        {
            "seq_num": 1,
            "expression1": {"attribute_name": "age", "operator": "lt", "attribute_value": 25},
            "condition": "and",
            "expression2": {"attribute_name": "sex", "operator": "eq", "attribute_value": "male"},
        },
    ]
    wanted = Both((Condition("age", "lt", 25), Condition("sex", "eq", "male")))
    assert (
        read_question("expression", expression, ("age", "sex"), ())
        == read_question("predicate", predicate, ("age", "sex"), ())
        == wanted
    )


@given(st.integers(0, 100), st.integers(0, 100))
def test_or_and_not_hold_as_they_should(value: int, bound: int) -> None:
    def told(condition: str) -> bool:
        query = [
            {
                "expression1": {"attribute_name": "age", "operator": "gte", "attribute_value": bound},
                "condition": condition,
                "expression2": {"attribute_name": "age", "operator": "lt", "attribute_value": 10},
            }
        ]
        return holds(read_question("predicate", query, ("age",), ()), lambda name: value)

    assert told("and") == (bound <= value < 10)
    assert told("or") == (value >= bound or value < 10)
    assert told("not") == (value >= bound and value >= 10)


@pytest.mark.parametrize(
    "query",
    [
        {"$where": "1=1"},
        {"name": {"$regex": ".*"}},
        {"name; drop table": {"$eq": 1}},
        {"$and": []},
        {},
        [],
        {"$or": [{"$or": [{"$or": [{"$or": [{"$or": [{"$or": [{"$or": [{"age": 1}]}]}]}]}]}]}]},
        {"age": {"$eq": {"a": 1}}},
        {"age": {"$in": []}},
        {"age": {"$eq": "x" * 500}},
    ],
)
def test_what_is_not_on_the_list_is_not_asked(query: object) -> None:
    with pytest.raises(NotAskable):
        read_question("expression", {"value": {"expression": {"query": query}}}, ("age", "name"), ())


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 99))
def test_a_circuit_opens_after_five_failures_in_a_row_and_closes_with_one_answer(
    answers: list[bool], chance: int
) -> None:
    state, at, row = breaker.Breaker(), AT, 0
    for answered in answers:
        if not state.allows(at):
            assert state.next_at is not None
            assert state.next_at - at <= breaker.LONGEST_REST * 1.25
            at = state.next_at
        state = state.trying(at)
        state = state.after_success() if answered else state.after_failure(at, chance / 100)
        row = 0 if answered else row + 1
        assert (state.state == "open") == (row >= breaker.TRIES)
        assert state.failures == row


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_shorter_than_a_second_nor_longer_than_an_hour(attempts: int, chance: float) -> None:
    assert timedelta(seconds=1) <= breaker.wait(attempts, chance) <= timedelta(hours=1)


@given(st.integers(0, 10_000), st.sampled_from(KINDS[1:]))
def test_a_record_travels_there_and_back(seed: int, kind: str) -> None:
    random = Random(seed)
    person = new_person(random, {}, "420102002000", date(2026, 11, 24), seed + 1, AT)
    person = replace(person, **changed(random, person, kind, date(2026, 11, 24), ["330106001000"]))  # type: ignore[arg-type]
    assert records.read_record(json.loads(json.dumps(records.write_record(person)))) == person


def test_severity_runs_the_other_way_in_the_two_lists() -> None:
    person = replace(new_person(Random(1), {}, "420102002000", date(2026, 11, 24), 1, AT), category="physical", grade=1)
    told = records.write_record(person)
    assert (told["disability_status_level"], told["disability_details"]) == (
        "1",
        [{"impairment_type": "3", "impairment_level": "4"}],
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=12))
def test_a_digest_needs_no_order_and_adds_up(rows: list[tuple[int, int]]) -> None:
    marks = [mark_of(handle_of(str(who), b"key"), sequence, b"key") for who, sequence in rows]
    assert digest_of_marks(marks) == digest_of_marks(reversed(marks))
    assert digest_of_sum(int(digest_of_marks(marks[:5]), 16) + int(digest_of_marks(marks[5:]), 16)) == digest_of_marks(
        marks
    )
    assert all(-(2**63) <= mark < 2**63 for mark in marks)
