"""What a draw leaves to two persons: months held back of rights that came by file or push; and what it says of the
rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection

from lxbt.core.months import Month
from lxbt.divisions.queries import division_moves
from lxbt.payments.models import Batch

if TYPE_CHECKING:
    from lxbt.payments.operations.recorded import Paid

TOLD = "profile_id, division_code, batch_id, place, birth, account_number, good, events, entitled"

CUT = f"""
with held as (
    select person_id, subsidy, range_agg(daterange(since, until)) as months from entitlements_hold
    where released_on is null and person_id in (select person_id from draw_span) group by 1, 2
), cut as (
    delete from draw_span s using held h
    where s.person_id = h.person_id and s.subsidy = h.subsidy and s.entitled and daterange(s.since, s.until) && h.months
    returning s.*, h.months
)
insert into draw_span (person_id, subsidy, {TOLD}, since, until)
select person_id, subsidy, {TOLD}, lower(part), upper(part)
from cut, unnest(datemultirange(daterange(since, until)) - months) part
"""

# Of the items of batches: what was paid for the first time off a right that came by file or push, by its import.
ORIGINS = """
select i.batch_id, e.basis, count(distinct i.person_id), count(*), sum(i.amount),
    count(*) filter (where i.right_month < b.month), coalesce(sum(i.amount) filter (where i.right_month < b.month), 0)
from payments_item i
join payments_batch b on b.id = i.batch_id
join entitlements_entitlement e on e.person_id = i.person_id and e.subsidy = i.subsidy and e.state = 'granted'
    and e.basis like 'import %%' and e.since <= i.right_month and (e.until is null or e.until > i.right_month)
where i.batch_id = any(%s) and i.right_month >= %s and i.amount > 0 and (i.right_month < b.month or not exists (
    select from payments_item o where o.person_id = i.person_id and o.subsidy = i.subsidy and o.right_month >= e.since
    and o.right_month < i.right_month and o.batch_id <> i.batch_id and o.void is null))
group by 1, 2 order by 1, 2
"""


def leave_held_back(cursor: Any) -> None:
    """Cut the months that are held back out of the stretches to look at; book months of areas that merged where their
    people belong now.
    """
    moves = division_moves()
    if moves:
        cursor.execute(
            "update draw_span s set division_code = m.new from unnest(%s::text[], %s::text[]) m (old, new)"
            " where s.division_code = m.old",
            [list(moves), list(moves.values())],
        )
    cursor.execute("select exists (select from entitlements_hold where released_on is null)")
    if cursor.fetchone()[0]:
        cursor.execute(CUT)


def note_origins(batches: list[Batch], first: Month) -> list[Batch]:
    """Note in each batch how much it pays, for the first time or as arrears, off rights of which import; the approver
    is shown it.
    """
    if not batches:
        return batches
    by_pk = {batch.pk: batch for batch in batches}
    with connection.cursor() as cursor:
        cursor.execute(ORIGINS, [list(by_pk), first.first])
        for batch_id, basis, persons, items, amount, arrears, arrears_amount in cursor.fetchall():
            by_pk[batch_id].origins.append(
                {
                    "import": int(basis.removeprefix("import ")),
                    "persons": persons,
                    "items": items,
                    "amount": str(amount),
                    "arrears": arrears,
                    "arrears_amount": str(arrears_amount),
                }
            )
    Batch.objects.bulk_update([batch for batch in batches if batch.origins], ["origins"])
    return batches


def stops_payment(rows: Sequence[Paid], *, own: Sequence[str] = ()) -> list[str]:
    """For each payment told as made elsewhere: whether keeping it would stop one that this system pays, or would pay.

    `right`: a right of the ledger covers the month; `period`: the body itself pays here since that month or before;
    empty: neither. `own`: bases of rights that the teller gave itself, whose payments it may tell.
    """
    if not rows:
        return []
    found = [""] * len(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct w.n from unnest(%s::int[], %s::bigint[], %s::text[], %s::date[]) w (n, person_id, "
            "subsidy, month)"
            " join entitlements_entitlement e on e.person_id = w.person_id and e.subsidy = w.subsidy "
            "and e.state <> 'past'"
            " and e.since <= w.month and (e.until is null or e.until > w.month) where not e.basis = any(%s)",
            [
                list(range(len(rows))),
                [row.person_id for row in rows],
                [row.subsidy for row in rows],
                [row.month.first for row in rows],
                list(own),
            ],
        )
        for (n,) in cursor.fetchall():
            found[n] = "right"
        cursor.execute(
            "select payer_code, min(month) from payments_batch where payer_code = any(%s)"
            " and state not in ('recorded', 'returned') group by 1",
            [sorted({row.payer for row in rows})],
        )
        began = dict(cursor.fetchall())
    for n, row in enumerate(rows):
        if row.payer in began and row.month.first >= began[row.payer]:
            found[n] = found[n] or "period"
    return found
