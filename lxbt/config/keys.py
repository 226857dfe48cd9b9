"""Secrets: from the environment, or from a key file made at first run that only its owner can read.

The file is read again when it changes, so that a running program knows a new key within a second, and at once when it
meets a value sealed by a key it does not know yet.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LOOK_AGAIN = 1.0  # seconds after which the file's time is looked at again


class Keyring(Mapping[int, bytes]):
    """The SM4 keys by id, `current` for new values, `index` (HMAC-SM3), `session` (Django's secret)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looked_at = 0.0
        self._seen: tuple[int, int] = (0, 0)
        if "LXBT_KEYS" not in os.environ and not path.exists():
            _write(path, _fresh(), replace=False)
        self._read()

    def _read(self) -> None:
        text = os.environ.get("LXBT_KEYS")
        if text is None:
            found = self.path.stat()
            self._seen = (found.st_mtime_ns, found.st_ino)
            text = self.path.read_text()
        raw = json.loads(text)
        self._data = {int(number): bytes.fromhex(key) for number, key in raw["data"].items()}
        self._current = int(raw["current"])
        self.index = bytes.fromhex(raw["index"])
        self.session: str = raw["session"]

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
        """Make a new data key and use it for new values from now on; gives its id. The old keys stay until nothing needs them."""
        if "LXBT_KEYS" in os.environ:
            raise PermissionError("LXBT_KEYS")
        raw = json.loads(self.path.read_text())
        number = max(int(n) for n in raw["data"]) + 1
        raw["data"][str(number)] = secrets.token_hex(16)
        raw["current"] = number
        _write(self.path, raw, replace=True)
        self._read()
        return number


def _fresh() -> dict[str, Any]:
    return {"session": secrets.token_urlsafe(50), "data": {"1": secrets.token_hex(16)}, "current": 1, "index": secrets.token_hex(32)}


def _write(path: Path, keys: dict[str, Any], *, replace: bool) -> None:
    """Write the file whole or not at all, mode 0600. Without `replace` another program's file, made meanwhile, holds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(keys, out)
        out.flush()
        os.fsync(out.fileno())
    try:
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
