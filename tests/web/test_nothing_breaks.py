"""Whatever is sent to an address, nothing breaks: every page, parameter and field with what nobody meant to send.

Which names a view asks for is heard from the view itself: each one that it looks up is sent the next time, with values
that no column, no number and no day can hold. Nothing is kept: every request is taken back before the next.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import DatabaseError, transaction
from django.db.transaction import TransactionManagementError
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import ROLES
from tests import factories as f
from tests.web import test_scope

elsewhere = test_scope.elsewhere
PLACES = {0: f.NATION, 1: f.PROVINCE, 2: f.CITY, 3: f.OTHER_COUNTY, 4: f.OTHER_TOWNSHIP}
VALUES = [  # percent-encoded, as they travel
    "%00",
    "%ED%A0%80",
    quote("²"),
    quote("٦٢"),
    "x" * 5000,
    "-1",
    "9" * 25,
    "2147483648",
    "9" * 4400,
    "NaN",
    "1e999",
    "2026-13",
    "9999-12",
    "0001-01",
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    quote("2026-06-01.²"),
    "1.1.1",
    quote("<>'\"%_\\()"),
    quote("=1+1"),
    quote("[1]"),
    quote('{"a": [1]}'),
    "null",
    "%",
    quote("　\u200b"),
    "420103001000",
    "2026-06",
    "1",
    "living",
]
FILES = {
    "empty": b"",
    "noise": bytes(range(256)) * 4,
    "book": b"PK\x03\x04" + b"\0" * 60,
    "picture": b"\x89PNG\r\n\x1a\n",
}
ALWAYS = ("%00", quote("²"), "x" * 5000, "9" * 25, "9999-12-31")  # to every address; of the others each in its turn
PARTS = 3  # tests that the processes share
NOT_ASKED = {"login", "login_code", "login_enrol"}  # they count attempts of one address and lock it


@contextmanager
def names_heard() -> Iterator[set[str]]:
    """The names that views look up in what was sent, while it lasts."""
    heard: set[str] = set()
    kept = {name: getattr(MultiValueDict, name) for name in ("__getitem__", "getlist", "__contains__")}

    def listening(method: Callable[..., Any]) -> Callable[..., Any]:
        def heard_of(self: Any, key: Any, *more: Any, **named: Any) -> Any:
            if isinstance(key, str) and len(key) < 40 and isinstance(self, QueryDict):
                heard.add(key)
            return method(self, key, *more, **named)

        return heard_of

    for name in ("__getitem__", "getlist"):
        setattr(MultiValueDict, name, listening(kept[name]))
    MultiValueDict.__contains__ = listening(dict.__contains__)  # type: ignore[method-assign, assignment]
    try:
        yield heard
    finally:
        for name in ("__getitem__", "getlist"):
            setattr(MultiValueDict, name, kept[name])
        del MultiValueDict.__contains__


class Sender:
    """Sends to one address after the other, takes every change back, and notes what broke."""

    def __init__(self) -> None:
        self.broken: dict[str, set[str]] = defaultdict(set)
        self.sent = 0
        self.now = ""

    def note(self, **_told: Any) -> None:
        """What the signal of a defect calls."""
        kind, error, trace = sys.exc_info()
        frames = [x for x in traceback.extract_tb(trace) if "/lxbt/" in x.filename] or traceback.extract_tb(trace)[-1:]
        last = frames[-1]
        where = (
            f"{last.filename.rpartition('/lxbt/')[2]}:{last.lineno} {kind.__name__ if kind else ''}: {str(error)[:90]}"
        )
        self.broken[where].add(self.now)

    def send(self, client: Client, method: str, url: str, **more: Any) -> int:
        """One request; the status."""
        self.sent += 1
        with transaction.atomic():
            try:
                answer = client.generic(method, url, **more)
                status = answer.status_code
                if answer.streaming:
                    list(answer.streaming_content)  # type: ignore[call-overload]
            except (DatabaseError, TransactionManagementError):  # what follows on a statement that the database refused
                status = 500
            transaction.set_rollback(True)
        if status >= 500 and not self.broken:
            self.broken[f"{url} {status}"].add(self.now)
        return status

    def form(self, client: Client, url: str, fields: dict[str, str]) -> int:
        """A form posted; its values are percent-encoded already."""
        body = "&".join(f"{quote(name)}={value}" for name, value in fields.items())
        return self.send(client, "POST", url, data=body.encode(), content_type="application/x-www-form-urlencoded")


@pytest.fixture
def sender() -> Iterator[Sender]:
    made = Sender()
    logging.disable(logging.CRITICAL)  # hundreds of refusals, of which none matters here
    got_request_exception.connect(made.note)
    yield made
    got_request_exception.disconnect(made.note)
    logging.disable(logging.NOTSET)


def addresses(things: dict[str, Any]) -> list[tuple[URLPattern, str]]:
    """Every page with an address that leads to something."""
    found = []
    for route in test_scope.named_routes():
        names = set(route.pattern.converters)
        if names <= set(things):
            found.append((route, reverse(route.name, kwargs={name: things[name] for name in names})))
    return found


def clients_of(logged_in: Callable[[User], Client]) -> list[tuple[Any, Client]]:
    """A client of every role, in the area that the objects lie in."""
    found = []
    for role in ROLES:
        levels = [level for level in role.levels if level >= 3] or list(role.levels)
        user = f.account(role.key, PLACES[int(max(levels))], username=f"there_{role.key}")
        client = logged_in(user)
        client.raise_request_exception = False
        found.append((standing_of(user, on=timezone.localdate()), client))
    return found


def acts_in(view: Any) -> list[str]:
    """The acts that a view's module tells apart, as they stand in its source."""
    source = open(sys.modules[view.__module__].__file__ or "").read()  # noqa: SIM115
    named = re.findall(r'(?:act|step|then)(?:"\)|", ""\))? == "(\w+)"', source)
    if "ACTS" in source:
        named += re.findall(r'^ {4}"(\w+)":', source, re.MULTILINE)
    return sorted(set(named)) or [""]


