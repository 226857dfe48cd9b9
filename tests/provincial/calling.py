"""A province's program in a test: it signs, and the requests go through Django's own handling."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client as Caller

from lxbt.core import signing as core_signing
from lxbt.core.canonical import canonical
from lxbt.core.signing import ED25519, new_pair
from lxbt.provincial.models import Client
from lxbt.provincial.operations import clients
from lxbt.provincial.rules import signing

BASE = "/provincial/v1"


class Province:
    """A client with a key. `headers` may be altered before they are sent, by `spoil`."""

    def __init__(self, client: Client, algorithm: str = ED25519, key_id: str = "k1") -> None:
        self.client, self.algorithm, self.key_id = client, algorithm, key_id
        self.private, public = new_pair(algorithm)
        clients.add_key(
            client=client, key_id=key_id, algorithm=algorithm, public_key=public, by=None, at=datetime.now(UTC)
        )
        self.caller = Caller()

    def headers(
        self, method: str, target: str, body: bytes, *, at: datetime | None = None, nonce: str = ""
    ) -> dict[str, str]:
        told = {
            signing.CLIENT: self.client.client_id,
            signing.KEY: self.key_id,
            signing.TIME: (at or datetime.now(UTC)).isoformat(),
            signing.NONCE: nonce or secrets.token_hex(16),
            signing.DIGEST: signing.digest_of(body),
        }
        text = signing.text_to_sign(method, target, told[signing.TIME], told[signing.NONCE], told[signing.DIGEST])
        return told | {
            signing.SIGNATURE: base64.b64encode(core_signing.sign(self.algorithm, self.private, text)).decode()
        }

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        content_type: str = "application/json",
        spoil: Any = None,
        **headers: str,
    ) -> Any:
        told = self.headers(method, BASE + path, body) | headers
        if spoil:
            told = spoil(told)
        sent = {"data": body, "content_type": content_type} if method != "GET" else {}
        return getattr(self.caller, method.lower())(BASE + path, headers=told, **sent)

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def push(self, kind: str, record: dict[str, Any], key: str = "", **more: Any) -> Any:
        return self.call(
            "POST", f"/push/{kind}", canonical(record), **({"Idempotency-Key": key or secrets.token_hex(8)} | more)
        )

    def batch(
        self,
        kind: str,
        records: list[dict[str, Any]],
        *,
        packed: bool = True,
        key: str = "",
        query: str = "",
        **more: Any,
    ) -> Any:
        body = b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)
        if packed:
            body = gzip.compress(body, 6)
            more = {"Content-Encoding": "gzip", **more}
        told = {"Idempotency-Key": key or secrets.token_hex(8), "X-Lxbt-Rows": str(len(records)), **more}
        return self.call("POST", f"/batches?kind={kind}{query}", body, "application/x-ndjson", **told)


def opened(
    client_id: str = "hubei",
    division_code: str = "420000000000",
    *,
    sandbox: bool = False,
    algorithm: str = ED25519,
    **more: Any,
) -> Province:
    """A client of an area, out of the sandbox, with a key."""
    made = clients.open_client(
        client_id=client_id,
        name="湖北省系统",
        division_code=division_code,
        sandbox=sandbox,
        by=None,
        at=datetime.now(UTC) - timedelta(minutes=1),
        **more,
    )
    return Province(made.client, algorithm)
