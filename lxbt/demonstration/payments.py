"""A month of payments of one body through the real operations: corrected accounts, draw, approval, bank file,
results.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.core.workdays import add_workdays
from lxbt.divisions.rules import prefix, span
from lxbt.payments.models import Batch, Recovery
from lxbt.payments.operations import (
    Pricer,
    approve_batch,
    correct_account,
    draw_batch,
    draw_payers,
    record_results,
    send_batch,
    settle_recovery,
)
from lxbt.payments.queries import file_content, net_of
from lxbt.registry.models import BankAccount
from lxbt.simulators.bank import bank
from lxbt.simulators.people import numbers

FAIL_RATE = 0.003
CORRECTED = 0.85  # of the bad accounts, each month
SETTLED = 0.4  # of the open recoveries, each month
DRAW_DAY = 12  # draws begin here, after the last event of a month is known
WAIVER = "演示文件〔{year}〕3号：家庭确无偿还能力"
HEIRLESS = "演示文件〔{year}〕3号：已去世且无遗产"


@dataclass(frozen=True)
class Days:
    """The days of a month's batch."""

    draw: date
    approve: date
    send: date
    result: date


def days_of(county: str, month: Month) -> Days:
    """Working days, the same body a day earlier or later than another."""
    offset = Random(county).randrange(4)
    draw = add_workdays(month.first + timedelta(days=DRAW_DAY - 1 + offset), 0)
    approve = add_workdays(draw, 1)
    send = add_workdays(approve, 1)
    return Days(draw, approve, send, add_workdays(send, 2))


@dataclass
class Paymaster:
    """Runs batches; keeps the accounts of officers and the prices once asked for."""

    seed: int
    today: date
    pricer: Pricer = field(default_factory=Pricer)

    def __post_init__(self) -> None:
        self.users = {
            user.username: user for user in User.objects.filter(username__regex=r"_(officer|approver|decider)$")
        }

    def user(self, county: str, ending: str) -> User:
        """The account of a body with this ending."""
        return self.users[f"{prefix(county)}_{ending}"]

    def draw_together(self, codes: list[str], month: Month) -> None:
        """Many small bodies drawn at once, by the system itself: much quicker than one after the other."""
        draw_payers(payer_codes=codes, month=month, by=None, on=days_of(codes[0], month).draw, pricer=self.pricer)

    def draw(self, county: str, month: Month) -> None:
        """One body, drawn by its own officer."""
        draw_batch(
            payer_code=county,
            month=month,
            by=self.user(county, "officer"),
            on=days_of(county, month).draw,
            pricer=self.pricer,
        )

    def pay(self, county: str, month: Month) -> None:
        """What was drawn: approved, sent, and the bank's answer taken in."""
        days = days_of(county, month)
        batch = Batch.objects.filter(payer_code=county, month=month.first, state="drawn").first()
        if batch is None:
            return
        approve = max(days.approve, batch.drawn_on)
        approve_batch(batch_id=batch.pk, control_total=net_of(batch), by=self.user(county, "approver"), on=approve)
        encoding = "gbk" if int(prefix(county)) % 3 else "utf-8"
        sent = send_batch(
            batch_id=batch.pk, encoding=encoding, by=self.user(county, "officer"), on=max(days.send, approve)
        )
        if sent.row_count:
            answer = bank.play(
                file_content(sent), encoding=encoding, fail_rate=FAIL_RATE, seed=f"{self.seed} {county} {month}"
            )
            on = max(days.result, approve)
            record_results(
                batch_id=batch.pk,
                content=answer.content,
                name=f"回盘{sent.name}",
                by=self.user(county, "officer"),
                on=on,
            )

    def draw_current(self, county: str, month: Month) -> Batch | None:
        """The current month: drawn, waiting for approval."""
        on = min(days_of(county, month).draw, self.today)
        return draw_batch(payer_code=county, month=month, by=self.user(county, "officer"), on=on, pricer=self.pricer)

    def prepare(self, county: str, month: Month) -> None:
        """Before the draws of a month: corrected accounts, recoveries settled."""
        self.correct_accounts(county, month)
        self.settle_recoveries(county, month)

    def correct_accounts(self, county: str, month: Month) -> None:
        """Most owners of a bad account bring another."""
        rng = Random(f"{self.seed} {county} {month} accounts")
        low, high = span(county)
        bad = BankAccount.objects.filter(
            until__isnull=True, state="bad", person__division_code__gte=low, person__division_code__lt=high
        )
        for account in bad.order_by("person_id").only("person_id", "number", "holder"):
            if rng.random() < CORRECTED:
                name = numbers.bank_name(rng)
                correct_account(
                    person_id=account.person_id,
                    bank=name,
                    holder=account.holder,
                    account_number=numbers.bank_account(rng, name),
                    by=self.user(county, "officer"),
                    on=min(month.first + timedelta(days=7), self.today),
                )

    def settle_recoveries(self, county: str, month: Month) -> None:
        """What became of money to be taken back: mostly it came, some in part, some never can."""
        rng = Random(f"{self.seed} {county} {month} recoveries")
        low, high = span(county)
        rows = Recovery.objects.filter(division_code__gte=low, division_code__lt=high, state__in=("open", "partly"))
        for row in rows.order_by("person_id", "batch_id", "subsidy"):
            if rng.random() >= SETTLED:
                continue
            outcome = rng.choices(("recovered", "partly", "waived", "unrecoverable"), (74, 12, 8, 6))[0]
            amount = None
            left = row.outstanding
            if outcome == "partly":
                amount = (left / 2).quantize(Decimal(1))
                if not 0 < amount < left:
                    continue
            basis = {"waived": WAIVER, "unrecoverable": HEIRLESS}.get(outcome, "").format(year=month.year)
            settle_recovery(
                person_id=row.person_id,
                batch_id=row.batch_id,
                subsidy=row.subsidy,
                outcome=outcome,
                amount=amount,
                basis=basis,
                proposed_by=self.user(county, "officer"),
                by=self.user(county, "approver"),
                on=min(month.first + timedelta(days=8), self.today),
            )