@pytest.fixture
def many_public_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LXBT_PUBLIC_PER_MINUTE", 10**6)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_address_breaks_whatever_is_sent_to_it(
    part: int, elsewhere: dict[str, Any], logged_in: Callable[[User], Client], sender: Sender
) -> None:
    clients = clients_of(logged_in)
    turn = 0
    for place, (route, url) in enumerate(addresses(elsewhere)):
        if place % PARTS != part:
            continue
        view: Any = route.callback
        may = [c for s, c in clients if not view.permissions or any(s.may(p) for p in view.permissions)]
        sender.now = route.name or ""
        with names_heard() as heard:
            for client in may[:2]:  # every role opens every page in test_scope
                sender.send(client, "GET", url)
            for act in acts_in(view):
                sender.form(may[0], url, {"act": act, "step": act, "then": act})
        names = sorted(name for name in heard if name not in ("csrfmiddlewaretoken",))
        others = [VALUES[(place * 2 + step) % len(VALUES)] for step in range(2)]
        for number, value in enumerate((*ALWAYS, *others)):
            turn += 1
            client = may[turn % len(may)]
            sender.now = f"{route.name} ?*={value[:20]}"
            if number % 2 == place % 2:
                sender.send(client, "GET", url + "?" + "&".join(f"{quote(n)}={value}" for n in names))
            act = acts_in(view)[number % len(acts_in(view))]
            sender.now = f"{route.name} act={act} *={value[:20]}"
            sender.form(client, url, {n: act if n in ("act", "step", "then") else value for n in names})
        for number, name in enumerate(names):
            for offset in (0,):
                turn += 1
                value = VALUES[(place + number + offset) % len(VALUES)]
                sender.now = f"{route.name} {name}={value[:20]}"
                sender.send(may[turn % len(may)], "GET", f"{url}?{quote(name)}={value}")
    said = "\n".join(f"{where}\n      {sorted(how)[:4]}" for where, how in sorted(sender.broken.items()))
    assert not sender.broken, f"{len(sender.broken)} kinds of break:\n{said}"
