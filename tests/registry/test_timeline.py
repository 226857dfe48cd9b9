"""From facts in any order to the profile of each month."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lxbt.core.months import BEGINNING, Month
from lxbt.core.profile import Certificate
from lxbt.registry.rules import KnownCertificate, KnownFact, Stretch, timeline

JAN = Month(2026, 1)
DIVISION = KnownFact("division", "420102001000", None, 0)


def told(
    facts: list[KnownFact],
    certificates: list[KnownCertificate] | None = None,
    class_change: str = "next_month",
    stop: str = "next_month",
) -> list[Stretch]:
    return timeline([DIVISION, *facts], certificates or [], lambda _division, _month: (class_change, stop))


def in_month(stretches: list[Stretch], month: Month) -> Stretch:
    return next(s for s in stretches if s.since <= month and (s.until is None or month < s.until))


def test_nothing_is_told_while_no_division_is_known() -> None:
    assert timeline([KnownFact("economic", "dibao", None, 1)], [], lambda _d, _m: ("", "")) == []


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


def grades(certificates: list[KnownCertificate], **how: str) -> list[int]:
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
