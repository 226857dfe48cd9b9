"""A merged area ends and says where its people belong; nothing is deleted."""

from __future__ import annotations

from datetime import date

import pytest

from lxbt.divisions import queries
from lxbt.divisions.operations import DivisionRefused, merge_division
from tests import factories as f

pytestmark = pytest.mark.django_db
ON = date(2026, 7, 1)
INTO = "420102003000"


def test_a_merged_area_ends_and_names_its_successor() -> None:
    f.load_places()
    merge_division(code=f.TOWNSHIP, into=INTO, on=ON, by=None)
    ended = queries.division(f.TOWNSHIP)
    assert ended is not None
    assert (ended.until, ended.merged_into) == (ON, INTO)
    assert [node.code for node in queries.children(f.COUNTY)] == [INTO]
    assert f.TOWNSHIP in [node.code for node in queries.children(f.COUNTY, ended=True)]


@pytest.mark.parametrize("into", [f.TOWNSHIP, "420102999000"])
def test_an_area_cannot_be_merged_into_itself_or_into_nothing(into: str) -> None:
    f.load_places()
    with pytest.raises(DivisionRefused):
        merge_division(code=f.TOWNSHIP, into=into, on=ON, by=None)
