"""Signals for those above: places that stand out, money out of line with last month, silence, lists, runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet, Sum

from lxbt.core.months import Month
from lxbt.divisions.rules import span
from lxbt.matching.models import List, Run, Signal, Trial


def signals_in(area: str) -> QuerySet[Signal]:
    """Signals about places of an area that have not ended, the latest first."""
    low, high = span(area)
    return Signal.objects.filter(division_code__gte=low, division_code__lt=high, ended_on__isnull=True).order_by(
        "-raised_on", "-id"
    )


def signal(ident: int) -> Signal | None:
    """One signal."""
    return Signal.objects.filter(pk=ident).first()


def lists_in(area: str) -> QuerySet[List]:
    """Lists of other bodies that speak of an area, the latest first."""
    low, high = span(area)
    return List.objects.filter(division_code__gte=low, division_code__lt=high).order_by("-received_on", "-id")


def list_of_file(kind: str, division_code: str, digest: bytes) -> List | None:
    """The list that a file of an area brought, unless it was withdrawn."""
    return List.objects.filter(kind=kind, division_code=division_code, digest=digest).exclude(state="withdrawn").first()


def lists_of_sender(sender: str, kind: str, division_code: str, channel: str) -> list[List]:
    """The lists of a kind that a system gave for an area, by a channel, and that were not withdrawn."""
    return list(
        List.objects.filter(sender=sender, kind=kind, division_code=division_code, channel=channel)
        .exclude(state="withdrawn")
        .order_by("pk")
    )


@dataclass(frozen=True)
class Told:
    """What a system told of a kind of list: rows that stand, of them about persons registered here."""

    rows: int
    known: int


def told_by_senders() -> dict[tuple[str, str], Told]:
    """What came over lines, by system and kind of list."""
    rows = (
        List.objects.exclude(sender="")
        .exclude(state="withdrawn")
        .values_list("sender", "kind")
        .annotate(rows=Sum("row_count"), known=Sum("known_count"))
    )
    return {(sender, kind): Told(number, known) for sender, kind, number, known in rows}


def run_going_on(area: str) -> Run | None:
    """The comparison of exactly this area that somebody asked for and that is not finished."""
    return Run.objects.filter(area=area, asked=True, finished_at__isnull=True, campaign_id=None).order_by("-id").first()


def latest_trial(rule: str, area: str, by_id: int) -> Trial | None:
    """What somebody tried last with a rule in an area."""
    return Trial.objects.filter(rule=rule, area=area, by_id=by_id).order_by("-id").first()


def last_run(area: str) -> Run | None:
    """The last comparison of exactly this area, or of the nation."""
    return Run.objects.filter(area__in=[area, "0" * 12], finished_at__isnull=False).order_by("-id").first()


@dataclass(frozen=True)
class MoneyOutOfLine:
    """A payer whose batches of a month differ much from those of the month before."""

    payer_code: str
    before: Decimal
    now: Decimal

    @property
    def change(self) -> float:
        """The change as a share of the month before."""
        return float((self.now - self.before) / self.before) if self.before else 1.0


def money_out_of_line(area: str, month: Month, *, least: float = 0.2) -> list[MoneyOutOfLine]:
    """Payers of an area whose sum of a month lies more than `least` off the month before, the furthest first."""
    low, high = span(area)
    with connection.cursor() as cursor:
        cursor.execute(
            "select payer_code, coalesce(sum(total) filter (where month = %s), 0), "
            "coalesce(sum(total) filter (where month = %s), 0) from payments_batch"
            " where payer_code >= %s and payer_code < %s and month in (%s, %s) and state <> 'returned' group by 1",
            [month.back(1).first, month.first, low, high, month.back(1).first, month.first],
        )
        found = [MoneyOutOfLine(*row) for row in cursor.fetchall()]
    return sorted((m for m in found if m.before and m.now and abs(m.change) >= least), key=lambda m: -abs(m.change))


@dataclass(frozen=True)
class Failures:
    """Failed lines of a payer that wait to be corrected, and since when."""

    payer_code: str
    lines: int
    amount: Decimal
    oldest: date | None


def failures_waiting(area: str) -> list[Failures]:
    """Payers of an area with failed payments, the most first."""
    low, high = span(area)
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.payer_code, count(*), sum(l.amount), min(b.sent_on) from payments_line l "
            "join payments_batch b on b.id = l.batch_id"
            " where l.state = 'failed' and b.payer_code >= %s and b.payer_code < %s group by 1 order by 2 desc "
            "limit 50",
            [low, high],
        )
        return [Failures(*row) for row in cursor.fetchall()]
