"""The three books of money: due (the rule), ordered (items that count), money (what the bank paid and did not send
back).

Between ordered and money stand the claims: for every person, subsidy and month, ordered = money - claimed - waived. The
draw keeps ordered equal to due; what is here keeps the rest:

- approving a batch freezes its order to the bank. A positive item settles first what is claimed, or was waived, for
  its own
  month; what is left is added up for a person and subsidy. Above nothing it is a line, below it is a claim, divided
  over
  its months, the oldest of which are offset first;
- a line that comes back makes its items void, save what settled a claim: an item `lifted` carries that on. What never
  arrived is not owed: claims of its months are settled, and an item `lifted` undoes what they took;
- a line paid after all makes its items count again. What was ordered anew meanwhile is claimed back by the next draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from lxbt.core.money import ZERO
from lxbt.core.months import Month
from lxbt.core.refusal import Refusal
from lxbt.entitlements.operations import mark_stale_persons
from lxbt.payments.models import Batch, Recovery, RecoveryMonth, RecoveryMove
from lxbt.payments.queries.books import ORDER
from lxbt.payments.rules import LIFTED, LIFTED_ITEM, NEED_BASIS, PARTLY, RECOVERY_OPEN, RESTORED, SENT_BACK


class PaymentRefused(Refusal):
    """The act on a batch or recovery is not possible."""


def make_order(batch: Batch, *, on: date, by_id: int | None) -> None:
    """Freeze what a batch orders: settle claims, make the lines and the new claims, put the sums into the batch (not
    saved).
    """
    settled = _settle_claims(batch, on, by_id)
    params: dict[str, Any] = {"batch": batch.pk, "month": batch.month}
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table order_settled (person_id bigint, subsidy varchar(6), right_month date, "
            "settled numeric(9, 2)) on commit drop"
        )
        with cursor.copy("copy order_settled from stdin") as copy:
            for key, amount in settled.items():
                copy.write_row((*key, amount))
        cursor.execute("analyze order_settled")
        cursor.execute(
            ORDER
            % {"settled": "order_settled"}
            + ", lined as (insert into payments_line (person_id, batch_id, subsidy, row_no, reference, amount, "
            '"offset", settled, account_number,'
            " account_handle, state, reason, bank_reason)"
            " select o.person_id, %(batch)s, o.subsidy, row_number() over (order by o.person_id, o.subsidy),"
            " upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)), o.net, o.taken, o.settled, "
            "o.account_number, a.handle, 'ready', '', ''"
            " from ordered o left join registry_bankaccount a on a.person_id = o.person_id "
            "and a.number = o.account_number"
            ' where o.net > 0 returning amount, "offset")'
            ", claimed as (insert into payments_recovery (person_id, batch_id, subsidy, division_code, amount, "
            "recovered, state, basis, opened_on)"
            " select person_id, %(batch)s, subsidy, division_code, -net, 0, 'open', '', %(on)s from ordered "
            "where net < 0 returning amount)"
            " select (select count(*) from lined), (select coalesce(sum(amount), 0) "
            "from lined), coalesce(sum(gross), 0), coalesce(sum(settled), 0),"
            " coalesce(sum(gross) - sum(settled) - sum(greatest(net, 0)), 0) from ordered",
            {**params, "on": on},
        )
        batch.line_count, batch.line_total, batch.gross, batch.settled, batch.offset = cursor.fetchone()
        cursor.execute(
            ORDER
            % {"settled": "order_settled"}
            + " insert into payments_recoverymonth (person_id, subsidy, right_month, batch_id, amount, repaid, "
            "waived, lifted)"
            " select person_id, subsidy, right_month, %(batch)s, part, 0, 0, 0 from ("
            "  select i.person_id, i.subsidy, i.right_month,"
            "   least(-i.amount, greatest(0, sum(-i.amount) over (partition by i.person_id, i.subsidy order by "
            "i.right_month) - (o.gross - o.settled))) part"
            "  from items i join ordered o using (person_id, subsidy) where o.net < 0 and i.amount < 0) x "
            "where part > 0",
            params,
        )
        cursor.execute("drop table order_settled")


def _settle_claims(batch: Batch, on: date, by_id: int | None) -> dict[tuple[int, str, date], Decimal]:
    """Settle by the positive items of a batch what is claimed, then what was waived, for the same month.

    Yuan by (person, subsidy, month).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.person_id, i.subsidy, i.right_month, i.amount from payments_item i where i.batch_id = %s "
            "and i.right_month <= %s and i.void is null"
            " and i.amount > 0 and exists (select from payments_recoverymonth c where c.person_id = i.person_id "
            "and c.subsidy = i.subsidy"
            " and c.right_month = i.right_month and c.amount > c.repaid + c.lifted) order by 1, 2, 3",
            [batch.pk, batch.month],
        )
        wanted = {row[:3]: row[3] for row in cursor.fetchall()}
    return _lift(wanted, kind=RESTORED, cause=batch, on=on, by_id=by_id)


