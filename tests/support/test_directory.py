"""The contact directory: who keeps which entry, what is taken as a telephone, who is asked to confirm."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lxbt.core.refusal import Refusal
from lxbt.notices.models import Notice
from lxbt.support.models import Office
from lxbt.support.operations.clocks import remind_keepers
from lxbt.support.operations.directory import confirm_office, keep_office
from lxbt.support.queries import directory as queries
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 9)


def keep(by: Any, code: str = f.COUNTY, organ: str = "civil_affairs", on: date = DAY, **more: Any) -> Office:
    return keep_office(
        **{"division_code": code, "organ": organ, "telephone": "027-0000 0001", "by": by, "on": on, **more}
    )


@pytest.fixture
def county() -> Any:
    f.load_places()
    return f.account("coordinator", f.COUNTY)


def test_an_office_and_those_below_are_kept_by_its_coordinator_or_administrator(county: Any) -> None:
    assert keep(county).confirmed_on == DAY
    assert keep(county, f.TOWNSHIP).division_code == f.TOWNSHIP
    assert keep(f.account("administrator", f.COUNTY), f.TOWNSHIP, version=1).version == 2
    for by, code, organ in (
        (county, f.CITY, "civil_affairs"),
        (county, f.OTHER_COUNTY, "civil_affairs"),
        (county, f.COUNTY, "federation"),
        (f.account("clerk", f.TOWNSHIP), f.TOWNSHIP, "civil_affairs"),
    ):
        with pytest.raises(Refusal, match="只能维护"):
            keep(by, code, organ)


def test_a_mobile_telephone_is_refused_and_a_contact_of_another_office(county: Any) -> None:
    with pytest.raises(Refusal, match="个人手机"):
        keep(county, telephone="13800000000")
    with pytest.raises(Refusal, match="联系人"):
        keep(county, contact_id=f.account("decider", f.OTHER_COUNTY).pk)
    assert keep(county, contact_id=county.pk).contact_name == county.name


def test_two_keepers_do_not_overwrite_each_other(county: Any) -> None:
    keep(county)
    keep(county, version=1, hours="全天")
    with pytest.raises(Refusal, match="刚被他人改过"):
        keep(county, version=1, hours="上午")


def test_it_is_found_by_place_initials_telephone_and_contact(county: Any) -> None:
    keep(county, contact_id=county.pk)
    for text in ("江岸", "jaq", "420102", "0000 0001", county.name):
        assert [one.division_code for one in queries.offices_found(text)] == [f.COUNTY], text
    assert queries.offices_found("") == queries.offices_found("没有这里") == []


def test_the_way_up_is_told_nearest_first(county: Any) -> None:
    assert queries.offices_above(f.TOWNSHIP) == [f.COUNTY, f.CITY, f.PROVINCE, f.NATION]
    assert queries.offices_above(f.NATION) == []


def test_keepers_of_old_entries_are_asked_once_a_month_until_they_confirm(county: Any) -> None:
    keep(county)
    keep(county, f.TOWNSHIP)
    later = DAY + timedelta(days=366)
    assert remind_keepers(on=DAY + timedelta(days=365), at=f.moment(DAY)) == 0
    assert remind_keepers(on=later, at=f.moment(later)) == 1  # the county keeps both
    assert set(Notice.objects.values_list("division_code", "role", "params__count")) == {
        (f.COUNTY, "coordinator", 2),
        (f.COUNTY, "administrator", 2),
    }
    assert remind_keepers(on=later + timedelta(days=30), at=f.moment(later)) == 0
    confirm_office(division_code=f.COUNTY, organ="civil_affairs", by=county, on=later)
    assert remind_keepers(on=later + timedelta(days=31), at=f.moment(later)) == 1
    assert Notice.objects.latest("pk").params["count"] == 1
