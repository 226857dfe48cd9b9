"""`lxbt audit verify|seal`: the record checked against its seals, or sealed now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from lxbt.audit.sealing import seal_events, verify_chain
from lxbt.config.management.commands._base import Command as Base


class Command(Base):
    help = "verify: check every block against its rows and the block before it, and name the first that does not hold. seal: seal what is final now."
    example = "audit verify --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["verify", "seal"])

    def run(self, **options: Any) -> dict[str, Any]:
        if options["act"] == "seal":
            return {"sealed": seal_events() + seal_events()}  # the first call may only note how far the record has come
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
        return answer

    def tell(self, answer: dict[str, Any]) -> None:
        for key in ("sealed", "blocks", "events", "unsealed", "last_digest"):
            if key in answer:
                self.stdout.write(f"{key}: {answer[key]}")
        if fault := answer.get("fault"):
            where = f", event {fault['event']}" if fault["event"] else ""
            self.stdout.write(f"DOES NOT HOLD: block {fault['block']}{where}: {fault['what']}. Keep the database as it is and tell the security administrator.")
