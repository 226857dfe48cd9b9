"""Events told to a province: signed, to its one address, again until they are taken; and what the province believes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lxbt.core import signing as core_signing
from lxbt.core.canonical import canonical
from lxbt.core.signing import ED25519, new_pair
from lxbt.exchange import signing as keys
from lxbt.provincial.client import NotGenuine, read_delivery
from lxbt.provincial.models import Delivery, Webhook
from lxbt.provincial.operations import webhooks
from lxbt.provincial.operations.clients import ClientRefused, add_key, close_client
from lxbt.provincial.rules import signing
from lxbt.provincial.rules.events import BATCH_DONE, MANIFEST_DIFFERENT, RIGHT_DOUBT
from lxbt.provincial.rules.problems import Problem
from lxbt.simulators.province.faults import Faults
from lxbt.simulators.province.server import Ear
from lxbt.simulators.province.store import Store
from tests import factories as b
from tests.provincial.calling import Province, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: Any) -> None:
    settings.LXBT_EXCHANGE_KEYS, settings.LXBT_WEBHOOK_LOOPBACK = tmp_path / "keys", True


@pytest.fixture
def province() -> Province:
    b.county()
    return opened()


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear(0, Store(None), "hubei", lambda: {key.key_id: key.public for key in keys.signing_keys()}, Faults("1"))
    made.thread.start()
    yield made
    made.close()


def now() -> datetime:
    return datetime.now(UTC)


def tell(province: Province, event: str = BATCH_DONE, **body: Any) -> Delivery | None:
    return webhooks.tell_event(client=province.client, event=event, body=body or {"batch": "1"}, at=now())


def test_an_event_is_told_once_to_the_registered_address_and_believed(province: Province, ear: Ear) -> None:
    answer = province.call("PUT", "/webhooks", canonical({"url": ear.url, "events": [BATCH_DONE]}))
    assert answer.json()["url"] == ear.url
    assert tell(province, batch="7")
    assert tell(province, MANIFEST_DIFFERENT) is None  # not asked for
    assert webhooks.deliver_due(at=now()) == 1
    assert webhooks.deliver_due(at=now()) == 0
    assert ear.counts == {BATCH_DONE: 1}
    assert ear.store.rows("select event, data from event") == [(BATCH_DONE, '{"batch": "7"}')]
    assert Delivery.objects.get().state == "sent"
    webhooks.replay_delivery(delivery_id=Delivery.objects.get().pk, by=None, at=now())
    assert webhooks.deliver_due(at=now()) == 1
    assert ear.counts["again"] == 1


def test_what_is_not_taken_is_told_again_later_and_later(province: Province, ear: Ear) -> None:
    webhooks.set_webhook(client=province.client, url=ear.url, events=[BATCH_DONE], at=now())
    ear.faults.chances["deaf"] = 1.0
    tell(province)
    at = now()
    assert webhooks.deliver_due(at=at) == 0
    found = Delivery.objects.get()
    assert (found.state, found.status, found.why, found.attempts) == ("waiting", 503, "HTTP 503", 1)
    assert found.next_at > at
    assert webhooks.deliver_due(at=at) == 0  # not before its time
    ear.faults.chances["deaf"] = 0.0
    assert webhooks.deliver_due(at=at + timedelta(minutes=1)) == 1
    assert Webhook.objects.get().failures == 0


def test_an_address_that_never_answers_is_left_alone_and_the_event_waits_for_a_person(province: Province) -> None:
    webhooks.set_webhook(client=province.client, url="http://127.0.0.1:9/", events=[BATCH_DONE], at=now())
    tell(province)
    at = now()
    for _n in range(60):
        at += timedelta(hours=2)
        webhooks.deliver_due(at=at)
    found = Delivery.objects.get()
    assert (found.state, found.why) == ("failed", "ConnectError")
    assert Webhook.objects.get().state == "open"
    tell(province)
    assert webhooks.deliver_due(at=at) == 0  # one try, now that the pause is over
    tell(province)
    assert webhooks.deliver_due(at=at + timedelta(seconds=1)) == 0
    assert Delivery.objects.filter(state="waiting", attempts=0).exists()  # the circuit is open: it was not even tried


def test_a_redirect_is_not_followed(province: Province, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ear, "take", lambda *told: (302, {}))
    webhooks.set_webhook(client=province.client, url=ear.url, events=[BATCH_DONE], at=now())
    tell(province)
    assert webhooks.deliver_due(at=now()) == 0
    assert Delivery.objects.get().why == "HTTP 302"


def test_the_address_ended_or_the_client_closed_nothing_is_told(province: Province, ear: Ear) -> None:
    webhooks.set_webhook(client=province.client, url=ear.url, events=[BATCH_DONE], at=now())
    tell(province)
    webhooks.set_webhook(client=province.client, url="", events=[], at=now())
    assert Delivery.objects.get().state == "aside"
    webhooks.set_webhook(client=province.client, url=ear.url, events=[BATCH_DONE], at=now())
    tell(province)
    close_client(client=province.client, reason="停用", by=None, at=now())
    assert webhooks.deliver_due(at=now()) == 0
    assert not ear.counts


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "https://127.0.0.1/x",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://0.0.0.0/",
        "https://localhost/",
        "ftp://example.org",
        "https://user:pass@example.org/",
        "https://example.org/#part",
        "https://example.org:99999/",
        "https://",
        "https://ex ample.org/",
        "https://[::ffff:127.0.0.1]/",
        "中",
    ],
)
def test_an_address_that_is_no_other_system_is_refused(province: Province, url: str, settings: Any) -> None:
    settings.LXBT_WEBHOOK_LOOPBACK = False
    answer = province.call("PUT", "/webhooks", canonical({"url": url, "events": [BATCH_DONE]}))
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "url")


def test_a_name_that_points_to_this_machine_is_not_asked(
    province: Province, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhooks.set_webhook(client=province.client, url="https://province.example.org/x", events=[BATCH_DONE], at=now())
    settings.LXBT_WEBHOOK_LOOPBACK = False
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("127.0.0.1", 443))])
    tell(province)
    assert webhooks.deliver_due(at=now()) == 0
    assert Delivery.objects.get().why == "AddressForbidden"


def test_an_event_that_is_none_is_refused(province: Province, ear: Ear) -> None:
    with pytest.raises(Problem, match="没有事件"):
        webhooks.set_webhook(client=province.client, url=ear.url, events=["everything"], at=now())
    assert RIGHT_DOUBT in str(webhooks.EVENTS)


def test_a_delivery_that_was_altered_is_old_or_is_meant_for_another_is_not_believed() -> None:
    private, public = new_pair(ED25519)
    at = now()
    body = canonical({"id": "n1", "event": BATCH_DONE, "at": at.isoformat(), "client": "hubei", "data": {"batch": "1"}})

    def headers(moment: datetime = at, nonce: str = "n1", target: str = "/events") -> dict[str, str]:
        import base64

        digest = signing.digest_of(body)
        signed = core_signing.sign(
            ED25519, private, signing.text_to_sign("POST", target, moment.isoformat(), nonce, digest)
        )
        values = ("lxbt", "k", moment.isoformat(), nonce, digest, base64.b64encode(signed).decode())
        return dict(zip(signing.HEADERS, values, strict=True))

    def read(
        told: dict[str, str], content: bytes = body, client: str = "hubei", known: dict[str, bytes] | None = None
    ) -> Any:
        return read_delivery(
            "/events", told, content, keys={"k": public} if known is None else known, client_id=client, at=at
        )

    assert read(headers()).data == {"batch": "1"}
    for wrong in (
        lambda: read(headers(), body.replace(b'"1"', b'"2"')),
        lambda: read(headers(at - timedelta(hours=1))),
        lambda: read(headers(), client="hunan"),
        lambda: read(headers(target="/other")),
        lambda: read(headers(nonce="n2")),
        lambda: read(headers(), known={}),
        lambda: read({}),
        lambda: read(headers(), b"x"),
    ):
        with pytest.raises(NotGenuine):
            wrong()


def test_the_address_that_was_checked_is_called_whatever_the_name_says_a_moment_later(
    province: Province, ear: Ear, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is asked once; a second answer, here a place of this machine, is never seen."""
    settings.LXBT_WEBHOOK_LOOPBACK = False
    settings.LXBT_WEBHOOK_NETWORKS = ("127.0.0.0/8",)
    webhooks.set_webhook(client=province.client, url="https://x.example.org/hook", events=[BATCH_DONE], at=now())
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        asked.append(name)
        return real("127.0.0.9" if name == "x.example.org" else name, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    tell(province)
    assert webhooks.deliver_due(at=now()) == 0
    assert Delivery.objects.get().why == "ConnectError"  # nobody listens there
    assert asked.count("x.example.org") == 1
    assert set(asked) <= {"x.example.org", "127.0.0.9"}


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "100.64.0.1", "169.254.169.254", "2002:a00:1::1", "64:ff9b::a00:1", "::ffff:10.0.0.1", "ff02::1"],
)
def test_a_name_that_points_where_nobody_is_called_is_not_asked(
    province: Province, settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    webhooks.set_webhook(client=province.client, url="https://province.example.org/x", events=[BATCH_DONE], at=now())
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (10, 1, 6, "", (address, 443, 0, 0))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: found)
    tell(province)
    assert webhooks.deliver_due(at=now()) == 0
    assert Delivery.objects.get().why == "AddressForbidden"


@pytest.mark.parametrize("url", ["https://2130706433/", "https://127.1/", "https://0x7f.1/", "https://10.1.2.3/x"])
def test_an_address_written_otherwise_is_refused_too(province: Province, url: str) -> None:
    with pytest.raises(Problem):
        webhooks.set_webhook(client=province.client, url=url, events=[BATCH_DONE], at=now())


def test_a_point_of_small_order_is_not_registered(province: Province) -> None:
    with pytest.raises(ClientRefused):
        add_key(
            client=province.client,
            key_id="k9",
            algorithm=ED25519,
            public_key=b"\1" + bytes(31),
            by=None,
            at=now(),
        )
