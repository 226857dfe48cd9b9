"""A certificate corrected or withdrawn at the desk: proposed by one with its paper, carried out when another agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.models import User
from lxbt.accounts.rules import Permission
from lxbt.core.profile import read_certificate
from lxbt.core.reading import Unreadable
from lxbt.entitlements.due import Movement, movement
from lxbt.entitlements.fact_words import certificate_in_words
from lxbt.entitlements.operations.confirmed import keep_paper, money_lines, must_edit
from lxbt.proposals.models import Proposal
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect
from lxbt.registry.models import Certificate
from lxbt.registry.operations import RegistryRefused, desk_of, record_certificate
from lxbt.registry.operations.certificates import certificate_json, withdraw_certificate
from lxbt.registry.operations.facts import settle_contradictions
from lxbt.registry.rules.sources import CONFIRMED

KIND = "registry.certificate"


def _held(person_id: int, issued_on: date | None) -> Certificate | None:
    return Certificate.objects.filter(person_id=person_id, issued_on=issued_on).first()


def _write(
    person_id: int, replaced: date | None, certificate: Mapping[str, Any] | None, by: User | None, on: date
) -> None:
    """Put a certificate in the place of the one issued on that day; None: it never was."""
    held = _held(person_id, replaced) if replaced else None
    if held is not None and (certificate is None or certificate.get("issued_on") != held.issued_on.isoformat()):  # type: ignore[union-attr]
        withdraw_certificate(person_id=person_id, number=held.number, source=CONFIRMED, by=by)
    if certificate is not None:
        record_certificate(person_id=person_id, certificate=certificate, source=CONFIRMED, received_on=on, by=by)
    settle_contradictions(person_id=person_id, keys=["certificate"], on=on)


def _effect(
    person_id: int, replaced: date | None, certificate: Mapping[str, Any] | None, by: User | None, on: date
) -> tuple[Effect, Movement]:
    held = _held(person_id, replaced) if replaced else None
    line = (
        _("残疾人证"),
        certificate_in_words(certificate_json(held)) if held else _("没有"),
        certificate_in_words(certificate) if certificate else _("撤销"),
    )
    moved = movement(person_id, lambda: _write(person_id, replaced, certificate, by, on), on=on)
    return Effect((line, *money_lines(moved)), 1, moved.months, moved.yuan), moved


def _told(proposal: Proposal) -> tuple[date | None, Mapping[str, Any] | None]:
    replaced = proposal.payload.get("replaces")
    return (date.fromisoformat(replaced) if replaced else None), proposal.payload.get("certificate")


def effect_of(proposal: Proposal, on: date) -> Effect:
    """What a proposal would change, as of a day."""
    assert proposal.person_id is not None
    return _effect(proposal.person_id, *_told(proposal), None, on)[0]


def carry_out(proposal: Proposal, *, by: User, at: datetime, on: date) -> None:
    """Do what was proposed, in the second person's name."""
    assert proposal.person_id is not None
    _write(proposal.person_id, *_told(proposal), by, on)


@transaction.atomic
def propose_certificate(
    *,
    person_id: int,
    replaces: date | None,
    certificate: Mapping[str, Any] | None,
    reason: str,
    paper: bytes,
    by: User,
    at: datetime,
    on: date,
) -> Proposal:
    """Propose another certificate in the place of the one issued on a day, a further one (`replaces` None), or that it
    never was.

    RegistryRefused for days that cannot be, without a paper, or when nothing would change. Two persons stand behind it
    always:
    category, grade and days decide money.
    """
    place = must_edit(person_id, by, on)
    held = _held(person_id, replaces) if replaces else None
    if replaces is not None and held is None:
        raise RegistryRefused(_("系统里没有这天发的证，请刷新页面。"), field="replaces")
    if certificate is None and held is None:
        raise RegistryRefused(_("没有登记这个证，不需要撤销。"), field="replaces")
    if certificate is not None:
        try:
            read = read_certificate(certificate, _("残疾人证"))
        except Unreadable as error:
            raise RegistryRefused(_("残疾人证填写有误：%(fault)s") % {"fault": error}, field="grade") from None
        assert read is not None
        certificate = certificate_json(read)
        if held is not None and certificate == certificate_json(held):
            raise RegistryRefused(_("系统里登记的就是这样，没有要改的。"), field="grade")
        other = _held(person_id, read.issued_on)
        if other is not None and (held is None or other.number != held.number):
            raise RegistryRefused(_("这一天发的证已经登记，请选中它来更正。"), field="issued_on")
    _effect(person_id, replaces, certificate, by, on)  # refused here, not at the second person
    return propose(
        kind=KIND,
        division_code=place,
        payload={
            "replaces": replaces.isoformat() if replaces else None,
            "certificate": certificate,
            "told_by": desk_of(by),
        },
        reason=reason,
        by=by,
        at=at,
        on=on,
        person_id=person_id,
        document_id=keep_paper(paper, person_id, place, by),
    )


def register_kinds() -> None:
    """Called when the program starts."""
    register(Kind(KIND, lazy("登记、更正或撤销残疾人证"), Permission.EDIT_FACTS, effect_of, carry_out))
