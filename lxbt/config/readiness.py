"""Whether this process lives and whether it can serve: asked by whoever watches or balances, told without a page.

`/health/live` needs nothing but the event loop. `/health/ready` asks the database over a line of its own, with a limit
of its own, so that it answers while every thread waits; it writes nothing and names nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings

LIVE, READY = "/health/live", "/health/ready"
LIMIT = 3  # seconds for the database to answer
FRESH = 1.0  # seconds that an answer is given again without asking


class Readiness:
    """The last answer of the database, asked for again when it is older than a second."""

    def __init__(self) -> None:
        self.asking = ThreadPoolExecutor(1, "ready")
        self.turn = asyncio.Lock()
        self.seen, self.at = False, -FRESH

    async def answers(self) -> bool:
        """Return whether the database answers; within its limit and a second, whatever the line does."""
        async with self.turn:  # many who ask at once wait for one question
            if time.monotonic() - self.at >= FRESH:
                loop = asyncio.get_running_loop()
                try:
                    self.seen = await asyncio.wait_for(loop.run_in_executor(self.asking, _asked), LIMIT + 1)
                except TimeoutError:
                    self.seen, self.asking = False, ThreadPoolExecutor(1, "ready")  # the stuck thread ends by itself
                self.at = time.monotonic()
            return self.seen

    async def reply(self, path: str) -> tuple[int, bytes]:
        """Return the status and the JSON for one of the two addresses."""
        if path == LIVE:
            return 200, b'{"live": true}'
        ready = await self.answers()
        return (200 if ready else 503), json.dumps({"database": "ok" if ready else "silent"}).encode()


def _asked() -> bool:
    named: dict[str, Any] = settings.DATABASES["default"]
    options = {key: value for key, value in named["OPTIONS"].items() if key != "options"}
    line = {"host": named["HOST"], "port": named["PORT"], "user": named["USER"], "password": named["PASSWORD"]}
    told = {**options, **{key: value for key, value in line.items() if value}, "dbname": named["NAME"]}
    told |= {"connect_timeout": LIMIT, "tcp_user_timeout": LIMIT * 1000, "options": f"-c statement_timeout={LIMIT}s"}
    with suppress(psycopg.Error), psycopg.connect(**told) as connection:
        return connection.execute("select 1").fetchone() is not None
    return False
