"""Secrets: from the environment, or from a key file made at first run that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """session: Django's secret. data: SM4 keys by id. current: id for new values. index: HMAC-SM3 key."""

    session: str
    data: dict[int, bytes]
    current: int
    index: bytes


def load_or_make_keys(path: Path) -> Keys:
    """Read LXBT_KEYS (the file's JSON) or the key file; make the file, mode 0600, when there is neither."""
    text = os.environ.get("LXBT_KEYS")
    if text is None:
        if not path.exists():
            _make(path)
        text = path.read_text()
    raw = json.loads(text)
    return Keys(
        session=raw["session"],
        data={int(number): bytes.fromhex(key) for number, key in raw["data"].items()},
        current=int(raw["current"]),
        index=bytes.fromhex(raw["index"]),
    )


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {"session": secrets.token_urlsafe(50), "data": {"1": secrets.token_hex(16)}, "current": 1, "index": secrets.token_hex(32)}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(keys, out)
    try:
        os.link(draft, path)  # fails if another program made it meanwhile: then that one holds
    except FileExistsError:
        pass
    finally:
        draft.unlink()
