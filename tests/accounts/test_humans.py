"""Two persons are two human beings: accounts of one holder count as one, for operations and in the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lxbt.accounts.models import AccessRecovery, Appointment, Holder, User
from lxbt.accounts.operations.holding import HolderRefused, holder_of
from lxbt.audit.humans import accounts_of_human, same_human
from lxbt.audit.models import Event, UnusualLook
from lxbt.audit.queries import acts_since
from lxbt.audit.watching import LookRefused, write_finding
from lxbt.documents.models import Release
from lxbt.documents.operations import ReleaseRefused, ask_release, decide_release
from lxbt.matching.models import Suspicion
from lxbt.payments.models import Batch
from lxbt.payments.operations import PaymentRefused, approve_batch
from lxbt.standards.models import Standard
from lxbt.standards.operations import StandardRefused, draft_standard, publish_standard
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
NUMBER = f.identity_number(serial=37)
ROW = {"division": f.PROVINCE, "subsidy": "living", "since": "2026-01", "when": {}, "amount": {"fixed": "80"}}


@pytest.fixture
def two(db: None) -> tuple[User, User]:
    """Two accounts of one human being, at two places."""
    f.load_places()
    one, other = f.account("analyst", f.COUNTY), f.account("supervisor", f.CITY)
    User.objects.filter(pk__in=[one.pk, other.pk]).update(holder=holder_of(NUMBER, by=None))
    return one, other


def test_accounts_of_one_holder_are_one_human_being_and_others_are_not(two: tuple[User, User]) -> None:
    stranger = f.account("analyst", f.OTHER_COUNTY)
    assert same_human(two[0].pk, two[1].pk)
    assert same_human(stranger.pk, stranger.pk)
    assert not same_human(two[0].pk, stranger.pk)
    assert not same_human(stranger.pk, None)
    assert not same_human(stranger.pk, f.account("analyst", f.PROVINCE).pk)  # neither has a holder
    assert sorted(accounts_of_human(two[0].pk)) == sorted(user.pk for user in two)


def test_a_number_is_kept_sealed_once_and_a_wrong_one_is_refused(two: tuple[User, User]) -> None:
    assert holder_of(f" {NUMBER.lower()} ", by=None) == Holder.objects.get()
    assert NUMBER.encode() not in bytes(Holder.objects.get().sealed)
    for wrong in ("", "123", NUMBER[:-1], NUMBER[:10] + "99" + NUMBER[12:]):
        with pytest.raises(HolderRefused):
            holder_of(wrong, by=None)


def test_a_holder_has_one_live_account_at_an_office(two: tuple[User, User]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(
            username="second",
            name="甲",
            organ="civil_affairs",
            place_code=f.COUNTY,
            holder_id=holder_of(NUMBER, by=None).pk,
        )
    User.objects.filter(pk=two[0].pk).update(is_active=False)
    User.objects.create(
        username="second",
        name="甲",
        organ="civil_affairs",
        place_code=f.COUNTY,
        holder_id=holder_of(NUMBER, by=None).pk,
    )


def test_the_pair_that_one_account_may_not_hold_two_accounts_of_one_human_may_not_hold(two: tuple[User, User]) -> None:
    Appointment.objects.create(user=two[0], role="payment_officer", division_code=f.COUNTY, since=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(user=two[1], role="payment_approver", division_code=f.COUNTY, since=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            user=two[1], role="decider", division_code=f.COUNTY, since=DAY, granted_by_id=two[0].pk
        )


def test_who_drew_does_not_approve_by_another_account(two: tuple[User, User]) -> None:
    batch = Batch.objects.create(payer_code=f.COUNTY, month=date(2026, 2, 1), number=1, drawn_by=two[0], drawn_on=DAY)
    with pytest.raises(PaymentRefused, match="另一人"):
        approve_batch(batch_id=batch.pk, control_total=batch.total, by=two[1], on=DAY)
    with pytest.raises(IntegrityError, match="approve"), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(state="approved", approved_by=two[1], approved_on=DAY)


def test_who_drafted_does_not_publish_by_another_account(two: tuple[User, User]) -> None:
    draft = draft_standard(row=ROW, by=two[0])
    with pytest.raises(StandardRefused, match="另一人"):
        publish_standard(standard_id=draft.pk, by=two[1], on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standard.objects.filter(pk=draft.pk).update(state="published", published_by=two[1], published_on=DAY)


def test_who_asked_for_an_export_does_not_release_it_by_another_account(two: tuple[User, User]) -> None:
    f.account("security_administrator", f.PROVINCE)
    Appointment.objects.create(user=two[1], role="security_administrator", division_code=f.CITY, since=date(2026, 1, 1))
    release = ask_release(
        title="名册",
        note="",
        content=b"rows",
        rows=9,
        division_code=f.COUNTY,
        reason="报送审核",
        by=two[0],
        at=timezone.now(),
    )
    with pytest.raises(ReleaseRefused, match="另一人"):
        decide_release(release_id=release.pk, release_it=True, opinion="", by=two[1], at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(
            outcome="released", decided_by_id=two[1].pk, decided_at=timezone.now()
        )


def test_nobody_clears_the_own_looking_or_recovery_by_another_account(two: tuple[User, User]) -> None:
    now = timezone.now()
    look = UnusualLook.objects.create(
        kind="many", on=DAY, by_id=two[0].pk, by_name="甲", by_place=f.COUNTY, count=200, first_at=now, last_at=now
    )
    with pytest.raises(LookRefused):
        write_finding(look_id=look.pk, finding="工作需要", by=two[1], at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRecovery.objects.create(user=two[0], reason="手机丢失", asked_by_id=two[1].pk, asked_at=now)
    clerk, third = f.account("clerk", f.TOWNSHIP), f.account("administrator", f.COUNTY)
    asked = AccessRecovery.objects.create(user=clerk, reason="手机丢失", asked_by_id=two[0].pk, asked_at=now)
    gone = {"confirmed_at": now, "closed_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRecovery.objects.filter(pk=asked.pk).update(confirmed_by_id=two[1].pk, **gone)
    AccessRecovery.objects.filter(pk=asked.pk).update(confirmed_by_id=third.pk, **gone)


def test_who_concluded_a_suspicion_does_not_confirm_it_by_another_account(two: tuple[User, User]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        case = Suspicion.objects.create(
            person_id=1,
            rule="R01",
            division_code=f.TOWNSHIP,
            county_code=f.COUNTY,
            state="concluded",
            outcome="false",
            measure="none",
            basis="入户见到本人",
            raised_on=DAY,
            dispatched_on=DAY,
            concluded_by_id=two[0].pk,
            concluded_on=DAY,
        )
        cursor.execute("set session_replication_role = default")
    with pytest.raises(IntegrityError, match="concluded"), transaction.atomic():
        Suspicion.objects.filter(pk=case.pk).update(confirmed_by_id=two[1].pk, confirmed_on=DAY)


def test_limits_count_for_the_human_being_over_all_accounts(two: tuple[User, User]) -> None:
    for user in two:
        Event.objects.create(by_id=user.pk, action="person.revealed", subject_kind="person", subject_id="1")
    assert acts_since(two[0].pk, timezone.now() - timedelta(hours=1), "person.revealed") == 2


def test_every_table_that_asks_for_two_persons_asks_for_two_human_beings(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct t.tgrelid::regclass::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
            " where p.prosrc like '%same_human%' and not t.tgisinternal"
        )
        asking = {row[0] for row in cursor.fetchall()}
    assert asking >= {
        "accounts_accessrecovery",
        "accounts_appointment",
        "applications_step",
        "audit_unusuallook",
        "documents_release",
        "matching_suspicion",
        "payments_batch",
        "standards_standard",
    }
