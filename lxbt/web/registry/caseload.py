"""Whether a person is among those that an official now has to do with. Looks beyond it are marked in the record."""

from __future__ import annotations

from lxbt.accounts.rules import Permission as P
from lxbt.applications import queries as applications
from lxbt.payments import queries as payments
from lxbt.web.kit.access import OfficialRequest


def in_caseload(request: OfficialRequest, person_id: int) -> bool:
    """Somebody with an application that waits here or that the official handled, or with money that came back to be
    seen to.
    """
    if applications.concerns(request.standing, person_id):
        return True
    return (
        request.standing.may(P.CORRECT_ACCOUNTS) or request.standing.may(P.DRAW_BATCHES)
    ) and payments.has_open_trouble(person_id)


def marked(request: OfficialRequest, person_id: int) -> dict[str, str]:
    """The mark for the record."""
    return {"caseload": "yes" if in_caseload(request, person_id) else "no"}
