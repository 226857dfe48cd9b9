"""Who may speak: signatures of both kinds, clocks, nonces, quotas, keys that ended."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lxbt.core import signing as core_signing
from lxbt.core.canonical import canonical
from lxbt.core.signing import ED25519, SM2, new_pair
from lxbt.provincial.models import Client, ClientKey
from lxbt.provincial.operations import clients
from lxbt.provincial.rules import signing
from tests import factories as f
from tests.provincial.calling import opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    f.load_places()


@pytest.mark.parametrize("algorithm", [ED25519, SM2])
def test_a_signed_request_is_answered(algorithm: str) -> None:
    answer = opened(algorithm=algorithm).get("/status")
    assert answer.status_code == 200
    assert answer.json()["client"] == "hubei"


def without(name: str) -> Any:
    return lambda told: {key: value for key, value in told.items() if key != name}


def instead(name: str, value: str) -> Any:
    return lambda told: {**told, name: value}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (without(signing.SIGNATURE), "signature_missing"),
        (without(signing.CLIENT), "signature_missing"),
        (instead(signing.SIGNATURE, "bm8="), "signature_wrong"),
        (instead(signing.SIGNATURE, "不是"), "signature_wrong"),
        (instead(signing.KEY, "other"), "key_unknown"),
        (instead(signing.CLIENT, "nobody"), "key_unknown"),
        (instead(signing.TIME, "2026-11-24 09:00"), "time_form"),
        (instead(signing.TIME, "yesterday"), "time_form"),
        (instead(signing.TIME, "2020-01-01T00:00:00+08:00"), "time_stale"),
        (instead(signing.NONCE, "short"), "nonce_form"),
        (instead(signing.NONCE, "another-nonce-of-somebody"), "signature_wrong"),
        (instead(signing.DIGEST, "sm3=00"), "digest_form"),
        (instead(signing.DIGEST, "sm3=" + "0" * 64), "signature_wrong"),
    ],
)
@pytest.mark.parametrize("algorithm", [ED25519, SM2])
def test_each_fault_of_a_signature_has_a_code(algorithm: str, spoil: Any, code: str) -> None:
    answer = opened(algorithm=algorithm).get("/status", spoil=spoil)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, code)
    assert answer.json()["error"]["message"]
    assert answer.json()["error"]["remedy"]


def test_a_clock_that_is_off_by_more_than_five_minutes_is_told_so() -> None:
    province = opened()
    for away in (timedelta(minutes=-6), timedelta(minutes=6)):
        told = province.headers("GET", "/provincial/v1/status", b"", at=datetime.now(UTC) + away)
        answer = province.caller.get("/provincial/v1/status", headers=told)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "time_stale")


def test_a_nonce_is_taken_once() -> None:
    province = opened()
    told = province.headers("GET", "/provincial/v1/status", b"")
    assert province.caller.get("/provincial/v1/status", headers=told).status_code == 200
    again = province.caller.get("/provincial/v1/status", headers=told)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "nonce_used")


def test_a_signature_is_of_one_address_alone() -> None:
    province = opened()
    told = province.headers("GET", "/provincial/v1/batches/1", b"")
    assert province.caller.get("/provincial/v1/status", headers=told).json()["error"]["code"] == "signature_wrong"


def test_beyond_the_quota_the_caller_is_told_how_long_to_wait() -> None:
    province = opened(quota=2)
    assert [province.get("/status").status_code for _n in range(3)] == [200, 200, 429]
    answer = province.get("/status")
    assert answer.json()["error"]["code"] == "quota"
    assert 1 <= int(answer["Retry-After"]) <= 61


def test_a_closed_client_is_told_so_and_an_ended_key_is_unknown() -> None:
    province = opened()
    clients.end_key(client=province.client, key_id="k1", by=None, at=datetime.now(UTC))
    assert province.get("/status").json()["error"]["code"] == "key_unknown"
    ClientKey.objects.update(until_at=None)
    clients.close_client(client=province.client, reason="换系统", by=None, at=datetime.now(UTC))
    assert (province.get("/status").status_code, province.get("/status").json()["error"]["code"]) == (403, "closed")


def test_a_replaced_key_is_taken_for_what_is_on_its_way() -> None:
    province = opened()
    _private, public = new_pair(SM2)
    clients.add_key(
        client=province.client,
        key_id="k2",
        algorithm=SM2,
        public_key=public,
        replacing=True,
        by=None,
        at=datetime.now(UTC),
    )
    assert province.get("/status").status_code == 200
    ClientKey.objects.filter(key_id="k1").update(until_at=datetime.now(UTC))
    assert province.get("/status").status_code == 401


def test_a_registered_certificate_is_asked_for(settings: Any) -> None:
    province = opened(certificate="ab" * 32)
    assert province.get("/status").json()["error"]["code"] == "certificate"
    settings.LXBT_CERTIFICATE_HEADER = "X-Client-Certificate"
    assert province.get("/status", **{"X-Client-Certificate": ":".join(["AB"] * 32)}).status_code == 200
    assert province.get("/status", **{"X-Client-Certificate": "cd" * 32}).status_code == 401


def test_a_key_that_is_none_is_not_taken() -> None:
    client = opened().client
    for algorithm, key in (
        (ED25519, b"short"),
        (SM2, b"\x04" + b"\x01" * 64),
        (SM2, b"\x03" + b"\x01" * 32),
        ("rsa", b""),
    ):
        with pytest.raises(clients.ClientRefused):
            clients.add_key(
                client=client, key_id="k9", algorithm=algorithm, public_key=key, by=None, at=datetime.now(UTC)
            )


def test_the_language_is_the_callers() -> None:
    province = opened()
    assert "Accept" not in province.get("/status", spoil=without(signing.KEY)).json()["error"]["message"]
    english = province.get("/status", spoil=without(signing.KEY), **{"Accept-Language": "en"}).json()["error"][
        "message"
    ]
    assert english.isascii()


def test_out_of_the_sandbox_only_with_a_key() -> None:
    made = clients.open_client(
        client_id="new-one", name="新系统", division_code=f.PROVINCE, by=None, at=datetime.now(UTC)
    )
    with pytest.raises(clients.ClientRefused):
        clients.change_client(
            client=made.client, name="新系统", quota=10, sandbox=False, certificate="", by=None, at=datetime.now(UTC)
        )
    assert Client.objects.get(pk=made.client.pk).sandbox


def test_the_example_of_the_documentation_is_right() -> None:
    text = (Path(__file__).parents[2] / "docs" / "provincial.md").read_text()
    block = text.split("算例")[1].split("```")[1]
    told = dict(
        line.split(maxsplit=1) for line in block.splitlines() if line.startswith(("公钥", "请求体", "摘要", "签名"))
    )
    signed = "\n".join(block.split("被签名的文字\n")[1].splitlines()[:5])
    assert signing.digest_of(told["请求体"].encode()) == told["摘要"]
    assert canonical(json.loads(told["请求体"])) == told["请求体"].encode()
    core_signing.verify("ed25519", base64.b64decode(told["公钥"]), base64.b64decode(told["签名"]), signed.encode())
    assert base64.b64encode(core_signing.sign("ed25519", bytes(range(32)), signed.encode())).decode() == told["签名"]
