"""The whole demonstration as a list of steps, each one transaction; a killed run goes on with the step it was in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from lxbt.core.months import Month
from lxbt.demonstration import cases, standards
from lxbt.demonstration.accounts import open_accounts, users_named
from lxbt.demonstration.events import apply_events
from lxbt.demonstration.fate import MONTHS, day_in
from lxbt.demonstration.notices import notices
from lxbt.demonstration.payments import Paymaster
from lxbt.demonstration.places import DEEP, SHOW_COUNTY, SHOWN, County, counties
from lxbt.demonstration.population import beginning_of_payments
from lxbt.demonstration.progress import Asked
from lxbt.demonstration.rollout import plan_rollout
from lxbt.demonstration.support import support
from lxbt.demonstration.writing import CHUNK, Writer
from lxbt.divisions.models import Division
from lxbt.divisions.operations import add_division
from lxbt.divisions.rules import NATION
from lxbt.payments.operations.partitions import ensure_partitions
from lxbt.standards.queries import scheme_for

REGIMENTS = (("660100001000", "一团"), ("660100002000", "二团"), ("660100003000", "三团"))
Step = tuple[str, Callable[[], None]]


@dataclass
class Story:
    """What is told, step by step. Everything follows from what was asked for, so any step can be the first of a run."""

    asked: Asked
    places: list[County] = field(default_factory=list)
    writer: Writer | None = None
    paymaster: Paymaster | None = None

    @property
    def begin(self) -> Month:
        """The first month of payments."""
        return beginning_of_payments(self.asked.day, MONTHS)

    @property
    def opened_on(self) -> date:
        """The day on which accounts are opened: before the first row is published."""
        base: int = standards.load_data()["base"]
        return (self.begin + base).first

    def steps(self) -> Iterator[Step]:
        """All steps in order, always the same for the same wish."""
        self.add_regiments()  # first of all, and again in a run that goes on: the places must be the same
        self.places = counties(self.asked.persons)
        yield "accounts", self.open_accounts
        yield "standards", self.publish_standards
        first_id = self.asked.first_id
        for county in self.places:
            parts = parts_of(county)
            for part in range(parts):
                size = min(CHUNK, county.persons - part * CHUNK)
                yield f"persons {county.name}", self._persons(county, part, parts, size, first_id)
                first_id += size
        yield "analyze", analyze
        for month in range(MONTHS):
            yield f"events {self.begin + month}", self._events(month)
            yield f"draw {self.begin + month}", self._draw_far(month)
            for county in self.places:
                yield f"payments {self.begin + month} {county.name}", self._payments(county, month)
            if month in (0, 3):
                yield "analyze", analyze
        yield f"events {self.begin + MONTHS}", self._events(MONTHS)
        for county in self.places:
            if county.code in SHOWN:
                yield f"applications {county.name}", self._applications(county)
        yield "current month", self.draw_current
        yield "going live", self.plan_rollout
        yield "notices", lambda: notices(self.asked.day)
        yield "support", lambda: support(self.places, self.asked.day)

    def add_regiments(self) -> None:
        """兵团 has no townships in the national data: three invented regiments, so that persons can live there."""
        parent = REGIMENTS[0][0][:4].ljust(12, "0")
        for code, name in REGIMENTS:
            if Division.objects.filter(code=parent).exists() and not Division.objects.filter(code=code).exists():
                add_division(code=code, name=name, parent_code=parent, acts_as_county=False, by=None, on=self.opened_on)

    def open_accounts(self) -> None:
        """All accounts."""
        open_accounts(self.places, seed=self.asked.seed, on=self.opened_on, today=self.asked.day)

    def publish_standards(self) -> None:
        """Parameters, 低保 and what is in force before the first month; what comes later comes in its month."""
        drafters = users_named("standards")
        publishers = users_named("publisher")
        standards.set_parameters(drafters, publishers, self.opened_on)
        standards.record_dibao(self.begin, drafters, publishers)
        standards.publish_rows(
            [row for row in standards.planned_rows(self.begin) if not row.late], drafters, publishers
        )
        ensure_partitions(list(self.begin.until(self.begin + MONTHS + 1)))

    def _persons(self, county: County, part: int, of: int, size: int, first_id: int) -> Callable[[], None]:
        def work() -> None:
            if self.writer is None:
                deciders = {digits: user.pk for digits, user in users_named("decider").items()}
                self.writer = Writer(
                    scheme_for(NATION), self.begin, self.asked.day, deciders, marking=self.asked.first_id > 1
                )
            self.writer.write_chunk(county, seed=self.asked.seed, part=part, of=of + 1, size=size, first_id=first_id)

        return work

    def _events(self, month: int) -> Callable[[], None]:
        def work() -> None:
            late = [
                row for row in standards.planned_rows(self.begin) if row.late and row.published == self.begin + month
            ]
            standards.publish_rows(late, users_named("standards"), users_named("publisher"))
            apply_events(month, day_in(self.begin + month, 9, self.asked.day))
            for county in self.places:  # all before the first draw, which then tells the changed months once
                self._paymaster().prepare(county.code, self.begin + month)

        return work

    def _paymaster(self) -> Paymaster:
        if self.paymaster is None:
            self.paymaster = Paymaster(self.asked.seed, self.asked.day)
        return self.paymaster

    def _payments(self, county: County, month: int) -> Callable[[], None]:
        def work() -> None:
            if county.province in DEEP:
                self._paymaster().draw(county.code, self.begin + month)
            self._paymaster().pay(county.code, self.begin + month)

        return work

    def _draw_far(self, month: int) -> Callable[[], None]:
        codes = [county.code for county in self.places if county.province not in DEEP]
        return lambda: self._paymaster().draw_together(codes, self.begin + month) if codes else None

    def _applications(self, county: County) -> Callable[[], None]:
        return lambda: cases.play(county, seed=self.asked.seed, today=self.asked.day, part=parts_of(county))

    def plan_rollout(self) -> None:
        """Batches around the day, some far, some behind."""
        plan_rollout(self.places, seed=self.asked.seed, day=self.asked.day)

    def draw_current(self) -> None:
        """The show county's batch of the current month waits for approval."""
        if any(county.code == SHOW_COUNTY for county in self.places):
            self._paymaster().draw_current(SHOW_COUNTY, self.begin + MONTHS)


def analyze() -> None:
    """Statistics of the tables that were just filled, so that the draws are planned well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "analyze registry_person, registry_identifier, registry_certificate, registry_fact, "
            "registry_bankaccount, registry_personprofile,"
            " entitlements_entitlement, payments_item, payments_line, divisions_division"
        )


def parts_of(county: County) -> int:
    """In how many chunks a county's persons are written; identity numbers of one part more are kept for
    applications.
    """
    return -(-county.persons // CHUNK)
