"""The head of the record, kept outside of the database beside the keys: how far it had come at the last sealing.

Who has the database alone can take away the newest events with their seals, but not this file; and who has the file
alone cannot write another, for it carries a digest by a key. It may lag behind the database (a crash between the two),
never lead.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

_DRAFT = ".draft"


@dataclass(frozen=True)
class Restoration:
    """The database was put back: the blocks from `since` on that anchors of before speak of are lost, and somebody said
    why.
    """

    since: int
    lost_number: int
    lost_digest: str
    at: str
    reason: str


@dataclass(frozen=True)
class Head:
    """The last block known outside of the database, and the events up to it."""

    number: int
    digest: str
    last_id: int
    events: int
    restorations: tuple[Restoration, ...] = field(default=())


class HeadAltered(ValueError):
    """The file is there, but nobody who has the key wrote it so."""


def head_file() -> Path:
    """Where the head of this database lies."""
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in str(connection.settings_dict["NAME"]))
    return Path(settings.LXBT_AUDIT_FOLDER) / f"head-{name}.json"


def read_head() -> Head | None:
    """The head; None when there is none yet, HeadAltered when it is not as it was written."""
    try:
        told = json.loads(head_file().read_text())
        said, key_id, mark = told["head"], int(told["key"]), str(told["mark"])
        if not hmac.compare_digest(mark, _mark(said, key_id)):
            raise HeadAltered
        return Head(**{**said, "restorations": tuple(Restoration(**one) for one in said["restorations"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise HeadAltered from None


def write_head(head: Head, *, back: bool = False) -> None:
    """Keep the head; one that is further stays, unless the record was put `back`."""
    with _alone():
        kept = None if back else read_head()
        if kept is not None and kept.number >= head.number:
            return
        said = asdict(head)
        said["restorations"] = list(said["restorations"])
        key_id = settings.LXBT_KEYRING.seal_current
        text = json.dumps({"head": said, "key": key_id, "mark": _mark(said, key_id)}, ensure_ascii=False)
        draft = head_file().with_suffix(_DRAFT)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(head_file())


def _mark(said: dict[str, Any], key_id: int) -> str:
    key: bytes = settings.LXBT_KEYRING.seals[key_id]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hmac.digest(key, f"{head_file().name}|{text}".encode(), "sm3").hex()


@contextmanager
def _alone() -> Iterator[None]:
    """One program at a time writes the head."""
    folder = head_file().parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
