"""The same request again gets the same answer: what was answered under an idempotency key is kept, with the digest of
what was asked.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lxbt.core.crypto import sm3
from lxbt.provincial.models import Answer, Client
from lxbt.provincial.rules.problems import Problem

_KEY = re.compile(r"[\x21-\x7e]{1,64}")


def checked_key(key: str | None) -> str:
    """The idempotency key; Problem without one."""
    if key is None or not _KEY.fullmatch(key):
        raise Problem(
            400,
            "idempotency_key",
            _("缺少 Idempotency-Key，或不是 1 到 64 个可见字符。"),
            "Idempotency-Key",
            _("每次办理用一个新的键，重试时用原来的键。"),
        )
    return key


def asked(target: str, digest: str) -> bytes:
    """What was asked, as it is compared: the address and the digest of the body."""
    return sm3(f"{target}\n{digest}".encode())


def kept_answer(*, client: Client, key: str, digest: bytes) -> tuple[int, Any] | None:
    """The answer given before; Problem when the key was used for something else."""
    found = Answer.objects.filter(client_id=client.pk, key=key).first()
    if found is None:
        return None
    if bytes(found.digest) != digest:
        raise Problem(
            409,
            "idempotency_conflict",
            _("这个 Idempotency-Key 已用于内容不同的请求。"),
            "Idempotency-Key",
            _("不同的内容请换一个键。"),
        )
    return found.status, found.body


def hold_key(*, client: Client, key: str, digest: bytes, at: datetime) -> tuple[int, Any] | None:
    """Take the key inside the caller's transaction: a second request with it waits for the first, and gets its answer.

    None: it is ours.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into provincial_answer (client_id, key, digest, status, body, at) "
            "values (%s, %s, %s, 0, '{}', %s) on conflict do nothing",
            [client.pk, key, digest, at],
        )
        if cursor.rowcount:
            return None
    return kept_answer(client=client, key=key, digest=digest)


def keep_answer(*, client: Client, key: str, status: int, body: Any) -> None:
    """Keep what is answered, in the same transaction."""
    Answer.objects.filter(client_id=client.pk, key=key).update(status=status, body=body)
