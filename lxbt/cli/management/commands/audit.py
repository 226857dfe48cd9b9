"""`lxbt audit verify|seal|anchors`: the record checked against its seals, sealed now, or its seals written out to be
kept elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from lxbt.audit.anchoring import kept_anchors, read_anchors, send_anchors
from lxbt.audit.operations import record_event
from lxbt.audit.queries import anchors
from lxbt.audit.sealing import accept_restored, seal_events, verify_record
from lxbt.cli.command import Command as Base
from lxbt.core.clock import Now


class Command(Base):
    help = (
        "verify: check every block against its rows, its key, the block before it, the head kept beside the keys "
        "and the anchors kept in the folders that"
        " are set, and name the first that does not hold; with --against also anchors "
        "from elsewhere. seal: seal what is final now. anchors: number and"
        " digest of every seal, to be kept outside of the system. send: hand the last seal to every channel now. "
        "restored: the database was put back from"
        " a copy; say so (--reason), it is kept for good."
    )
    example = "audit verify --against anchors.txt"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["verify", "seal", "anchors", "send", "restored"])
        parser.add_argument("--reason", default="", help="restored: which copy, and why")
        parser.add_argument("--against", type=Path, metavar="FILE", help="verify: a file of anchors, a line each")
        parser.add_argument("--since", type=int, default=1, metavar="N", help="anchors: from this block on")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["act"] == "seal":
            return {"sealed": seal_events() + seal_events()}  # the first call may only note how far the record has come
        if options["act"] == "anchors":
            return {"anchors": list(anchors(since=options["since"]))}
        if options["act"] == "send":
            return {"anchors_sent": send_anchors(at=Now.read().at, now=True)}
        if options["act"] == "restored":
            return self.restored(options["reason"])
        kept = [*kept_anchors(), *(read_anchors(options["against"]) if options["against"] else [])]
        found, head = verify_record(kept)
        answer: dict[str, Any] = {
            "blocks": found.blocks,
            "events": found.events,
            "unsealed": found.unsealed,
            "last_digest": found.last_digest,
            "anchors_compared": len(kept),
            "head": head.number if head else None,
            "restorations": [one.__dict__ for one in head.restorations] if head else [],
            "failed": found.fault is not None,
        }
        if found.fault is not None:
            answer["fault"] = found.fault.__dict__
        return answer

    def restored(self, reason: str) -> dict[str, Any]:
        at = Now.read().at
        head = accept_restored(reason=reason, at=at.isoformat())
        lost = head.restorations[-1]
        record_event(
            by=None,
            action="record.restored",
            subject_kind="record",
            subject_id=head.number,
            reason=reason,
            details={"lost": max(0, lost.lost_number - head.number)},
        )
        return {"head": head.number, "lost": max(0, lost.lost_number - head.number)}

    def tell(self, answer: dict[str, Any]) -> None:
        for number, digest in answer.get("anchors", ()):
            self.stdout.write(f"{number} {digest}")
        for key in (
            "sealed",
            "blocks",
            "events",
            "unsealed",
            "last_digest",
            "anchors_compared",
            "anchors_sent",
            "head",
            "lost",
        ):
            if key in answer:
                self.stdout.write(f"{key}: {answer[key]}")
        for one in answer.get("restorations", ()):
            self.stdout.write(
                f"restored {one['at']}: blocks from {one['since']} up to {one['lost_number']} were lost "
                f"({one['reason']})"
            )
        if fault := answer.get("fault"):
            where = f", event {fault['event']}" if fault["event"] else ""
            self.stdout.write(
                f"DOES NOT HOLD: block {fault['block']}{where}: {fault['what']}. Keep the database as it is "
                "and tell the security administrator."
            )
