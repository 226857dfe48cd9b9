"""Out of the sandbox, and new keys after that: asked for by one administrator, agreed to by another of a level
above.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts.rules import Permission
from lxbt.core.crypto import sm3
from lxbt.divisions.queries import name_of
from lxbt.proposals.operations import Kind, propose, register
from lxbt.proposals.rules import Effect
from lxbt.provincial.models import Client
from lxbt.provincial.operations.clients import ClientRefused, check_key, check_right, leave_sandbox, register_key
from lxbt.provincial.queries import has_key

if TYPE_CHECKING:
    from lxbt.accounts.models import User
    from lxbt.proposals.models import Proposal

LIVE, KEY = "provincial.live", "provincial.key"


@transaction.atomic
def ask_to_go_live(*, client: Client, reason: str, by: User, at: datetime, on: date) -> Proposal:
    """Ask the level above that what the client pushes be written; ClientRefused while it has no key."""
    check_right(by=by, division_code=client.division_code, at=at)
    _must_be_open(client)
    if not client.sandbox:
        raise ClientRefused(_("这个系统已经是正式接入。"))
    if not has_key(client.pk, at):
        raise ClientRefused(_("还没有登记公钥，登记后才能转为正式接入。"), field="sandbox")
    return propose(
        kind=LIVE,
        division_code=client.division_code,
        payload={"client": client.pk},
        reason=reason,
        by=by,
        at=at,
        on=on,
        subject_kind="province",
        subject_id=client.pk,
    )


@transaction.atomic
def ask_for_key(
    *, client: Client, key_id: str, algorithm: str, public_key: bytes, reason: str, by: User, at: datetime, on: date
) -> Proposal:
    """Ask the level above to take another key of a client that pushes for real: whoever holds it can make rights."""
    check_right(by=by, division_code=client.division_code, at=at)
    _must_be_open(client)
    check_key(client=client, key_id=key_id, algorithm=algorithm, public_key=public_key)
    return propose(
        kind=KEY,
        division_code=client.division_code,
        payload={"client": client.pk, "key": key_id, "algorithm": algorithm, "public": public_key.hex()},
        reason=reason,
        by=by,
        at=at,
        on=on,
        subject_kind="province key",
        subject_id=client.pk,
    )


def _must_be_open(client: Client) -> None:
    if client.closed_at is not None:
        raise ClientRefused(_("这个接入系统已停用，请另行开通。"))


def _client(proposal: Proposal) -> Client:
    client = Client.objects.get(pk=proposal.payload["client"])
    _must_be_open(client)
    return client


def live_effect(proposal: Proposal, on: date) -> Effect:
    """Whose system, of which area, writes from now on."""
    client = _client(proposal)
    if not client.sandbox:
        raise ClientRefused(_("这个系统已经是正式接入。"))
    place = name_of(client.division_code)
    return Effect(
        (
            (
                _("“%(name)s”的推送") % {"name": client.name},
                _("沙箱，不写入"),
                _("写入%(place)s的数据") % {"place": place},
            ),
            (_("上线期以外或超过每日上限的享受资格"), "", _("先不发放，由本地两人放行")),
        )
    )


def key_effect(proposal: Proposal, on: date) -> Effect:
    """Which key is taken, by its fingerprint."""
    client, told = _client(proposal), proposal.payload
    mark = sm3(bytes.fromhex(told["public"])).hex()[:16]
    return Effect(
        (
            (
                _("“%(name)s”的公钥 %(key)s") % {"name": client.name, "key": told["key"]},
                "",
                _("%(algorithm)s，指纹 %(mark)s，原有的密钥 5 分钟后停用")
                % {"algorithm": told["algorithm"], "mark": mark},
            ),
        )
    )


def carry_out_live(proposal: Proposal, *, by: User, at: datetime, on: date) -> Client:
    """Leave the sandbox."""
    return leave_sandbox(client=_client(proposal), asked_by=proposal.proposed_by_id, by=by)


def carry_out_key(proposal: Proposal, *, by: User, at: datetime, on: date) -> object:
    """Take the key."""
    told = proposal.payload
    return register_key(
        client=_client(proposal),
        key_id=told["key"],
        algorithm=told["algorithm"],
        public_key=bytes.fromhex(told["public"]),
        replacing=True,
        by=by,
        at=at,
    )


def register_kinds() -> None:
    """Both acts, for the pages of proposals."""
    right = Permission.MANAGE_INTERFACE
    register(Kind(LIVE, lazy("数据接口转为正式接入"), right, live_effect, carry_out_live, decided_above=True))
    register(Kind(KEY, lazy("登记正式接口的公钥"), right, key_effect, carry_out_key, decided_above=True))
