"""The switch of a demonstration: a certificate changes at the played Federation.

Exists in the demonstration environment only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from lxbt.audit.operations import record_event
from lxbt.core.idnumber import mask
from lxbt.core.refusal import Refusal

KINDS = ("issued", "grade", "category", "renewed", "expired", "frozen", "unfrozen", "cancelled", "moved", "died")


class NotPlaying(Refusal):
    """There is no played Federation, or it does not answer."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Whose certificate changed there, and the running number of the change."""

    name: str
    masked: str
    identity_number: str
    sequence: int


def is_playing() -> bool:
    """Whether this installation plays the Federation."""
    return settings.LXBT_ENVIRONMENT == "demo" and _folder().joinpath("link.json").exists()


def _folder() -> Path:
    return Path(settings.LXBT_VAR) / "cdpf"


def change_certificate(*, kind: str, identity_number: str = "", by: Any) -> Changed:
    """Have a certificate change at the played Federation: of this person, or of anybody."""
    if not is_playing() or kind not in KINDS:
        raise NotPlaying(_("当前没有运行残联库模拟程序。"))
    told = _ask("change", {"kind": kind, "identity_number": identity_number})
    if not told.get("changed"):
        raise NotPlaying(_("模拟程序中没有这个人，请核对号码，或留空由系统任选一人。"))
    record_event(
        by=by,
        action="exchange.played",
        subject_kind="exchange",
        subject_id="cdpf",
        details={"kind": kind, "sequence": told["sequence"]},
    )
    return Changed(told["name"], mask(told["identity_number"]), told["identity_number"], told["sequence"])


def state() -> dict[str, Any]:
    """Where the played Federation stands; empty when it does not answer."""
    try:
        return _ask("state", {}) if is_playing() else {}
    except NotPlaying:
        return {}


def _ask(path: str, body: dict[str, Any]) -> dict[str, Any]:
    link = json.loads(_folder().joinpath("link.json").read_text())
    try:
        answer = httpx.post(
            f"http://127.0.0.1:{link['port']}/admin/{path}",
            json=body,
            headers={"Authorization": f"Bearer {link['admin_secret']}"},
            timeout=5,
            trust_env=False,
        )
        found: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        raise NotPlaying(_("残联库模拟程序没有应答，请稍后再试。")) from None
    return found