def _lift(
    wanted: dict[tuple[int, str, date], Decimal], *, kind: str, cause: Batch, on: date, by_id: int | None
) -> dict[tuple[int, str, date], Decimal]:
    """Lift claims of these months up to these amounts: open ones first, the oldest first, then those waived.

    Gives what was lifted.
    """
    if not wanted:
        return {}
    lifted: dict[tuple[int, str, date], Decimal] = {}
    months = _locked_months(wanted)
    moves: list[RecoveryMove] = []
    for waived in (False, True):
        for month in months:
            key = (month.person_id, month.subsidy, month.right_month)
            there = month.waived if waived else month.amount - month.repaid - month.waived - month.lifted
            part = min(there, wanted[key] - lifted.get(key, ZERO))
            if part <= 0:
                continue
            month.lifted += part
            if waived:
                month.waived -= part
            lifted[key] = lifted.get(key, ZERO) + part
            moves.append(
                RecoveryMove(
                    person_id=month.person_id,
                    subsidy=month.subsidy,
                    right_month=month.right_month,
                    batch_id=month.batch_id,
                    kind=kind,
                    amount=part,
                    from_waived=part if waived else ZERO,
                    cause_id=cause.pk,
                    on=on,
                    by_id=by_id,
                )
            )
    _save_months(months)
    RecoveryMove.objects.bulk_create(moves, batch_size=1000)
    add_up_claims({(m.person_id, m.batch_id, m.subsidy) for m in moves}, on=on, by_id=by_id)
    if kind == SENT_BACK:
        _carry([(m.person_id, m.subsidy, m.right_month, m.batch_id, m.amount) for m in moves])
    return lifted


