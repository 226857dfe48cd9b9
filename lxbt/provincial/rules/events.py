"""Events that a province can be told of, and the states of a delivery. Pure."""

from __future__ import annotations

BATCH_DONE, PERSON_CONFLICT, RIGHT_DOUBT, MANIFEST_DIFFERENT, NOTICE = (
    "batch.done",
    "person.conflict",
    "right.doubt",
    "manifest.different",
    "notice",
)
EVENTS = (BATCH_DONE, PERSON_CONFLICT, RIGHT_DOUBT, MANIFEST_DIFFERENT, NOTICE)
WAITING, SENT, FAILED, PUT_ASIDE = "waiting", "sent", "failed", "aside"
STATES = (WAITING, SENT, FAILED, PUT_ASIDE)
