"""Partners: who they are, what they are granted, their keys and tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.operations.tallies import count_hit, tallied, tally_key
from lxbt.audit.operations import record_event
from lxbt.core.curves import is_ed25519_key
from lxbt.core.refusal import Refusal
from lxbt.core.signing import ED25519
from lxbt.divisions import queries as divisions
from lxbt.exchange import queries
from lxbt.exchange.models import AccessToken, Link, Partner, PartnerKey
from lxbt.exchange.rules.beneficiaries import FIELDS
from lxbt.exchange.rules.signature import ALGORITHMS
from lxbt.matching.rules.lists import LISTS

if TYPE_CHECKING:
    from lxbt.accounts.models import User

RIGHT_FOR = 10 * 365 * 86400  # seconds
TOKEN_LASTS = timedelta(hours=1)
MOST_TOKENS = 20  # of one partner at the same time


class PartnerRefused(Refusal):
    """A partner cannot be opened or changed so."""


@transaction.atomic
def open_partner(
    *,
    sender_id: str,
    name: str,
    kind: str = "partner",
    areas: Iterable[str] = (),
    fields: Iterable[str] = (),
    lists: Iterable[str] = (),
    answers: str = "",
    base_url: str = "",
    must_sign: bool = True,
    quota: int = 600,
    client_secret: str = "",
    by: User | None,
) -> tuple[Partner, str]:
    """Open a partner, or change what an open one is granted. Gives it and the secret of its client, which is told once:
    it is kept encoded.

    Opened anew, a partner gets a new secret only when it had none. `client_secret` is the one that we show to it.
    """
    areas, fields, lists = sorted(set(areas)), sorted(set(fields)), sorted(set(lists))
    unknown = set(areas) - set(divisions.divisions_by_code(areas))
    if unknown:
        raise PartnerRefused(
            _("没有区划 %(codes)s，请核对 12 位代码。") % {"codes": "、".join(sorted(unknown))}, field="areas"
        )
    if set(fields) - set(FIELDS):
        raise PartnerRefused(
            _("不认识的字段 %(names)s；可授予：%(known)s。")
            % {"names": "、".join(sorted(set(fields) - set(FIELDS))), "known": "、".join(FIELDS)}
        )
    if set(lists) - set(LISTS):
        raise PartnerRefused(
            _("不认识的名单 %(names)s；可授予：%(known)s。")
            % {"names": "、".join(sorted(set(lists) - set(LISTS))), "known": "、".join(LISTS)},
            field="lists",
        )
    if kind == "lister" and (not lists or not areas):
        raise PartnerRefused(_("请给出对方可以提供的名单和所属区划。"), field="lists")
    if answers and not base_url:
        raise PartnerRefused(_("只能逐批查询的单位须登记对方地址。"), field="base_url")
    if base_url and urlsplit(base_url).scheme not in ("https", "http"):
        raise PartnerRefused(_("对方地址须以 https:// 开头。"), field="base_url")
    partner = Partner.objects.select_for_update().filter(sender_id=sender_id).first()
    before = (
        {
            "areas": partner.areas,
            "fields": partner.fields,
            "lists": partner.lists,
            "answers": partner.answers,
            "base_url": partner.base_url,
            "quota": partner.quota,
        }
        if partner
        else {}
    )
    secret = ""
    if partner is None:
        partner = Partner(sender_id=sender_id, token_key=vault.seal(secrets.token_hex(32)))
    if not partner.secret:
        secret = secrets.token_urlsafe(32)
        partner.secret = make_password(secret)
    partner.name, partner.kind, partner.areas, partner.fields = name, kind, areas, fields
    partner.lists, partner.answers = lists, answers
    partner.base_url, partner.must_sign, partner.quota, partner.closed_at = base_url.rstrip("/"), must_sign, quota, None
    if client_secret:
        partner.client_secret = vault.seal(client_secret)
    partner.save()
    Link.objects.get_or_create(partner=partner)
    if secret:
        partner.refresh_from_db(fields=["opened_at"])
        _note_right(sender_id, secret, partner.opened_at)
    record_event(
        by=by,
        action="partner.opened",
        subject_kind="partner",
        subject_id=sender_id,
        details={"kind": kind, "must_sign": must_sign},
        changes={
            name: (before.get(name), getattr(partner, name))
            for name in ("areas", "fields", "lists", "answers", "base_url", "quota")
        },
    )
    return partner, secret


@transaction.atomic
def set_partner_keys(
    *, partner: Partner, keys: Mapping[str, bytes], at: datetime, by: User | None, algorithm: str = ED25519
) -> None:
    """The public keys that a partner signs with from now on; those left out are taken for another five minutes, for
    what is on its way.
    """
    if algorithm not in ALGORITHMS:
        raise PartnerRefused(_("不支持签名算法 %(name)s。") % {"name": algorithm})
    for key_id, key in keys.items():
        if not is_ed25519_key(key):
            raise PartnerRefused(
                _("密钥 %(name)s 不是有效的 Ed25519 公钥，请对方重新生成后再登记。") % {"name": key_id[:40]}
            )
        PartnerKey.objects.update_or_create(
            partner=partner, key_id=key_id, defaults={"algorithm": algorithm, "public_key": key, "until_at": None}
        )
    PartnerKey.objects.filter(partner=partner, until_at__isnull=True).exclude(key_id__in=list(keys)).update(
        until_at=at + timedelta(minutes=5)
    )
    record_event(
        by=by,
        action="partner.keys_set",
        subject_kind="partner",
        subject_id=partner.sender_id,
        details={"keys": sorted(keys)},
    )


@transaction.atomic
def close_partner(*, partner: Partner, at: datetime, by: User | None) -> None:
    """Make a partner a stranger: its tokens end at once."""
    Partner.objects.filter(pk=partner.pk).update(closed_at=at)
    AccessToken.objects.filter(partner=partner).delete()
    record_event(by=by, action="partner.closed", subject_kind="partner", subject_id=partner.sender_id)


def give_token(*, client_id: str, client_secret: str, at: datetime) -> tuple[str, int] | None:
    """A bearer token for client credentials and how many seconds it lasts; None when they do not hold."""
    partner = queries.partner_known_as(client_id)
    if partner is None:
        make_password(client_secret)  # a stranger waits as long as a partner with a wrong secret
        return None
    if not check_password(client_secret, partner.secret):
        return None
    _note_right(client_id, client_secret, at)
    return keep_token(partner=partner, at=at)


def was_right(client_id: str, secret: str, at: datetime) -> bool:
    """Whether these credentials held before: known by a keyed digest, without the long work of a password's."""
    return tallied(key=tally_key("exchange right", client_id, secret), at=at).count > 0


def _note_right(client_id: str, secret: str, at: datetime) -> None:
    count_hit(key=tally_key("exchange right", client_id, secret), seconds=RIGHT_FOR, at=at)


@transaction.atomic
def keep_token(*, partner: Partner, at: datetime) -> tuple[str, int]:
    """Make a token for a partner; of many, the oldest go."""
    token = secrets.token_urlsafe(32)
    AccessToken.objects.create(digest=queries.token_digest(token), partner=partner, until_at=at + TOKEN_LASTS)
    AccessToken.objects.filter(partner=partner, until_at__lte=at).delete()
    kept = AccessToken.objects.filter(partner=partner).order_by("-until_at").values_list("pk", flat=True)[:MOST_TOKENS]
    AccessToken.objects.filter(partner=partner).exclude(pk__in=list(kept)).delete()
    return token, int(TOKEN_LASTS.total_seconds())
