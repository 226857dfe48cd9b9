"""One person anywhere in the nation: asked with a reason, answered with the least that tells whether the person is
provided for.

The answer names no category, no household and no account: what 国发〔2015〕52号 二（二） needs at a window is whether a
subsidy is being paid elsewhere, and where to ask on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lxbt.accounts.queries import roles_held
from lxbt.accounts.rules.looking import is_reason, reveals_allowed
from lxbt.audit.operations import record_event
from lxbt.audit.queries import acts_since
from lxbt.audit.watching import note_limit_reached
from lxbt.core import idnumber
from lxbt.core.clock import beijing_day
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.registry import queries as registry

if TYPE_CHECKING:
    from lxbt.accounts.models import User

ASKED = "nation.asked"
MONTHS = 3  # the last months whose payments are told


class AskingRefused(Refusal):
    """The question cannot be asked so."""


@dataclass(frozen=True)
class Held:
    """A right of the person. Months; `until` exclusive."""

    subsidy: str
    state: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Received:
    """A month that was paid, and the county that pays there."""

    month: date
    subsidy: str
    county: str


@dataclass(frozen=True)
class Answer:
    """What is told of a person: enough to know whether a subsidy is paid, and where."""

    person_id: int
    masked_name: str
    division_code: str
    county: str  # full name
    died: bool
    rights: tuple[Held, ...] = field(default=())
    received: tuple[Received, ...] = field(default=())


def ask_nation(*, number: str, reason: str, by: User, at: datetime) -> Answer | None:
    """Whether somebody with this identity or certificate number receives a subsidy anywhere; None when nobody has the
    number.

    Every question leaves a record, those about unknown numbers too (without the number). AskingRefused without a
    reason, for a number that is none, or beyond what the account's roles allow within an hour.
    """
    number = idnumber.normalise(number)
    if not is_reason(reason):
        raise AskingRefused(_("全国查询须选择理由，或写明不少于 4 个字。"), field="reason")
    if not (idnumber.is_valid(number) or idnumber.certificate_parts(number)):
        raise AskingRefused(
            _("号码不对：请输入 18 位身份证号，或 20 位残疾人证号（补办的 22 位），并核对最后一位。"), field="number"
        )
    allowed = reveals_allowed(set(roles_held([by.pk], on=beijing_day(at)).get(by.pk, [])))
    if acts_since(by.pk, at - timedelta(hours=1), ASKED) >= allowed:
        note_limit_reached(by=by, on=beijing_day(at), at=at, count=allowed)
        raise AskingRefused(_("一小时内全国查询已达 %(n)s 次的上限，请稍后再查；已提示上级核查。") % {"n": allowed})
    return _answer(number, reason.strip(), by, at)


@transaction.atomic
def _answer(number: str, reason: str, by: User, at: datetime) -> Answer | None:
    person = registry.person_by_number(number, Q())
    if person is not None and person.joined_to:
        person = registry.person(person.joined_to)
    record_event(
        by=by,
        action=ASKED,
        subject_kind="person",
        subject_id=person.pk if person else "",
        person_id=person.pk if person else None,
        division_code=person.division_code if person else by.place_code,
        reason=reason,
        details={"found": "yes" if person else "no"},
    )
    if person is None:
        return None
    county = divisions.county_of(person.division_code)
    months = [month.first for month in (Month.of(beijing_day(at)).back(n) for n in range(MONTHS, -1, -1))]
    with connection.cursor() as cursor:
        cursor.execute(
            "select subsidy, state, since, until from entitlements_entitlement where person_id = %s "
            "and state <> 'past' and (until is null or until > %s)"
            " order by subsidy, since",
            [person.pk, months[0]],
        )
        rights = tuple(Held(*row) for row in cursor.fetchall())
        days = ",".join(f"'{month}'" for month in months)  # written out, so that only these months' tables are opened
        cursor.execute(
            "select i.right_month, i.subsidy, b.payer_code from payments_item i "
            "join payments_batch b on b.id = i.batch_id"
            f" where i.person_id = %s and i.right_month in ({days}) and i.void is null group by 1, 2, 3 "
            "having sum(i.amount) > 0 order by 1 desc, 2, 3",
            [person.pk],
        )
        paid = cursor.fetchall()
        cursor.execute(
            "select exists (select from registry_personprofile where person_id = %s and died_on is not null)",
            [person.pk],
        )
        died = cursor.fetchone()[0]
    received = tuple(Received(month, subsidy, divisions.full_name_of(payer)) for month, subsidy, payer in paid)
    place = divisions.full_name_of(county.code if county else person.division_code)
    return Answer(person.pk, idnumber.mask_name(person.name), person.division_code, place, died, rights, received)
