"""How every played program on this machine runs: until it is told to stop."""

from __future__ import annotations

import signal
from http.server import HTTPServer
from typing import Protocol


class Played(Protocol):
    """What works beside its server."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


def serve_until_stopped(server: HTTPServer, played: Played) -> None:
    """Serve until Ctrl C or SIGTERM; what works beside it ends first."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    played.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        played.stop()
        server.server_close()
