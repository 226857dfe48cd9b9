"""The registry's side of the link, found when it is called: where it is not installed, messages wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from lxbt.core.refusal import Refusal
from lxbt.registry.rules.federation import FederationRecord


class NotReady(Refusal):
    """The registry cannot take the Federation's records yet."""


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise NotReady(_("人员库暂不能接收残联数据，消息已保存，稍后自动处理。")) from None


def take_records(*, records: Sequence[FederationRecord], source: str, received_at: datetime, on: date) -> dict[str, Any]:
    """Take records; gives counts: new, changed, same, older, doubtful."""
    taken = _module("lxbt.registry.operations.federation").take_federation_records(records=records, source=source, received_at=received_at, on=on)
    return asdict(taken)


def digests_by_county(area: str) -> list[Any]:
    """What is held, by county: rows with division_code, count, digest."""
    return list(_module("lxbt.registry.queries.federation").digests_by_county(area))


def digests_by_person(county: str) -> list[Any]:
    """What is held of the persons of a county: rows with handle (hexadecimal) and sequence."""
    return list(_module("lxbt.registry.queries.federation").digests_by_person(county))


def note_agreed_counties(counties: Sequence[str], at: datetime) -> None:
    """Both sides hold the same of these counties: what is known of everybody there is confirmed."""
    _module("lxbt.registry.operations.federation").note_agreed_counties(counties=counties, at=at)
