"""The master key, which wraps the keys that data are sealed with. It may lie in a file or in the environment, or stay
inside an HSM or KMS that is asked to wrap and unwrap and never gives it away.

In order: `LXBT_MASTER_COMMAND` (a program, called with `wrap` or `unwrap`, hex on standard input and output),
`LXBT_MASTER_KEY` (32 hex digits), `LXBT_MASTER_FILE` or else `master.key` beside the key file, made at first run.
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
from pathlib import Path
from typing import Protocol

from lxbt.config.private_files import write_closed
from lxbt.core import crypto

WRAPPED_BY = 0  # the key id in the head of a wrapped key; data keys count from 1
PATIENCE = 15  # seconds that an HSM or KMS may take


class MasterUnusable(RuntimeError):
    """The master key is missing, or is another than the one that wrapped the keys."""


class Master(Protocol):
    """Wraps and unwraps keys."""

    def wrap(self, key: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes) -> bytes: ...


class KeyInHand:
    """A master key that this program holds itself: SM4, 16 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 16:
            raise MasterUnusable("the master key must have 16 bytes (32 hex digits)")
        self._key = key

    def wrap(self, key: bytes) -> bytes:
        """The key, sealed."""
        return crypto.seal_bytes(key, self._key, WRAPPED_BY)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again; MasterUnusable when another master key wrapped it."""
        try:
            return crypto.unseal_bytes(wrapped, {WRAPPED_BY: self._key})
        except crypto.Unsealable:
            raise MasterUnusable("the keys were wrapped by another master key") from None


class KeyElsewhere:
    """A master key that an outside program keeps: `program wrap|unwrap`, hex in, hex out, non-zero exit when it
    refuses.
    """

    def __init__(self, program: str) -> None:
        self._program = shlex.split(program)

    def _ask(self, act: str, data: bytes) -> bytes:
        try:
            told = subprocess.run(
                [*self._program, act], input=data.hex(), capture_output=True, text=True, timeout=PATIENCE, check=True
            )
            return bytes.fromhex(told.stdout.strip())
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            raise MasterUnusable(
                f"the program of LXBT_MASTER_COMMAND did not {act} a key ({type(error).__name__})"
            ) from None

    def wrap(self, key: bytes) -> bytes:
        """The key, wrapped by the program."""
        return self._ask("wrap", key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key again."""
        return self._ask("unwrap", wrapped)


def masters_beside(path: Path) -> list[Master]:
    """The master keys that may have wrapped a key file, the likeliest first.

    Two while a change of the file was interrupted.
    """
    if outside := _outside():
        return [outside]
    file = master_file(path)
    return [KeyInHand(_read_hex(one.read_text())) for one in (file, following(file)) if one.exists()]


def _outside() -> Master | None:
    if program := os.environ.get("LXBT_MASTER_COMMAND"):
        return KeyElsewhere(program)
    if text := os.environ.get("LXBT_MASTER_KEY"):
        return KeyInHand(_read_hex(text))
    return None


def master_file(path: Path) -> Path:
    """Where the master key of a key file lies when it lies in a file."""
    return Path(os.environ.get("LXBT_MASTER_FILE") or path.with_name("master.key"))


def following(file: Path) -> Path:
    """The master key that is about to take the place of `file`."""
    return file.with_name(file.name + ".next")


def first_master(path: Path) -> Master:
    """The master key for a new key file; its own file is made where nothing else is said."""
    if not masters_beside(path):
        write_closed(master_file(path), secrets.token_hex(16) + "\n", replace=False)
    return masters_beside(path)[0]


def next_master(path: Path) -> Master:
    """The master key to wrap with from now on: a new one where it lies in a file, the same where something outside
    holds it.
    """
    outside = _outside()
    if outside is not None:
        return outside
    draft = following(master_file(path))
    write_closed(draft, secrets.token_hex(16) + "\n", replace=True)
    return KeyInHand(_read_hex(draft.read_text()))


def settle_master(path: Path) -> None:
    """The key file is wrapped by the next master key: let it be the master key."""
    file = master_file(path)
    if _outside() is None and following(file).exists():
        following(file).replace(file)


def _read_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text.strip())
    except ValueError:
        raise MasterUnusable("the master key is not written in hex digits") from None
