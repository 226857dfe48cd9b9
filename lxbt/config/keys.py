"""Secrets: from the environment, or from a key file made at first run that only its owner can read.

In the file every key is wrapped by the master key (`config/master.py`). The file is read again when it changes, so that
a running program knows a new key within a second, and at once when it meets a value sealed by a key it does not know
yet.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxbt.config.master import (
    Master,
    MasterUnusable,
    first_master,
    master_file,
    masters_beside,
    next_master,
    settle_master,
)
from lxbt.config.private_files import write_closed

LOOK_AGAIN = 1.0  # seconds after which the file's time is looked at again


_PUBLIC_ROSTER_KEY = b"lxbt-roster"  # stood in the program once: whoever read it knows it


class KeysUnusable(RuntimeError):
    """A key is missing, is not one, or is not the one that the data was sealed with."""


class Keyring(Mapping[int, bytes]):
    """The SM4 keys by id, `current` for new values, `index` (HMAC-SM3), `session` (Django's secret), and `seals`, the
    keys over the record by id (HMAC-SM3): old ones stay, for what they sealed is verified by them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looked_at = 0.0
        self._seen: tuple[int, int] = (0, 0)
        if "LXBT_KEYS" not in os.environ and not path.exists():
            write_closed(path, _wrapped(_fresh(), first_master(path)), replace=False)
        self._read()

    def _read(self) -> None:
        text = os.environ.get("LXBT_KEYS")
        if text is None:
            found = self.path.stat()
            self._seen = (found.st_mtime_ns, found.st_ino)
            text = self.path.read_text()
        raw = _opened(json.loads(text), self.path)
        self._data = {int(number): bytes.fromhex(key) for number, key in raw["data"].items()}
        self._current = int(raw["current"])
        self.index = bytes.fromhex(raw["index"])
        self.session: str = raw["session"]
        self.seals = {int(number): bytes.fromhex(key) for number, key in raw["seals"].items()}
        self.seal_current = int(raw["seal"])

    def _refresh(self) -> None:
        now = time.monotonic()
        if "LXBT_KEYS" in os.environ or now - self._looked_at < LOOK_AGAIN:
            return
        self._looked_at = now
        found = self.path.stat()
        if (found.st_mtime_ns, found.st_ino) != self._seen:
            self._read()

    @property
    def current(self) -> int:
        """The id of the key that new values are sealed with."""
        self._refresh()
        return self._current

    def __getitem__(self, number: int) -> bytes:
        if number not in self._data:
            self._looked_at = 0.0
            self._refresh()
        return self._data[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def add_key(self) -> int:
        """Make a new data key and use it for new values from now on; gives its id.

        The old keys stay until nothing needs them.
        """
        raw = self._ours()
        number = max(int(n) for n in raw["data"]) + 1
        raw["data"][str(number)] = secrets.token_hex(16)
        raw["current"] = number
        raw["seal"] = max(int(n) for n in raw["seals"]) + 1
        raw["seals"][str(raw["seal"])] = secrets.token_hex(32)
        self._write(raw)
        return number

    def retire(self, numbers: Iterable[int]) -> list[int]:
        """Forget data keys that nothing is sealed with any more; never the current one. Gives those that were there."""
        raw = self._ours()
        gone = [
            number
            for number in numbers
            if number != int(raw["current"]) and raw["data"].pop(str(number), None) is not None
        ]
        if gone:
            self._write(raw)
        return gone

    def rewrap(self) -> None:
        """Wrap every key by a new master key, where it lies in a file; else by the one outside.

        Also what lay unwrapped before.
        """
        raw = self._ours()
        write_closed(self.path, _wrapped(raw, next_master(self.path)), replace=True)
        settle_master(self.path)
        self._read()

    def _ours(self) -> dict[str, Any]:
        if "LXBT_KEYS" in os.environ:
            raise PermissionError("LXBT_KEYS")
        return _opened(json.loads(self.path.read_text()), self.path)

    def _write(self, raw: dict[str, Any]) -> None:
        master = _that_opens(json.loads(self.path.read_text()), self.path) or first_master(self.path)
        write_closed(self.path, _wrapped(raw, master), replace=True)
        self._read()


def roster_key(path: Path, environment: str) -> bytes:
    """The key that registers are compared by, agreed with the Federation.

    Only where nothing is real may it be made here.
    """
    text = os.environ.get("LXBT_ROSTER_KEY", "")
    if not text and environment != "production":
        if not path.exists():
            write_closed(path, secrets.token_hex(32) + "\n", replace=False)
        text = path.read_text()
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) < 16 or key == _PUBLIC_ROSTER_KEY:
        raise KeysUnusable(
            "LXBT_ROSTER_KEY must be set: the key that registers are compared by, at least 32 hex digits, agreed "
            "with the"
            " Federation and known to nobody else (for instance: openssl rand -hex 32)"
        )
    return key


def keys_of_the_moment() -> str:
    """New keys as LXBT_KEYS would hold them, for a program that seals nothing."""
    return json.dumps(_fresh())


def _fresh() -> dict[str, Any]:
    return {
        "session": secrets.token_urlsafe(50),
        "data": {"1": secrets.token_hex(16)},
        "current": 1,
        "index": secrets.token_hex(32),
        "seals": {"1": secrets.token_hex(32)},
        "seal": 1,
    }


def _wrapped(raw: dict[str, Any], master: Master) -> str:
    """The file's text: every key wrapped, the number of the current one in the open."""
    return json.dumps(
        {
            "wrapped": {number: master.wrap(bytes.fromhex(key)).hex() for number, key in raw["data"].items()},
            "current": raw["current"],
            "index": master.wrap(bytes.fromhex(raw["index"])).hex(),
            "session": master.wrap(raw["session"].encode()).hex(),
            "seals": {number: master.wrap(bytes.fromhex(key)).hex() for number, key in raw["seals"].items()},
            "seal": raw["seal"],
        }
    )


def _opened(told: dict[str, Any], path: Path) -> dict[str, Any]:
    """The keys in the open; those of the environment and of a file written before there was a master key are
    already.
    """
    master = _that_opens(told, path)
    raw = told if master is None else _unwrapped(told, master)
    if not raw.get(
        "seals"
    ):  # written before the record had keys of its own: one that follows from another, always the same
        drawn = hmac.digest(bytes.fromhex(raw["index"]), b"the first key over the record", "sm3").hex()
        raw = {**raw, "seals": {"1": drawn}, "seal": 1}
    return raw


def _that_opens(told: dict[str, Any], path: Path) -> Master | None:
    """The master key that wrapped the keys, None when they are not wrapped; MasterUnusable when it is not to be had."""
    if "wrapped" not in told:
        return None
    masters = masters_beside(path)
    if not masters:
        raise MasterUnusable(
            f"the master key is not there (LXBT_MASTER_KEY, LXBT_MASTER_FILE or {master_file(path).name})"
        )
    for master in masters[:-1]:
        try:
            master.unwrap(bytes.fromhex(told["index"]))
        except MasterUnusable:
            continue
        return master
    return masters[-1]


def _unwrapped(told: dict[str, Any], master: Master) -> dict[str, Any]:
    return {
        "data": {number: master.unwrap(bytes.fromhex(key)).hex() for number, key in told["wrapped"].items()},
        "current": told["current"],
        "index": master.unwrap(bytes.fromhex(told["index"])).hex(),
        "session": master.unwrap(bytes.fromhex(told["session"])).decode(),
        "seals": {number: master.unwrap(bytes.fromhex(key)).hex() for number, key in told.get("seals", {}).items()},
        "seal": told.get("seal", 1),
    }
