"""`lxbt keys rotate|status`: a new key for what is sealed, and everything sealed anew with it."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from tqdm import tqdm

from lxbt.audit.operations import record_event
from lxbt.config.keys import LOOK_AGAIN
from lxbt.config.management.commands._base import Command as Base
from lxbt.config.rotation import COLUMNS, left_to_seal, seal_anew
from lxbt.core.refusal import Refusal


class KeysFromOutside(Refusal):
    """The keys are not ours to change."""


class Command(Base):
    help = "rotate: make a new data key and seal every number anew with it, in batches, while the system runs; run again after an interruption. status: what is left."
    example = "keys rotate"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rotate", "status"])

    def run(self, **options: Any) -> dict[str, Any]:
        ring = settings.LXBT_KEYRING
        left = sum(left_to_seal(column, ring.current) for column in COLUMNS)
        if options["act"] == "status":
            return {"current": ring.current, "keys": sorted(ring), "left": left}
        if left == 0:  # the last rotation is finished: begin a new one
            try:
                ring.add_key()
            except PermissionError:
                raise KeysFromOutside("密钥来自环境变量 LXBT_KEYS，请在那里加入新密钥并改 current，再运行一次。") from None
            record_event(by=None, action="keys.added", subject_kind="key", subject_id=ring.current)
            time.sleep(LOOK_AGAIN + 0.5)  # running programs read the file again within this time and then seal with the new key too
        total = sum(left_to_seal(column, ring.current) for column in COLUMNS)
        with tqdm(total=total, disable=not sys.stderr.isatty()) as bar:
            for column in COLUMNS:
                while left_to_seal(column, ring.current):
                    for done in seal_anew(column, ring.current):
                        bar.update(done)
        record_event(by=None, action="keys.rotated", subject_kind="key", subject_id=ring.current, details={"values": total})
        return {"current": ring.current, "sealed": total, "left": 0}
