"""The keys that we sign with: files of a folder that only its owner can read; the newest signs, all are published."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils.translation import gettext as _

from lxbt.core import signing as core_signing
from lxbt.core.refusal import Refusal
from lxbt.exchange.rules import signature


class KeysOpen(Refusal):
    """A signing key can be read by others than its owner, or is no key."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair, raw, with the id that partners know it by."""

    key_id: str
    private: bytes
    public: bytes


def new_signing_key(folder: Path | None = None) -> SigningKey:
    """Make a key in the folder; from now on it signs."""
    folder = folder or settings.LXBT_EXCHANGE_KEYS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate()
    number = max((int(path.name.split("-", 1)[0]) for path in folder.glob("[0-9]*-*.pem")), default=0) + 1
    key = _key(made)
    place = folder / f"{number:04d}-{key.key_id}.pem"
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def signing_keys(folder: Path | None = None) -> list[SigningKey]:
    """Every key of the folder, the one that signs last; one is made where there is none."""
    folder = folder or settings.LXBT_EXCHANGE_KEYS
    found = []
    for path in sorted(folder.glob("[0-9]*-*.pem")):
        if path.stat().st_mode & 0o077:
            raise KeysOpen(_("签名私钥 %(name)s 的文件权限过宽，请执行 chmod 600 后重试。") % {"name": path.name})
        loaded = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise KeysOpen(_("签名私钥 %(name)s 不是 Ed25519 密钥。") % {"name": path.name})
        found.append(_key(loaded))
    return found or [new_signing_key(folder)]


def _key(loaded: Ed25519PrivateKey) -> SigningKey:
    public = loaded.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKey(
        hashlib.sha256(public).hexdigest()[:16],
        loaded.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()),
        public,
    )


def signed(header: dict[str, Any], message: object, *, at: datetime, sender_id: str, key: SigningKey) -> dict[str, Any]:
    """The envelope with its signature."""
    return {
        "signature": signature.sign(header, message, sender_id=sender_id, key_id=key.key_id, key=key.private, at=at),
        "header": header,
        "message": message,
    }


def key_set(keys: list[SigningKey]) -> dict[str, Any]:
    """The public keys as a JSON Web Key Set (RFC 8037)."""
    return core_signing.key_set({key.key_id: key.public for key in keys})
