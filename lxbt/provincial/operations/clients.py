"""Provinces' programs: opened, given keys, changed, closed. Secrets are told once and kept sealed."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from lxbt import vault
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules import Permission
from lxbt.audit.operations import record_event
from lxbt.core import signing
from lxbt.core.clock import beijing_day
from lxbt.core.curves import is_ed25519_key, is_sm2_key
from lxbt.core.refusal import Refusal
from lxbt.divisions.queries import division
from lxbt.divisions.rules import NATION
from lxbt.provincial.models import Client, ClientKey

if TYPE_CHECKING:
    from lxbt.accounts.models import User

ON_ITS_WAY = timedelta(minutes=5)  # a key that was replaced is taken for what is on its way
_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,39}")
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
PUBLIC_KEYS = {signing.ED25519: is_ed25519_key, signing.SM2: is_sm2_key}
_CERTIFICATE = re.compile(r"[0-9a-f]{64}|")
MOST_QUOTA = 100_000


class ClientRefused(Refusal):
    """A client cannot be opened or changed so."""


@dataclass(frozen=True)
class Opened:
    """A new client and the key that persons are called by in manifests: told once, 64 hexadecimal digits."""

    client: Client
    handle_key: str


def check_right(*, by: User | None, division_code: str, at: datetime) -> None:
    """ClientRefused unless the account manages interfaces in the area; the system itself may."""
    if division(division_code) is None:
        raise ClientRefused(_("没有区划 %(code)s，请核对 12 位代码。") % {"code": division_code}, field="division_code")
    if by is not None and not standing_of(by, on=beijing_day(at)).may(Permission.MANAGE_INTERFACE, division_code):
        raise ClientRefused(_("您没有管理该区划数据接口的权限，请由上级系统管理员办理。"))


def _settled(name: str, quota: int, certificate: str) -> tuple[str, str]:
    name, certificate = name.strip(), certificate.strip().lower().replace(":", "")
    if not 2 <= len(name) <= 60:
        raise ClientRefused(_("请填写系统名称，2 到 60 个字。"), field="name")
    if not 1 <= quota <= MOST_QUOTA:
        raise ClientRefused(_("每分钟请求数应在 1 到 %(most)s 之间。") % {"most": MOST_QUOTA}, field="quota")
    if not _CERTIFICATE.fullmatch(certificate):
        raise ClientRefused(_("客户端证书指纹应为 SHA-256 的 64 位十六进制数，不用证书的留空。"), field="certificate")
    return name, certificate


@transaction.atomic
def open_client(
    *,
    client_id: str,
    name: str,
    division_code: str,
    sandbox: bool = True,
    quota: int = 1200,
    certificate: str = "",
    by: User | None,
    at: datetime,
) -> Opened:
    """Open a client for an area.

    It begins in the sandbox unless told otherwise; it needs a key before it can speak (`add_key`).
    """
    check_right(by=by, division_code=division_code, at=at)
    if division_code == NATION:
        raise ClientRefused(_("请指明接入系统所属的省、市或县，不能是全国。"), field="division_code")
    if not sandbox and by is not None:
        raise ClientRefused(_("新开通的系统先在沙箱中联调，转为正式接入须由上一级同意。"), field="sandbox")
    if not _CLIENT_ID.fullmatch(client_id):
        raise ClientRefused(_("系统标识由 3 到 40 个小写字母、数字和连字符组成。"), field="client_id")
    if Client.objects.filter(client_id=client_id).exists():
        raise ClientRefused(_("系统标识 %(id)s 已被使用，请换一个。") % {"id": client_id}, field="client_id")
    name, certificate = _settled(name, quota, certificate)
    handle_key = secrets.token_hex(32)
    client = Client.objects.create(
        client_id=client_id,
        name=name,
        division_code=division_code,
        sandbox=sandbox,
        quota=quota,
        certificate=certificate,
        handle_key=vault.seal(handle_key),
        opened_at=at,
        opened_by_id=by.pk if by else None,
    )
    record_event(
        by=by,
        action="province.opened",
        subject_kind="province",
        subject_id=client_id,
        division_code=division_code,
        details={"name": name, "sandbox": sandbox, "quota": quota},
    )
    return Opened(client, handle_key)


@transaction.atomic
def open_client_with_key(
    *, key_id: str, algorithm: str, public_key: bytes, by: User | None, at: datetime, **told: Any
) -> Opened:
    """Open a client together with its first key: both, or neither. `told`: as for `open_client`."""
    opened = open_client(by=by, at=at, **told)
    add_key(client=opened.client, key_id=key_id, algorithm=algorithm, public_key=public_key, by=by, at=at)
    return opened


def handle_key_of(client: Client) -> bytes:
    """The key that the client's persons are called by in manifests."""
    return bytes.fromhex(vault.open_sealed(client.handle_key))


def _locked(client: Client, by: User | None, at: datetime) -> Client:
    found = Client.objects.select_for_update().get(pk=client.pk)
    check_right(by=by, division_code=found.division_code, at=at)
    if found.closed_at is not None:
        raise ClientRefused(_("这个接入系统已停用，请另行开通。"))
    return found


