"""Lines of proposals in the side bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from lxbt.proposals import queries
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.kit.menu import Entry


def waiting(request: OfficialRequest) -> int:
    """What waits for the account to decide."""
    return queries.waiting_to_decide(request.standing).count()


ENTRIES = (Entry("bench", 3, "proposals", lazy("双人复核"), "users", also=("proposal",), count=waiting),)
