"""What partners are told: shapes, scope, fields, tokens, quota, and that unknown and out of scope are answered
alike.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lxbt.audit.models import Event
from lxbt.core.months import Month
from lxbt.core.signing import keys_of_set
from lxbt.entitlements.operations import end_entitlement, grant_entitlement
from lxbt.exchange import queries
from lxbt.exchange.models import Message, Sending, Subscription
from lxbt.exchange.operations import answering, applying, partners
from lxbt.exchange.operations.receiving import ROUTES
from lxbt.exchange.rules import signature
from lxbt.registry.models import Person
from lxbt.registry.operations import register_person
from tests import factories as f
from tests.exchange import shapes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wake_nobody")]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ALL = ["name", "sex", "birth", "division", "identity", "certificate", "benefits"]


def person(name: str, township: str, serial: int, *subsidies: str) -> Person:
    number = f.identity_number(region=township[:6], serial=serial)
    made = register_person(
        name=name,
        sex="male",
        birth=date(1980, 5, 1),
        division_code=township,
        identity_number=number,
        by=None,
        on=date(2026, 1, 5),
    )
    for subsidy in subsidies:
        grant_entitlement(
            person_id=made.pk,
            subsidy=subsidy,
            since=Month.of(timezone.localdate()),
            basis="test",
            by=None,
            on=timezone.localdate(),
        )
    return made


def ask_token(client: Client, **form: str) -> Any:
    noted = {name: form.pop(name) for name in list(form) if name.startswith("HTTP_")}
    kind = "application/x-www-form-urlencoded"
    return client.post(reverse("exchange_token"), urlencode(form), content_type=kind, **noted)  # type: ignore[arg-type]


class Asker:
    """A partner as it speaks to us."""

    def __init__(
        self,
        sender_id: str = "medical",
        *,
        areas: tuple[str, ...] = (f.COUNTY,),
        fields: list[str] | None = None,
        must_sign: bool = True,
        quota: int = 600,
    ) -> None:
        self.partner, self.secret = partners.open_partner(
            sender_id=sender_id,
            name="医保局",
            areas=areas,
            fields=ALL if fields is None else fields,
            base_url="http://127.0.0.1:9/callbacks",
            must_sign=must_sign,
            quota=quota,
            by=None,
        )
        partners.set_partner_keys(
            partner=self.partner, keys={"k1": KEY.public_key().public_bytes_raw()}, at=timezone.now(), by=None
        )
        self.client = Client()
        given = ask_token(self.client, grant_type="client_credentials", client_id=sender_id, client_secret=self.secret)
        self.token = given.json()["access_token"]

    def envelope(self, action: str, message: dict[str, Any], **header: Any) -> dict[str, Any]:
        now = timezone.now()
        told: dict[str, Any] = {
            "version": "1.0.0",
            "message_id": str(uuid.uuid4()),
            "message_ts": now.isoformat(),
            "action": action,
            "sender_id": self.partner.sender_id,
            "total_count": 1,
        } | header
        sign = signature.sign(
            told, message, sender_id=self.partner.sender_id, key_id="k1", key=KEY.private_bytes_raw(), at=now
        )
        return {"signature": sign, "header": told, "message": message}

    def send(self, path: str, body: Any, *, register: str = "ibr", token: str | None = None) -> Any:
        address = f"/dci/{register}/v1.0.0/registry/{path}"
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.post(address, json.dumps(body), content_type="application/json", headers=headers)

    def search(self, *queries_asked: tuple[str, Any], register: str = "ibr", **criteria: Any) -> Any:
        body = self.envelope("search", search_message(*queries_asked, **criteria))
        shapes.check(body, shapes.SEARCH)
        return self.send("sync/search", body, register=register)

    def found(self, *queries_asked: tuple[str, Any], **options: Any) -> list[dict[str, Any]]:
        answer = self.search(*queries_asked, **options)
        assert answer.status_code == 200, answer.content
        shapes.check(
            answer.json(), shapes.SOCIAL_SEARCHED if options.get("register") == "social" else shapes.IBR_SEARCHED
        )
        return [one["data"]["reg_records"] for one in answer.json()["message"]["search_response"]]  # type: ignore[return-value]


def search_message(*asked: tuple[str, Any], **criteria: Any) -> dict[str, Any]:
    stamp = timezone.now().isoformat()
    items = [
        {
            "reference_id": str(n),
            "timestamp": stamp,
            "search_criteria": {"query_type": kind, "query": query} | criteria,
            "locale": "zho",
        }
        for n, (kind, query) in enumerate(asked)
    ]
    return {"transaction_id": str(uuid.uuid4()), "search_request": items}


def by_number(number: str, kind: str = "UIN") -> tuple[str, Any]:
    return "idtype-value", {"type": kind, "value": number}


def where(name: str, operator: str, value: Any) -> tuple[str, Any]:
    return "predicate", [
        {"seq_num": 1, "expression1": {"attribute_name": name, "operator": operator, "attribute_value": value}}
    ]


@pytest.fixture(autouse=True)
def places(db: None) -> None:
    f.load_places()


HERE, THERE = f.identity_number(serial=11), f.identity_number(region="420103", serial=13)


def test_a_beneficiary_is_found_with_what_is_held() -> None:
    person("张三", f.TOWNSHIP, 11, "living", "care")
    (records,) = Asker().found(by_number(HERE))
    assert [record["programme_identifier"]["programme_name"] for record in records] == [
        "重度残疾人护理补贴",
        "困难残疾人生活补贴",
    ]  # type: ignore[call-overload]
    numbers = {one["identifier_type"]: one["identifier_value"] for one in records[0]["member"]["member_identifier"]}  # type: ignore[index]
    assert numbers["UIN"] == HERE


def test_unknown_without_subsidy_and_out_of_scope_are_answered_alike() -> None:
    person("张三", f.OTHER_TOWNSHIP, 13, "living")
    person("无补贴", f.TOWNSHIP, 15)
    asker = Asker()
    answers = []
    for number in (THERE, f.identity_number(serial=15), f.identity_number(serial=17), "TEST-001"):
        answer = asker.search(by_number(number)).json()
        one = answer["message"]["search_response"][0]
        answers.append((answer["header"]["status"], one["status"], one["data"], one["pagination"]))
    assert all(answer == answers[0] for answer in answers)
    assert Asker("elsewhere", areas=(f.OTHER_COUNTY,)).found(by_number(THERE)) != [[]]


def test_only_granted_fields_are_told_and_only_by_them_can_be_asked() -> None:
    person("张三", f.TOWNSHIP, 11, "living")
    asker = Asker(fields=["sex"])
    (records,) = asker.found(by_number(HERE))
    text = json.dumps(records, ensure_ascii=False)
    assert HERE not in text
    assert "张" not in text
    assert records[0]["member"]["demographic_info"] == {"sex": "male"}  # type: ignore[index]
    refused = asker.search(where("birth_date", "lt", "1990-01-01")).json()["message"]["search_response"][0]
    assert refused["status_reason_code"] == "rjct.filter.invalid"


def test_a_token_means_a_person_to_one_partner_only() -> None:
    made = person("张三", f.TOWNSHIP, 11, "living")
    one, other = Asker("one", fields=[]), Asker("other", fields=[])
    token = queries.person_token(one.partner, made.pk)
    assert one.found(by_number(token, "CN.LXBT.one")) != [[]]
    assert one.found(by_number(queries.person_token(other.partner, made.pk), "CN.LXBT.one")) == [[]]
    assert other.search(by_number(token, "CN.LXBT.one")).json()["message"]["search_response"][0]["status"] == "rjct"
    assert token == queries.person_token(one.partner, made.pk) != queries.person_token(other.partner, made.pk)
    assert [queries.person_of_token(one.partner, text) for text in (token, "", "zz", "00" * 16, token[:-2] + "00")] in (
        [made.pk, None, None, None, None],
        [made.pk, None, None, None, made.pk],
    )


def test_questions_by_attribute_find_who_they_should() -> None:
    person("张三", f.TOWNSHIP, 11, "living")
    person("李四", "420102003000", 21, "care")
    asker = Asker()

    def names(question):
        return sorted(r["member"]["demographic_info"]["name"]["surname"] for r in asker.found(question)[0])

    age = timezone.localdate().year - 1980 - (timezone.localdate() < date(timezone.localdate().year, 5, 1))
    assert names(where("division_code", "eq", f.TOWNSHIP)) == ["张"]
    assert names(where("division_code", "eq", "42")) == ["张", "李"]
    assert names(where("subsidy", "eq", "care")) == ["李"]
    assert (
        names(where("age", "eq", str(age)))
        == names(where("age", "ge", str(age)))
        == names(where("age", "lt", str(age + 1)))
        == ["张", "李"]
    )
    assert names(where("age", "gt", str(age))) == names(where("age", "lt", str(age))) == []
    expression = {
        "type": "NoSql",
        "value": {"expression": {"query": {"$or": [{"name": {"$eq": "张三"}}, {"subsidy": {"$in": ["care"]}}]}}},
    }
    assert names(("expression", expression)) == ["张", "李"]
    assert names(where("name", "eq", "' or 1=1 --")) == []


def test_pages_are_cut_and_counted() -> None:
    for serial in range(11, 31, 2):
        person("张三", f.TOWNSHIP, serial, "living")
    asker = Asker()
    seen = [
        asker.found(where("subsidy", "eq", "living"), pagination={"page_size": 4, "page_number": n})[0]
        for n in (1, 2, 3, 4)
    ]
    assert [len(page) for page in seen] == [4, 4, 2, 0]
    answer = asker.search(where("subsidy", "eq", "living"), pagination={"page_size": 4, "page_number": 1}).json()
    assert answer["message"]["search_response"][0]["pagination"] == {
        "page_size": 4,
        "page_number": 1,
        "total_count": 10,
    }


def test_a_social_registry_is_told_of_persons() -> None:
    person("张三", f.TOWNSHIP, 11, "living", "care")
    (records,) = Asker().found(by_number(HERE), register="social")
    assert len(records) == 1
    assert records[0]["additional_attributes"]["programmes"] == ["CN.LXBT.CARE", "CN.LXBT.LIVING"]  # type: ignore[index]


def enrolled(asker: Asker, number: str) -> str:
    body = asker.envelope(
        "search",
        {
            "transaction_id": "t",
            "enrolled_criteria": {"query_type": "idtype-value", "query": {"type": "UIN", "value": number}},
        },
    )
    answer = asker.send("sync/enrolled", body).json()
    shapes.check(answer, shapes.ENROLLED)
    return str(answer["message"]["enrolled_response"][0]["enrolled_status"])


def test_whether_somebody_is_enrolled_is_yes_or_no() -> None:
    person("张三", f.TOWNSHIP, 11, "living")
    person("外县", f.OTHER_TOWNSHIP, 13, "living")
    asker = Asker()
    assert [enrolled(asker, number) for number in (HERE, THERE, f.identity_number(serial=17))] == ["yes", "no", "no"]


def test_updates_of_enrolments_are_rejected_with_the_reason() -> None:
    asker = Asker()
    body = asker.envelope(
        "notify", {"transaction_id": "t", "enrolled_updates": {"beneficiaries": [{}, {}]}}, status="succ"
    )
    answer = asker.send("sync/enrollment/updates", body).json()
    shapes.check(answer, shapes.UPDATED)
    assert [one["status"] for one in answer["message"]["enrolled_response"]] == ["rjct", "rjct"]


def taken(asker: Asker, path: str, body: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """The callback that a request brings."""
    answer = asker.send(path, body)
    assert answer.status_code == 200, answer.content
    shapes.check(answer.json(), shapes.ACKNOWLEDGED)
    assert applying.apply_waiting(at=timezone.now(), on=timezone.localdate()) == 1
    sent = Sending.objects.order_by("-pk")[0]
    told = sent.opened()
    shapes.check(told, shape)
    assert told["message"]["correlation_id"] == answer.json()["message"]["correlation_id"]
    return told


def test_an_asynchronous_search_is_answered_by_callback_and_its_status_is_kept() -> None:
    person("张三", f.TOWNSHIP, 11, "living")
    asker = Asker()
    body = asker.envelope("search", search_message(by_number(HERE)), sender_uri="http://127.0.0.1:9/callbacks/deep")
    told = taken(asker, "search", body, shapes.IBR_SEARCHED)
    assert Sending.objects.get().url == "http://127.0.0.1:9/callbacks/deep/registry/on-search"
    status = {
        "reference_id": "1",
        "txn_type": "search",
        "attribute_type": "transaction_id",
        "attribute_value": body["message"]["transaction_id"],
    }
    asked = asker.envelope("txn-status", {"transaction_id": "t2", "txnstatus_request": status})
    shapes.check(asked, shapes.TXN_STATUS)
    answer = asker.send("sync/txn/status", asked).json()
    shapes.check(answer, shapes.STATUS_TOLD)
    assert answer["message"]["txnstatus_response"]["txn_status"] == told["message"]
    stranger = Asker("stranger")
    answer = stranger.send(
        "sync/txn/status", stranger.envelope("txn-status", {"transaction_id": "t2", "txnstatus_request": status})
    ).json()
    assert answer["message"]["txnstatus_response"]["txn_status"]["search_response"] == []


def subscribe_message(event: str = "enrollement", query: Any = None) -> dict[str, Any]:
    criteria = {
        "reg_event_type": event,
        "filter_type": "predicate",
        "filter": query or where("division_code", "eq", f.COUNTY)[1],
        "notify_record_type": "Member",
        "frequency": {
            "start_time": "2026-01-01T00:00:00Z",
            "end_time": "2027-01-01T00:00:00Z",
            "frequency": "* * * * * ? *",
        },
    }
    return {
        "transaction_id": str(uuid.uuid4()),
        "subscribe_request": [
            {"reference_id": "1", "timestamp": timezone.now().isoformat(), "subscribe_criteria": criteria}
        ],
    }


def test_a_partner_is_told_of_who_begins_and_ends_in_its_area() -> None:
    asker = Asker()
    body = asker.envelope("subscribe", subscribe_message())
    shapes.check(body, shapes.SUBSCRIBE)
    code = taken(asker, "subscribe", body, shapes.SUBSCRIBED)["message"]["subscribe_response"][0]["subscriptions"][0][
        "code"
    ]
    ends = person("李四", f.TOWNSHIP, 21, "living")
    person("张三", f.TOWNSHIP, 11, "living")
    person("外县", f.OTHER_TOWNSHIP, 13, "living")
    Subscription.objects.update(told_until_at=timezone.now() - timedelta(minutes=1))
    assert answering.notify_subscribers(at=timezone.now() + timedelta(seconds=1), on=timezone.localdate()) == 2
    told = Sending.objects.get(action="notify").opened()
    shapes.check(told, shapes.IBR_NOTIFIED)
    assert answering.notify_subscribers(at=timezone.now() + timedelta(seconds=2), on=timezone.localdate()) == 0
    end_entitlement(
        person_id=ends.pk,
        subsidy="living",
        since=Month.of(timezone.localdate()) + 1,
        basis="test",
        by=None,
        on=timezone.localdate(),
    )
    tomorrow = timezone.now() + timedelta(days=1)
    assert answering.notify_subscribers(at=tomorrow, on=timezone.localdate(tomorrow)) == 1
    body = asker.envelope(
        "unsubscribe",
        {"transaction_id": "t", "timestamp": timezone.now().isoformat(), "subscription_codes": [code, "unknown"]},
    )
    shapes.check(body, shapes.UNSUBSCRIBE)
    told = taken(asker, "unsubscribe", body, shapes.UNSUBSCRIBED)
    assert (told["message"]["status"], told["message"]["subscription_status"]) == (
        "rjct",
        [{"code": code, "status": "unsubscribe"}],
    )
    person("王五", f.TOWNSHIP, 23, "living")
    assert answering.notify_subscribers(at=tomorrow + timedelta(minutes=1), on=timezone.localdate(tomorrow)) == 0


# --- who is let in


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_every_address_refuses_who_has_no_token(path: str) -> None:
    asker = Asker()
    for token in ("", "nonsense"):
        answer = asker.send(path, asker.envelope("search", {}), token=token)
        assert answer.status_code == 401
        shapes.check(answer.json(), shapes.REFUSED)
    assert Message.objects.count() == 0


def test_a_closed_partner_is_a_stranger_at_once() -> None:
    asker = Asker()
    assert asker.search(by_number(HERE)).status_code == 200
    partners.close_partner(partner=asker.partner, at=timezone.now(), by=None)
    assert asker.search(by_number(HERE)).status_code == 401


def test_an_unsigned_message_and_one_signed_wrongly_are_refused() -> None:
    asker = Asker()
    body = asker.envelope("search", search_message(by_number(HERE)))
    for text, code in (
        ("", "err.signature.missing"),
        ("invalid-signature", "err.signature.invalid"),
        (body["signature"], "err.signature.invalid"),
    ):
        changed = body | {"signature": text, "message": body["message"] | {"transaction_id": "other"}}
        answer = asker.send("sync/search", changed)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, code)


def test_a_message_comes_once_and_a_callback_that_comes_again_is_acknowledged_without_effect() -> None:
    asker = Asker()
    body = asker.envelope("search", search_message(by_number(HERE)))
    assert asker.send("sync/search", body).status_code == 200
    again = asker.send("sync/search", body)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "rjct.message_id.duplicate")
    event = {
        "reference_id": "1",
        "timestamp": timezone.now().isoformat(),
        "data": {"reg_record_type": "x", "reg_records": {}},
    }
    body = asker.envelope("notify", {"transaction_id": "t", "notify_event": [event]}, status="succ")
    first, second = (asker.send("notify", body).json()["message"] for _n in range(2))
    assert first["ack_status"] == second["ack_status"] == "ACK"
    assert first["correlation_id"] == second["correlation_id"]
    assert Message.objects.filter(action="notify").count() == 1


def test_old_messages_and_those_of_tomorrow_are_refused() -> None:
    asker = Asker()
    for shift in (timedelta(days=-3), timedelta(minutes=10)):
        body = asker.envelope(
            "search", search_message(by_number(HERE)), message_ts=(timezone.now() + shift).isoformat()
        )
        assert asker.send("sync/search", body).json()["errors"][0]["code"] == "rjct.message_ts.invalid"


def test_nobody_makes_us_call_elsewhere() -> None:
    asker = Asker()
    for address in (
        "http://127.0.0.1:5432/",
        "http://127.0.0.1:9/other",
        "http://u@127.0.0.1:9/callbacks",
        "http://127.0.0.1:9/callbacks/../x",
        "file:///etc/passwd",
        "x",
    ):
        answer = asker.send("search", asker.envelope("search", search_message(by_number(HERE)), sender_uri=address))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "err.sender_uri.invalid")


def test_the_sender_is_the_one_whose_token_it_is() -> None:
    asker, other = Asker("one"), Asker("other")
    assert asker.send("sync/search", other.envelope("search", search_message(by_number(HERE)))).status_code == 403


def test_a_quota_holds() -> None:
    asker = Asker(quota=3)
    assert [asker.search(by_number(HERE)).status_code for _n in range(5)] == [200, 200, 200, 429, 429]


def test_json_only_by_post_only_and_to_known_addresses_only() -> None:
    asker = Asker()
    address, headers = "/dci/ibr/v1.0.0/registry/search", {"Authorization": f"Bearer {asker.token}"}
    assert asker.client.get(address, headers=headers).status_code == 405
    assert (
        asker.client.post(address, "a=1", content_type="application/x-www-form-urlencoded", headers=headers).status_code
        == 415
    )
    assert asker.client.post(address, "{", content_type="application/json", headers=headers).status_code == 400
    assert asker.send("sync/nothing", {}).status_code == 404
    assert asker.send("sync/enrolled", {}, register="social").status_code == 404


def test_wrong_secrets_give_no_token_are_soon_not_tried_and_never_lock_out_the_right_one() -> None:
    """Whoever tries secrets, from the same address or in the name of the partner: its own secret is taken, also for the
    first time.
    """
    asker = Asker()
    form = {"grant_type": "client_credentials", "client_id": "medical", "client_secret": "wrong"}
    for _n in range(22):
        assert ask_token(asker.client, **form).status_code == 401
    with mock.patch("lxbt.exchange.operations.receiving.give_token") as tried:
        assert ask_token(asker.client, **form).status_code == 401
    assert not tried.called
    assert ask_token(asker.client, **form | {"client_secret": asker.secret}).status_code == 200


def test_wrong_secrets_count_where_they_come_from_behind_a_proxy(settings: Any) -> None:
    settings.LXBT_PROXIES = 1
    asker = Asker()
    form = {"grant_type": "client_credentials", "client_id": "medical", "client_secret": "wrong"}
    for _n in range(22):
        assert ask_token(asker.client, HTTP_X_FORWARDED_FOR="203.0.113.9", **form).status_code == 401
    with mock.patch("lxbt.exchange.operations.receiving.give_token", return_value=None) as tried:
        ask_token(asker.client, HTTP_X_FORWARDED_FOR="203.0.113.9", **form)
        assert not tried.called
        ask_token(asker.client, HTTP_X_FORWARDED_FOR="203.0.113.10", **form)
        ask_token(asker.client, HTTP_X_FORWARDED_FOR="203.0.113.10, 203.0.113.11", **form)
        assert tried.call_count == 2
    assert ask_token(asker.client, grant_type="password").status_code == 400


def test_answers_are_signed_with_a_published_key() -> None:
    asker = Asker()
    answer = asker.search(by_number(HERE)).json()
    published = keys_of_set(asker.client.get(reverse("exchange_keys")).json())
    signature.verify(
        answer["signature"],
        answer["header"],
        answer["message"],
        sender_id="lxbt",
        at=timezone.now(),
        key_of=lambda key_id, _algorithm: published.get(key_id),
    )


def test_who_asked_for_whom_is_in_the_record() -> None:
    made = person("张三", f.TOWNSHIP, 11, "living")
    Asker().found(by_number(HERE))
    event = Event.objects.get(action="partner.searched")
    assert (event.subject_id, event.details["persons"]) == ("medical", [made.pk])


def test_many_questions_cost_few_statements(django_assert_max_num_queries: Any) -> None:
    for serial in range(11, 51, 2):
        person("张三", f.TOWNSHIP, serial, "living")
    asker = Asker()
    with django_assert_max_num_queries(25):
        asker.found(where("subsidy", "eq", "living"))
