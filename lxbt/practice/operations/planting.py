"""What stands in practice before somebody comes: a province of it, and for each attempt a county with its people and
cases.

Everything is made by the operations that the real work uses, so that the cases behave as real ones do. Names end in
练习, identity numbers begin with 99, which no region has.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from lxbt import vault
from lxbt.accounts.models import Appointment, User
from lxbt.accounts.operations.appointing import give
from lxbt.accounts.rules import BY_KEY, Organ
from lxbt.applications import operations as applications
from lxbt.applications.models import Application
from lxbt.applications.rules import Agent
from lxbt.core.clock import beijing_day
from lxbt.core.idnumber import check_digit
from lxbt.core.months import Month
from lxbt.divisions.models import Division, DivisionKind
from lxbt.divisions.rules import NATION, Level
from lxbt.entitlements.operations import grant_entitlement
from lxbt.matching.models import Suspicion
from lxbt.payments import operations as payments
from lxbt.payments.queries import net_of
from lxbt.payments.rules import IN_COLUMNS
from lxbt.registry.models import PayDay, Person
from lxbt.registry.operations import record_certificate, record_facts, register_person, set_account
from lxbt.standards import operations as standards
from lxbt.support.rules.exercises import Exercise

PROVINCE = "990000000000"
BANK = "练习银行"
STANDARDS = (
    ("living", {"fixed": "120"}, {"economic": ["dibao", "dibao_margin"]}),
    ("care", {"fixed": "100"}, {"grade": [1, 2]}),
)
SINCE = "2020-01"


@transaction.atomic
def plant_province() -> None:
    """The province of practice with its standards."""
    _node(PROVINCE, "练习省", Level.PROVINCE, NATION)
    for subsidy, amount, when in STANDARDS:
        row = {"division": PROVINCE, "subsidy": subsidy, "since": SINCE, "when": when, "amount": amount}
        draft = standards.draft_standard(
            row=row, document_title="练习省两项补贴标准", document_number="练习〔2020〕1号", by=None
        )
        standards.publish_standard(standard_id=draft.pk, by=None, on=date(2020, 1, 1))


def _node(code: str, name: str, level: Level, parent: str, *, acts_as_county: bool = False) -> None:
    Division.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "pinyin": "lx",
            "level": level,
            "kind": DivisionKind.ZONE,
            "parent_code": parent,
            "acts_as_county": acts_as_county,
        },
    )


@dataclass
class County:
    """A practice county while it is planted: its colleagues and what the trainee is told to type."""

    code: str
    at: datetime
    colleagues: dict[str, User] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    people: int = 0

    @property
    def on(self) -> date:
        """The day."""
        return beijing_day(self.at)

    @property
    def month(self) -> Month:
        """The month."""
        return Month.of(self.on)

    @property
    def township(self) -> str:
        """Where its people live."""
        return self.code[:6] + "001000"

    def place_of(self, role: str) -> str:
        """Where an account with this role works."""
        return self.township if Level.COUNTY not in BY_KEY[role].levels else self.code

    def colleague(self, role: str) -> User:
        """An invented colleague with a role, made when first asked for."""
        if role not in self.colleagues:
            organ = next(organ for organ in Organ if organ in BY_KEY[role].organs)
            user = User.objects.create(
                username=f"lianxi_{self.code[:6]}_{role}"[:40],
                name="练习同事",
                organ=organ,
                place_code=self.place_of(role),
                password="!",
                must_change_password=False,
                confirmed_on=self.on,
            )
            give(user, [role], user.place_code, right=None, until=None, by=None, on=self.on)
            self.colleagues[role] = user
        return self.colleagues[role]

    def number(self) -> str:
        """The next invented identity number of this county."""
        self.people += 1
        first = f"{self.code[:6]}19800501{self.people:02d}1"
        return first + check_digit(first)


def account_number(number: str, kind: int = 0) -> str:
    """An account number that goes with an identity number."""
    return f"62299{kind}{number[2:6]}{number[14:17]}00000"


@transaction.atomic
def plant(*, exercise: Exercise, county: str, trainee: User, at: datetime) -> dict[str, str]:
    """A county for one attempt, with the trainee's account in the exercise's role. Gives what the trainee is told."""
    city = county[:4].ljust(12, "0")
    _node(city, "练习市", Level.CITY, PROVINCE)
    _node(county, "练习县", Level.COUNTY, city, acts_as_county=True)
    made = County(county, at)
    _node(made.township, "练习街道", Level.TOWNSHIP, county)
    _node(county[:6] + "002000", "练习乡", Level.TOWNSHIP, county)
    _enrol(made, exercise.role, trainee)
    PLANTS[exercise.key](made)
    # drawn two weeks ago: an account may be changed by the trainee alone
    PayDay.objects.filter(division_code=county).update(drawn_on=beijing_day(at) - timedelta(days=14))
    return made.given


def _enrol(county: County, role: str, trainee: User) -> None:
    """The trainee's account in practice: the same number and name, one role, in this county; what it held in an earlier
    one is over.
    """
    organ = (
        trainee.organ
        if Organ(trainee.organ) in BY_KEY[role].organs
        else next(organ for organ in Organ if organ in BY_KEY[role].organs)
    )
    place = county.place_of(role)
    told = {
        "username": trainee.username,
        "name": trainee.name,
        "organ": organ,
        "place_code": place,
        "password": "!",
        "must_change_password": False,
        "is_active": True,
        "confirmed_on": county.on,
        "density": trainee.density,
        "letter_keys": trainee.letter_keys,
        "language": trainee.language,
    }
    user, _made = User.objects.update_or_create(pk=trainee.pk, defaults=told)
    Appointment.objects.filter(user=user, until__isnull=True).update(until=county.on)
    give(user, [role], place, right=None, until=None, by=None, on=county.on)


def _declared(
    county: County, name: str, *, grade: int = 1, papers: tuple[str, ...] = ("id_card", "certificate")
) -> applications.Declaration:
    number = county.number()
    return applications.Declaration(
        identity_number=number,
        name=name,
        division_code=county.township,
        certificate_number=f"{number}4{grade}",
        certificate={
            "category": "physical",
            "grade": grade,
            "issued_on": "2024-05-10",
            "valid_until": f"{county.on.year + 8}-05-09",
        },
        profile={"economic": "dibao", "area": "urban", "long_term_care": True},
        bank=BANK,
        holder=name,
        account_number=account_number(number),
        papers=dict.fromkeys(papers),
        phone="",
    )


def _applied(county: County, name: str, subsidies: list[str], **more: Any) -> Application:
    return applications.take_in(
        declaration=_declared(county, name, **more),
        subsidies=subsidies,
        applicant=applications.Applicant(agent=Agent.SELF),
        by=county.colleague("clerk"),
        at=county.at,
    )


def _passed(county: County, application: Application, roles: tuple[str, ...]) -> Application:
    """The application after these colleagues agreed to all of it."""
    verdicts = dict.fromkeys(application.asked.values_list("subsidy", flat=True), "agree")
    for role in roles:
        application = applications.pass_step(
            number=application.number,
            version=application.version,
            verdicts=verdicts,
            opinion="同意。",
            by=county.colleague(role),
            at=county.at,
        )
    return application


def _recipient(county: County, name: str, *, since: Month, subsidies: tuple[str, ...] = ("living", "care")) -> Person:
    """Somebody who has rights already, paid to an account."""
    number = county.number()
    person = register_person(
        name=name,
        sex="male",
        birth=date(1980, 5, 1),
        division_code=county.township,
        identity_number=number,
        by=None,
        on=county.on,
    )
    record_facts(
        person_id=person.pk,
        values={"economic": "dibao", "area": "urban", "long_term_care": True},
        since=None,
        source="练习",
        received_on=county.on,
        by=None,
    )
    certificate = {
        "category": "physical",
        "grade": 1,
        "issued_on": date(2018, 1, 1),
        "valid_until": date(county.on.year + 6, 1, 1),
    }
    record_certificate(person_id=person.pk, certificate=certificate, source="练习", received_on=county.on, by=None)
    set_account(
        person_id=person.pk, bank=BANK, holder=name, account_number=account_number(number), on=county.on, by=None
    )
    for subsidy in subsidies:
        grant_entitlement(person_id=person.pk, subsidy=subsidy, since=since, basis="练习", by=None, on=county.on)
    return person


def _clerk_apply(county: County) -> None:
    number = county.number()
    county.given = {
        "name": "张练习",
        "identity_number": number,
        "certificate_number": f"{number}41",
        "issued_on": "2024-05-10",
        "valid_until": f"{county.on.year + 8}-05-09",
        "phone": "13800000000",
        "bank": BANK,
        "account_number": account_number(number),
        "holder": "张练习",
    }


def _clerk_return(county: County) -> None:
    application = _applied(county, "李练习", ["living", "care"], papers=("id_card",))
    county.given = {"name": "李练习", "application": application.number}


def _clerk_account(county: County) -> None:
    _recipient(county, "王练习", since=county.month.back(3))
    number = account_number(county.number(), 8)
    county.given = {"name": "王练习", "bank": BANK, "account_number": number, "holder": "王练习"}


def _verifier_visit(county: County) -> None:
    person = _recipient(county, "周练习", since=county.month.back(3))
    due = county.on + timedelta(days=10)
    Suspicion.objects.create(
        person_id=person.pk,
        rule="R01",
        source="deaths",
        side="over",
        severity="high",
        division_code=county.township,
        county_code=county.code,
        state="dispatched",
        evidence=[],
        digest=f"practice-{person.pk}"[:32],
        raised_on=county.on,
        dispatched_on=county.on,
        due_on=due,
        since_month=county.month.first,
    )
    county.given = {"name": "周练习"}


def _reviewer_pass(county: County) -> None:
    application = _passed(county, _applied(county, "张练习", ["living", "care"]), ("clerk",))
    county.given = {"name": "张练习", "application": application.number}


def _decider_decide(county: County) -> None:
    good = _passed(county, _applied(county, "张练习", ["living", "care"]), ("clerk", "reviewer"))
    bad = _passed(county, _applied(county, "赵练习", ["care"], grade=3), ("clerk", "reviewer"))
    county.given = {"name": "张练习、赵练习", "application": f"{good.number}、{bad.number}"}


def _officer_draw(county: County) -> None:
    for name in ("钱练习", "孙练习", "李练习"):
        _recipient(county, name, since=county.month)
    county.given = {"payer": "练习县", "month": str(county.month)}


def _officer_correct(county: County) -> None:
    for name in ("钱练习", "孙练习"):
        _recipient(county, name, since=county.month)
    batch = _drawn(county)
    payments.approve_batch(
        batch_id=batch.pk, control_total=net_of(batch), by=county.colleague("payment_approver"), on=county.on
    )
    sent = payments.send_batch(
        batch_id=batch.pk, encoding="utf-8", by=county.colleague("payment_officer"), on=county.on
    )
    content = _answer_of_the_bank(vault.open_sealed_bytes(bytes(sent.content)), failing="孙练习", reason="户名不符")
    payments.record_results(
        batch_id=batch.pk, content=content, name="lianxi.csv", by=county.colleague("payment_officer"), on=county.on
    )
    county.given = {
        "name": "孙练习",
        "bank": BANK,
        "account_number": account_number(county.number(), 8),
        "holder": "孙练习",
    }


def _drawn(county: County) -> Any:
    batch = payments.draw_batch(
        payer_code=county.code, month=county.month, by=county.colleague("payment_officer"), on=county.on
    )
    assert batch is not None
    return batch


def _answer_of_the_bank(orders: bytes, *, failing: str, reason: str) -> bytes:
    """A result file for a bank file, in which one person's transfers failed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(IN_COLUMNS)
    for row in csv.DictReader(io.StringIO(orders.decode("utf-8-sig"), newline="")):
        if row["账号"]:
            bad = row["户名"] == failing
            writer.writerow(
                [row["序号"], row["账号"], row["户名"], row["金额"], "失败" if bad else "成功", reason if bad else ""]
            )
    return out.getvalue().encode("utf-8-sig")


def _approver_approve(county: County) -> None:
    for name in ("钱练习", "孙练习", "李练习"):
        _recipient(county, name, since=county.month)
    batch = _drawn(county)
    county.given = {"payer": "练习县", "month": str(county.month), "total": f"{net_of(batch):,.2f}"}


def _drafter_draft(county: County) -> None:
    county.given = {"payer": "练习县", "document": "练习〔2026〕15号", "month": str(county.month + 1)}


PLANTS: dict[str, Callable[[County], None]] = {
    "clerk_apply": _clerk_apply,
    "clerk_return": _clerk_return,
    "clerk_account": _clerk_account,
    "verifier_visit": _verifier_visit,
    "reviewer_pass": _reviewer_pass,
    "decider_decide": _decider_decide,
    "officer_draw": _officer_draw,
    "officer_correct": _officer_correct,
    "approver_approve": _approver_approve,
    "drafter_draft": _drafter_draft,
}
