"""The second factor: six digits from the owner's phone (RFC 6238), or one of the codes on paper, each code once."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from lxbt import vault
from lxbt.accounts import queries
from lxbt.accounts.models import BackupCode, SecondFactor, User
from lxbt.accounts.operations.attempts import try_code
from lxbt.accounts.rules.signing_in import needs_second_factor
from lxbt.audit.operations import record_event
from lxbt.core import crypto
from lxbt.core.clock import beijing_day
from lxbt.core.refusal import Refusal

SECRET_BYTES = 20  # RFC 4226, section 4, R6
TOLERANCE = 1  # half minutes that a phone's clock may be off, either way
BACKUP_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look like digits on paper
ISSUER = "残疾人两项补贴"


class CodeRefused(Refusal):
    """The code does not do."""


@transaction.atomic
def begin_enrolment(*, user: User) -> None:
    """Make a secret that waits for its first right code; the one in use, if any, stays in use until then."""
    found, _new = SecondFactor.objects.select_for_update().get_or_create(
        user=user, defaults={"pending": vault.seal_bytes(secrets.token_bytes(SECRET_BYTES))}
    )
    if not _new:
        found.pending = vault.seal_bytes(secrets.token_bytes(SECRET_BYTES))
        found.save(update_fields=["pending"])


def pending_secret(user: User) -> str | None:
    """The waiting secret in base 32, in groups of four for typing; None when nothing waits."""
    found = SecondFactor.objects.filter(user=user, pending__isnull=False).first()
    if found is None or found.pending is None:
        return None
    text = base64.b32encode(vault.open_sealed_bytes(found.pending)).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def enrolment_address(user: User, secret: str) -> str:
    """What the phone's camera reads: otpauth://totp/ISSUER:USER?secret=..."""
    query = urlencode({"secret": secret.replace(" ", ""), "issuer": ISSUER})
    return f"otpauth://totp/{quote(ISSUER)}:{quote(user.username)}?{query}"


def confirm_enrolment(*, user: User, code: str, at: datetime) -> list[str]:
    """Take the waiting secret into use by its first right code; gives new back-up codes, to be shown once."""
    with try_code(user=user, at=at), transaction.atomic():
        found = SecondFactor.objects.select_for_update().filter(user=user, pending__isnull=False).first()
        step = _step(vault.open_sealed_bytes(found.pending), code, at=at, after=0) if found and found.pending else None
        if found is None or step is None:
            raise CodeRefused(
                _("验证码不对。请看手机上此刻显示的 6 位数字，并确认手机时间是自动设置的。"), field="code"
            )
        found.secret, found.pending, found.last_step, found.since_at = found.pending, None, step, at
        found.save()
        codes = _new_backup_codes(user)
        record_event(
            by=user,
            action="account.second_factor_set",
            subject_kind="account",
            subject_id=user.pk,
            division_code=user.place_code,
        )
        return codes


def present_code(*, user: User, code: str, at: datetime) -> str:
    """Check a code of the phone or of the paper; gives `totp` or `backup`.

    A code is taken once, wrong ones count towards the lock.
    """
    with try_code(user=user, at=at), transaction.atomic():
        found = SecondFactor.objects.select_for_update().filter(user=user, secret__isnull=False).first()
        if found is None or found.secret is None:
            raise CodeRefused(_("这个账号没有启用动态验证码。"), field="code")
        plain = "".join(code.lower().split()).replace("-", "")
        step = _step(vault.open_sealed_bytes(found.secret), plain, at=at, after=found.last_step)
        if step is not None:
            found.last_step = step
            found.save(update_fields=["last_step"])
            return "totp"
        if BackupCode.objects.filter(user=user, digest=_digest(user, plain), used_at__isnull=True).update(used_at=at):
            left = BackupCode.objects.filter(user=user, used_at__isnull=True).count()
            record_event(
                by=user,
                action="account.backup_code_used",
                subject_kind="account",
                subject_id=user.pk,
                division_code=user.place_code,
                details={"left": left},
            )
            return "backup"
        raise CodeRefused(_("验证码不对或已用过。请等手机上换一个数字后再输入，也可以用一个备用码。"), field="code")


@transaction.atomic
def renew_backup_codes(*, user: User) -> list[str]:
    """New codes on paper; the old ones hold no longer. The caller has just checked a code."""
    codes = _new_backup_codes(user)
    record_event(
        by=user,
        action="account.backup_codes_renewed",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
    )
    return codes


def drop_second_factor(*, user: User, code: str, at: datetime) -> None:
    """Do without it from now on, where the account's roles allow that; a right code is asked a last time."""
    if settings.LXBT_SECOND_FACTOR == "required" and needs_second_factor(queries.standing_of(user, on=beijing_day(at))):
        raise CodeRefused(_("您的角色必须使用动态验证码，不能停用。换手机请用“换手机”。"))
    present_code(user=user, code=code, at=at)
    remove_second_factor(user=user, by=user)


@transaction.atomic
def remove_second_factor(*, user: User, by: User) -> None:
    """Take secret and codes away."""
    SecondFactor.objects.filter(user=user).delete()
    BackupCode.objects.filter(user=user).delete()
    record_event(
        by=by,
        action="account.second_factor_removed",
        subject_kind="account",
        subject_id=user.pk,
        division_code=user.place_code,
    )


def _step(secret: bytes, code: str, *, at: datetime, after: int) -> int | None:
    """The half minute that the code belongs to, when it is right and later than `after`."""
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    clock = TOTP(secret)
    clock.time = at.timestamp()
    return clock.t() if clock.verify(int(code), tolerance=TOLERANCE, min_t=after + 1) else None


def _new_backup_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _i in range(10)) for _j in range(BACKUP_CODES)]
    BackupCode.objects.filter(user=user).delete()
    BackupCode.objects.bulk_create([BackupCode(user=user, digest=_digest(user, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: User, code: str) -> bytes:
    return crypto.index_of("backup_code", f"{user.pk}:{code}", settings.LXBT_INDEX_KEY)
