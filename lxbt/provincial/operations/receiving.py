"""Whose request it is: signature, clock, nonce, certificate, quota. Each fault has a code of its own."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from lxbt.accounts.operations.tallies import count_hit, tally_key
from lxbt.core import signing as core_signing
from lxbt.core.signing import BadSignature
from lxbt.provincial import queries
from lxbt.provincial.models import Answer, Client, Nonce
from lxbt.provincial.rules import signing
from lxbt.provincial.rules.problems import Problem

MINUTE = 60
NONCE_KEPT = timedelta(minutes=15)
ANSWER_KEPT = timedelta(days=7)
_NONCE = re.compile(r"[A-Za-z0-9._~+/=-]{16,64}")
_DIGEST = re.compile(r"sm3=[0-9a-f]{64}")


def _strange(code: str, message: str, field: str, remedy: str = "") -> Problem:
    return Problem(401, code, message, field, remedy or _("对照 docs/provincial.md“签名”一节核对请求头。"))


def recognise(*, method: str, target: str, headers: Mapping[str, str], certificate: str, at: datetime) -> Client:
    """The client that signed the request; Problem when none did, or not so.

    `target`: path and query as sent; the body is compared by `check_body`.
    """
    told = {name: headers.get(name, "") for name in signing.HEADERS}
    for name, value in told.items():
        if not value:
            raise _strange("signature_missing", _("缺少请求头 %(name)s。") % {"name": name}, name)
    _check_time(told[signing.TIME], at)
    if not _NONCE.fullmatch(told[signing.NONCE]):
        raise _strange("nonce_form", _("随机串应为 16 到 64 个字母、数字或 ._~+/=-。"), signing.NONCE)
    if not _DIGEST.fullmatch(told[signing.DIGEST]):
        raise _strange("digest_form", _("摘要应写成 sm3= 加 64 位小写十六进制数。"), signing.DIGEST)
    client = _signer(
        told, signing.text_to_sign(method, target, told[signing.TIME], told[signing.NONCE], told[signing.DIGEST]), at
    )
    if client.closed_at is not None:
        raise Problem(403, "closed", _("这个接入系统已停用。"), remedy=_("请联系上级系统管理员重新开通。"))
    if client.certificate and not hmac.compare_digest(client.certificate, certificate):
        raise _strange(
            "certificate", _("客户端证书与登记的不一致。"), "", _("用登记的证书建立连接，或请管理员更新证书指纹。")
        )
    if not _is_new(client, told[signing.NONCE], at):
        raise _strange(
            "nonce_used", _("随机串已经用过。"), signing.NONCE, _("每次请求换一个随机串并重新签名，重试时也一样。")
        )
    seen = count_hit(key=tally_key("provincial", client.pk), seconds=MINUTE, at=at)
    if seen.count > client.quota:
        after = max(1, int((seen.until_at - at).total_seconds()) + 1)
        raise Problem(
            429,
            "quota",
            _("每分钟最多 %(n)s 次请求。") % {"n": client.quota},
            remedy=_("等待后再试；大量数据请成批推送。"),
            after=after,
        )
    return client


def _check_time(text: str, at: datetime) -> None:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise _strange("time_form", _("时间应写成带时区的 RFC 3339 格式。"), signing.TIME) from None
    if told.tzinfo is None:
        raise _strange("time_form", _("时间没有写时区。"), signing.TIME)
    if abs(told - at) > signing.SKEW:
        raise _strange(
            "time_stale", _("请求时间与本系统时间相差超过 5 分钟。"), signing.TIME, _("校准服务器时钟后重新签名。")
        )


def _signer(told: Mapping[str, str], text: bytes, at: datetime) -> Client:
    if "\0" in told[signing.CLIENT] + told[signing.KEY]:
        raise _strange("key_unknown", _("没有这个接入系统或这把密钥。"), signing.KEY)
    key = queries.key_of(told[signing.CLIENT], told[signing.KEY], at)
    if key is None:
        raise _strange(
            "key_unknown",
            _("没有这个接入系统或这把密钥。"),
            signing.KEY,
            _("核对系统标识和密钥编号；已更换的密钥不再有效。"),
        )
    try:
        core_signing.verify(
            key.algorithm, bytes(key.public_key), base64.b64decode(told[signing.SIGNATURE], validate=True), text
        )
    except (BadSignature, binascii.Error, ValueError):
        raise _strange("signature_wrong", _("签名与请求内容不符。"), signing.SIGNATURE) from None
    return key.client


def _is_new(client: Client, nonce: str, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into provincial_nonce (client_id, nonce, seen_at) values (%s, %s, %s) on conflict do nothing",
            [client.pk, nonce, at],
        )
        return bool(cursor.rowcount)


def check_body(body: bytes, digest: str) -> None:
    """Problem unless the body is the one whose digest was signed: a body that was cut off, or altered."""
    if signing.digest_of(body) != digest:
        raise cut_off()


def cut_off() -> Problem:
    """The body that arrived is not the one that was sent."""
    return Problem(
        400,
        "digest_differs",
        _("收到的内容与摘要不符，可能在传输中断开。"),
        signing.DIGEST,
        _("没有保存任何内容，请完整地重新发送。"),
    )


def certificate_of(headers: Mapping[str, str]) -> str:
    """The SHA-256 of the client's certificate as the TLS front tells it (`LXBT_CERTIFICATE_HEADER`); empty where no
    front is trusted.
    """
    name: str = settings.LXBT_CERTIFICATE_HEADER
    return headers.get(name, "").replace(":", "").lower() if name else ""


def forget_seen(*, at: datetime) -> int:
    """Take away nonces and answers whose time is over. Gives how many."""
    gone = Nonce.objects.filter(seen_at__lt=at - NONCE_KEPT).delete()[0]
    return gone + Answer.objects.filter(at__lt=at - ANSWER_KEPT).delete()[0]
