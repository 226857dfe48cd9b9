"""What comes of a change at the Federation: acts on the ledger, leads, notices. Pure; each cites its document.

The amounts are not decided here: `entitlements.rules.rights` gives them month by month from the facts. The ledger says
what was decided about the person: a right that has lapsed is suspended until the person renews, one that is over ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.leads.rules import Following, Kind
from lxbt.standards.rules.parameters import ISSUE, SAME_MONTH, Parameters

FOUNDING_REVIEW = "国发〔2015〕52号 三（四）"
CONDITIONS_2021 = "民发〔2021〕70号"
PRECISION_2022 = "民发〔2022〕79号"


@dataclass(frozen=True)
class Told:
    """What the Federation said of a person at one time."""

    category: str
    grade: int
    issued_on: date | None
    valid_until: date | None
    state: str
    state_on: date | None
    division: str
    died_on: date | None

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Told:
        """From JSON."""

        def day(name: str) -> date | None:
            value = values.get(name)
            return date.fromisoformat(str(value)) if value else None

        return cls(
            str(values["category"]),
            int(str(values["grade"])),
            day("issued_on"),
            day("valid_until"),
            str(values["state"]),
            day("state_on"),
            str(values["division"]),
            day("died_on"),
        )

    @property
    def classed(self) -> tuple[str, int]:
        """Category and grade."""
        return self.category, self.grade


@dataclass(frozen=True)
class Situation:
    """A change with all that decides what follows.

    granted, suspended: subsidies of the ledger, now. possible: those that a right would exist to, as things are told
    now (what nobody has asked the person about yet taken as favourable).
    """

    before: Told | None
    after: Told
    granted: frozenset[str]
    suspended: frozenset[str]
    possible: frozenset[str]
    on: date
    parameters: Parameters
    following: Following = field(default_factory=Following)

    def stop_after(self, day: date) -> Month:
        """The first month not paid after an event (民发〔2021〕70号: the next)."""
        return Month.of(day) + (0 if self.parameters.stop == SAME_MONTH else 1)

    @property
    def held(self) -> list[str]:
        """Granted or suspended, in a fixed order."""
        return [s for s in SUBSIDIES if s in self.granted | self.suspended]


@dataclass(frozen=True)
class Act:
    """A change of the ledger: suspend, resume, end or renew from `since` on. `why` is a code that the ledger keeps."""

    act: str
    subsidy: str
    since: Month
    why: str
    basis: str


@dataclass(frozen=True)
class LeadOpened:
    """Somebody to be spoken to; `about_on` tells one occasion from the next of the same kind."""

    kind: Kind
    subsidies: tuple[str, ...]
    about_on: date
    basis: str


@dataclass(frozen=True)
class NoticeGiven:
    """Something to be told to the township (and, on a move, to the one before)."""

    kind: str
    to_former: bool = False


@dataclass(frozen=True)
class Consequences:
    """All that follows."""

    acts: tuple[Act, ...] = ()
    leads: tuple[LeadOpened, ...] = ()
    notices: tuple[NoticeGiven, ...] = ()

    def __add__(self, other: Consequences) -> Consequences:
        return Consequences(self.acts + other.acts, self.leads + other.leads, self.notices + other.notices)


NOTHING = Consequences()


def consequences(s: Situation) -> Consequences:
    """What follows from a change. Death and cancellation leave nothing else to be done."""
    over = ended(s)
    if over is not None:
        return over
    return lapsed(s) + restored(s) + classed_anew(s) + moved(s) + newly_certified(s)


def ended(s: Situation) -> Consequences | None:
    """Death (国发〔2015〕52号 三（四）) and cancellation (民发〔2021〕70号) end every right, from the month that `stop`
    says.
    """
    if s.after.died_on is not None:
        if s.before is not None and s.before.died_on == s.after.died_on:
            return NOTHING
        since = s.stop_after(s.after.died_on)
        return Consequences(
            tuple(Act("end", subsidy, since, "died", FOUNDING_REVIEW) for subsidy in s.held),
            notices=(NoticeGiven("died"),),
        )
    if s.after.state == "cancelled":
        if s.before is not None and s.before.state == "cancelled" and s.before.died_on is None:
            return NOTHING
        since = s.stop_after(s.after.state_on or s.on)
        return Consequences(
            tuple(Act("end", subsidy, since, "cancelled", CONDITIONS_2021) for subsidy in s.held),
            notices=(NoticeGiven("cancelled"),),
        )
    return None


def lapsed(s: Situation) -> Consequences:
    """Freezing and expiry: nothing is paid from the month that `stop` says (民发〔2021〕70号); the ledger waits for the
    person.
    """
    after = s.after
    if after.state == "frozen" and (s.before is None or s.before.state != "frozen"):
        day, why = after.state_on or s.on, "frozen"
    elif is_expired(after, s.on) and (s.before is None or not is_expired(s.before, s.on) or s.before.state == "valid"):
        day, why = after.valid_until or after.state_on or s.on, "expired"
    else:
        return NOTHING
    acts: tuple[Act, ...] = ()
    if s.following.lapsed == "suspend":
        acts = tuple(
            Act("suspend", subsidy, s.stop_after(day), why, CONDITIONS_2021)
            for subsidy in SUBSIDIES
            if subsidy in s.granted
        )
    leads: tuple[LeadOpened, ...] = ()
    if why == "expired" and s.held:
        leads = (LeadOpened(Kind.EXPIRED, tuple(s.held), day, CONDITIONS_2021),)
    return Consequences(acts, leads, (NoticeGiven(why),) if s.held else ())


def is_expired(told: Told, on: date) -> bool:
    """Whether the certificate has run out by that day."""
    return told.state == "expired" or (told.valid_until is not None and told.valid_until < on)


def restored(s: Situation) -> Consequences:
    """In force again. The same certificate unfrozen resumes; a new one after a gap resumes, or waits for an
    application.

    民发〔2021〕70号: paid from the month of issue; 民发〔2022〕79号, the later: from the month of application
    (`recertified`).
    """
    before, after = s.before, s.after
    if before is None or after.state not in ("valid", "moved") or is_expired(after, s.on):
        return NOTHING
    if before.died_on is not None:
        return Consequences(notices=(NoticeGiven("death_withdrawn"),))
    if after.issued_on == before.issued_on:
        if before.state in ("frozen", "expired") and s.suspended:
            acts = tuple(
                Act("resume", x, Month.of(after.state_on or s.on), "restored", CONDITIONS_2021)
                for x in SUBSIDIES
                if x in s.suspended
            )
            return Consequences(acts, notices=(NoticeGiven("restored"),))
        return NOTHING
    issued = after.issued_on or s.on
    gap = gap_before(s, before, issued)
    if gap is None or not s.held:
        return NOTHING
    if s.parameters.recertified_basis == ISSUE:
        acts = tuple(
            Act("renew", x, Month.of(issued), "renewed", CONDITIONS_2021) for x in SUBSIDIES if x in s.suspended
        )
        return Consequences(acts, notices=(NoticeGiven("renewed_paid"),))
    acts = ()
    if s.following.lapsed == "suspend":
        acts = tuple(Act("suspend", x, gap, "expired", CONDITIONS_2021) for x in SUBSIDIES if x in s.granted)
    lead = LeadOpened(Kind.RENEWED, tuple(s.held), issued, PRECISION_2022)
    return Consequences(acts, (lead,), (NoticeGiven("renewed"),))


def gap_before(s: Situation, before: Told, issued: date) -> Month | None:
    """The first month without a certificate before the new one was issued; None where there was none."""
    ends = [
        day
        for day in (before.valid_until, before.state_on if before.state in ("frozen", "cancelled") else None)
        if day is not None
    ]
    if not ends or min(ends) >= issued:
        return None
    gap = s.stop_after(min(ends))
    return gap if gap <= Month.of(issued) else None


def classed_anew(s: Situation) -> Consequences:
    """Another category or grade. The old amount holds until the new certificate counts (`class_change`;
    民发〔2021〕70号).

    A right that falls away is suspended from there on; one that opens is a lead.
    """
    if s.before is None or s.before.classed == s.after.classed:
        return NOTHING
    issued = s.after.issued_on or s.on
    counts = Month.of(issued) + (0 if s.parameters.class_change == SAME_MONTH else 1)
    lost = [x for x in SUBSIDIES if x in s.granted and x not in s.possible]
    gained = tuple(x for x in SUBSIDIES if x in s.possible and x not in s.granted | s.suspended)
    acts = tuple(Act("suspend", x, counts, "class_changed", CONDITIONS_2021) for x in lost)
    leads = (LeadOpened(Kind.GAINED, gained, issued, PRECISION_2022),) if gained else ()
    return Consequences(acts, leads, (NoticeGiven("class_lost" if lost else "class_changed"),) if s.held else ())


def moved(s: Situation) -> Consequences:
    """Another household register. Inside a province the right goes along, the new county pays from the next month on;
    out of it the right ends (`moved_province`) and the new township is told to invite the person (国发〔2015〕52号
    三（四）)."""
    if s.before is None or s.before.division == s.after.division:
        return NOTHING
    on = s.after.state_on if s.after.state == "moved" and s.after.state_on else s.on
    notices = (NoticeGiven("moved_in"), NoticeGiven("moved_out", to_former=True)) if s.held else ()
    if s.before.division[:2] == s.after.division[:2] or s.following.moved_province != "end":
        return Consequences(notices=notices)
    acts = tuple(Act("end", x, Month.of(on) + 1, "moved_out", FOUNDING_REVIEW) for x in s.held)
    wanted = tuple(x for x in SUBSIDIES if x in s.possible)
    leads = (LeadOpened(Kind.MOVED_IN, wanted, on, PRECISION_2022),) if wanted else ()
    return Consequences(acts, leads, notices)


def newly_certified(s: Situation) -> Consequences:
    """A first certificate: the township invites the person to what a right would exist to (民发〔2022〕79号)."""
    wanted = tuple(x for x in SUBSIDIES if x in s.possible and x not in s.granted | s.suspended)
    if s.before is not None or not wanted or is_expired(s.after, s.on) or s.after.state == "frozen":
        return NOTHING
    return Consequences(leads=(LeadOpened(Kind.NEW, wanted, s.after.issued_on or s.on, PRECISION_2022),))
