"""What the played Federation sends by itself: events to those subscribed, answers by callback.

Tried again until they are acknowledged.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lxbt.exchange.client import Line, NoAnswer, SaysNo
from lxbt.exchange.rules import envelope as e
from lxbt.exchange.rules import records as dr
from lxbt.simulators.federation import answers

if TYPE_CHECKING:
    from lxbt.simulators.federation.endpoint import Endpoint
    from lxbt.simulators.federation.server import Federation

MOST_EVENTS = 200  # in one message


class Teller(threading.Thread):
    """One thread that empties the list of callbacks, in their order, and of what else is to be told."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(daemon=True, name="teller")
        self.endpoint = endpoint
        self.wake = threading.Event()
        self.stopped = False
        self.waiting: deque[tuple[str, dict[str, Any]]] = deque()
        self.again: list[dict[str, Any]] = []
        self.told = self.failed = 0
        told = endpoint.link
        self.line = Line(told["partner_url"], told["sender_id"], told.get("secret", ""))

    def later(self, url: str, body: dict[str, Any]) -> None:
        """Send this, as soon as it goes."""
        self.waiting.append((url, body))
        self.wake.set()

    def run(self) -> None:
        """Until stopped."""
        pause = 0.05
        while not self.stopped:
            try:
                worked = self._callbacks() or self._events()
                pause = 0.05
            except (NoAnswer, SaysNo):
                self.failed += 1
                worked, pause = False, min(2.0, pause * 2)
            if not worked:
                self.wake.wait(pause)
                self.wake.clear()

    def _callbacks(self) -> bool:
        if not self.waiting:
            return False
        url, body = self.waiting[0]
        self._post(url, body)
        self.waiting.popleft()
        return True

    def _events(self) -> bool:
        """Tell what is due; gives whether something was."""
        return False

    def _post(self, url: str, body: dict[str, Any]) -> None:
        if self.endpoint.faults.strikes("down"):
            raise NoAnswer("cut on purpose")
        at = self.endpoint.now()
        self.line.post(url, self.endpoint.signed(body["header"], body["message"], at), at)


class EventTeller(Teller):
    """The same, with the events of the Federation."""

    def __init__(self, federation: Federation) -> None:
        super().__init__(federation)
        self.federation = federation

    def _events(self) -> bool:
        store, faults = self.federation.store, self.federation.faults
        due = store.events(MOST_EVENTS)
        addresses = [url for _code, url, _criteria in store.subscriptions()]
        if not due or not addresses:
            return False
        if faults.chances["disorder"] and len(due) == 1:
            time.sleep(0.05)  # let some gather, so that there is an order to lose
            due = store.events(MOST_EVENTS)
        told = [event for event in due if not faults.strikes("lost")]
        if faults.strikes("disorder"):
            faults.shuffle(told)
        at = self.federation.now()
        for url in dict.fromkeys(addresses):
            body = self._message(told, at)
            if body is None:
                continue
            self._post(f"{url}/registry/notify", body)
            if faults.strikes("duplicates"):
                self._post(f"{url}/registry/notify", self._message(told, at) or body)
                self._post(f"{url}/registry/notify", body)
        self.told += len(told)
        store.forget_events(number for number, _who, _sequence in due)
        return True

    def _message(self, events: list[tuple[int, str, int]], at: datetime) -> dict[str, Any] | None:
        store, faults = self.federation.store, self.federation.faults
        told = []
        for number, who, _sequence in events:
            record = store.of("identity_number", who)
            if record is not None:
                data = {
                    "version": e.VERSION,
                    "reg_type": dr.REG_TYPE,
                    "reg_event_type": dr.EVENT,
                    "reg_record_type": dr.RECORD_TYPE,
                    "reg_records": answers.written(faults, [record]),
                }
                told.append(
                    {
                        "reference_id": f"event-{number}",
                        "timestamp": at.isoformat(timespec="milliseconds"),
                        "locale": "zho",
                        "data": data,
                    }
                )
        if not told:
            return None
        header = self.federation.callback_header("notify", at, len(told))
        return {
            "header": header,
            "message": {"transaction_id": f"events-{self.federation.run}-{events[0][0]}", "notify_event": told},
        }


def new_run() -> str:
    """A name for this run of the program, so that its event numbers are its own."""
    return uuid.uuid4().hex[:12]
