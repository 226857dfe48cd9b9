"""An owner's phone: reads the secret from the set-up and shows codes."""

from __future__ import annotations

import base64
from datetime import datetime

from django.utils import timezone
from django_otp.oath import TOTP

from lxbt.accounts.models import User
from lxbt.accounts.operations.second_factor import begin_enrolment, confirm_enrolment, pending_secret


class Phone:
    """Shows the code of a moment."""

    def __init__(self, secret: str) -> None:
        self.secret = base64.b32decode(secret.replace(" ", ""))

    def code(self, at: datetime | None = None, steps: int = 0) -> str:
        clock = TOTP(self.secret, drift=steps)
        clock.time = (at or timezone.now()).timestamp()
        return f"{clock.token():06d}"


def enrolled(user: User, at: datetime) -> tuple[Phone, list[str]]:
    """A phone set up for the account at a moment, and its back-up codes."""
    begin_enrolment(user=user)
    phone = Phone(pending_secret(user) or "")
    return phone, confirm_enrolment(user=user, code=phone.code(at), at=at)
