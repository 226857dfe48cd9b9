"""Whatever becomes known and whatever the bank says, in any rhythm: cash out = due + claimed + waived, and no month is
ordered twice.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.cases.replay import _Stage, read_story
from lxbt.core.months import Month
from lxbt.entitlements.queries import rights_by_month
from lxbt.registry.models import BankAccount

FIRST = Month(2026, 1)
SCHEME = {
    "division": "420000000000",
    "standards": [
        {"subsidy": "living", "since": "2020-01", "when": {"economic": ["dibao"]}, "amount": {"fixed": "80"}},
        {"subsidy": "care", "since": "2020-01", "when": {"grade": [1, 2]}, "amount": {"fixed": "100"}},
    ],
}
PROFILE = {
    "division": "420102001000",
    "economic": "dibao",
    "area": "urban",
    "birth": "1980-01-01",
    "sex": "male",
    "long_term_care": True,
    "certificate": {"category": "physical", "grade": 1, "issued_on": "2018-01-01", "valid_until": "2030-01-01"},
}
WHO = st.sampled_from(["A", "A", "B"])
SUBSIDY = st.sampled_from(["living", "living", "care"])
BACK = st.integers(0, 3)  # months, or draws, before the present one
ACTS = st.one_of(
    st.tuples(st.just("amount"), SUBSIDY, BACK, st.sampled_from([50, 70, 95, 120])),
    st.tuples(st.just("death"), WHO, BACK),
    st.tuples(st.just("alive"), WHO),
    st.tuples(st.just("economic"), WHO, BACK, st.sampled_from(["dibao", "none"])),
    st.tuples(st.just("failed"), BACK, WHO, SUBSIDY),
    st.tuples(st.just("failed"), BACK, WHO, SUBSIDY),
    st.tuples(st.just("paid"), BACK, WHO, SUBSIDY),
    st.tuples(st.just("answered"), BACK),
    st.tuples(st.just("account"), WHO),
    st.tuples(
        st.just("settle"), WHO, SUBSIDY, st.sampled_from(["repaid", "waived", "unrecoverable"]), st.integers(1, 4)
    ),
)
# what happens before a draw, and how many months the draw is after the one before
STORIES = st.lists(st.tuples(st.lists(ACTS, max_size=3), st.sampled_from([0, 1, 1, 1, 2])), min_size=3, max_size=8)


class Books(_Stage):
    """A story told act by act; after each, the books are compared."""

    def begin(self) -> None:
        self.steps = []
        self.run()
        self.month, self.drawn = 0, list[int]()
        for name in "AB":
            self.tell({"apply": {"person": name, "subsidies": ["living", "care"], "profile": PROFILE}})
            self.tell({"decide": {"person": name, "grant": True}})

    @property
    def day(self) -> date:
        """Late in the month: what is told of it has happened."""
        return date(2026, 1 + self.month, 25)

    def before(self, back: int) -> str:
        """A month of the story as it is written."""
        return f"2026-{1 + max(0, self.month - back):02d}"

    def tell(self, what: dict[str, Any]) -> None:
        """One step, through the reader of stories."""
        _scheme, _division, [step] = read_story({"scheme": SCHEME, "steps": [{"day": self.day, **what}]})
        getattr(self, f"_{step.act}")(step)

    def act(self, kind: str, *told: Any) -> None:
        """What an act of the strategy means here; one that is not possible now is passed over."""
        if kind == "draw":
            self.month = min(10, self.month + told[0])
            self.drawn.append(self.month)
            self.tell({"draw": f"2026-{1 + self.month:02d}"})
        elif kind == "amount":
            subsidy, back, yuan = told
            when = {"economic": ["dibao"]} if subsidy == "living" else {"grade": [1, 2]}
            row = {"subsidy": subsidy, "since": self.before(back), "when": when, "amount": {"fixed": str(yuan)}}
            self.tell({"standard": row})
        elif kind == "death":
            self.tell({"fact": {"person": told[0], "died_on": f"{self.before(told[1])}-10"}})
        elif kind == "alive":
            self.tell({"fact": {"person": told[0], "died_on": None}})
        elif kind == "economic":
            self.tell({"fact": {"person": told[0], "since": self.before(told[1]), "economic": told[2]}})
        elif kind in ("failed", "paid", "answered") and self.drawn:
            draw = sorted(set(self.drawn))[-1 - min(told[0], len(set(self.drawn)) - 1)]
            row = (
                {}
                if kind == "answered"
                else {kind: [{"person": told[1], "subsidy": told[2], "reason": "account_closed"}]}
            )
            self.tell({"result": {"draw": f"2026-{1 + draw:02d}", **row}})
        elif kind == "account":
            self.tell({"account": {"person": told[0]}})
        elif kind == "settle":
            name, subsidy, how, quarter = told
            left = sum(
                (amount for who, kind_of, amount in self._open_claims() if (who, kind_of) == (name, subsidy)),
                Decimal(0),
            )
            amount = (left * quarter / 4).quantize(Decimal("0.01"))
            if amount:
                self.tell({"settle": {"person": name, "subsidy": subsidy, "how": how, "amount": str(amount)}})

    def compare(self, *, drawn: bool) -> None:
        """Cash = ordered + claimed + waived; and after a draw, ordered = due for everybody who can be paid."""
        for person_id in self.persons.values():
            for subsidy in ("living", "care"):
                cash, repaid, claimed, waived, months = books(person_id, subsidy)
                assert cash - repaid == sum(months.values(), Decimal(0)) + claimed + waived
                assert claims_by_month(person_id, subsidy) == (repaid, claimed, waived)
                owed = owed_months(person_id, subsidy)
                assert all(months.get(month, Decimal(0)) >= 0 for month in owed)  # nobody owes what never arrived
                good = BankAccount.objects.get(person_id=person_id, until=None).state == "good"
                if drawn and good and self.month == max(self.drawn):
                    assert {m: a for m, a in months.items() if a} == due(person_id, subsidy, FIRST + self.month)
        assert not ordered_over_a_claim()


def books(person_id: int, subsidy: str) -> tuple[Decimal, Decimal, Decimal, Decimal, dict[date, Decimal]]:
    """Cash that left by the bank and stayed away, what was repaid, claimed, waived, and what is ordered by month."""
    key = [person_id, subsidy]
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(amount), 0) from payments_line where person_id = %s and subsidy = %s "
            "and state in ('sent', 'paid')",
            key,
        )
        cash = cursor.fetchone()[0]
        cursor.execute(
            "select coalesce(sum(recovered), 0), coalesce(sum(amount - recovered - waived - lifted), 0), "
            "coalesce(sum(waived), 0)"
            " from payments_recovery where person_id = %s and subsidy = %s",
            key,
        )
        repaid, claimed, waived = cursor.fetchone()
        cursor.execute(
            "select right_month, sum(amount) from payments_item where person_id = %s and subsidy = %s "
            "and void is null group by 1",
            key,
        )
        return cash, repaid, claimed, waived, dict(cursor.fetchall())


def claims_by_month(person_id: int, subsidy: str) -> tuple[Decimal, Decimal, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(repaid), 0), coalesce(sum(amount - repaid - waived - lifted), 0), "
            "coalesce(sum(waived), 0)"
            " from payments_recoverymonth where person_id = %s and subsidy = %s",
            [person_id, subsidy],
        )
        return cursor.fetchone()  # type: ignore[no-any-return]


def owed_months(person_id: int, subsidy: str) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct right_month from payments_recoverymonth where person_id = %s and subsidy = %s "
            "and amount > repaid + lifted",
            [person_id, subsidy],
        )
        return [row[0] for row in cursor.fetchall()]


def due(person_id: int, subsidy: str, last: Month) -> dict[date, Decimal]:
    told = rights_by_month(person_id, FIRST, last + 1)
    found = {right.month.first: right.rights[subsidy].amount for right in told if subsidy in right.granted}
    return {month: amount for month, amount in found.items() if amount}


def ordered_over_a_claim() -> list[Any]:
    """Months of the last batch ordered at the bank although they were claimed, or waived, and not settled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.person_id, i.subsidy, i.right_month from payments_item i join payments_recoverymonth c "
            "using (person_id, subsidy, right_month)"
            " where i.batch_id = (select max(id) from payments_batch) and c.batch_id < i.batch_id and i.amount > 0 "
            "and i.void is null"
            " and i.kind <> 'lifted' and c.amount > c.repaid + c.lifted "
            "and i.amount > (select coalesce(sum(m.amount), 0) from payments_recoverymove m"
            "  where m.cause_id = i.batch_id and m.person_id = i.person_id and m.subsidy = i.subsidy "
            "and m.right_month = i.right_month)"
        )
        return cursor.fetchall()


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(STORIES)
def test_the_three_books_agree_whatever_happens(story: list[tuple[list[tuple[Any, ...]], int]]) -> None:
    with transaction.atomic():
        try:
            scheme, division, _steps = read_story({"scheme": SCHEME, "steps": []})
            stage = Books(scheme, division, [])
            stage.begin()
            for acts, later in [([], 0), *story]:
                for act in [*acts, ("draw", later)]:
                    stage.act(*act)
                    stage.compare(drawn=act[0] == "draw")
        finally:
            transaction.set_rollback(True)
