"""Applications at every step, through the real operations, with clocks that fit the day the demonstration is
seen from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.applications.models import Application
from lxbt.applications.operations import (
    Applicant,
    Declaration,
    complete_application,
    pass_step,
    return_application,
    take_in,
    withdraw_application,
)
from lxbt.applications.rules import Agent, Channel, StepName, StepSpec, procedure_from
from lxbt.core.months import Month
from lxbt.core.workdays import is_workday
from lxbt.demonstration.places import SHOW_COUNTY, County
from lxbt.demonstration.population import PersonDraft, population
from lxbt.divisions.rules import prefix
from lxbt.standards.queries import parameter_value

PAPERS = ("id_card", "household_book", "certificate", "form")
INTAKE_DAYS = 2  # working days that each finished step took
OPINIONS = {
    "pass": ("材料齐全，情况属实。", "经核对，类别、等级与残联库一致。", "家庭经济状况经核对机制确认。", ""),
    "refuse": ("经家庭经济状况核对，不属于本地规定的补贴对象。", "家庭收入超过当地规定，且无长期照护需要。"),
    "return": (
        "缺户口本本人页，请补充后重新提交。",
        "银行账户户名与申请人不一致，请提供监护关系证明。",
        "残疾人证照片页不清晰，请重新扫描。",
    ),
    "complete": ("已补充所缺材料。", "已提供监护关系证明，并核对原件。"),
    "withdraw": ("申请人表示暂不申请。", "申请人户籍将迁往外省，迁入后再申请。"),
}
LIVING_CLASSES = ("dibao", "dibao_margin", "low_income")


@dataclass(frozen=True)
class Plot:
    """How an application goes: which steps it passed, how long it has waited since, how it ends."""

    passed: int  # steps finished
    waited: int  # working days since the last act
    end: str = ""  # returned, completed, granted, partly, refused, withdrawn; empty: waits


def plots(procedure: tuple[StepSpec, ...], rich: bool) -> Iterator[Plot]:
    """One of every kind; in the show county several."""
    for _round in range(2 if rich else 1):
        for place, spec in enumerate(procedure):
            for waited in (0, 1, spec.days - 1, spec.days, spec.days + 2) if rich else (1, spec.days, spec.days + 1):
                yield Plot(place, waited)
        for place in range(2):
            yield Plot(place, 1, "returned")
        yield Plot(1, 1, "completed")
        yield Plot(1, 2, "withdrawn")
        for ended in (1, 4, 7, 9) if rich else (3,):
            yield Plot(len(procedure), ended, "granted")
        yield Plot(len(procedure), 3, "partly")
        yield Plot(len(procedure), 5, "refused")


def back(day: date, workdays: int) -> date:
    """The working day so many before `day`; with 0 the day itself."""
    while workdays:
        day -= timedelta(days=1)
        workdays -= is_workday(day)
    return day


def play(county: County, *, seed: int, today: date, part: int) -> None:
    """Take in and carry on all applications of a county. `part`: the identity numbers kept free for them."""
    rng = Random(f"{seed} {county.code} cases")
    users = {user.username: user for user in User.objects.filter(username__startswith=prefix(county.code))}
    procedure = procedure_from(parameter_value("procedure", county.code, Month.of(today), None))
    people = (p for p in population(county, seed=seed, day=today, part=part, of=part + 1, size=4000) if _asked(p))
    towns = [code for code, _name in county.townships]
    for n, plot in enumerate(plots(procedure, county.code == SHOW_COUNTY)):
        town = towns[0] if n % 2 == 0 else towns[n % len(towns)]
        _Case(next(people), plot, procedure, town, users, today, rng).run()


def _asked(person: PersonDraft) -> list[str]:
    asked = ["living"] if person.facts["economic"] in LIVING_CLASSES else []
    return asked + (["care"] if person.grade <= 2 and person.facts.get("long_term_care") else [])


@dataclass
class _Case:
    person: PersonDraft
    plot: Plot
    procedure: tuple[StepSpec, ...]
    town: str
    users: dict[str, User]
    today: date
    rng: Random

    def run(self) -> None:
        finished = self.plot.passed * INTAKE_DAYS
        self.clock = finished + self.plot.waited + {"returned": 1, "completed": 2, "withdrawn": 1}.get(self.plot.end, 0)
        self.hour = self.rng.randrange(9, 16)
        application = self.take_in()
        for spec in self.procedure[: self.plot.passed]:
            self.clock -= INTAKE_DAYS
            application = self.passed(application, spec)
            if application.ended_on is not None:
                return
        if self.plot.end in ("returned", "completed"):
            self.clock -= 1
            waits = self.procedure[self.plot.passed]
            application = return_application(
                number=application.number,
                version=application.version,
                opinion=self.say("return"),
                by=self.actor(waits),
                at=self.at(),
            )
        if self.plot.end == "completed":
            self.clock -= 1
            complete_application(
                number=application.number,
                version=application.version,
                opinion=self.say("complete"),
                by=self.clerk(),
                at=self.at(),
            )
        if self.plot.end == "withdrawn":
            self.clock -= 1
            withdraw_application(
                number=application.number,
                version=application.version,
                opinion=self.say("withdraw"),
                by=self.clerk(),
                at=self.at(),
            )

    def at(self) -> datetime:
        """The moment of the next act: working hours, never later than now can be on that day."""
        day = back(self.today, max(0, self.clock))
        self.hour = min(self.hour + 1, 17) if day == getattr(self, "last_day", None) else self.hour
        self.last_day = day
        return timezone.make_aware(
            datetime.combine(day, time(self.hour if day < self.today else 8, self.rng.randrange(60)))
        )

    def say(self, act: str) -> str:
        return self.rng.choice(OPINIONS[act])

    def clerk(self, ending: str = "clerk") -> User:
        return self.users[f"{prefix(self.town)}_{ending}"]

    def actor(self, spec: StepSpec) -> User:
        """Who acts at a step; the notice is ended by another clerk than the one who examined."""
        if spec.name == StepName.EXAMINE:
            return self.clerk()
        if spec.name == StepName.NOTICE:
            return self.clerk("clerk2")
        county = next(name for name in self.users if name.endswith("_reviewer")).rsplit("_", 1)[0]
        return self.users[f"{county}_{'reviewer' if spec.name == StepName.REVIEW else 'decider'}"]

    def take_in(self) -> Application:
        person = self.person
        profile = {
            name: value
            for name, value in person.facts.items()
            if name not in ("division", "birth", "sex", "other_benefits")
        }
        certificate = {
            "category": person.category,
            "grade": person.grade,
            "issued_on": person.issued_on.isoformat(),
            "valid_until": person.valid_until.isoformat(),
        }
        declaration = Declaration(
            identity_number=person.identity,
            name=person.name,
            division_code=self.town,
            certificate_number=person.certificate,
            certificate=certificate,
            profile=profile,
            bank=person.bank,
            holder=person.holder,
            account_number=person.account,
            address=person.address,
            phone=person.phone,
            papers=dict.fromkeys(PAPERS),
        )
        agent = Agent.GUARDIAN if person.guardian else Agent.SELF
        channel = self.rng.choices((Channel.WINDOW, Channel.VILLAGE, Channel.ONLINE), (70, 20, 10))[0]
        return take_in(
            declaration=declaration,
            subsidies=_asked(person),
            applicant=Applicant(channel=channel, agent=agent, agent_name=person.guardian),
            by=self.clerk(),
            at=self.at(),
        )

    def passed(self, application: Application, spec: StepSpec) -> Application:
        asked = _asked(self.person)
        verdicts = dict.fromkeys(asked, "agree")
        deciding = spec.name == StepName.DECIDE
        if deciding and self.plot.end == "refused":
            verdicts = dict.fromkeys(asked, "refuse")
        if deciding and self.plot.end == "partly":
            verdicts[asked[-1]] = "refuse" if len(asked) > 1 else "agree"
        opinion = self.say("refuse" if "refuse" in verdicts.values() else "pass")
        return pass_step(
            number=application.number,
            version=application.version,
            verdicts=verdicts,
            opinion=opinion,
            by=self.actor(spec),
            at=self.at(),
        )
