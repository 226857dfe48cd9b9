"""A person's numbers as they are looked up and kept: indexes, and seals made before the database is asked.

Where records are many, another process makes them ahead; then seals are made for persons who are likely to be new.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from lxbt import vault
from lxbt.core import crypto
from lxbt.registry import queries
from lxbt.registry.models import number_place
from lxbt.registry.rules import CERTIFICATE_NUMBER, IDENTITY


@dataclass(slots=True)
class Numbers:
    """The numbers of a person, normalised: as they are, as they are looked up, and, once sealed, as they are kept."""

    identity: str
    certificate: str = ""
    index: bytes = b""
    certificate_index: bytes | None = None
    prepared_identity: bytes | None = None
    prepared_certificate: bytes | None = None
    initials: str = ""

    def __post_init__(self) -> None:
        key = settings.LXBT_INDEX_KEY
        self.index = crypto.index_of(IDENTITY, self.identity, key)
        if self.certificate:
            self.certificate_index = crypto.index_of(CERTIFICATE_NUMBER, self.certificate, key)

    def prepare(self, name: str) -> None:
        """Make ahead what writing a new person needs: the seals and the initials of the name."""
        self.prepared_identity = self.sealed_identity()
        self.prepared_certificate = self.sealed_certificate() if self.certificate else None
        self.initials = queries.initials(name)

    def sealed_identity(self) -> bytes:
        """The identity number sealed for its row, made now unless it was prepared."""
        return self.prepared_identity or vault.seal(self.identity, number_place(IDENTITY, self.index))

    def sealed_certificate(self) -> bytes:
        """The certificate number sealed for its row, made now unless it was prepared."""
        place = number_place(CERTIFICATE_NUMBER, self.certificate_index)
        return self.prepared_certificate or vault.seal(self.certificate, place)
