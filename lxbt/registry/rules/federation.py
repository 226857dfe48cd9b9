"""What the Federation's database tells of a person and the certificate. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

CertificateState = Literal["valid", "expired", "frozen", "cancelled", "moved"]


@dataclass(frozen=True)
class FederationRecord:
    """A person's record at the Federation. `sequence` is its own running number of that record: higher is newer."""

    identity_number: str
    name: str
    sex: str
    birth: date
    division_code: str
    certificate_number: str
    category: str
    grade: int
    issued_on: date
    valid_until: date | None
    state: CertificateState
    state_on: date | None
    died_on: date | None
    sequence: int
    changed_at: datetime
