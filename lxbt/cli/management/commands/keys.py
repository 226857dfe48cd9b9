"""`lxbt keys rotate|rewrap|retire|status`: new keys for what is sealed, and everything sealed anew with them."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from tqdm import tqdm

from lxbt.audit.operations import record_event
from lxbt.cli.command import Command as Base
from lxbt.config.keys import LOOK_AGAIN, Keyring
from lxbt.config.rotation import COLUMNS, left_to_seal, seal_anew
from lxbt.core.refusal import Refusal
from lxbt.documents.operations import seal_documents_anew
from lxbt.documents.queries import documents_left_to_seal


class KeysFromOutside(Refusal):
    """The keys are not ours to change."""


class StillNeeded(Refusal):
    """Something is still sealed by the keys to be retired."""


def left(ring: Keyring) -> int:
    """How many values and files are not under the current key."""
    return sum(left_to_seal(column, ring.current) for column in COLUMNS) + documents_left_to_seal(ring.current)


class Command(Base):
    help = (
        "rotate: make a new data key and seal every number and file anew with it, in batches, while the system "
        "runs; run again after an interruption."
        " rewrap: wrap the data keys by a new master key. retire: forget the old data keys once nothing is sealed "
        "with them (older backups need them)."
        " status: what is left."
    )
    example = "keys rotate"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rotate", "rewrap", "retire", "status"])

    def run(self, **options: Any) -> dict[str, Any]:
        ring: Keyring = settings.LXBT_KEYRING
        if options["act"] == "status":
            return {"current": ring.current, "keys": sorted(ring), "left": left(ring)}
        try:
            return {"rotate": self.rotate, "rewrap": self.rewrap, "retire": self.retire}[options["act"]](ring)
        except PermissionError:
            raise KeysFromOutside("密钥来自环境变量 LXBT_KEYS，请在那里改好密钥和 current，再运行一次。") from None

    def rotate(self, ring: Keyring) -> dict[str, Any]:
        """A new data key, and everything under it."""
        if left(ring) == 0:  # the last rotation is finished: begin a new one
            ring.add_key()
            record_event(by=None, action="keys.added", subject_kind="key", subject_id=ring.current)
            time.sleep(
                LOOK_AGAIN + 0.5
            )  # running programs read the file again within this time and then seal with the new key too
        total = left(ring)
        with tqdm(total=total, disable=not sys.stderr.isatty()) as bar:
            for column in COLUMNS:
                while left_to_seal(column, ring.current):
                    for done in seal_anew(column, ring.current):
                        bar.update(done)
            while done := seal_documents_anew():
                bar.update(done)
        record_event(
            by=None, action="keys.rotated", subject_kind="key", subject_id=ring.current, details={"values": total}
        )
        return {"current": ring.current, "sealed": total, "left": left(ring)}

    def rewrap(self, ring: Keyring) -> dict[str, Any]:
        """Another master key over the same data keys: nothing in the database changes."""
        ring.rewrap()
        record_event(by=None, action="keys.rewrapped", subject_kind="key", subject_id=ring.current)
        return {"current": ring.current, "keys": sorted(ring)}

    def retire(self, ring: Keyring) -> dict[str, Any]:
        """Only the current data key stays."""
        if found := left(ring):
            raise StillNeeded(f"还有 {found} 项由旧密钥加密，请先运行 lxbt keys rotate。")
        gone = ring.retire([number for number in ring if number != ring.current])
        record_event(
            by=None, action="keys.retired", subject_kind="key", subject_id=ring.current, details={"retired": gone}
        )
        return {"current": ring.current, "retired": gone}
