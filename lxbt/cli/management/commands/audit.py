"""`lxbt audit verify|seal|anchors`: the record checked against its seals, sealed now, or its seals written out to be kept elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.audit.queries import anchors
from lxbt.audit.sealing import bent_anchor, seal_events, verify_chain
from lxbt.cli.command import Command as Base
from lxbt.core.refusal import Refusal


class AnchorsUnreadable(Refusal):
    """The file of anchors is not one."""


class Command(Base):
    help = (
        "verify: check every block against its rows and the block before it, and name the first that does not hold; with --against also the anchors kept"
        " elsewhere. seal: seal what is final now. anchors: number and digest of every seal, to be kept outside of the system."
    )
    example = "audit verify --against anchors.txt"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["verify", "seal", "anchors"])
        parser.add_argument("--against", type=Path, metavar="FILE", help="verify: a file of anchors, a line each")
        parser.add_argument("--since", type=int, default=1, metavar="N", help="anchors: from this block on")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["act"] == "seal":
            return {"sealed": seal_events() + seal_events()}  # the first call may only note how far the record has come
        if options["act"] == "anchors":
            return {"anchors": list(anchors(since=options["since"]))}
        kept = read_anchors(options["against"]) if options["against"] else []
        found = verify_chain()
        answer: dict[str, Any] = {
            "blocks": found.blocks,
            "events": found.events,
            "unsealed": found.unsealed,
            "last_digest": found.last_digest,
            "failed": found.fault is not None,
        }
        if found.fault is not None:
            answer["fault"] = found.fault.__dict__
        elif (bent := bent_anchor(kept)) is not None:
            answer |= {
                "failed": True,
                "fault": {"block": bent, "event": None, "what": "the seal is not the one that was kept elsewhere"},
            }
        return answer

    def tell(self, answer: dict[str, Any]) -> None:
        for number, digest in answer.get("anchors", ()):
            self.stdout.write(f"{number} {digest}")
        for key in ("sealed", "blocks", "events", "unsealed", "last_digest"):
            if key in answer:
                self.stdout.write(f"{key}: {answer[key]}")
        if fault := answer.get("fault"):
            where = f", event {fault['event']}" if fault["event"] else ""
            self.stdout.write(
                f"DOES NOT HOLD: block {fault['block']}{where}: {fault['what']}. Keep the database as it is and tell the security administrator."
            )


def read_anchors(path: Path) -> list[tuple[int, str]]:
    """(number, digest) of each line of a file; AnchorsUnreadable with the line that is none."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise AnchorsUnreadable(f"读不了摘要文件 {path.name}，请核对文件。") from None
    found = []
    for place, line in enumerate(lines, start=1):
        match = re.fullmatch(r"\s*(\d+)\s+([0-9a-fA-F]{64})\s*", line)
        if match is None:
            raise AnchorsUnreadable(
                f"摘要文件第 {place} 行不是“序号 摘要”，请使用 lxbt audit anchors 或页面下载的文件。"
            )
        found.append((int(match[1]), match[2]))
    return found
