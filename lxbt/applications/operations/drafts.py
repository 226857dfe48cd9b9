"""What is typed at the window or about a case is kept, so that a closed page or a time-out loses nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.applications.models import CaseDraft, Draft


def save_draft(*, fields: Mapping[str, list[str]], by: User, at: datetime) -> None:
    """Keep the fields of the form as typed, sealed; the one before is replaced."""
    Draft.objects.update_or_create(
        user_id=by.pk,
        defaults={
            "sealed": vault.seal(json.dumps(dict(fields)), vault.at("applications_draft.sealed", by.pk)),
            "saved_at": at,
        },
    )


def discard_draft(*, by: User) -> None:
    """Forget it: submitted, or not wanted any more."""
    Draft.objects.filter(user_id=by.pk).delete()


def save_case_draft(*, number: str, fields: Mapping[str, str], by: User, at: datetime) -> None:
    """Keep what is typed about a case, sealed; the one before is replaced."""
    place = vault.at("applications_casedraft.sealed", by.pk, number)
    CaseDraft.objects.update_or_create(
        user_id=by.pk,
        number=number,
        defaults={"sealed": vault.seal(json.dumps(dict(fields)), place), "saved_at": at},
    )


def discard_case_draft(*, number: str, by: User) -> None:
    """Forget it: handed in."""
    CaseDraft.objects.filter(user_id=by.pk, number=number).delete()
