"""What the interface tells by itself: checked before it is believed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxbt.core import signing as core_signing
from lxbt.core.signing import ED25519
from lxbt.provincial.rules import signing


class NotGenuine(ValueError):
    """Not signed by the interface, too old, or altered; answer 401 and do nothing."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event; the same `delivery` may come again and is then done already."""

    delivery: str
    event: str
    at: str
    data: dict[str, Any]


def read_delivery(
    target: str, headers: Mapping[str, str], body: bytes, *, keys: Mapping[str, bytes], client_id: str, at: datetime
) -> Event:
    """The event in a POST to `target` (path and query of our own address). NotGenuine otherwise."""
    told = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in signing.HEADERS if not told.get(name.lower())]
    if missing:
        raise NotGenuine(f"without {', '.join(missing)}")
    _client, key_id, moment, nonce, digest, signed = (told[name.lower()] for name in signing.HEADERS)
    if key_id not in keys:
        raise NotGenuine(f"key {key_id} is not of the interface's set")
    try:
        when = datetime.fromisoformat(moment)
        fresh = when.tzinfo is not None and abs(at - when) <= signing.SKEW
        core_signing.verify(
            ED25519,
            keys[key_id],
            base64.b64decode(signed, validate=True),
            signing.text_to_sign("POST", target, moment, nonce, digest),
        )
        read = json.loads(body)
        event = Event(str(read["id"]), str(read["event"]), str(read["at"]), dict(read["data"]))
        mine = read["client"] == client_id
    except (ValueError, binascii.Error, KeyError, TypeError) as error:
        raise NotGenuine(str(error)) from None
    if not fresh:
        raise NotGenuine("signed at another time")
    if signing.digest_of(body) != digest or event.delivery != nonce or not mine:
        raise NotGenuine("altered, or meant for somebody else")
    return event
