"""Notices of events as lines: the sentence of each kind, filled, and whether it leads somewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.accounts.rules import Permission as P
from lxbt.divisions import queries as divisions
from lxbt.imports import queries as imports
from lxbt.notices.queries import circulars
from lxbt.registry import queries as registry
from lxbt.web import words
from lxbt.web.accounts.words import NOTICES as ACCOUNTS
from lxbt.web.imports.words import NOTICES as IMPORT_NOTICES
from lxbt.web.imports.words import kind_name
from lxbt.web.kit.access import OfficialRequest
from lxbt.web.leads.words import NOTICES as LEADS
from lxbt.web.matching.words import NOTICES as SUSPICIONS
from lxbt.web.notices.words import EVENTS as CIRCULARS
from lxbt.web.payments.words import NOTICES as PAYMENTS
from lxbt.web.proposals.words import NOTICES as PROPOSALS
from lxbt.web.standards.words import NOTICES as STANDARDS
from lxbt.web.support.words import NOTICES as SUPPORT

if TYPE_CHECKING:
    from lxbt.notices.models import Notice

SENTENCES = LEADS | SUSPICIONS | SUPPORT | PROPOSALS | PAYMENTS | ACCOUNTS | dict(STANDARDS)
WORK_LISTS = {
    "suspicion_overdue": "alerts",
    "suspicion_lapsed": "alerts",
    "suspicion_waiting": "alerts",
    "suspicion_confirming": "alerts",
    "campaign_opened": "campaigns",
    "campaign_urged": "campaigns",
    "questions_below_overdue": "question_clocks",
    "office_stale": "directory",
}  # notices that lead to a list


def event_lines(request: OfficialRequest, rows: Sequence[Notice], read: set[int]) -> list[dict[str, Any]]:
    """`{"pk", "at", "sentence", "place", "held", "unread", "leads"}` for each; what they are about is looked up in one
    statement a kind.
    """
    may_see = request.standing.may(P.VIEW_PERSONS)
    cards = registry.person_cards([row.person_id for row in rows if row.person_id]) if may_see else {}
    files = imports.imports_by_id(row.params["import"] for row in rows if row.kind in IMPORT_NOTICES)
    written = circulars.circulars_by_id(row.params["circular"] for row in rows if row.kind in CIRCULARS)

    def of_import(row: Notice) -> tuple[str, bool]:
        entry = files.get(row.params["import"])
        told = {"file": entry.name if entry else "", "kind": kind_name(entry.kind) if entry else ""}
        return str(IMPORT_NOTICES[row.kind]) % told, entry is not None and request.standing.may(
            P.IMPORT_FILES, entry.division_code
        )

    def of_circular(row: Notice) -> tuple[str, bool]:
        one = written.get(row.params["circular"])
        return str(CIRCULARS[row.kind]) % {"title": one.title if one else ""}, one is not None

    def of_person(row: Notice) -> tuple[str, bool]:
        card = cards.get(row.person_id) if row.person_id else None
        told = {key: value for key, value in row.params.items() if isinstance(value, str | int)}
        sentence = str(SENTENCES.get(row.kind, row.kind)) % {
            "on": "",
            **told,
            "name": card.name if card else _("一名残疾人"),
        }
        return (
            sentence,
            row.kind in WORK_LISTS
            or row.kind in SUPPORT
            or row.kind in PROPOSALS
            or row.kind in PAYMENTS
            or row.kind in ACCOUNTS
            or row.kind in STANDARDS
            or (card is not None and request.standing.may(P.VIEW_PERSONS, card.division_code)),
        )

    told_by: dict[str, Callable[[Notice], tuple[str, bool]]] = {
        **dict.fromkeys(IMPORT_NOTICES, of_import),
        **dict.fromkeys(CIRCULARS, of_circular),
    }
    lines = []
    for row in rows:
        sentence, leads = told_by.get(row.kind, of_person)(row)
        held = words.listed(
            words.SUBSIDIES_SHORT[s] for s in row.params.get("subsidies", ()) if s in words.SUBSIDIES_SHORT
        )
        lines.append(
            {
                "pk": row.pk,
                "at": timezone.localtime(row.posted_at),
                "sentence": sentence,
                "place": divisions.name_of(row.division_code),
                "held": held,
                "unread": row.pk not in read,
                "leads": leads,
            }
        )
    return lines


def led_to(request: OfficialRequest, row: Notice) -> str:
    """The address that an event notice leads to; the postbox when it leads nowhere."""
    if row.kind in IMPORT_NOTICES and request.standing.may(P.IMPORT_FILES, row.division_code):
        return reverse("import", args=[row.params["import"]])
    if row.kind in CIRCULARS:
        return reverse("circular", args=[row.params["circular"]])
    if "batch" in row.params:
        return reverse("batch", args=[row.params["batch"]])
    if "revision" in row.params:
        return reverse("revision", args=[row.params["revision"]])
    if "proposal" in row.params:
        return reverse("proposals")
    if row.kind in ACCOUNTS:
        mine = row.params["account"] == request.user.pk or not request.standing.may(P.MANAGE_ACCOUNTS)
        return reverse("profile") if mine else reverse("account", args=[row.params["account"]])
    if "question" in row.params:
        return reverse("question", args=[row.params["question"]])
    if row.kind in WORK_LISTS:
        return reverse(WORK_LISTS[row.kind])
    person = registry.person(row.person_id) if row.person_id else None
    if person is not None and request.standing.may(P.VIEW_PERSONS, person.division_code):
        return reverse("person", args=[person.pk])
    return reverse("notices")
