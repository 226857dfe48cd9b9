"""`lxbt serve` as it runs, some who keep asking, and an official with a browser."""

from __future__ import annotations

import subprocess
import threading
import urllib.parse
import urllib.request
from contextlib import suppress
from http.cookiejar import CookieJar

import psutil

from tests.faults.filling import PASSWORD, SENT
from tests.faults.installation import Installation, free_port, wait_for

BACK = 30.0  # seconds within which pages answer again; measured: some 2 to 6


def living_children(pid: int) -> list[tuple[psutil.Process, list[str]]]:
    """The children of a process that are not dead, each with its command line."""
    found = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.Error):
            found.append((child, child.cmdline()))
    return found


class Served:
    """A running `lxbt serve`, and a few readers who keep asking."""

    def __init__(self, place: Installation) -> None:
        self.place = place
        self.port = free_port()
        self.process = self.serve()
        self.stop = threading.Event()
        self.answered = 0
        self.readers = [threading.Thread(target=self.read) for _n in range(3)]
        wait_for("first page", self.answers)
        for reader in self.readers:
            reader.start()

    def serve(self) -> subprocess.Popen[str]:
        return self.place.start("serve", "--port", str(self.port), "--workers", "2")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answers(self, path: str = "/login/") -> bool:
        try:
            with urllib.request.urlopen(self.url(path), timeout=5) as answer:
                return bool(answer.status == 200 and answer.read())
        except OSError:
            return False

    def read(self) -> None:
        while not self.stop.is_set():
            self.answered += self.answers("/health/ready")
            self.stop.wait(0.1)

    def web(self) -> psutil.Process:
        return next(child for child, line in living_children(self.process.pid) if "lxbt.config.web_server" in line)

    def web_workers(self) -> list[psutil.Process]:
        return [child for child, _line in living_children(self.web().pid)]

    def worker(self) -> psutil.Process | None:
        return next((child for child, line in living_children(self.process.pid) if line[-1:] == ["quick"]), None)

    def is_back(self) -> None:
        """The pages and the health of the database answer ten times in a row, and marks are recounted."""
        wait_for(
            "pages", lambda: all(self.answers(path) for _n in range(5) for path in ("/login/", "/health/ready")), BACK
        )

    def recounts(self) -> None:
        """The background worker takes what is marked."""
        with self.place.connect(autocommit=True) as connection:
            connection.execute(
                "insert into divisions_stalemonth (division_code, month) values (%s, '2026-01-01') "
                "on conflict do nothing",
                [SENT],
            )
        wait_for("a recount", lambda: self.place.count("select count(*) from divisions_stalemonth") == 0)

    def end(self) -> None:
        self.stop.set()
        for reader in self.readers:
            reader.join()
        self.process.terminate()
        self.process.communicate(timeout=30)


class Official:
    """A person with a browser, as far as the wire shows."""

    def __init__(self, served: Served, username: str) -> None:
        self.served = served
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.open(served.url("/login/"), timeout=10).read()
        self.post("/login/", username=username, password=PASSWORD)

    def post(self, path: str, **fields: str) -> str:
        """The address where it ends."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken") or ""
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        with self.opener.open(self.served.url(path), data, timeout=60) as answer:
            answer.read()
            return str(answer.url)
