"""The monthly draw by difference: due (ledger and standards) minus paid (items that count), for every right-month.

The rule is written once, in Python, and is asked for each distinct combination of facts; the rows move in SQL. Steps,
in one transaction for a payer or a group of small ones:

1. take the marks of persons that changed; see which standards changed since the last draw;
2. `draw_span`: the stretches of rights to look at, with the few plain values that decide a price;
3. `draw_price`: the distinct combinations by month, priced by `rights_at`;
4. one INSERT ... SELECT of price minus paid, where that is not nothing.

Work tables are analysed, for statistics of a table filled in the same transaction are not there otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from lxbt.accounts.models import User
from lxbt.audit.operations import record_event
from lxbt.core.money import ZERO
from lxbt.core.months import BEGINNING, Month
from lxbt.core.profile import SUBSIDIES
from lxbt.divisions.operations import mark_stale
from lxbt.entitlements import fragments
from lxbt.entitlements.operations import keep_stale_persons, mark_stale_persons, resolve_changes, take_stale_persons
from lxbt.entitlements.pricing import Pricer
from lxbt.entitlements.rules.situations import band_of, events_from, relations_code
from lxbt.entitlements.waiting import persons_held
from lxbt.payments import queries
from lxbt.payments.models import Batch, PayerState
from lxbt.payments.operations.differences import differences
from lxbt.payments.operations.holding import leave_held_back, note_origins
from lxbt.payments.operations.locking import DrawRefused, lock_payer
from lxbt.payments.operations.partitions import PartitionsMissing, without_partition
from lxbt.payments.rules import lines_open_to
from lxbt.registry.operations import mark_recertified_persons
from lxbt.registry.operations.accounts import note_pay_day
from lxbt.standards import queries as standards
from lxbt.standards.rules.scheme import Scheme

_NO_DAY = date(1, 1, 1)


class Draw:
    """One draw for a group of payers; its work tables live as long as the transaction."""

    def __init__(self, payer_codes: list[str], month: Month, pricer: Pricer) -> None:
        self.payers = sorted(payer_codes)
        self.month = month
        self.pricer = pricer
        self.ranges = {payer: queries.ranges_of(payer) for payer in self.payers}
        self.everywhere = [span for ranges in self.ranges.values() for span in ranges]
        self.scheme = Scheme()
        self.cursor = connection.cursor()
        self.added: list[tuple[Any, ...]] = []  # batch, right-month, items, yuan, of that taken back

    def sql(self, text: str, params: Sequence[Any] = ()) -> None:
        self.cursor.execute(text, params or None)

    def one(self, text: str, params: Sequence[Any] = ()) -> Any:
        """The first column of the only row."""
        self.sql(text, params)
        return self.cursor.fetchone()[0]

    def run(self, by: User | None, on: date) -> list[Batch]:
        for payer, ranges in self.ranges.items():
            if not ranges:
                raise DrawRefused(_("%(code)s 不是发放单位。") % {"code": payer})
        states = [self._lock(payer) for payer in self.payers]
        last_change = standards.latest_change()  # read before the standards: a later one is looked at next time
        self.scheme = self.pricer.refresh()
        look = [self._look(state) for state in states]
        self._take_marks(states)
        self.batches = self._open(by, on)
        self._places(look)
        self._collect()
        self._hold()
        held = self._insert() if self._price() else {}
        batches = note_origins(self._totals(held, by), self.first if self.added else self.month)
        for state in states:
            if state.drawn_until is None or self.month.first >= state.drawn_until:
                state.drawn_until, state.change_id = self.month.first, last_change
                state.save()
        for table in ("draw_mark", "draw_place", "draw_span", "draw_price"):
            self.sql(f"drop table if exists {table}")
        return batches

    def _lock(self, payer: str) -> PayerState:
        lock_payer(payer)
        self.sql("set local random_page_cost = 1.1")  # the work set of a payer is small beside the national tables
        self.sql("set local default_statistics_target = 10")  # enough for the work tables, and quicker
        PayerState.objects.get_or_create(pk=payer)
        return PayerState.objects.select_for_update().get(pk=payer)

    def _look(self, state: PayerState) -> dict[str, Month]:
        """From which month everybody is looked at, by subsidy: those not drawn yet, and those that a change prices
        anew.
        """
        fresh = Month.of(state.drawn_until) + 1 if state.drawn_until else BEGINNING
        changes = standards.changes_after(state.change_id, state.payer_code) if state.drawn_until else []
        if any(
            not name for name, _since in changes
        ):  # a changed parameter may say from when a second certificate counts: tell those months anew
            where, params = queries.in_ranges("division_code", self.ranges[state.payer_code])
            mark_recertified_persons(where, params)
            resolve_changes()
        return {
            subsidy: min([fresh, *(since for name, since in changes if name in ("", subsidy))]) for subsidy in SUBSIDIES
        }

    def _open(self, by: User | None, on: date) -> list[Batch]:
        """A batch for each payer of the group, numbered within the month."""
        numbers = dict(
            Batch.objects.filter(payer_code__in=self.payers, month=self.month.first)
            .values_list("payer_code")
            .annotate(last=Max("number"))
        )
        fresh = [
            Batch(payer_code=payer, month=self.month.first, number=numbers.get(payer, 0) + 1, drawn_by=by, drawn_on=on)
            for payer in self.payers
        ]
        return Batch.objects.bulk_create(fresh)

    def _take_marks(self, states: list[PayerState]) -> None:
        self.sql(
            "create temporary table draw_mark (person_id bigint, division_code varchar(12), since date) on commit drop"
        )
        for state in states:
            where, params = queries.in_ranges("division_code", self.ranges[state.payer_code])
            take_stale_persons("draw_mark", where, params)
            if (
                state.drawn_until is not None and self.month.first < state.drawn_until
            ):  # later months were drawn already: they remain to be looked at
                keep_stale_persons("draw_mark", where, params, since=self.month + 1)
        self.marked = self.one("select exists (select from draw_mark)")

    def _places(self, look: list[dict[str, Month]]) -> None:
        """`draw_place`: each division of the group's persons with its batch, from when it is looked at, and the place
        whose rows decide there.
        """
        self.sql(
            "create temporary table draw_place (division_code varchar(12), batch_id bigint, place smallint, "
            "living date, care date) on commit drop"
        )
        found = []
        for payer, batch, months in zip(self.payers, self.batches, look, strict=True):
            where, params = queries.in_ranges("division_code", self.ranges[payer])
            self.sql(f"select distinct division_code from registry_personprofile where {where}", params)
            found += [
                (row[0], batch.pk, self.scheme.place_of(row[0]), months["living"].first, months["care"].first)
                for row in self.cursor.fetchall()
            ]
        self.places = sorted({row[2] for row in found})
        with self.cursor.copy("copy draw_place from stdin") as copy:
            for code, batch_id, place, living, care in found:
                copy.write_row((code, batch_id, self.places.index(place), living, care))
        self.sql("analyze draw_place")

    def _collect(self) -> None:
        """`draw_span`: the stretches of rights to look at, cut to the months that need it, with the plain values that
        decide their price.

        `events`: the dated events of a person for whom one of them bears on a month up to this one; else empty.
        """
        where, params = queries.in_ranges("p.division_code", self.everywhere)
        marks = (
            " left join (select person_id, min(since) as since from draw_mark "
            "group by person_id) m on m.person_id = p.person_id"
            if self.marked
            else " cross join (select null::date as since) m"
        )
        following = (self.month + 1).first
        # (`offset 0`: read the area once; the planner would else walk the whole key from both ends)
        self.sql(
            "select min(person_id), max(person_id) from (select p.person_id from registry_personprofile p "
            f"where {where} offset 0) x",
            params,
        )
        low, high = (
            self.cursor.fetchone()
        )  # people of one area were often registered together: then this spares reading everybody's
        within = f"between {low or 0} and {high or 0}"
        self.sql(
            "create temporary table draw_span on commit drop as select * from ("
            f" select e.person_id, e.subsidy, {self._told()}, true as entitled,"
            " greatest(e.since, p.since, least(case e.subsidy when 'living' then d.living else d.care end, "
            "m.since)) as since,"
            " least(e.until, p.until, %s::date) as until"
            " from registry_personprofile p join draw_place d on d.division_code = p.division_code"
            " join entitlements_entitlement e on e.person_id = p.person_id and e.state = 'granted' "
            f"and e.person_id {within}"
            " left join registry_bankaccount a on a.person_id = p.person_id and a.until is null "
            f"and a.person_id {within}{marks}"
            f" where {where} and e.since <= %s and p.since <= %s"
            " and (e.until is null or e.until > p.since) and (p.until is null or p.until > e.since)) s where since "
            "< until",
            [following, *params, self.month.first, self.month.first],
        )
        if self.marked:
            self._collect_unentitled()
        leave_held_back(self.cursor)
        self.sql("analyze draw_span")

    def _told(self) -> str:
        """The columns of `draw_span` that come from the told months, the place and the account."""
        return (
            "p.profile_id, p.division_code, d.batch_id, d.place, p.birth, a.number as account_number, "
            "coalesce(a.state = 'good', false) as good,"
            f" {fragments.events_text('p', self.month)} as events"
        )

    def _collect_unentitled(self) -> None:
        """Months paid to a changed person that the ledger does not hold any more.

        Past months are held, and left as they were paid.
        """
        where, params = queries.in_ranges("p.division_code", self.everywhere)
        self.sql(
            f"insert into draw_span select i.person_id, i.subsidy, {self._told()}, false, i.right_month, "
            "(i.right_month + interval '1 month')::date"
            " from (select person_id, min(since) as since from draw_mark group by person_id) m"
            " join (select distinct person_id, subsidy, right_month from payments_item where void is null "
            "and right_month <= %s"
            " and person_id in (select person_id from draw_mark)) i on i.person_id = m.person_id "
            "and i.right_month >= m.since"
            " join registry_personprofile p on p.person_id = i.person_id and p.since <= i.right_month "
            "and (p.until is null or p.until > i.right_month)"
            " join draw_place d on d.division_code = p.division_code"
            " left join registry_bankaccount a on a.person_id = i.person_id and a.until is null"
            f" where {where} and not exists (select from entitlements_entitlement e where e.person_id = i.person_id "
            "and e.subsidy = i.subsidy"
            " and e.state in ('granted', 'past') and e.since <= i.right_month and (e.until is null or e.until > "
            "i.right_month))",
            [self.month.first, *params],
        )

    def _hold(self) -> None:
        """Nothing moves for persons whose death, custody or moving out waits for a second person; they are looked at
        again.
        """
        if waiting := persons_held():
            self.sql("update draw_span set good = false where person_id = any(%s) returning person_id", [waiting])
            mark_stale_persons(sorted({row[0] for row in self.cursor.fetchall()}), BEGINNING)

    def _keys(self) -> dict[str, str]:
        """The values that decide a stretch's price, as SQL over `draw_span s`.

        `band`: how many age limits are reached in the last month; `birth` only for those who reach one on the way.
        """

        known: dict[str, str] = {
            name: f"s.{name}" for name in ("subsidy", "profile_id", "place", "since", "until", "entitled", "events")
        }
        first, last = (fragments.band("s", self.scheme.ages, month) for month in (self.first, self.month))
        birth = (
            f"'{_NO_DAY}'::date"
            if self.first == self.month or not self.scheme.ages
            else f"case when {first} = {last} then '{_NO_DAY}'::date else coalesce(s.birth, '{_NO_DAY}') end"
        )
        return known | {"band": last, "birth": birth}

    def _price(self) -> bool:
        """`draw_price`: amount, standard and reasons for every distinct combination and month.

        False when there is nothing to look at.
        """
        first = self.one("select min(since) from draw_span")
        if first is None:
            return False
        self.first = Month.of(first)
        missing = without_partition(self.first.until(self.month + 1))
        if missing:
            raise PartitionsMissing(missing)
        self.keys = self._keys()
        names = list(self.keys)
        self.sql(
            f"select distinct {', '.join(f'{text} as {name}' for name, text in self.keys.items())} from draw_span s"
        )
        combinations = [dict(zip(names, row, strict=True)) for row in self.cursor.fetchall()]
        self.pricer.learn({row["profile_id"] for row in combinations})
        self.sql(
            "create temporary table draw_price (subsidy varchar(6), profile_id bigint, place smallint, since date, "
            "until date, entitled boolean, events text,"
            " band int, birth date, month date, amount numeric(9, 2), standard_id bigint, reasons varchar(200)) on "
            "commit drop"
        )
        with self.cursor.copy("copy draw_price from stdin") as copy:
            for row in combinations:
                for month in Month.of(row["since"]).until(Month.of(row["until"])):
                    copy.write_row((*row.values(), month.first, *self._answer(row, month)))
        self.sql("analyze draw_price")
        return True

    def _answer(self, row: dict[str, Any], month: Month) -> tuple[Decimal, int | None, str | None]:
        if not row["entitled"]:
            return ZERO, None, "not_entitled"
        band = row["band"] if row["birth"] == _NO_DAY else band_of(row["birth"], self.scheme.ages, month)
        relations = relations_code(events_from(row["events"]), month)
        return self.pricer.price(self.places[row["place"]], row["profile_id"], band, relations, month)[row["subsidy"]]

    def _differences(self, where: str) -> str:
        """Due minus paid, a row for each person, subsidy and month to look at, as text for a FROM."""
        window = f"right_month >= '{self.first.first}' and right_month <= '{self.month.first}'"
        if not self.one(f"select exists (select from payments_item where {window})"):
            return differences(self.keys, where)
        low, high, persons = self._persons()
        window += f" and person_id between {low} and {high}"
        if high - low > 3 * persons:  # not registered together: keep others' items out of the hash
            window += " and person_id in (select person_id from draw_span)"
        several = self.one(f"select exists (select from payments_item where {window} and seq > 1)")
        return differences(self.keys, where, window, several=several)

    def _persons(self) -> tuple[int, int, int]:
        """The smallest and the largest person id to look at, and how many stretches: people of one area were often
        registered together.
        """
        self.sql("select min(person_id), max(person_id), count(*) from draw_span")
        low, high, count = self.cursor.fetchone()
        return low, high, count

    def _insert(self) -> dict[int, int]:
        """The items. Gives, for each batch, how many persons were held back."""
        for way in ("nestloop", "mergejoin"):  # joined by hashing: estimates of computed columns mislead
            self.sql(f"set local enable_{way} = off")
        self.sql(
            "with added as (insert into payments_item (person_id, subsidy, right_month, seq, batch_id, "
            "division_code, amount, kind, standard_id, profile_id,"
            " account_number, reasons)"
            " select person_id, subsidy, month, seq, batch_id, division_code, difference,"
            " case when difference < 0 then 'recovery' when month = %s then 'regular' else 'arrears' end,"
            # so that the key grows at its end
            f" standard_id, profile_id, account_number, reasons from {self._differences('s.good')} order by person_id"
            " returning batch_id, right_month, amount)"
            " select batch_id, right_month, count(*), sum(amount), coalesce(sum(amount) filter (where amount < 0), "
            "0) from added group by batch_id, right_month",
            [self.month.first],
        )
        self.added = self.cursor.fetchall()
        held: dict[int, int] = {}
        if self.one("select exists (select from draw_span where not good)"):
            self.sql(
                f"select batch_id, count(distinct person_id) from {self._differences('not s.good')} group by batch_id"
            )
            held = dict(self.cursor.fetchall())
        for way in ("nestloop", "mergejoin"):
            self.sql(f"set local enable_{way} = on")
        return held

    def _totals(self, held: dict[int, int], by: User | None) -> list[Batch]:
        """Put the totals into the batches; one without items is removed."""
        rows: dict[int, list[tuple[Any, ...]]] = {batch.pk: [] for batch in self.batches}
        for added in self.added:
            rows[added[0]].append(added[1:])
        empty = [batch.pk for batch in self.batches if not rows[batch.pk]]
        Batch.objects.filter(pk__in=empty).delete()
        kept = [batch for batch in self.batches if rows[batch.pk]]
        if kept:
            note_pay_day(division_codes=[batch.payer_code for batch in kept], on=kept[0].drawn_on)
        # (a line still `failed` whose owner is paid again: the account was corrected by another door, an application
        # for instance)
        if kept:
            self.sql(
                "update payments_line l set state = 'resent' where l.state = any(%s) "
                "and exists (select from payments_item i where i.batch_id = any(%s)"
                " and i.person_id = l.person_id and i.subsidy = l.subsidy and i.right_month >= %s and i.right_month "
                "<= %s)",
                [lines_open_to("resend"), [batch.pk for batch in kept], self.first.first, self.month.first],
            )
        for batch in kept:
            batch.item_count = sum(row[1] for row in rows[batch.pk])
            batch.total = sum((row[2] for row in rows[batch.pk]), ZERO)
            batch.recovery_total = sum((row[3] for row in rows[batch.pk]), ZERO)
            batch.held_count = held.get(batch.pk, 0)
            mark_stale(batch.payer_code, batch.month)
            record_event(
                by=by,
                action="batch.drawn",
                subject_kind="batch",
                subject_id=batch.pk,
                division_code=batch.payer_code,
                details={"month": str(self.month), "items": batch.item_count, "total": str(batch.total)},
            )
        Batch.objects.bulk_update(kept, ["item_count", "total", "recovery_total", "held_count"])
        return kept
