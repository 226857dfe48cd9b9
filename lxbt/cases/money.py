"""The steps of a story that move money: draws, what the bank tells, what becomes of claims."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from lxbt.accounts.models import User
from lxbt.cases.story import Claims, Draw, Drawn, Played, Step, Summed
from lxbt.core import reading
from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.core.reading import Unreadable
from lxbt.payments.models import Batch, Item, Line, Recovery
from lxbt.payments.operations import (
    DrawRefused,
    Pricer,
    approve_batch,
    correct_account,
    draw_area,
    record_results,
    send_batch,
    settle_recovery,
)
from lxbt.payments.operations.batches import batch_label
from lxbt.payments.queries import net_of
from lxbt.payments.rules import (
    BATCH_COLUMN,
    CAME_BACK,
    FAILURES,
    IN_COLUMNS,
    PAID,
    RECOVERY_OPEN,
    REFERENCE_COLUMN,
    SENT,
)
from lxbt.proposals.operations import accept
from lxbt.proposals.queries import waiting_for
from lxbt.registry.models import BankAccount

HOW = {"repaid": "recovered", "waived": "waived", "unrecoverable": "unrecoverable"}


class MoneySteps:
    """Draws and their outcome.

    The first person draws and takes in files, another approves, and confirms what is reopened.
    """

    one: User
    other: User
    pricer: Pricer
    persons: dict[str, int]
    played: Played
    _told: Callable[..., Mapping[str, object]]
    _person: Callable[..., tuple[str, int]]

    def _draw(self, step: Step) -> None:
        month = reading.month(step.said, f"{step.where}.draw")
        names = {person_id: name for name, person_id in self.persons.items()}
        items: list[Drawn] = []
        lines: list[Summed] = []
        try:
            drawn = list(draw_area(area="0" * 12, month=month, by=self.one, on=step.day, pricer=self.pricer))
        except DrawRefused:  # before the first right: nothing is drawn
            drawn = []
        for _payers, batches in drawn:
            for batch in batches:
                approve_batch(batch_id=batch.pk, control_total=net_of(batch), by=self.other, on=step.day)
                send_batch(batch_id=batch.pk, by=self.one, on=step.day)
                rows = Item.objects.filter(batch_id=batch.pk).values_list(
                    "person_id", "subsidy", "right_month", "amount"
                )
                items += [(names[p], subsidy, str(Month.of(first)), amount) for p, subsidy, first, amount in rows]
                ordered = Line.objects.filter(batch=batch).values_list("person_id", "subsidy", "amount")
                lines += [(names[p], subsidy, amount) for p, subsidy, amount in ordered]
        self.played.draws.append(
            Draw(step.day, month, sorted(items), sorted(lines), self._open_claims(), step.expected)
        )

    def _open_claims(self) -> list[Summed]:
        names = {person_id: name for name, person_id in self.persons.items()}
        rows = Recovery.objects.filter(state__in=RECOVERY_OPEN)
        return sorted((names[row.person_id], row.subsidy, row.outstanding) for row in rows)

    def _claims(self, step: Step) -> None:
        self.played.claims.append(Claims(step.day, self._open_claims(), step.expected.claims or []))

    def _settle(self, step: Step) -> None:
        where = f"{step.where}.settle"
        said = self._told(step, "person", "subsidy", "how", "amount")
        _name, person_id = self._person(said, step)
        subsidy = reading.choice(reading.required(said, "subsidy", where), f"{where}.subsidy", SUBSIDIES)
        outcome = HOW[reading.choice(reading.required(said, "how", where), f"{where}.how", tuple(HOW))]
        rows = Recovery.objects.filter(person_id=person_id, subsidy=subsidy, state__in=RECOVERY_OPEN)
        claims = list(rows.order_by("opened_on", "batch_id"))
        left = reading.number(said["amount"], f"{where}.amount") if "amount" in said else None
        if not claims or (left is not None and not 0 < left <= sum((c.outstanding for c in claims), Decimal(0))):
            raise Unreadable(f"{where}.amount", "没有这么多待追缴的款项")
        for claim in claims if left is not None else claims[:1]:
            amount = claim.outstanding if left is None else min(left, claim.outstanding)
            if amount <= 0:
                break
            settle_recovery(
                person_id=person_id,
                batch_id=claim.batch_id,
                subsidy=subsidy,
                outcome=outcome,
                amount=amount,
                basis="replay",
                proposed_by=self.one,
                by=self.other,
                on=step.day,
            )
            left = None if left is None else left - amount

    def _result(self, step: Step) -> None:
        where = f"{step.where}.result"
        said = self._told(step, "draw", "failed", "paid")
        month = reading.month(reading.required(said, "draw", where), f"{where}.draw")
        failed = self._named(said, "failed", step)
        paid = set(self._named(said, "paid", step)) if "paid" in said else None
        batches = list(Batch.objects.filter(month=month.first, state__in=["sent", "settled"]).order_by("pk"))
        # of a month drawn again: what is told now is about the lines that nobody told of yet, where there are any
        fresh = {
            (line.person_id, line.subsidy): line.batch_id for line in Line.objects.filter(batch__in=batches, state=SENT)
        }
        for batch in batches:
            mine = {key: why for key, why in failed.items() if fresh.get(key, batch.pk) == batch.pk}
            ours = {key for key in paid if fresh.get(key, batch.pk) == batch.pk} if paid is not None else None
            content = result_file(batch, mine, ours)
            if content is not None:
                taken = record_results(batch_id=batch.pk, content=content, name="result.csv", by=self.one, on=step.day)
                for proposal in waiting_for(subject_kind="bank_file", subject_id=taken.file_id):
                    accept(
                        proposal_id=proposal.pk,
                        digest=proposal.digest,
                        by=self.other,
                        at=datetime.combine(step.day, time(12), ZoneInfo(settings.TIME_ZONE)),
                        on=step.day,
                    )

    def _named(self, said: Mapping[str, object], word: str, step: Step) -> dict[tuple[int, str], str]:
        where = f"{step.where}.result.{word}"
        found: dict[tuple[int, str], str] = {}
        for i, raw in enumerate(reading.items(said.get(word), where)):
            entry = reading.mapping(raw, f"{where}[{i}]", ("person", "subsidy", "reason"))
            _name, person_id = self._person(entry, step)
            subsidy = reading.choice(reading.required(entry, "subsidy", where), f"{where}[{i}].subsidy", SUBSIDIES)
            found[person_id, subsidy] = str(entry.get("reason") or "other")
        return found

    def _account(self, step: Step) -> None:
        name, person_id = self._person(self._told(step, "person"), step)
        number = f"6211{person_id:06d}{BankAccount.objects.filter(person_id=person_id).count():06d}"
        correct_account(person_id=person_id, bank="bank", holder=name, account_number=number, by=self.one, on=step.day)


def result_file(
    batch: Batch, failed: Mapping[tuple[int, str], str], paid: set[tuple[int, str]] | None = None
) -> bytes | None:
    """A bank's result file for a batch; None when it would be empty.

    With `paid`, it names only the lines that are named; without, all that were not told yet and are not named failed
    are paid, and lines told before are named only where they come back after all.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*IN_COLUMNS, BATCH_COLUMN, REFERENCE_COLUMN])
    count = 0
    for line in Line.objects.filter(batch=batch).order_by("row_no"):
        key = (line.person_id, line.subsidy)
        reason = failed.get(key) if line.state in (SENT, PAID) else None
        arrived = key in paid if paid is not None else line.state == SENT
        if reason is None and not (arrived and line.state in (SENT, *CAME_BACK)):
            continue
        account = BankAccount.objects.get(person_id=line.person_id, number=line.account_number)
        verdict = ["成功", ""] if reason is None else ["失败", FAILURES.get(reason, reason)]
        number = account.account_number
        writer.writerow(
            [line.row_no, number, account.holder, line.amount, *verdict, batch_label(batch), line.reference]
        )
        count += 1
    return out.getvalue().encode() if count else None
