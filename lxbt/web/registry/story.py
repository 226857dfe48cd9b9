"""A person's money, month by month: the strip, the sums, the items that can each say why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.core.months import Month
from lxbt.core.profile import SUBSIDIES
from lxbt.entitlements import queries as rights
from lxbt.payments import queries as payments
from lxbt.standards.queries import schemes_by_day
from lxbt.web import words
from lxbt.web.kit.components import Amount, Chip, Column, Empty, Lane, Row, Strip, StripMonth, Subsidies, Table
from lxbt.web.kit.components.parts import Tone
from lxbt.web.payments.parts import cause_sentences

ZERO = Decimal(0)
KINDS: dict[str, tuple[Any, Tone]] = {
    "regular": ("", "off"),
    "arrears": (lazy("▲ 补发"), "run"),
    "recovery": (lazy("▼ 抵扣"), "hold"),
}


@dataclass(frozen=True)
class PersonMoney:
    """Everything of the money half of the story; empty for accounts that may not see payments."""

    strip: Strip | None = None
    since: Month | None = None
    sums: Table | None = None
    items: Table | None = None
    count: int = 0
    told: Mapping[Month, Any] = field(default_factory=dict)  # the rights of each month shown


def money_of(
    person_id: int, *, periods: Sequence[Any], known: tuple[list[Any], list[Any]], until: Month, whole: bool
) -> PersonMoney:
    """The items of a person and the periods of the ledger as strip, sums and list. Bounded: some hundred items a
    person.

    `known`: the facts and the certificates; `whole`: causes with what facts say.
    """
    items = payments.person_items(person_id)
    if not items and not periods:
        return PersonMoney()
    begins = [Month.of(i.right_month) for i in items] + [Month.of(p.since) for p in periods]
    first = min(begins)
    book = payments.Book([person_id]).take(facts=known[0], certificates=known[1], periods=periods, items=items)
    of_person = book.of(person_id)
    schemes = schemes_by_day(*of_person.places(), *{i.batch.payer_code for i in items})
    scheme = schemes(date.max)
    stretches = of_person.stretches(rights.class_rules(scheme))
    months = rights.rights_by_month(person_id, first, until + 1, periods=periods, scheme=scheme, stretches=stretches)
    told = {m.month: m for m in months}
    causes = cause_sentences(payments.asked_of_items(items), whole=whole, book=book, schemes=schemes)
    lanes = [
        lane_of(s, items, told, first, until)
        for s in SUBSIDIES
        if any(i.subsidy == s for i in items) or any(p.subsidy == s for p in periods)
    ]
    strip = (
        Strip(
            id="months",
            lanes=lanes,
            sentence=_("%(a)s 至 %(b)s 每月应发和已发") % {"a": first, "b": until},
        )
        if lanes
        else None
    )
    return PersonMoney(strip, first, sums_table(items), items_table(items, causes), len(items), told)


def lane_of(subsidy: str, items: Sequence[Any], told: dict[Month, Any], first: Month, until: Month) -> Lane:
    """One subsidy's months in order."""
    by_month: dict[Month, list[Any]] = defaultdict(list)
    for item in items:
        if item.subsidy == subsidy:
            by_month[Month.of(item.right_month)].append(item)
    months = []
    for month in first.until(until + 1):
        here = told.get(month)
        due = here.rights[subsidy].amount if here and subsidy in here.granted else None
        months.append(strip_month(month, due, by_month.get(month, [])))
    return Lane(subsidy, months)


def strip_month(month: Month, due: Decimal | None, items: list[Any]) -> StripMonth:
    """How a month went, in one state and one sentence."""
    valid = [i for i in items if not i.void]
    if valid and all(i.batch_state == "recorded" for i in valid):
        return recorded_month(month, due, valid)
    paid = sum((i.amount for i in valid), ZERO)
    failed = [i for i in items if i.void == "failed"]
    if not valid:
        state = "waiting" if due else "none"
        text = _("应发 %(due)s，待发") % {"due": f"{due:,.2f}"} if due else _("无资格")
    else:
        kinds = {i.kind for i in valid}
        if paid < 0 or "recovery" in kinds:
            state = "recovered"
        elif due is not None and paid > due:
            state = "overpaid"
        elif failed:
            state = "resent"
        elif kinds == {"arrears"}:
            state = "paid_later"
        elif "arrears" in kinds:
            state = "topped_up"
        else:
            state = "paid"
        parts = " ".join(f"{i.batch_month:%Y-%m} {i.amount:,.2f}" for i in valid)
        text = _("应发 %(due)s，已发 %(paid)s（%(parts)s）") % {
            "due": f"{due or 0:,.2f}",
            "paid": f"{paid:,.2f}",
            "parts": parts,
        }
    return StripMonth(month.first, state, due, text)  # type: ignore[arg-type]


