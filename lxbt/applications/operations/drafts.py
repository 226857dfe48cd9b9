"""What is typed at the window is kept, so that a closed page or a time-out loses nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from lxbt import vault
from lxbt.accounts.models import User
from lxbt.applications.models import Draft


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
