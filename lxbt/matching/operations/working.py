"""The work tables that rules read, made once for a group of counties or a handful of persons, in one transaction.

work_place    division_code, payer, place, stop_shift, and the local rules that rules ask for
work_person   one row a person: the profile in force in the month, and what is held
work_stretch  stretches of told months in which something stands against a right, all history
work_list     the lists that count: every event list, and the newest roster of each division
work_cover    which roster speaks for which division
work_paid     what was paid for the last months (`window`), by person, subsidy and month
work_ended     the last periods of those of whom a period ended, is suspended or lies ahead
work_compared  where paid and due of the month differ
work_shared   accounts that several persons are paid into, all over the nation
work_phone    telephones that several households gave, all over the nation
work_due      what is due in the month by the rule, asked once for each distinct combination of facts

Work tables are analysed: statistics of a table filled in the same transaction are not there otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from lxbt.core.months import Month
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION, ancestors, span
from lxbt.entitlements import fragments
from lxbt.entitlements.pricing import Pricer
from lxbt.matching.rules.lists import LISTS
from lxbt.payments import queries as payments
from lxbt.standards.queries import parameter_everywhere
from lxbt.standards.rules.parameters import SAME_MONTH

TABLES = (
    "work_open",
    "work_case",
    "work_money",
    "work_setting",
    "work_signal",
    "work_found",
    "work_compared",
    "work_ended",
    "work_shared",
    "work_phone",
    "work_price",
    "work_due",
    "work_paid",
    "work_cover",
    "work_list",
    "work_stretch",
    "work_person",
    "work_kind",
    "work_place",
)
EVENTS = fragments.event_days("p")

KINDS = """
create temporary table work_kind on commit drop as
select id as profile_id, facts ->> 'economic' as economic, facts ->> 'employment' as employment,
    facts #>> '{certificate,category}' as category, (facts #>> '{certificate,grade}')::int as grade,
    coalesce(facts #>> '{other_benefits,orphan}' = 'true', false) as orphan,
        facts #>> '{other_benefits,de_facto_orphan}' as de_facto_orphan,
    coalesce((facts #>> '{other_benefits,work_injury_care}')::numeric, 0) as work_injury_care,
    coalesce((facts #>> '{other_benefits,elderly_care}')::numeric, 0) as elderly_care
from registry_profile
"""
PERSONS = """
create temporary table work_person on commit drop as
select p.person_id, p.division_code, p.profile_id, p.birth, p.died_on, p.moved_out_on, p.imprisoned_on,
    p.valid_until, p.frozen_on, p.cancelled_on,
    d.stop_shift, d.place, d.payer,
    l.since as living_since, coalesce(l.state <> 'suspended', false) as living, coalesce(l.state = 'suspended',
        false) as living_suspended,
    c.since as care_since, coalesce(c.state <> 'suspended', false) as care, coalesce(c.state = 'suspended',
        false) as care_suspended
from registry_personprofile p
join work_place d on d.division_code = p.division_code
left join entitlements_entitlement l on l.person_id = p.person_id and l.subsidy = 'living' and l.since <= %(month)s
    and (l.until is null or l.until > %(month)s) and l.person_id between %(low)s and %(high)s
left join entitlements_entitlement c on c.person_id = p.person_id and c.subsidy = 'care' and c.since <= %(month)s
    and (c.until is null or c.until > %(month)s) and c.person_id between %(low)s and %(high)s
where {where} and p.since <= %(month)s and (p.until is null or p.until > %(month)s)
    and p.person_id not in (select other_id from registry_joining where undone_at is null)
"""
STRETCHES = f"""
create temporary table work_stretch on commit drop as
select p.person_id, p.since, p.until, m.division_code, m.stop_shift, {EVENTS}, k.profile_id, k.economic, k.orphan,
    k.de_facto_orphan,
    k.work_injury_care, k.elderly_care
from registry_personprofile p
join work_person m on m.person_id = p.person_id
join work_kind k on k.profile_id = p.profile_id
where p.person_id between %(low)s and %(high)s and (least({EVENTS}) < %(following)s
    or k.economic = 'destitute' or k.orphan or k.de_facto_orphan = 'full' or k.work_injury_care > 0
        or k.elderly_care > 0)
"""
PAID = """
create temporary table work_paid on commit drop as
select person_id, subsidy, right_month, sum(amount) as paid, max(profile_id) as profile_id, max(batch_id) as batch_id
from payments_item i where void is null and right_month >= %(first)s and right_month <= %(month)s
    and person_id between %(low)s and %(high)s {only}
group by 1, 2, 3
"""


class Work:
    """The work tables for one group; they live as long as the transaction."""

    def __init__(
        self,
        *,
        codes: Sequence[str],
        persons: Sequence[int] | None,
        month: Month,
        on: date,
        window: int,
        pricer: Pricer,
    ) -> None:
        self.codes, self.persons = list(codes), list(persons) if persons is not None else None
        self.month, self.on, self.window, self.pricer = month, on, window, pricer
        self.cursor = connection.cursor()
        self.made: set[str] = set()
        self.took: dict[str, float] = {}

    def sql(self, text: str, params: Any = None) -> int:
        """Run a statement; gives how many rows it touched."""
        self.cursor.execute(text, params)
        return int(self.cursor.rowcount)

    def rows(self, text: str, params: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        self.cursor.execute(text, params)
        found: list[tuple[Any, ...]] = self.cursor.fetchall()
        return found

    def __enter__(self) -> Work:
        self._drop()
        for setting in ("random_page_cost = 1.1", "default_statistics_target = 10", "work_mem = '64MB'"):
            self.sql(f"set local {setting}")
        self.scheme = self.pricer.refresh()
        self._places()
        self._persons()
        self.sql(
            "create temporary table work_found (rule varchar(4), source varchar(20), person_id bigint, subsidy "
            "varchar(6), since date, until date,"
            " excess numeric(9, 2), fuzzy boolean, evidence jsonb) on commit drop"
        )
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._drop()

    def _drop(self) -> None:
        self.sql("set local client_min_messages = warning")
        self.sql("drop table if exists " + ", ".join(TABLES))

    def _scope(self) -> str:
        """The condition on `p`, a row of told months, that reads little: these persons, or the range from the group's
        first place to its last.
        """
        if self.persons is not None:
            return "p.person_id = any(%(persons)s::bigint[])"
        return "p.division_code >= %(from)s and p.division_code < %(to)s"

    def _places(self) -> None:
        """`work_place`: the divisions where persons of the group live; of a range, those that the group's counties pay
        for.
        """
        ranges = [span for code in self.codes for span in payments.ranges_of(code)]
        self.told: dict[str, Any] = {"month": self.month.first, "persons": self.persons, "from": "", "to": ""}
        if ranges:
            self.told |= {"from": min(low for low, _high in ranges), "to": max(high for _low, high in ranges)}
        counties = set(divisions.counties_in(NATION).values_list("code", flat=True))
        mine = set(self.codes)
        # (`offset 0`: read the area once; the planner would else walk the whole key from both ends)
        rows = self.rows(
            "select division_code, min(person_id), max(person_id) from (select p.division_code, p.person_id "
            "from registry_personprofile p"
            f" where {self._scope()} offset 0) x group by 1",
            self.told,
        )
        payer = {
            code: next((above for above in ancestors(code) if above in counties), code) for code, _low, _high in rows
        }
        kept = [row for row in rows if self.persons is not None or payer[row[0]] in mine]
        self.divisions = sorted(row[0] for row in kept)
        self.payers = {payer[code] for code in self.divisions}
        self.bounds = {
            "low": min((row[1] for row in kept), default=0),
            "high": max((row[2] for row in kept), default=0),
        }
        self.places = sorted({self.scheme.place_of(code) for code in self.divisions})
        number = {code: n for n, code in enumerate(self.places)}
        procedure = parameter_everywhere("procedure")
        self.sql(
            "create temporary table work_place (division_code varchar(12), payer varchar(12), place smallint, "
            "stop_shift int, injury text[], prison text[],"
            " elderly_higher boolean, backpay int, notice boolean) on commit drop"
        )
        with self.cursor.copy("copy work_place from stdin") as copy:
            for code in self.divisions:
                local = self.scheme.parameters_for(code, self.month)
                steps = procedure(code, self.month) or []
                notice = any(isinstance(step, dict) and step.get("step") == "notice" for step in steps)
                shift = 0 if local.stop == SAME_MONTH else 1
                injury, prison = list(local.work_injury_care), list(local.imprisoned)
                place = number[self.scheme.place_of(code)]
                copy.write_row(
                    (
                        code,
                        payer[code],
                        place,
                        shift,
                        injury,
                        prison,
                        local.elderly_care_higher_of,
                        local.backpay_months,
                        notice,
                    )
                )
        self.sql("analyze work_place")

    def _persons(self) -> None:
        self.count = self.sql(PERSONS.format(where=self._scope()), self.told | self.bounds)
        self.sql("analyze work_person")
        self.sql(KINDS)
        self.sql("analyze work_kind")

    def need(self, tables: Iterable[str]) -> None:
        """Make the work tables that a rule asks for, each once."""
        for table in tables:
            if table not in self.made:
                self.made.add(table)
                getattr(self, f"_make_{table}")()

    def _make_stretch(self) -> None:
        self.sql(STRETCHES, {"following": (self.month + 1).first} | self.bounds)
        self.sql("analyze work_stretch")

    def _make_list(self) -> None:
        """Every list that is not withdrawn; of rosters, for each division the newest that is complete."""
        self.sql(
            "create temporary table work_list on commit drop as "
            "select id as list_id, kind, division_code, received_on, as_of, source, channel from matching_list"
            " where received_on <= %(on)s and ((state in ('open', 'taken') and kind <> all(%(rosters)s)) or id in ("
            " select distinct on (kind, division_code) id from matching_list where kind = any(%(rosters)s) "
            "and state = 'taken' and received_on <= %(on)s"
            " order by kind, division_code, as_of desc, id desc))",
            {"on": self.on, "rosters": [key for key, kind in LISTS.items() if kind.roster]},
        )
        self.sql("analyze work_list")

    def _make_cover(self) -> None:
        """For each division and kind of list the newest list whose area covers it."""
        self.need(["list"])
        lists = self.rows("select list_id, kind, division_code, as_of from work_list order by as_of, list_id")
        spans = [(list_id, kind, *span(area), as_of) for list_id, kind, area, as_of in lists]
        self.sql(
            "create temporary table work_cover (division_code varchar(12), kind varchar(20), list_id bigint, "
            "as_of date) on commit drop"
        )
        with self.cursor.copy("copy work_cover from stdin") as copy:
            for code in self.divisions:
                newest = {kind: (list_id, as_of) for list_id, kind, low, high, as_of in spans if low <= code < high}
                for kind, (list_id, as_of) in newest.items():
                    copy.write_row((code, kind, list_id, as_of))
        self.sql("analyze work_cover")

    def _make_paid(self) -> None:
        only = (
            "and person_id in (select person_id from work_person)"
            if self.bounds["high"] - self.bounds["low"] > 3 * self.count
            else ""
        )
        first = self.month.back(self.window - 1).first
        self.sql(PAID.format(only=only), {"first": first, "month": self.month.first} | self.bounds)
        self.sql("analyze work_paid")

    def _make_ended(self) -> None:
        """Persons of whom a period of the ledger ended, is suspended or lies ahead, and the last period of each
        subsidy.
        """
        self.sql(
            "create temporary table work_ended on commit drop as "
            "select distinct on (e.person_id, e.subsidy) e.person_id, e.subsidy, e.since, e.until, e.state,"
            " coalesce(nullif(e.end_basis, ''), e.basis) as basis from entitlements_entitlement e "
            "where e.person_id between %(low)s and %(high)s"
            " and e.person_id in (select x.person_id from entitlements_entitlement x "
            "join work_person m on m.person_id = x.person_id"
            "  where (x.until is not null or x.state = 'suspended' or x.since > %(month)s) "
            "and x.person_id between %(low)s and %(high)s)"
            " order by e.person_id, e.subsidy, e.since desc",
            {"month": self.month.first} | self.bounds,
        )
        self.sql("analyze work_ended")

    def _make_compared(self) -> None:
        """Where what was paid for the month is not what is due, or the subsidy is not held."""
        self.need(["paid", "due"])
        self.sql(
            "create temporary table work_compared on commit drop as "
            "select p.person_id, p.subsidy, p.right_month, p.paid, p.profile_id, m.profile_id as now_profile,"
            " m.division_code, y.due, y.standard_id, y.granted, y.held"
            " from work_paid p join work_person m on m.person_id = p.person_id "
            "join work_due w on w.person_id = p.person_id"
            " join work_price x on x.place = w.place and x.profile_id = w.profile_id and x.band = w.band "
            "and x.relations = w.relations"
            " cross join lateral (select case p.subsidy when 'living' then x.living else x.care end as due,"
            "  case p.subsidy when 'living' then x.living_standard else x.care_standard end as standard_id,"
            "  case p.subsidy when 'living' then m.living else m.care end as granted,"
            "  case p.subsidy when 'living' then m.living or m.living_suspended else m.care or m.care_suspended end "
            "as held) y"
            " where p.right_month = %(month)s and p.paid > 0 and (not y.held or (y.due > 0 and p.paid <> y.due))",
            {"month": self.month.first},
        )
        self.sql("analyze work_compared")

    def _make_shared(self) -> None:
        """For a group, the whole nation's accounts are looked through; for a handful of persons, theirs alone by the
        index.
        """
        only = (
            "and handle in (select b.handle from registry_bankaccount b "
            "join work_person m on m.person_id = b.person_id where b.until is null)"
        )
        self.sql(
            "create temporary table work_shared on commit drop as select handle, count(*) as persons "
            "from registry_bankaccount"
            f" where until is null and handle is not null {only if self.persons is not None else ''} group by handle "
            "having count(*) > 1"
        )
        self.sql("analyze work_shared")

    def _make_phone(self) -> None:
        """Telephones of more than one person with how many households gave them; of a handful of persons, theirs alone
        by the index.
        """
        only = (
            "and phone_handle in (select r.phone_handle from registry_person r "
            "join work_person m on m.person_id = r.person_id)"
        )
        self.sql(
            "create temporary table work_phone on commit drop as select p.phone_handle as handle,"
            " least(count(distinct coalesce(nullif(p.guardian_name, ''), p.name)), count(distinct "
            "coalesce(nullif(p.address, ''), p.person_id::text))) as homes"
            " from (select phone_handle from registry_person where phone_handle is not null"
            f" {only if self.persons is not None else ''} group by 1 having count(*) > 1) t"
            " join registry_person p on p.phone_handle = t.phone_handle and p.joined_to is null group by 1"
        )
        self.sql("analyze work_phone")

    def _make_due(self) -> None:
        """What each person has a right to in the month; care also as if long-term care were needed, which nobody knows
        before asking.
        """
        band, relations = fragments.band("m", self.scheme.ages, self.month), fragments.relations("m", self.month)
        self.sql(
            "create temporary table work_due on commit drop as"
            f" select m.person_id, m.place, m.profile_id, {band} as band, {relations} as relations from work_person m"
        )
        self.sql("analyze work_due")
        combinations = self.rows("select distinct place, profile_id, band, relations from work_due")
        self.pricer.learn({row[1] for row in combinations})
        self.sql(
            "create temporary table work_price (place smallint, profile_id bigint, band int, relations int, living "
            "numeric(9, 2), care numeric(9, 2),"
            " possible_care numeric(9, 2), living_reasons varchar(200), care_reasons varchar(200), living_standard "
            "bigint, care_standard bigint) on commit drop"
        )
        with self.cursor.copy("copy work_price from stdin") as copy:
            for place, profile_id, band, relations in combinations:
                told = self.pricer.price(self.places[place], profile_id, band, relations, self.month)
                (living, living_row, living_why), (care, care_row, care_why) = told["living"], told["care"]
                possible = care
                if care_why and "long_term_care" in care_why:
                    possible = self.pricer.price(
                        self.places[place], profile_id, band, relations, self.month, needing_care=True
                    )["care"][0]
                copy.write_row(
                    (
                        place,
                        profile_id,
                        band,
                        relations,
                        living,
                        care,
                        possible,
                        living_why,
                        care_why,
                        living_row,
                        care_row,
                    )
                )
        self.sql("analyze work_price")
