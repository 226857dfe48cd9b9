"""From facts in any order to the profile of each month."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.months import BEGINNING, Month
from lxbt.core.profile import Certificate
from lxbt.registry.rules import KnownCertificate, KnownFact, Stretch, timeline
from lxbt.registry.rules.benefits import names_of

JAN = Month(2026, 1)
DIVISION = KnownFact("division", "420102001000", None, 0)


def told(
    facts: list[KnownFact],
    certificates: list[KnownCertificate] | None = None,
    class_change: str = "next_month",
    stop: str = "next_month",
    transition: tuple[Month, ...] = (),
) -> list[Stretch]:
    def rules(_division: str, month: Month) -> tuple[str, str, bool]:
        return class_change, stop, month in transition

    return timeline([DIVISION, *facts], certificates or [], rules)


def in_month(stretches: list[Stretch], month: Month) -> Stretch:
    return next(s for s in stretches if s.since <= month and (s.until is None or month < s.until))


def test_nothing_is_told_while_no_division_is_known() -> None:
    assert timeline([KnownFact("economic", "dibao", None, 1)], [], lambda _d, _m: ("", "", False)) == []


VALUES = st.sampled_from(["dibao", "low_income", "none", None])


@given(st.dictionaries(st.integers(0, 11), VALUES, max_size=6), st.randoms(), VALUES)
def test_the_order_in_which_different_months_become_known_makes_no_difference(
    by_month: dict[int, str | None], random: object, first: str | None
) -> None:
    facts = [KnownFact("economic", value, JAN + n, 0) for n, value in by_month.items()] + [
        KnownFact("economic", first, None, 0)
    ]
    random.shuffle(facts)  # type: ignore[attr-defined]
    numbered = [KnownFact(f.key, f.value, f.since, order) for order, f in enumerate(facts, start=1)]
    stretches = told(numbered)
    current = first
    for n in range(12):
        current = by_month.get(n, current)
        assert in_month(stretches, JAN + n).profile.economic == current
    assert in_month(stretches, BEGINNING).profile.economic == first


@given(st.lists(st.tuples(st.integers(0, 11), VALUES), max_size=6))
def test_stretches_follow_each_other_without_gap_and_differ(changes: list[tuple[int, str | None]]) -> None:
    stretches = told(
        [KnownFact("economic", value, JAN + n, order) for order, (n, value) in enumerate(changes, start=1)]
    )
    assert stretches[0].since == BEGINNING
    assert stretches[-1].until is None
    for one, two in pairwise(stretches):
        assert one.until == two.since
        assert one.profile != two.profile


def test_of_two_records_of_one_month_the_later_holds() -> None:
    stretches = told([KnownFact("economic", "dibao", JAN, 1), KnownFact("economic", "none", JAN, 2)])
    assert in_month(stretches, JAN).profile.economic == "none"


OLD = KnownCertificate(Certificate("physical", 1, date(2016, 3, 16), date(2026, 3, 15)), 1)


def grades(certificates: list[KnownCertificate], **how: Any) -> list[int]:
    stretches = told([], certificates, **how)
    found = []
    for n in range(8):
        certificate = in_month(stretches, JAN + n).profile.certificate
        assert certificate is not None
        found.append(certificate.grade)
    return found


def test_a_new_class_counts_as_the_parameter_says() -> None:
    new = KnownCertificate(Certificate("physical", 2, date(2026, 2, 10)), 2)
    assert grades([OLD, new]) == [1, 1, 2, 2, 2, 2, 2, 2]
    assert grades([OLD, new], class_change="same_month") == [1, 2, 2, 2, 2, 2, 2, 2]


def test_a_certificate_of_the_same_class_counts_at_once() -> None:
    new = KnownCertificate(Certificate("physical", 1, date(2026, 2, 10), date(2036, 1, 1)), 2)
    stretches = told([], [OLD, new])
    assert in_month(stretches, Month(2026, 2)).profile.certificate == new.certificate


def test_a_certificate_replaced_before_it_counted_never_counts() -> None:
    one = KnownCertificate(Certificate("physical", 2, date(2026, 2, 10)), 2)
    two = KnownCertificate(Certificate("physical", 3, date(2026, 2, 20)), 3)
    assert grades([OLD, one, two]) == [1, 1, 3, 3, 3, 3, 3, 3]
    assert grades([two, OLD, one]) == [1, 1, 3, 3, 3, 3, 3, 3]


def test_a_renewal_reaches_back_but_not_into_what_the_old_one_covered() -> None:
    def renewed(base: Month, months: int) -> KnownCertificate:
        return KnownCertificate(Certificate("physical", 2, date(2026, 8, 25)), 2, base, months)

    assert grades([OLD, renewed(Month(2026, 8), 3)]) == [1, 1, 1, 1, 2, 2, 2, 2]
    assert grades([OLD, renewed(Month(2026, 5), 3)]) == [1, 1, 1, 2, 2, 2, 2, 2]
    assert grades([OLD, renewed(Month(2026, 5), 3)], stop="same_month") == [1, 1, 2, 2, 2, 2, 2, 2]
    assert grades([OLD, renewed(Month(2026, 6), 0)]) == [1, 1, 1, 1, 1, 2, 2, 2]


def test_a_renewal_never_reaches_into_months_in_which_the_expired_certificate_counted() -> None:
    old = KnownCertificate(Certificate("physical", 1, date(2015, 1, 1), date(2025, 11, 30)), 1)
    new = KnownCertificate(Certificate("physical", 2, date(2026, 3, 9), date(2036, 3, 8)), 2, Month(2026, 4), 3)
    transition = (Month(2025, 12), JAN, JAN + 1)
    assert grades([old, new]) == [2] * 8
    assert grades([old, new], transition=transition) == [1, 1, 2, 2, 2, 2, 2, 2]


BENEFITS = st.dictionaries(
    st.sampled_from(["work_injury_care", "elderly_care"]), st.sampled_from(["0", "50", "90"]), min_size=1, max_size=2
)
TABLES = st.builds(
    lambda table, allowances: {**table, **({"allowances": allowances} if allowances else {})},
    BENEFITS,
    st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["10", "20"]), max_size=2),
)


@given(st.dictionaries(st.integers(0, 7), st.tuples(TABLES, st.booleans()), max_size=6), st.randoms())
def test_benefits_told_late_hold_as_those_told_in_time(
    told_of: dict[int, tuple[dict[str, object], bool]], random: object
) -> None:
    def known(order: list[int]) -> list[KnownFact]:
        return [
            KnownFact(
                "other_benefits", told_of[n][0], JAN + n, i, tuple(names_of(told_of[n][0])) if told_of[n][1] else None
            )
            for i, n in enumerate(order, start=1)
        ]

    late = sorted(told_of)
    random.shuffle(late)  # type: ignore[attr-defined]
    assert told(known(late)) == told(known(sorted(told_of)))


def test_recording_one_benefit_leaves_the_others_whatever_is_told_when() -> None:
    injured = KnownFact("other_benefits", {"work_injury_care": "100"}, None, 1)
    elder = KnownFact("other_benefits", {"elderly_care": "50"}, JAN + 2, 2, ("elderly_care",))
    ended = KnownFact("other_benefits", {}, JAN + 1, 3, ("work_injury_care",))  # told last, of the month before
    found = {n: in_month(told([injured, elder, ended]), JAN + n).profile.other_benefits for n in range(4)}
    assert [found[n].work_injury_care for n in range(4)] == [100, 0, 0, 0]
    assert [found[n].elderly_care for n in range(4)] == [0, 0, 50, 50]


def test_custody_bears_on_the_months_up_to_that_of_release() -> None:
    fact = KnownFact("custody", [{"since": "2026-05-10"}, {"since": "2026-01-10", "until": "2026-03-20"}], None, 2)
    begun = KnownFact("imprisoned_on", "2026-02-01", None, 1)  # an earlier word
    found = [in_month(told([fact, begun]), JAN + n).profile.imprisoned_on for n in range(6)]
    first, again = date(2026, 1, 10), date(2026, 5, 10)
    assert found == [first, first, again, again, again, again]
    withdrawn = told([fact, begun, KnownFact("imprisoned_on", None, None, 3)])  # the last one alone did not happen
    assert [in_month(withdrawn, JAN + n).profile.imprisoned_on for n in (1, 2, 5)] == [first, None, None]
