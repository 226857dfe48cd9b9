"""The draw's one statement of what is due and not paid, composed for what there is to look at."""

from __future__ import annotations

from collections.abc import Mapping


def differences(keys: Mapping[str, str], where: str, window: str = "", *, several: bool = False) -> str:
    """Due minus paid, a row for each person, subsidy and month to look at, as text for a FROM.

    `keys`: what a price is found by, column of `draw_price` -> expression over `draw_span` s. `window`: which items may
    count as paid; none when empty. Paid: the first item of a month and, where some have `several`, those after it added
    up; most months have one.
    """
    on = " and ".join(f"p.{name} = {text}" for name, text in keys.items())
    paid, seq, difference = "", "1", "p.amount"
    if window:
        paid = (
            " left join (select person_id, subsidy, right_month, amount, void, seq from payments_item"
            f" where {window} and seq = 1) i"
            " on i.person_id = s.person_id and i.subsidy = s.subsidy and i.right_month = p.month"
        )
        seq = "coalesce(i.seq, 0) + 1"
        difference = "p.amount - coalesce(case when i.void is null then i.amount end, 0)"
    if several:
        paid += (
            " left join (select person_id, subsidy, right_month, sum(amount) filter (where void is null) as amount,"
            f" max(seq) as seq from payments_item where {window} and seq > 1"
            " group by person_id, subsidy, right_month) l"
            " on l.person_id = s.person_id and l.subsidy = s.subsidy and l.right_month = p.month"
        )
        seq, difference = "coalesce(l.seq, i.seq, 0) + 1", f"{difference} - coalesce(l.amount, 0)"
    return (
        f"(select s.person_id, s.subsidy, p.month, {seq} as seq, s.batch_id, s.division_code,"
        f" {difference} as difference, p.standard_id, s.profile_id, s.account_number, p.reasons"
        f" from draw_span s left join draw_price p on {on}{paid} where {where} offset 0) x where x.difference <> 0"
    )
