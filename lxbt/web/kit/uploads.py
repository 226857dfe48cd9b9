"""Files that are too large for memory lie sealed while they are received, and a request that is too long is not kept at
all.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.cookie import parse_cookie

from lxbt.core import crypto

LARGEST = {"/imports/new/": 322 * 2**20}  # bytes of a request, by address; what stands round the file included
OTHERWISE = 66 * 2**20
_LENGTH = struct.Struct(">I")


def longest(path: str) -> int:
    """How many bytes a request to this address may have."""
    return LARGEST.get(path, OTHERWISE)


def live_session(cookies: str) -> str:
    """The session of a live log-in that these cookies belong to, else nothing: asked before a long body is taken in."""
    from django.contrib.auth import SESSION_KEY
    from django.db import close_old_connections

    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    close_old_connections()
    try:
        live = key and SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(key)
        return str(key) if live else ""
    finally:
        close_old_connections()


class SealedSpool(io.RawIOBase):
    """Bytes written once, then read from the start, lying on disk under a key that nobody keeps."""

    def __init__(self) -> None:
        self.key = os.urandom(16)
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with this one)
        self.waiting = b""

    def add(self, data: bytes) -> None:
        """Put the next part behind the others."""
        sealed = crypto.seal_bytes(data, self.key, 0)
        self.file.write(_LENGTH.pack(len(sealed)) + sealed)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """To the start only."""
        if offset or whence:
            raise io.UnsupportedOperation("only to the start")
        self.waiting = b""
        return self.file.seek(0)

    def readinto(self, buffer: Any) -> int:
        if not self.waiting:
            head = self.file.read(_LENGTH.size)
            if not head:
                return 0
            self.waiting = crypto.unseal_bytes(self.file.read(_LENGTH.unpack(head)[0]), {0: self.key})
        size = min(len(buffer), len(self.waiting))
        buffer[:size] = self.waiting[:size]
        self.waiting = self.waiting[size:]
        return size

    def close(self) -> None:
        self.file.close()
        super().close()


class SealedUploadHandler(FileUploadHandler):
    """What does not fit into memory goes to disk sealed.

    A file of a request that is too long is passed over, the page says so.
    """

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        self.too_long = content_length > longest(META.get("PATH_INFO", ""))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.too_long:
            raise SkipFile
        self.spool = SealedSpool()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.spool.add(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.spool.seek(0)
        return UploadedFile(
            io.BufferedReader(self.spool, 2**17),
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "spool"):
            self.spool.close()
