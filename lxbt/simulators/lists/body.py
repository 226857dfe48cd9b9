"""A played body: answers whether persons are on its lists, at once or by callback, and tells its records by itself.

For tests, with the secret of `link.json` as a bearer token: GET /admin/state, POST /admin/faults {kind: chance},
POST /admin/records {records: [...], tell}.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules import list_records as lr
from lxbt.exchange.rules import requests as r
from lxbt.exchange.rules.questions import Condition
from lxbt.matching.rules.lists import LISTS
from lxbt.simulators.federation.endpoint import Declined, Endpoint
from lxbt.simulators.federation.faults import Faults
from lxbt.simulators.federation.telling import Teller
from lxbt.simulators.lists.book import Book

MOST_EVENTS = 200  # in one message


class Body(Endpoint):
    """The program."""

    def __init__(self, book: Book, link: dict[str, Any], keys: Path, *, faults: Faults) -> None:
        self.book = book
        super().__init__(link, keys, faults=faults)

    def make_teller(self) -> Teller:
        """The thread that tells records."""
        return RecordTeller(self)

    def is_new(self, message_id: str) -> bool:
        """Whether a message came for the first time."""
        return self.book.is_new(message_id)

    def at_once(self, path: str, message: dict[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
        """Only the search is answered."""
        if path != "sync/search":
            raise Declined(404, "err.request.not_found", "there is nothing at this address")
        return self.search(message, correlation, at)

    def later(self, path: str, message: dict[str, Any], correlation: str, at: datetime, address: str) -> dict[str, Any]:
        """The same, by a callback."""
        if path != "search":
            raise Declined(404, "err.request.not_found", "there is nothing at this address")
        return self.search(message, correlation, at)

    def search(self, message: Mapping[str, Any], correlation: str, at: datetime) -> dict[str, Any]:
        """An answer to each question: the records about the person, or none."""
        answers: list[dict[str, Any]] = []
        for told, one in zip(message["search_request"], r.read_search(message, (), lr.IDENTIFIERS), strict=True):
            answer: dict[str, Any] = {
                "reference_id": one.reference_id,
                "timestamp": at.isoformat(timespec="milliseconds"),
            }
            kind = str(told["search_criteria"].get("reg_type", "")).rpartition(":")[2]
            if not isinstance(one.question, Condition) or kind not in LISTS:
                answers.append(
                    answer | {"status": "rjct", "status_reason_code": (one.fault or ("rjct.reg_type.invalid", ""))[0]}
                )
                continue
            records = [self.written(record) for record in self.book.about(kind, str(one.question.value))]
            data = {
                "version": e.VERSION,
                "reg_type": told["search_criteria"]["reg_type"],
                "reg_record_type": lr.RECORD_TYPE,
                "reg_records": records,
            }
            answers.append(answer | {"status": "succ", "data": data})
        if self.faults.strikes("half"):
            answers = answers[: len(answers) // 2]
        if self.faults.strikes("disorder"):
            self.faults.shuffle(answers)
        return {"transaction_id": message["transaction_id"], "correlation_id": correlation, "search_response": answers}

    def written(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record as it travels, without a person when that fault strikes."""
        return (
            {key: value for key, value in record.items() if key != "demographic_info"}
            if self.faults.strikes("schema")
            else record
        )

    def administer(self, path: str, told: dict[str, Any]) -> dict[str, Any]:
        """The switches of a test."""
        if path == "faults":
            self.faults.set(told)
        elif path == "records":
            self.book.put(told["records"], tell=bool(told.get("tell", True)))
            self.teller.wake.set()
        return {
            "records": self.book.count(),
            "events": len(self.book.events(100_000)),
            "callbacks": len(self.teller.waiting),
            "asked": self.asked,
            "failed": self.teller.failed,
            "faults": self.faults.chances,
            "happened": self.faults.happened,
        }


class RecordTeller(Teller):
    """Sends answers that come later, and tells records."""

    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self.body = body

    def _callbacks(self) -> bool:
        faults, waiting = self.body.faults, self.waiting
        if not waiting:
            return False
        if len(waiting) > 1 and faults.strikes("disorder"):
            waiting.rotate(-1)
        if faults.strikes("lost"):
            waiting.popleft()
            return True
        url, told = waiting[0]
        self._post(url, told)
        if faults.strikes("duplicates"):
            self._post(url, {"header": told["header"] | {"message_id": str(uuid.uuid4())}, "message": told["message"]})
            self._post(url, told)
        waiting.popleft()
        return True

    def _events(self) -> bool:
        book, faults = self.body.book, self.body.faults
        due = book.events(MOST_EVENTS)
        if not due:
            return False
        told = list(due)
        if faults.strikes("disorder"):
            faults.shuffle(told)
        for chosen in (
            told[: len(told) // 2],
            told[len(told) // 2 :],
        ):  # two messages, so that there is an order between them
            if not chosen:
                continue
            body = self._message(chosen)
            self._post(self._address(), body)
            if faults.strikes("duplicates"):
                self._post(self._address(), self._message(chosen))
                self._post(self._address(), body)
        book.forget_events(sequence for sequence, _record in due)
        return True

    def _address(self) -> str:
        return f"{self.body.link['partner_url']}/registry/notify"

    def _message(self, events: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
        at = self.body.now()
        told = [
            {
                "reference_id": f"record-{sequence}",
                "timestamp": at.isoformat(timespec="milliseconds"),
                "locale": "zho",
                "data": {
                    "version": e.VERSION,
                    "reg_type": lr.REG_TYPE,
                    "reg_event_type": lr.EVENT,
                    "reg_record_type": lr.RECORD_TYPE,
                    "reg_records": [record],
                },
            }
            for sequence, record in events
        ]
        header = self.body.callback_header("notify", at, len(told))
        return {
            "header": header,
            "message": {
                "transaction_id": f"{self.body.run}-{events[0][0]}-{uuid.uuid4().hex[:6]}",
                "notify_event": told,
            },
        }