def recorded_month(month: Month, due: Decimal | None, valid: list[Any]) -> StripMonth:
    """A month paid before the system: as the books have it, beside what the rules of the time say."""
    paid = sum((i.amount for i in valid), ZERO)
    if due is None or due == paid:
        text = _("历史台账实发 %(paid)s") % {"paid": f"{paid:,.2f}"}
    else:
        text = _("历史台账实发 %(paid)s，按当时规定应发 %(due)s") % {"paid": f"{paid:,.2f}", "due": f"{due:,.2f}"}
    return StripMonth(month.first, "paid", paid, text)


def sums_table(items: Sequence[Any]) -> Table:
    """What was paid in all, by subsidy."""
    rows = []
    for subsidy in SUBSIDIES:
        own = [i for i in items if i.subsidy == subsidy and not i.void]
        if not own:
            continue
        by_kind = {kind: sum((i.amount for i in own if i.kind == kind), ZERO) for kind in KINDS}
        months = len({i.right_month for i in own})
        rows.append(
            Row(
                cells=[
                    Subsidies([subsidy]),
                    str(months),
                    by_kind["regular"],
                    by_kind["arrears"],
                    by_kind["recovery"],
                    sum(by_kind.values(), ZERO),
                ]
            )
        )
    return Table(
        caption=_("合计"),
        columns=[
            Column(_("补贴"), phone="lead"),
            Column(_("月数"), "num"),
            Column(_("按月发（元）"), "num"),
            Column(_("补发（元）"), "num"),
            Column(_("抵扣（元）"), "num"),
            Column(_("净实发（元）"), "num"),
        ],
        rows=rows,
    )


def items_table(items: Sequence[Any], causes: Mapping[Any, str]) -> Table:
    """Every item, the latest first, with its cause; each amount leads to its explanation."""
    rows = []
    for item in sorted(items, key=lambda i: (i.batch_month, i.right_month, i.subsidy), reverse=True):
        label, tone = KINDS[item.kind]
        kind: Any = (
            Chip(str(label), tone, "history" if item.kind == "arrears" else "receipt-refund") if label else _("常规")
        )
        rows.append(
            Row(
                cells=[
                    f"{item.batch_month:%Y-%m}",
                    Subsidies([item.subsidy]),
                    f"{item.right_month:%Y-%m}",
                    Amount(
                        item.amount,
                        reverse(
                            "explain_item", args=[item.person_id, item.subsidy, f"{item.right_month:%Y-%m}", item.seq]
                        ),
                    ),
                    kind,
                    causes.get((item.person_id, item.subsidy, item.right_month, item.seq), ""),
                    outcome_chip(item),
                ]
            )
        )
    return Table(
        caption=_("发放明细"),
        columns=[
            Column(_("批次"), phone="first"),
            Column(_("补贴"), phone="end"),
            Column(_("所属月"), phone="lead"),
            Column(_("金额（元）"), "num"),
            Column(_("性质")),
            Column(_("原因")),
            Column(_("结果")),
        ],
        rows=rows,
        empty=Empty(_("还没有发放记录"), _("审定后随下一批次发放。"), icon="cash"),
    )


def outcome_chip(item: Any) -> Any:
    """已发 · 退票 · 编制中."""
    if item.void == "failed":
        return Chip(_("退票"), "warn", "credit-card-off")
    if item.void == "returned":
        return Chip(_("已退回编制"), "off")
    return {
        "drawn": Chip(_("待复核"), "run"),
        "approved": Chip(_("待发送"), "run"),
        "sent": Chip(_("银行处理中"), "run"),
        "settled": Chip(_("已发"), "ok"),
        "recorded": Chip(_("历史记录"), "off", "history"),
    }.get(item.batch_state, words.STATES.get(item.batch_state, item.batch_state))
