"""Pages of the provincial interface: an administrator opens a client for the own area, sees what it pushed, and closes
it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.audit.models import Event
from lxbt.core import signing
from lxbt.core.clock import Now
from lxbt.core.refusal import Refusal
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import accept, effect_now
from lxbt.provincial import queries
from lxbt.provincial.models import Client, ClientKey
from lxbt.provincial.operations import batches
from lxbt.provincial.operations.single import forget_warm
from tests import factories as f
from tests.imports import county
from tests.provincial.calling import opened
from tests.provincial.records import person

pytestmark = pytest.mark.django_db
FORM = {
    "client_id": "hubei",
    "name": "湖北省系统",
    "quota": "600",
    "certificate": "",
    "key_id": "k1",
    "algorithm": "sm2",
    "public_key": "",
}


@pytest.fixture
def browser(logged_in: Callable[[User], Browser]) -> Browser:
    county.make_county()
    forget_warm()
    return logged_in(f.account("administrator", f.PROVINCE))


def test_an_interface_is_opened_in_the_sandbox_and_its_secrets_told_once(browser: Browser) -> None:
    told = browser.post(reverse("province_new"), FORM).content.decode()
    client, key = Client.objects.get(), ClientKey.objects.get()
    assert (client.sandbox, client.division_code, key.algorithm) == (True, f.PROVINCE, "sm2")
    private = told.split('id="told-private">')[1].split("<")[0]
    signed = signing.sign("sm2", base64.b64decode(private), b"text")
    signing.verify("sm2", bytes(key.public_key), signed, b"text")
    assert 'id="told-handle"' in told
    page = browser.get(reverse("province", args=[client.pk])).content.decode()
    assert private not in page
    assert "沙箱" in page
    assert [event.action for event in Event.objects.filter(subject_kind="province").order_by("pk")] == [
        "province.opened",
        "province.key_added",
    ]
    assert private not in str(list(Event.objects.values_list("details", "changes")))


def test_what_cannot_be_opened_so_is_told_at_its_field(browser: Browser) -> None:
    assert "公钥不是 Base64" in browser.post(reverse("province_new"), FORM | {"public_key": "不"}).content.decode()
    assert "小写字母" in browser.post(reverse("province_new"), FORM | {"client_id": "HUBEI"}).content.decode()
    refused = browser.post(reverse("province_new"), FORM | {"public_key": "AAAA"}).content.decode()
    assert "公钥不是所选算法的公钥" in refused
    assert not Client.objects.exists()


def agreed_above(kind: str) -> None:
    """What waits, refused to an administrator of the same level and agreed to by one above."""
    proposal = Proposal.objects.get(kind=kind, state="waiting")
    now = Now.read()
    _effect, digest = effect_now(proposal, now.on)
    for place, right in ((f.PROVINCE, False), (f.NATION, True)):
        by = f.account("administrator", place, username=f"second-{place[:2]}-{kind[-4:]}")
        if right:
            accept(proposal_id=proposal.pk, digest=digest, by=by, at=now.at, on=now.on)
        else:
            with pytest.raises(Refusal):
                accept(proposal_id=proposal.pk, digest=digest, by=by, at=now.at, on=now.on)


def test_settings_keys_and_the_end_of_a_client(browser: Browser) -> None:
    browser.post(reverse("province_new"), FORM)
    client = Client.objects.get()
    url = reverse("province", args=[client.pk])
    changed = {"act": "change", "name": "湖北省两补系统", "quota": "900", "certificate": ""}
    assert "至少 4 个字" in browser.post(url, changed).content.decode(), "no reason, nothing is asked and nothing saved"
    browser.post(url, changed | {"reason": "联调已完成"})
    client.refresh_from_db()
    assert (client.name, client.quota, client.sandbox) == ("湖北省两补系统", 900, True)
    agreed_above("provincial.live")
    client.refresh_from_db()
    assert not client.sandbox
    public = base64.b64encode(signing.new_pair("ed25519")[1]).decode()
    told = {"act": "key", "key_id": "k2", "algorithm": "ed25519", "public_key": public, "reason": "每年更换"}
    browser.post(url, told)
    assert not ClientKey.objects.filter(key_id="k2").exists(), "whoever holds a key of a live system can make rights"
    agreed_above("provincial.key")
    assert ClientKey.objects.get(key_id="k1").until_at is not None
    browser.post(url, {"act": "end", "key": "k2"})
    assert ClientKey.objects.get(key_id="k2").until_at <= datetime.now(UTC)
    browser.post(url, {"act": "close", "reason": "换系统"})
    client.refresh_from_db()
    assert client.closed_at is not None
    assert "已停用" in browser.get(url).content.decode()


def test_batches_and_their_rows_are_shown_without_naming_anybody(browser: Browser) -> None:
    province = opened()
    answer = province.batch("persons", [person(1), person(2, division="440100000000"), person(3, sort="x")])
    while (batch := queries.next_batch()) is not None:
        batches.run_batch(batch=batch, clock=timezone.now, ahead=False)
    listed = browser.get(reverse("province_batches", args=[province.client.pk])).content.decode()
    assert "人员情况" in listed
    page = browser.get(reverse("province_batch", args=[province.client.pk, answer.json()["batch"]])).content.decode()
    assert "这个区划不在本次导入的地区内" in page
    assert "记录里有不认识的字段" in page
    assert ">P2<" in page
    assert ">P1<" not in page
    every = browser.get(
        reverse("province_batch", args=[province.client.pk, answer.json()["batch"]]) + "?rows=all"
    ).content.decode()
    assert ">P1<" in every
    assert "张三" not in every
    assert county.identity(1)[:10] not in every


def test_an_administrator_of_a_county_sees_no_client_of_the_province(
    browser: Browser, logged_in: Callable[[User], Browser]
) -> None:
    province = opened()
    other = logged_in(f.account("administrator", f.COUNTY))
    assert other.get(reverse("province", args=[province.client.pk])).status_code == 404
    assert "湖北省系统" not in other.get(reverse("provinces")).content.decode()
    assert logged_in(f.account("clerk", f.TOWNSHIP)).get(reverse("provinces")).status_code == 404