@transaction.atomic
def change_client(
    *, client: Client, name: str, quota: int, sandbox: bool, certificate: str, by: User | None, at: datetime
) -> Client:
    """Change what a client may. Out of the sandbox, what it pushes is written."""
    found = _locked(client, by, at)
    name, certificate = _settled(name, quota, certificate)
    before = {field: getattr(found, field) for field in ("name", "quota", "sandbox", "certificate")}
    if not sandbox and found.sandbox and not ClientKey.objects.filter(client=found, until_at__isnull=True).exists():
        raise ClientRefused(_("还没有登记公钥，登记后才能转为正式接入。"), field="sandbox")
    if not sandbox and found.sandbox and by is not None:
        raise ClientRefused(_("转为正式接入须由上一级同意，请填写说明并提交。"), field="sandbox")
    found.name, found.quota, found.sandbox, found.certificate = name, quota, sandbox, certificate
    found.save(update_fields=list(before))
    record_event(
        by=by,
        action="province.changed",
        subject_kind="province",
        subject_id=found.client_id,
        division_code=found.division_code,
        changes={field: (value, getattr(found, field)) for field, value in before.items()},
    )
    return found


@transaction.atomic
def leave_sandbox(*, client: Client, asked_by: int, by: User) -> Client:
    """Write what the client pushes from now on; for `going_live` alone, which has two persons."""
    found = Client.objects.select_for_update().get(pk=client.pk)
    found.sandbox = False
    found.save(update_fields=["sandbox"])
    record_event(
        by=by,
        action="province.live",
        subject_kind="province",
        subject_id=found.client_id,
        division_code=found.division_code,
        details={"asked_by": asked_by},
        changes={"sandbox": (True, False)},
    )
    return found


def check_key(*, client: Client, key_id: str, algorithm: str, public_key: bytes) -> None:
    """ClientRefused unless the key can be taken."""
    if not _KEY_ID.fullmatch(key_id):
        raise ClientRefused(_("密钥编号由 1 到 40 个字母、数字、点、下划线和连字符组成。"), field="key_id")
    if algorithm not in signing.ALGORITHMS:
        raise ClientRefused(_("不支持签名算法 %(name)s。") % {"name": algorithm}, field="algorithm")
    if not PUBLIC_KEYS[algorithm](public_key):
        raise ClientRefused(
            _("公钥不是所选算法的公钥：Ed25519 为 32 字节，SM2 为 04 开头的 65 字节，都须是曲线上的有效点。"),
            field="public_key",
        )
    if ClientKey.objects.filter(client=client, key_id=key_id).exists():
        raise ClientRefused(_("密钥编号 %(id)s 已经用过，请换一个。") % {"id": key_id}, field="key_id")


@transaction.atomic
def add_key(
    *,
    client: Client,
    key_id: str,
    algorithm: str,
    public_key: bytes,
    replacing: bool = False,
    by: User | None,
    at: datetime,
) -> ClientKey:
    """Take a public key; `replacing` ends the others in five minutes, so that what is on its way still arrives.

    ClientRefused for a client that pushes for real: whoever holds the key can make rights (`going_live.ask_for_key`).
    """
    found = _locked(client, by, at)
    if by is not None and not found.sandbox:
        raise ClientRefused(_("正式接入的系统更换公钥须由上一级同意，请填写说明并提交。"), field="public_key")
    return register_key(
        client=found,
        key_id=key_id,
        algorithm=algorithm,
        public_key=public_key,
        replacing=replacing,
        by=by,
        at=at,
    )


@transaction.atomic
def register_key(
    *,
    client: Client,
    key_id: str,
    algorithm: str,
    public_key: bytes,
    replacing: bool,
    by: User | None,
    at: datetime,
) -> ClientKey:
    """Take a key that the caller may take."""
    found = client
    check_key(client=found, key_id=key_id, algorithm=algorithm, public_key=public_key)
    if replacing:
        ClientKey.objects.filter(client=found, until_at__isnull=True).update(until_at=at + ON_ITS_WAY)
    key = ClientKey.objects.create(client=found, key_id=key_id, algorithm=algorithm, public_key=public_key, since_at=at)
    record_event(
        by=by,
        action="province.key_added",
        subject_kind="province",
        subject_id=found.client_id,
        division_code=found.division_code,
        details={"key": key_id, "algorithm": algorithm, "replacing": replacing},
    )
    return key


@transaction.atomic
def end_key(*, client: Client, key_id: str, by: User | None, at: datetime) -> None:
    """A key is not taken any more from this moment on."""
    found = _locked(client, by, at)
    if not ClientKey.objects.filter(client=found, key_id=key_id, until_at__isnull=True).update(until_at=at):
        raise ClientRefused(_("没有这把在用的密钥，请刷新页面。"))
    record_event(
        by=by,
        action="province.key_ended",
        subject_kind="province",
        subject_id=found.client_id,
        division_code=found.division_code,
        details={"key": key_id},
    )


@transaction.atomic
def close_client(*, client: Client, reason: str, by: User | None, at: datetime) -> None:
    """From now on the client is a stranger; what it told stays."""
    found = _locked(client, by, at)
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    record_event(
        by=by,
        action="province.closed",
        subject_kind="province",
        subject_id=found.client_id,
        division_code=found.division_code,
        reason=reason,
    )