def _locked_months(keys: Any) -> list[RecoveryMonth]:
    """The months of claims of these (person, subsidy, month), locked, the oldest claim first."""
    persons, subsidies, months = (list(column) for column in zip(*keys, strict=True))
    names = ("person_id", "subsidy", "right_month", "batch_id", "amount", "repaid", "waived", "lifted")
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join('c.' + name for name in names)} from payments_recoverymonth c"
            " join unnest(%s::bigint[], %s::text[], %s::date[]) k (person_id, subsidy, right_month)"
            " on c.person_id = k.person_id and c.subsidy = k.subsidy and c.right_month = k.right_month"
            " order by c.person_id, c.subsidy, c.batch_id, c.right_month for update of c",
            [persons, subsidies, months],
        )
        return [RecoveryMonth(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _save_months(months: Sequence[RecoveryMonth]) -> None:
    """Write what became of these months."""
    columns = ("person_id", "subsidy", "right_month", "batch_id", "repaid", "waived", "lifted")
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_recoverymonth c set repaid = k.repaid, waived = k.waived, lifted = k.lifted"
            " from unnest(%s::bigint[], %s::text[], %s::date[], %s::bigint[], %s::numeric[], %s::numeric[], "
            "%s::numeric[])"
            f" k ({', '.join(columns)}) where c.person_id = k.person_id and c.subsidy = k.subsidy "
            "and c.right_month = k.right_month"
            " and c.batch_id = k.batch_id",
            [[getattr(month, column) for month in months] for column in columns],
        )


def _carry(rows: Sequence[tuple[int, str, date, int, Decimal]]) -> None:
    """Items `lifted`: (person, subsidy, month, batch, yuan), each with the next number of its month."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into payments_item (person_id, subsidy, right_month, seq, batch_id, division_code, amount, "
            "kind, standard_id, profile_id)"
            " select k.person_id, k.subsidy, k.right_month, l.seq + row_number() over (partition by k.person_id, "
            "k.subsidy, k.right_month),"
            " k.batch_id, o.division_code, k.amount, %s, o.standard_id, o.profile_id"
            " from (select person_id, subsidy, right_month, batch_id, sum(amount) amount "
            "from unnest(%s::bigint[], %s::text[], %s::date[], %s::bigint[], %s::numeric[])"
            "  x (person_id, subsidy, right_month, batch_id, amount) group by 1, 2, 3, 4) k"
            " cross join lateral (select max(i.seq) seq from payments_item i where i.person_id = k.person_id "
            "and i.subsidy = k.subsidy and i.right_month = k.right_month) l"
            " join lateral (select division_code, standard_id, profile_id from payments_item i "
            "where i.person_id = k.person_id and i.subsidy = k.subsidy"
            "  and i.right_month = k.right_month and i.batch_id = k.batch_id and i.kind <> %s order by seq "
            "limit 1) o on true",
            [LIFTED_ITEM, *(list(column) for column in zip(*rows, strict=True)), LIFTED_ITEM],
        )


def add_up_claims(keys: set[tuple[int, int, str]], *, on: date, by_id: int | None, closed_as: str = LIFTED) -> None:
    """Bring claims (person, batch, subsidy) up to what their months say; one that nothing is left of is closed, as
    `closed_as`.
    """
    if not keys:
        return
    persons, batches, subsidies = (list(column) for column in zip(*sorted(keys), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_recovery r set recovered = s.repaid, waived = s.waived, lifted = s.lifted,"
            " state = case when r.amount > s.repaid + s.waived + s.lifted then case when s.repaid + s.waived + "
            "s.lifted > 0 then %(partly)s else 'open' end"
            " when r.state = any(%(open)s) then %(closed_as)s when s.waived = 0 and r.state in ('waived', "
            "'unrecoverable') then 'lifted'"
            " when s.lifted = 0 and r.state = 'lifted' then 'waived' else r.state end,"
            " closed_on = case when r.amount > s.repaid + s.waived + s.lifted then null else coalesce(r.closed_on, "
            "%(on)s) end,"
            " closed_by_id = case when r.amount > s.repaid + s.waived + s.lifted then null else "
            "coalesce(r.closed_by_id, %(by)s) end"
            " from (select m.person_id, m.batch_id, m.subsidy, sum(repaid) repaid, sum(waived) waived, "
            "sum(lifted) lifted from payments_recoverymonth m"
            "  join unnest(%(persons)s::bigint[], %(batches)s::bigint[], %(subsidies)s::text[]) k (person_id, "
            "batch_id, subsidy)"
            "  on m.person_id = k.person_id and m.batch_id = k.batch_id and m.subsidy = k.subsidy group by 1, 2, 3) s"
            " where r.person_id = s.person_id and r.batch_id = s.batch_id and r.subsidy = s.subsidy",
            {
                "partly": PARTLY,
                "open": list(RECOVERY_OPEN),
                "closed_as": closed_as,
                "on": on,
                "by": by_id,
                "persons": persons,
                "batches": batches,
                "subsidies": subsidies,
            },
        )


def settle_months(
    recovery: Recovery, *, outcome: str, amount: Decimal, on: date, by_id: int | None, proposed_by_id: int | None
) -> None:
    """Divide what was repaid, waived or given up of a claim over its months, the oldest first."""
    months = list(
        RecoveryMonth.objects.select_for_update()
        .filter(person_id=recovery.person_id, batch_id=recovery.batch_id, subsidy=recovery.subsidy)
        .order_by("right_month")
    )
    column = "waived" if outcome in NEED_BASIS else "repaid"
    left, moves = amount, []
    for month in months:
        part = min(left, month.amount - month.repaid - month.waived - month.lifted)
        if part <= 0:
            continue
        setattr(month, column, getattr(month, column) + part)
        left -= part
        moves.append(
            RecoveryMove(
                person_id=recovery.person_id,
                subsidy=recovery.subsidy,
                right_month=month.right_month,
                batch_id=recovery.batch_id,
                kind=outcome,
                amount=part,
                on=on,
                by_id=by_id,
                proposed_by_id=proposed_by_id,
            )
        )
    _save_months(months)
    RecoveryMove.objects.bulk_create(moves)
    key = (recovery.person_id, recovery.batch_id, recovery.subsidy)
    add_up_claims({key}, on=on, by_id=by_id, closed_as=outcome)


def undo_order(batch: Batch) -> None:
    """Take the frozen order of a batch back that is returned before it was sent."""
    if RecoveryMonth.objects.filter(batch_id=batch.pk).exclude(repaid=0, waived=0, lifted=0).exists():
        raise PaymentRefused(_("本批次产生的追缴已有登记，不能退回；请先发送。"))
    moves = list(RecoveryMove.objects.filter(cause_id=batch.pk, kind=RESTORED))
    if moves:
        months = {
            (m.person_id, m.subsidy, m.right_month, m.batch_id): m
            for m in _locked_months({(m.person_id, m.subsidy, m.right_month) for m in moves})
        }
        for move in moves:
            month = months[move.person_id, move.subsidy, move.right_month, move.batch_id]
            month.lifted -= move.amount
            month.waived += move.from_waived
        _save_months(list(months.values()))
        RecoveryMove.objects.filter(pk__in=[move.pk for move in moves]).delete()
        add_up_claims({(m.person_id, m.batch_id, m.subsidy) for m in moves}, on=batch.drawn_on, by_id=batch.drawn_by_id)
    RecoveryMonth.objects.filter(batch_id=batch.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("delete from payments_recovery where batch_id = %s", [batch.pk])
        cursor.execute("delete from payments_line where batch_id = %s", [batch.pk])


def come_back(batch: Batch, lines: Sequence[tuple[int, str]], *, on: date, by_id: int | None) -> set[date]:
    """Lines (person, subsidy) of a batch that did not arrive: their items count for nothing.

    Gives the months touched.
    """
    persons, subsidies = [p for p, _s in lines], [s for _p, s in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_item i set void = 'failed' from unnest(%s::bigint[], %s::text[]) f(person_id, subsidy)"
            " where i.batch_id = %s and i.right_month <= %s and i.person_id = f.person_id and i.subsidy = f.subsidy "
            "and i.void is null"
            " returning i.person_id, i.subsidy, i.right_month, i.amount",
            [persons, subsidies, batch.pk, batch.month],
        )
        items = {row[:3]: row[3] for row in cursor.fetchall()}
        cursor.execute(
            "select m.person_id, m.subsidy, m.right_month, sum(m.amount) from payments_recoverymove m"
            " join unnest(%s::bigint[], %s::text[]) f(person_id, subsidy) on m.person_id = f.person_id "
            "and m.subsidy = f.subsidy"
            " where m.cause_id = %s and m.kind = %s group by 1, 2, 3",
            [persons, subsidies, batch.pk, RESTORED],
        )
        settled = {row[:3]: row[3] for row in cursor.fetchall() if row[:3] in items}
    _carry([(*key, batch.pk, amount) for key, amount in settled.items()])
    arrived_not = {key: amount - settled.get(key, ZERO) for key, amount in items.items()}
    _lift({k: a for k, a in arrived_not.items() if a > 0}, kind=SENT_BACK, cause=batch, on=on, by_id=by_id)
    return _look_again(persons, {key[2] for key in items})


def arrive_after_all(batch: Batch, lines: Sequence[tuple[int, str]]) -> set[date]:
    """Lines that came back and were paid after all: their items count again. Gives the months touched."""
    persons, subsidies = [p for p, _s in lines], [s for _p, s in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            "update payments_item i set void = case when i.kind = %s then 'failed' end "
            "from unnest(%s::bigint[], %s::text[]) f(person_id, subsidy)"
            " where i.batch_id = %s and i.right_month <= %s and i.person_id = f.person_id and i.subsidy = f.subsidy"
            " and coalesce(i.void = 'failed', false) <> (i.kind = %s) returning i.right_month",
            [LIFTED_ITEM, persons, subsidies, batch.pk, batch.month, LIFTED_ITEM],
        )
        months = {row[0] for row in cursor.fetchall()}
    return _look_again(persons, months)


def _look_again(persons: Sequence[int], months: set[date]) -> set[date]:
    if months:
        mark_stale_persons(sorted(set(persons)), Month.of(min(months)))
    return months
