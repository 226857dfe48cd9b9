"""The life of an account: given, confirmed, moved, disabled, left; what hangs on it is handed over or lapses."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lxbt.accounts.models import Appointment, InitialPassword, User
from lxbt.accounts.operations.appointing import AccountRefused, change_roles, set_until
from lxbt.accounts.operations.confirming import confirm_accounts, disable_idle
from lxbt.accounts.operations.first_passwords import (
    PasswordNotYours,
    expire_slips,
    reset_password,
    reset_passwords,
    show_slips,
    slips_printed,
)
from lxbt.accounts.operations.lapsing import HangingGrants, Settling, take_over
from lxbt.accounts.operations.leaving import (
    close_account,
    disable_account,
    enable_account,
    move_account,
    settle_hanging,
)
from lxbt.accounts.queries import managing, standing_of
from lxbt.accounts.rules import Organ
from lxbt.audit.models import Event
from lxbt.core.crypto import sealed_with
from lxbt.vault import open_sealed
from tests import factories as f
from tests.accounts.test_attacks import given as opened
from tests.accounts.test_attacks import place

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
LATER = date(2026, 5, 4)


@pytest.fixture
def chain(db: None) -> dict[str, User]:
    """City and county administrators with a peer in the county, a clerk and a decider under the first."""
    f.load_places()
    found = {"province": f.account("administrator", f.PROVINCE)}
    found["city"] = opened(found["province"], "city_admin", "administrator", f.CITY)
    found["county"] = opened(found["city"], "county_admin", "administrator", f.COUNTY)
    found["peer"] = opened(found["city"], "peer_admin", "administrator", f.COUNTY)
    found["clerk"] = opened(found["county"], "the_clerk", "clerk", f.TOWNSHIP)
    found["decider"] = opened(found["county"], "the_decider", "decider", f.COUNTY)
    return found


def holds(user: User, on: date = LATER) -> set[str]:
    return {a.role for a in standing_of(User.objects.get(pk=user.pk), on=on).appointed}


# --- handing over


def test_a_right_with_grants_does_not_end_in_silence(chain: dict[str, User]) -> None:
    for act in (
        lambda: close_account(user=chain["county"], note="走", by=chain["city"], on=LATER),
        lambda: disable_account(user=chain["county"], note="", by=chain["city"], on=LATER),
        lambda: change_roles(user=chain["county"], roles=["supervisor"], by=chain["city"], on=LATER),
        lambda: move_account(
            user=chain["county"], place=place(f.OTHER_COUNTY), roles=["decider"], by=chain["city"], on=LATER
        ),
    ):
        with pytest.raises(HangingGrants, match="2 项"):
            act()
    assert holds(chain["county"]) == {"administrator"}


def test_what_an_administrator_gave_lives_on_under_a_successor(chain: dict[str, User]) -> None:
    close_account(
        user=chain["county"], note="调离", by=chain["city"], on=LATER, settling=Settling(successor=chain["peer"])
    )
    assert holds(chain["county"]) == set()
    assert holds(chain["clerk"]) == {"clerk"}
    grant = Appointment.objects.get(user=chain["clerk"])
    assert grant.under is not None
    assert grant.under.user_id == chain["peer"].pk
    assert grant.granted_by_id == chain["county"].pk  # history stays
    close_account(user=chain["peer"], note="也走", by=chain["city"], on=LATER, settling=Settling(lapse=True))
    assert holds(chain["clerk"]) == set()


def test_a_successor_needs_a_right_over_the_same_place(chain: dict[str, User]) -> None:
    for nobody in (
        chain["decider"],
        chain["city"],
        opened(chain["city"], "other_admin", "administrator", f.OTHER_COUNTY),
    ):
        with pytest.raises(HangingGrants):
            close_account(
                user=chain["county"], note="走", by=chain["city"], on=LATER, settling=Settling(successor=nobody)
            )


def test_a_successor_who_stood_under_the_leaver_is_lifted_to_where_the_leaver_stood(chain: dict[str, User]) -> None:
    low = opened(chain["county"], "low_admin", "administrator", f.COUNTY)
    lower = opened(low, "lower_admin", "administrator", f.COUNTY)
    close_account(user=chain["county"], note="走", by=chain["city"], on=LATER, settling=Settling(successor=lower))
    for user in (low, lower, chain["clerk"]):
        assert holds(user), user.username
    right = Appointment.objects.get(user=lower)
    assert right.under is not None
    assert right.under.user_id == chain["city"].pk
    assert Appointment.objects.get(user=low).under_id == right.pk


def test_what_is_handed_over_lasts_no_longer_than_the_successors_right(chain: dict[str, User]) -> None:
    set_until(user=chain["peer"], role="administrator", until=date(2026, 8, 1), by=chain["city"], on=DAY)
    take_over(user=chain["county"], successor=chain["peer"], by=chain["city"], on=LATER)
    assert Appointment.objects.get(user=chain["clerk"]).until == date(2026, 8, 1)


def test_a_shorter_right_shortens_what_hangs_on_it(chain: dict[str, User]) -> None:
    set_until(user=chain["city"], role="administrator", until=date(2026, 6, 1), by=chain["province"], on=LATER)
    assert {a.until for a in Appointment.objects.exclude(user=chain["province"])} == {date(2026, 6, 1)}
    assert holds(chain["clerk"], date(2026, 5, 31))
    assert not holds(chain["clerk"], date(2026, 6, 1))


def test_whoever_lost_a_role_with_the_giver_has_that_in_the_record(chain: dict[str, User]) -> None:
    close_account(user=chain["county"], note="调离", by=chain["city"], on=LATER, settling=Settling(lapse=True))
    told = Event.objects.filter(action="account.roles_lapsed").values_list("subject_id", flat=True)
    assert set(told) == {str(chain["clerk"].pk), str(chain["decider"].pk)}


def test_a_disabled_administrators_grants_lapse_and_the_own_roles_come_back(chain: dict[str, User]) -> None:
    disable_account(user=chain["county"], note="借调", by=chain["city"], on=LATER, settling=Settling(lapse=True))
    assert holds(chain["clerk"]) == set()
    assert holds(chain["county"]) == set()
    enable_account(user=User.objects.get(pk=chain["county"].pk), by=chain["city"], on=LATER, second=chain["province"])
    assert holds(chain["county"]) == {"administrator"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30)), min_size=1, max_size=6),
    st.integers(0, 5),
    st.integers(1, 40),
)
def test_no_grant_ever_outlasts_the_right_above_it(
    chain: dict[str, User], tree: list[tuple[int, int]], chosen: int, days: int
) -> None:
    """Administrators giving administrators in any shape, one right cut anywhere: everything below ends no later."""
    users = [chain["city"]]
    stamp = Appointment.objects.count()
    for n, (above, ends) in enumerate(tree):
        giver = users[above % len(users)]
        own = Appointment.objects.filter(user=giver).latest("pk")
        until = own.until if not ends else min(filter(None, (DAY + timedelta(days=10 * ends), own.until)))
        where = f.CITY
        user = f.opened_by(
            giver,
            username=f"t{stamp}_{n}",
            name="某",
            organ=Organ.CIVIL_AFFAIRS,
            place=place(where),
            roles=["administrator"],
            on=DAY,
            until=until,
        )
        users.append(user)
    target = users[chosen % len(users)]
    if target == chain["city"]:
        return
    if days < 20:
        with suppress(AccountRefused):  # a day later than the right it hangs on
            set_until(user=target, role="administrator", until=DAY + timedelta(days=days), by=chain["province"], on=DAY)
    else:
        close_account(
            user=target, note="走", by=chain["province"], on=DAY + timedelta(days=1), settling=Settling(lapse=True)
        )
    for grant in Appointment.objects.filter(under__isnull=False).select_related("under"):
        assert grant.under is not None
        limit = grant.under.until
        assert limit is None or (grant.until is not None and (grant.until <= limit or grant.until == grant.since))


# --- transfers, leavers, confirmation, unused


def test_a_transfer_ends_the_old_roles_begins_new_ones_and_keeps_history(chain: dict[str, User]) -> None:
    move_account(user=chain["decider"], place=place(f.TOWNSHIP), roles=["clerk"], by=chain["county"], on=LATER)
    assert holds(chain["decider"], LATER - timedelta(days=1)) == {"decider"}
    assert holds(chain["decider"]) == {"clerk"}
    assert User.objects.get(pk=chain["decider"].pk).place_code == f.TOWNSHIP
    with pytest.raises(AccountRefused):
        move_account(user=chain["clerk"], place=place(f.OTHER_TOWNSHIP), roles=["clerk"], by=chain["county"], on=LATER)


def test_a_leaver_keeps_nothing_and_a_reason_is_kept(chain: dict[str, User]) -> None:
    with pytest.raises(AccountRefused, match="原因"):
        close_account(user=chain["clerk"], note=" ", by=chain["county"], on=LATER)
    close_account(user=chain["clerk"], note="退休", by=chain["county"], on=LATER)
    enable_account(user=User.objects.get(pk=chain["clerk"].pk), by=chain["county"], on=LATER)
    assert holds(chain["clerk"]) == set()
    assert Event.objects.get(action="account.closed").why == "退休"


def confirmed(user: User) -> date | None:
    return User.objects.get(pk=user.pk).confirmed_on


def test_accounts_are_confirmed_by_their_administrator_and_never_by_themselves(chain: dict[str, User]) -> None:
    ids = [user.pk for user in chain.values()]
    assert confirm_accounts(user_ids=ids, by=chain["county"], on=LATER) == 3  # peer, clerk, decider
    assert confirmed(chain["county"]) == DAY
    assert confirmed(chain["city"]) == DAY
    assert confirmed(chain["clerk"]) == LATER


def test_a_security_administrator_confirms_the_administrators_of_the_own_place_only(chain: dict[str, User]) -> None:
    security = f.account("security_administrator", f.COUNTY)
    assert confirm_accounts(user_ids=[user.pk for user in chain.values()], by=security, on=LATER) == 2  # county, peer
    assert confirmed(chain["decider"]) == DAY


def test_an_account_is_disabled_when_its_year_and_grace_are_over_and_not_a_day_before(chain: dict[str, User]) -> None:
    User.objects.update(last_login=managing.moment(date(2027, 3, 30)), confirmed_on=DAY)
    limit = DAY + timedelta(days=395)
    assert disable_idle(on=limit - timedelta(days=1))["unconfirmed"] == 0
    assert (
        managing.accounts_managed_by(standing_of(chain["city"], on=LATER), on=LATER)
        .filter(managing.due_for_confirmation(DAY + timedelta(days=365)))
        .count()
        == 4
    )
    confirm_accounts(user_ids=[chain["clerk"].pk], by=chain["county"], on=DAY + timedelta(days=370))
    assert disable_idle(on=limit)["unconfirmed"] == 5
    assert User.objects.get(pk=chain["clerk"].pk).is_active


def test_ninety_days_without_a_log_in_disable_an_account_and_it_is_listed_before(chain: dict[str, User]) -> None:
    User.objects.update(opened_at=managing.moment(DAY), last_login=managing.moment(LATER))
    User.objects.filter(pk=chain["clerk"].pk).update(last_login=managing.moment(DAY))
    mine = managing.accounts_managed_by(standing_of(chain["county"], on=LATER), on=LATER)
    assert [user.username for user in managing.unused_for(mine, 60, on=DAY + timedelta(days=61))] == ["the_clerk"]
    assert disable_idle(on=DAY + timedelta(days=90))["unused"] == 0
    assert disable_idle(on=DAY + timedelta(days=91))["unused"] == 1
    enable_account(user=User.objects.get(pk=chain["clerk"].pk), by=chain["county"], on=DAY + timedelta(days=92))
    assert disable_idle(on=DAY + timedelta(days=93))["unused"] == 0  # enabling counts as use


def test_the_night_shuts_no_province_and_never_the_last_administrator_of_the_ministry(chain: dict[str, User]) -> None:
    nation = f.account("administrator", f.NATION)
    late = date(2028, 1, 1)
    disable_idle(on=late)
    assert list(User.objects.filter(is_active=True).values_list("username", flat=True)) == [nation.username]
    assert Appointment.objects.get(user=chain["clerk"]).until is None  # given by one disabled by night: still there
    assert managing.hanging_on(chain["county"], on=late).grants == 2
    User.objects.filter(pk=chain["city"].pk).update(is_active=True)
    idle = managing.idle_administrators(
        managing.accounts_managed_by(standing_of(chain["city"], on=late), on=late), on=late
    )
    assert [user.username for user in idle] == ["county_admin"]
    settle_hanging(user=chain["county"], settling=Settling(lapse=True), by=chain["city"], on=late)
    assert Appointment.objects.get(user=chain["clerk"]).until == late


# --- first passwords


def test_a_first_password_is_kept_sealed_in_halves_until_they_are_used_then_wiped(chain: dict[str, User]) -> None:
    everybody = [chain["clerk"].pk, chain["decider"].pk, chain["city"].pk, chain["county"].pk]
    assert reset_passwords(user_ids=everybody, by=chain["county"], on=LATER) == 1  # the decider takes two persons
    row = InitialPassword.objects.get(user=chain["clerk"])
    assert row.sealed is not None
    assert sealed_with(bytes(row.sealed)) >= 1
    slips = show_slips(by=chain["county"])
    assert [slip.user.username for slip in slips] == ["the_clerk"]
    assert not User.objects.get(pk=chain["clerk"].pk).check_password(slips[0].password)
    assert show_slips(by=chain["city"]) == []  # nobody prints the slip of another
    assert slips_printed(user_ids=[slip.user.pk for slip in slips], by=chain["city"]) == 0
    assert slips_printed(user_ids=[slip.user.pk for slip in slips], by=chain["county"]) == 1
    assert show_slips(by=chain["county"]) == []
    assert InitialPassword.objects.filter(sealed__isnull=False).count() == 0


def test_a_first_password_that_did_not_come_together_in_a_week_opens_nothing(chain: dict[str, User]) -> None:
    reset_passwords(user_ids=[chain["clerk"].pk], by=chain["county"], on=LATER)
    row = InitialPassword.objects.get()
    first = f"{open_sealed(bytes(row.sealed or b''))}-{open_sealed(bytes(row.second or b''))}"
    assert User.objects.get(pk=chain["clerk"].pk).check_password(first)
    assert expire_slips(on=LATER + timedelta(days=7)) == 0
    assert expire_slips(on=LATER + timedelta(days=8)) == 1
    assert not User.objects.get(pk=chain["clerk"].pk).check_password(first)
    row.refresh_from_db()
    assert (row.state, row.sealed, row.second) == ("expired", None, None)
    mine = managing.accounts_managed_by(standing_of(chain["county"], on=LATER), on=LATER)
    assert [user.username for user in managing.in_state(mine, "unprinted", on=LATER)] == ["the_clerk"]


def test_nobody_resets_a_password_out_of_reach(chain: dict[str, User]) -> None:
    with pytest.raises(PasswordNotYours):
        reset_password(user=chain["clerk"], by=chain["city"], on=LATER)


def test_the_nightly_task_does_all_of_it(chain: dict[str, User]) -> None:
    from lxbt.accounts.tasks import nightly, open_sheets

    User.objects.update(opened_at=managing.moment(date(2020, 1, 1)), confirmed_on=date(2020, 1, 1), enabled_on=None)
    assert nightly(0) == {"unconfirmed": 6, "unused": 0, "slips": 0}
    assert open_sheets(0) == 0
