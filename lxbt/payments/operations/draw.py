"""The monthly draw by difference: due (ledger and standards) minus paid (items that count), for every right-month.

The rule is written once, in Python, and is asked for each distinct combination of facts; the rows move in SQL. Steps,
in one transaction for a payer:

1. take the marks of persons that changed; see which standards changed since the last draw;
2. `draw_work`: one row for each person, subsidy and month to look at, with the few values that decide its price;
3. `draw_price`: the distinct combinations, priced by `rights_at`;
4. one INSERT ... SELECT of price minus paid, where that is not nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.money import ZERO
from lxbt.core.months import BEGINNING, Month
from lxbt.core.profile import SUBSIDIES, Profile
from lxbt.core.refusal import Refusal
from lxbt.divisions.operations import mark_stale
from lxbt.divisions.rules import NATION
from lxbt.entitlements.operations import mark_recertified_persons, resolve_changes
from lxbt.entitlements.rules import rights_at
from lxbt.payments import queries
from lxbt.payments.models import Batch, PayerState
from lxbt.registry.queries import profiles_by_id
from lxbt.standards import queries as standards
from lxbt.standards.rules.scheme import Scheme

_ONE_DAY = timedelta(days=1)
_PARTITION_LOCK, _PAYER_LOCK = 7_301_002, 7_301_003


class DrawRefused(Refusal):
    """The batch cannot be drawn now."""


@dataclass
class Pricer:
    """Prices combinations, remembering answers; one may serve many payers, and notices when standards changed."""

    area: str = NATION
    change_id: int = -1
    scheme: Scheme | None = None

    def __post_init__(self) -> None:
        self.profiles: dict[int, Profile] = {}
        self.answers: dict[tuple[str, int, int, int, Month], dict[str, tuple[Decimal, int | None, str | None]]] = {}

    def refresh(self) -> Scheme:
        """The scheme as it is now."""
        latest = standards.latest_change()
        if self.scheme is None or latest != self.change_id:
            self.scheme, self.change_id = standards.scheme_for(self.area), latest
            self.answers.clear()
        return self.scheme

    def learn(self, ids: set[int]) -> None:
        """Read the interned profiles that are not known yet."""
        fresh = ids - self.profiles.keys()
        if fresh:
            self.profiles |= profiles_by_id(fresh)

    def price(self, place: str, profile_id: int, band: int, relations: int, month: Month) -> dict[str, tuple[Decimal, int | None, str | None]]:
        """Amount, standard and reasons against, for each subsidy. `band` -1: birth unknown; else how many age limits are reached."""
        key = (place, profile_id, band, relations, month)
        if key not in self.answers:
            assert self.scheme is not None
            profile = replace(self.profiles[profile_id], division=place)
            age = None if band < 0 else self.scheme.ages[band - 1] if band else min(self.scheme.ages, default=0) - 1
            told = tuple(relations // 3**i % 3 for i in range(6))
            found = rights_at(profile, age, told, self.scheme, month)
            self.answers[key] = {
                subsidy: (
                    found[subsidy].amount,
                    row.id if (row := found[subsidy].standard) else None,
                    ",".join(reason.code for reason in found[subsidy].reasons) or None,
                )
                for subsidy in SUBSIDIES
            }
        return self.answers[key]


def ensure_partitions(months: list[Month]) -> None:
    """Make the item partitions of these months."""
    names = {f"payments_item_{month.year:04d}_{month.month:02d}": month for month in months}
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relname = any(%s) and relkind = 'r'", [list(names)])
        missing = sorted(set(names) - {row[0] for row in cursor.fetchall()})
        if not missing:
            return
        cursor.execute("select pg_advisory_xact_lock(%s)", [_PARTITION_LOCK])
        for name in missing:
            first, last = names[name].first, (names[name] + 1).first
            cursor.execute(f"create table if not exists {name} partition of payments_item for values from ('{first}') to ('{last}')")


def draw_batch(*, payer_code: str, month: Month, by: User | None, on: date, pricer: Pricer | None = None) -> Batch | None:
    """Draw the difference of every right-month up to `month` for everybody the payer pays.

    Gives the batch, or None when there is nothing to draw. Months that had no draw are caught up; a month drawn again
    brings what has changed since. Safe to repeat after a crash: all or nothing. Two draws of one payer wait for each other.
    """
    pricer = pricer or Pricer()
    resolve_changes()
    try:
        with transaction.atomic():
            return _Draw(payer_code, month, pricer).run(by, on)
    except IntegrityError as error:
        if "payments_item" in str(error):  # a person moved here while the former payer was drawing
            raise DrawRefused(_("另一发放单位正在为同一人编制同一月份,请稍后重试。")) from error
        raise


class _Draw:
    """One draw; its work tables live as long as the transaction."""

    def __init__(self, payer_code: str, month: Month, pricer: Pricer) -> None:
        self.payer = payer_code
        self.month = month
        self.pricer = pricer
        self.ranges = queries.ranges_of(payer_code)
        self.scheme = Scheme()
        self.cursor = connection.cursor()

    def sql(self, text: str, params: Sequence[Any] = ()) -> None:
        self.cursor.execute(text, params or None)

    def run(self, by: User | None, on: date) -> Batch | None:
        if not self.ranges:
            raise DrawRefused(_("%(code)s 不是发放单位。") % {"code": self.payer})
        state = self._lock()
        drawn_until = Month.of(state.drawn_until) if state.drawn_until else None
        last_change = standards.latest_change()  # read before the standards: a later one is looked at next time
        self.scheme = self.pricer.refresh()
        changes = standards.changes_after(state.change_id, self.payer) if drawn_until else []
        if changes:
            self._retime()
        self._take_marks(drawn_until)
        self._collect(drawn_until, changes)
        batch = None
        if self._work():
            self._price()
            batch = self._insert(by, on)
        if drawn_until is None or self.month >= drawn_until:
            state.drawn_until, state.change_id = self.month.first, last_change
            state.save()
        for table in ("draw_mark", "draw_span", "draw_work", "draw_price", "draw_month", "draw_place", "draw_paid"):
            self.sql(f"drop table if exists {table}")
        return batch

    def _lock(self) -> PayerState:
        self.sql("select pg_advisory_xact_lock(%s, hashtext(%s))", [_PAYER_LOCK, self.payer])
        self.sql("set local random_page_cost = 1.1")  # the work set of a payer is small beside the national tables
        PayerState.objects.get_or_create(pk=self.payer)
        return PayerState.objects.select_for_update().get(pk=self.payer)

    def _retime(self) -> None:
        """A changed parameter may say from when a second certificate counts: tell those persons' months anew."""
        where, params = queries.in_ranges("division_code", self.ranges)
        mark_recertified_persons(where, params)
        resolve_changes()

    def _take_marks(self, drawn_until: Month | None) -> None:
        where, params = queries.in_ranges("division_code", self.ranges)
        self.sql("create temporary table draw_mark (person_id bigint, division_code varchar(12), since date) on commit drop")
        self.sql(
            f"with taken as (delete from entitlements_stale where {where} returning person_id, division_code, since) insert into draw_mark select * from taken",
            params,
        )
        if drawn_until is not None and self.month < drawn_until:  # later months were drawn already: they remain to be looked at
            later = (self.month + 1).first
            self.sql(
                "insert into entitlements_stale (person_id, division_code, since)"
                " select person_id, division_code, greatest(since, %s::date) from draw_mark"
                " on conflict (person_id, division_code) do update set since = least(entitlements_stale.since, excluded.since)",
                [later],
            )

    def _collect(self, drawn_until: Month | None, changes: list[tuple[str, Month]]) -> None:
        """`draw_span`: the stretches of rights to look at, cut to the months that need it."""
        fresh = drawn_until + 1 if drawn_until else BEGINNING
        look = {subsidy: min([fresh, *(since for name, since in changes if name in ("", subsidy))]) for subsidy in SUBSIDIES}
        where, params = queries.in_ranges("p.division_code", self.ranges)
        marked = self._any("draw_mark")
        self.sql(
            "create temporary table draw_span on commit drop as"
            " select e.person_id, e.subsidy, p.profile_id, p.division_code, p.birth, p.died_on, p.moved_out_on, p.imprisoned_on,"
            " p.valid_until, p.frozen_on, p.cancelled_on, true as entitled,"
            " greatest(e.since, p.since, least(case e.subsidy when 'living' then %s::date else %s::date end, m.since)) as since,"
            " least(e.until, p.until, %s::date) as until"
            " from registry_personprofile p join entitlements_entitlement e on e.person_id = p.person_id and e.state = 'granted'"
            + (
                " left join (select person_id, min(since) as since from draw_mark group by person_id) m on m.person_id = p.person_id"
                if marked
                else " cross join (select null::date as since) m"
            )
            + f" where {where} and e.since <= %s and p.since <= %s"
            " and (e.until is null or e.until > p.since) and (p.until is null or p.until > e.since)",
            [look["living"].first, look["care"].first, (self.month + 1).first, *params, self.month.first, self.month.first],
        )
        if marked:  # months paid to a changed person that the ledger does not hold any more
            self._collect_unentitled()

    def _any(self, table: str) -> bool:
        self.sql(f"select exists (select from {table})")
        return bool(self.cursor.fetchone()[0])

    def _collect_unentitled(self) -> None:
        where, params = queries.in_ranges("p.division_code", self.ranges)
        self.sql(
            "insert into draw_span"
            " select i.person_id, i.subsidy, p.profile_id, p.division_code, p.birth, p.died_on, p.moved_out_on, p.imprisoned_on,"
            " p.valid_until, p.frozen_on, p.cancelled_on, false, i.right_month, (i.right_month + interval '1 month')::date"
            " from (select person_id, min(since) as since from draw_mark group by person_id) m"
            " join payments_item i on i.person_id = m.person_id and i.void is null and i.right_month >= m.since and i.right_month <= %s"
            " join registry_personprofile p on p.person_id = i.person_id and p.since <= i.right_month and (p.until is null or p.until > i.right_month)"
            f" where {where} and not exists (select from entitlements_entitlement e where e.person_id = i.person_id and e.subsidy = i.subsidy"
            " and e.state = 'granted' and e.since <= i.right_month and (e.until is null or e.until > i.right_month))"
            " group by i.person_id, i.subsidy, i.right_month, p.person_id, p.since",
            [self.month.first, *params],
        )

    def _work(self) -> bool:
        """`draw_work`: a row for each person, subsidy and month, with the plain values that decide the price."""
        self.sql("select min(since) from draw_span where since < until")
        first = self.cursor.fetchone()[0]
        if first is None:
            return False
        months = list(Month.of(first).until(self.month + 1))
        ensure_partitions(months)
        self.sql("create temporary table draw_month (month date, following date, cutoffs date[]) on commit drop")
        self.cursor.executemany(
            "insert into draw_month values (%s, %s, %s)", [(m.first, (m + 1).first, sorted(_cutoff(m, age) for age in self.scheme.ages)) for m in months]
        )
        self.sql("create temporary table draw_place (division_code varchar(12), place smallint) on commit drop")
        self.sql("select distinct division_code from draw_span")
        codes = [row[0] for row in self.cursor.fetchall()]
        self.places = sorted({self.scheme.place_of(code) for code in codes})
        self.cursor.executemany("insert into draw_place values (%s, %s)", [(code, self.places.index(self.scheme.place_of(code))) for code in codes])
        events = ("died_on", "moved_out_on", "imprisoned_on", "valid_until", "frozen_on", "cancelled_on")
        relations = " + ".join(
            f"(case when s.{name} is null or s.{name} >= m.following then 0 when s.{name} >= m.month then 1 else 2 end) * {3**i}"
            for i, name in enumerate(events)
        )
        self.sql("analyze draw_span")
        self.sql("analyze draw_month")
        self.sql(
            "create temporary table draw_work on commit drop as"
            " select s.person_id, s.subsidy, m.month, s.profile_id, s.division_code, d.place, s.entitled,"
            f" (case when s.birth is null then -1 else {len(self.scheme.ages)} - width_bucket(s.birth - 1, m.cutoffs) end)::smallint as band,"
            f" ({relations})::smallint as relations"
            " from draw_span s join draw_place d on d.division_code = s.division_code"
            " join draw_month m on m.month >= s.since and m.month < s.until"
        )
        self.sql("analyze draw_work")
        return True

    def _price(self) -> None:
        """`draw_price`: every distinct combination with its amount, standard and reasons."""
        self.sql("select distinct subsidy, month, profile_id, place, band, relations from draw_work where entitled")
        combinations = self.cursor.fetchall()
        self.pricer.learn({row[2] for row in combinations})
        self.sql(
            "create temporary table draw_price (subsidy varchar(6), month date, profile_id bigint, place smallint, band smallint, relations smallint,"
            " amount numeric(9, 2), standard_id bigint, reasons varchar(200)) on commit drop"
        )
        with self.cursor.copy("copy draw_price from stdin") as copy:
            for subsidy, first, profile_id, place, band, relations in combinations:
                answer = self.pricer.price(self.places[place], profile_id, band, relations, Month.of(first))[subsidy]
                copy.write_row((subsidy, first, profile_id, place, band, relations, *answer))
        self.sql("analyze draw_price")

    def _paid(self) -> bool:
        """`draw_paid`: what these persons were drawn already, by subsidy and month."""
        self.sql("select min(month), max(month) from draw_work")
        first, last = self.cursor.fetchone()
        self.sql("select exists (select from payments_item where right_month >= %s and right_month <= %s)", [first, last])
        if not self.cursor.fetchone()[0]:
            return False
        self.sql(
            "create temporary table draw_paid on commit drop as"
            " select i.person_id, i.subsidy, i.right_month, coalesce(sum(i.amount) filter (where i.void is null), 0)::numeric(9, 2) as amount,"
            " max(i.seq) as seq, max(i.standard_id) as standard_id"
            " from (select distinct person_id from draw_work) w join payments_item i on i.person_id = w.person_id"
            " where i.right_month >= %s and i.right_month <= %s group by i.person_id, i.subsidy, i.right_month",
            [first, last],
        )
        self.sql("analyze draw_paid")
        return True

    def _insert(self, by: User | None, on: date) -> Batch | None:
        number = Batch.objects.filter(payer_code=self.payer, month=self.month.first).count() + 1
        batch = Batch.objects.create(payer_code=self.payer, month=self.month.first, number=number, drawn_by=by, drawn_on=on)
        seen = self._paid()
        paid, seq = ("coalesce(q.amount, 0)", "coalesce(q.seq, 0) + 1") if seen else ("0", "1")
        difference = f"(case when w.entitled then p.amount else 0 end) - {paid}"
        joins = (
            " from draw_work w left join draw_price p on p.subsidy = w.subsidy and p.month = w.month and p.profile_id = w.profile_id"
            " and p.place = w.place and p.band = w.band and p.relations = w.relations and w.entitled"
            + (" left join draw_paid q on q.person_id = w.person_id and q.subsidy = w.subsidy and q.right_month = w.month" if seen else "")
            + " left join registry_bankaccount a on a.person_id = w.person_id and a.until is null"
        )
        self.sql(
            "insert into payments_item (person_id, subsidy, right_month, seq, batch_id, division_code, amount, kind, standard_id, profile_id,"
            " account_number, reasons)"
            f" select w.person_id, w.subsidy, w.month, {seq}, %s, w.division_code, {difference},"
            f" case when {difference} < 0 then 'recovery' when w.month = %s then 'regular' else 'arrears' end,"
            " p.standard_id, w.profile_id, a.number, case when w.entitled then p.reasons else 'not_entitled' end"
            + joins
            + f" where a.state = 'good' and {difference} <> 0",
            [batch.pk, self.month.first],
        )
        self.sql("select count(distinct w.person_id)" + joins + f" where a.state is distinct from 'good' and {difference} <> 0")
        batch.held_count = self.cursor.fetchone()[0]
        return self._total(batch, by)

    def _total(self, batch: Batch, by: User | None) -> Batch | None:
        self.sql(
            "select right_month, count(*), sum(amount), coalesce(sum(amount) filter (where amount < 0), 0) from payments_item"
            " where batch_id = %s and right_month <= %s group by right_month",
            [batch.pk, self.month.first],
        )
        rows = self.cursor.fetchall()
        if not rows:
            batch.delete()
            return None
        batch.item_count = sum(row[1] for row in rows)
        batch.total = sum((row[2] for row in rows), ZERO)
        batch.recovery_total = sum((row[3] for row in rows), ZERO)
        batch.save()
        self.sql(
            "update payments_line l set state = 'resent' where l.state = 'corrected' and exists (select from payments_item i"
            " where i.batch_id = %s and i.person_id = l.person_id and i.subsidy = l.subsidy and i.right_month <= %s)",
            [batch.pk, self.month.first],
        )
        for row in rows:
            mark_stale(self.payer, row[0])
        record_event(
            by=by,
            action="batch.drawn",
            subject_kind="batch",
            subject_id=batch.pk,
            division_code=self.payer,
            details={"month": str(self.month), "items": batch.item_count, "total": str(batch.total)},
        )
        return batch


def _cutoff(month: Month, age: int) -> date:
    """Who is born on this day or before it has reached `age` by the last day of `month`."""
    last = month.last
    year = max(1, last.year - age)
    return last.replace(year=year) if (last.month, last.day) != (2, 29) else date(year, 3, 1) - _ONE_DAY
