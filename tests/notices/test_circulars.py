"""Written notices: whom they reach, who has read them, reminders, correction, withdrawal.

No row is kept for an addressee.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lxbt.accounts.models import User
from lxbt.accounts.queries import standing_of
from lxbt.audit.models import Event
from lxbt.core.transitions import WrongState
from lxbt.notices.models import Circular, CircularReceipt, Notice
from lxbt.notices.operations import circulars as operations
from lxbt.notices.operations import receipts
from lxbt.notices.operations.circulars import CircularRefused
from lxbt.notices.queries import circulars as queries
from lxbt.notices.queries.receipts import offices_in, receipts_in
from lxbt.notices.rules import Addressees, Content
from tests import factories as f

ON = date(2026, 6, 1)
AT = f.moment(ON)
TEXT = Content(
    title="关于补录历史发放数据的通知",
    text="一、时间\n六月底前完成。",
    to=Addressees(f.CITY),
    number="武民函〔2026〕3号",
    issuer="武汉市民政局",
    receipt_due_on=date(2026, 6, 10),
)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    f.load_places()
    return {
        "city": f.account("coordinator", f.CITY),
        "county": f.account("coordinator", f.COUNTY),
        "decider": f.account("decider", f.COUNTY),
        "reviewer": f.account("reviewer", f.COUNTY),
        "clerk": f.account("clerk", f.TOWNSHIP),
        "other": f.account("decider", f.OTHER_COUNTY),
        "province": f.account("coordinator", f.PROVINCE),
    }


def sent(people: dict[str, User], content: Content = TEXT, **more: Any) -> Circular:
    draft = operations.draft_circular(content=content, from_code=f.CITY, by=people["city"], at=AT)
    return operations.publish_circular(circular_id=draft.pk, by=people["city"], at=AT, **more)


def sees(user: User, one: Circular) -> bool:
    return queries.circulars_for(standing_of(user, on=ON)).filter(pk=one.pk).exists()


def waits(user: User) -> int:
    return queries.bell_count(standing_of(user, on=ON))


def test_a_notice_reaches_every_office_of_the_area_and_nobody_else(people: dict[str, User]) -> None:
    one = sent(people)
    assert {name for name, user in people.items() if sees(user, one)} == {
        "city",
        "county",
        "decider",
        "reviewer",
        "clerk",
        "other",
    }
    assert (one.offices, one.accounts) == (5, 6)  # the Federation of the county is an office of its own
    assert CircularReceipt.objects.count() == 0


@pytest.mark.parametrize(
    ("to", "readers"),
    [
        (Addressees(f.COUNTY), {"county", "decider", "reviewer", "clerk"}),
        (Addressees(f.CITY, levels=(3,)), {"county", "decider", "reviewer", "other"}),
        (Addressees(f.CITY, levels=(3, 4), organ="federation"), {"reviewer"}),
        (Addressees(f.CITY, role="clerk"), {"clerk"}),
    ],
)
def test_levels_organ_and_role_narrow_it(people: dict[str, User], to: Addressees, readers: set[str]) -> None:
    one = sent(people, replace(TEXT, to=to))
    assert {name for name, user in people.items() if sees(user, one)} == readers


def test_a_city_without_counties_is_reached_as_a_county(people: dict[str, User]) -> None:
    user = f.account("decider", "441900000000")
    nation = f.account("coordinator", f.NATION)
    draft = operations.draft_circular(
        content=replace(TEXT, to=Addressees(f.NATION, levels=(3,))), from_code=f.NATION, by=nation, at=AT
    )
    assert sees(user, operations.publish_circular(circular_id=draft.pk, by=nation, at=AT))


def test_a_draft_is_seen_by_its_own_office_only(people: dict[str, User]) -> None:
    draft = operations.draft_circular(content=TEXT, from_code=f.CITY, by=people["city"], at=AT)
    assert queries.circular_seen_by(standing_of(people["city"], on=ON), draft.pk)
    for name in ("county", "clerk", "province"):
        assert queries.circular_seen_by(standing_of(people[name], on=ON), draft.pk) is None


def test_nobody_sends_upwards_or_beside_or_for_another_office(people: dict[str, User]) -> None:
    for to in (f.PROVINCE, f.OTHER_COUNTY):
        with pytest.raises(CircularRefused, match="只能发给本级和下级"):
            operations.draft_circular(
                content=replace(TEXT, to=Addressees(to)), from_code=f.COUNTY, by=people["county"], at=AT
            )
    with pytest.raises(CircularRefused, match="以这个单位的名义"):
        operations.draft_circular(content=TEXT, from_code=f.CITY, by=people["county"], at=AT)
    with pytest.raises(CircularRefused, match="以这个单位的名义"):
        operations.draft_circular(content=TEXT, from_code=f.COUNTY, by=people["decider"], at=AT)


def test_the_number_of_offices_that_was_agreed_to_must_still_hold(people: dict[str, User]) -> None:
    with pytest.raises(CircularRefused, match="现在是 5 个"):
        sent(people, offices=4)


def test_the_bell_counts_it_until_it_is_read_and_its_receipt_is_given(people: dict[str, User]) -> None:
    one = sent(people)
    assert waits(people["decider"]) == 1
    receipts.read_circular(circular_id=one.pk, by=people["decider"], at=AT)
    receipts.read_circular(circular_id=one.pk, by=people["decider"], at=AT)
    assert waits(people["decider"]) == 1
    receipts.give_receipt(circular_id=one.pk, reply="已安排", by=people["decider"], at=AT)
    assert waits(people["decider"]) == 0
    with pytest.raises(CircularRefused, match="已经签收"):
        receipts.give_receipt(circular_id=one.pk, by=people["county"], at=AT)
    assert waits(people["county"]) == 1  # not read yet by this account
    receipts.read_circular(circular_id=one.pk, by=people["county"], at=AT)
    assert waits(people["county"]) == 0  # the office has given its receipt


def test_who_was_not_addressed_gives_no_receipt(people: dict[str, User]) -> None:
    one = sent(people, replace(TEXT, to=Addressees(f.COUNTY)))
    with pytest.raises(CircularRefused, match="没有发给您的单位"):
        receipts.give_receipt(circular_id=one.pk, by=people["other"], at=AT)


def test_the_sender_sees_by_area_who_has_read_and_who_has_not(people: dict[str, User]) -> None:
    one = sent(people)
    receipts.give_receipt(circular_id=one.pk, by=people["decider"], at=AT)
    receipts.read_circular(circular_id=one.pk, by=people["other"], at=AT)
    whole, parts = receipts_in(one, f.CITY, ON)
    assert (whole.offices, whole.read, whole.received, whole.accounts, whole.readers) == (5, 2, 1, 6, 2)
    assert {p.code: (p.offices, p.read, p.received) for p in parts} == {
        f.CITY: (1, 0, 0),
        f.COUNTY: (3, 1, 1),
        f.OTHER_COUNTY: (1, 1, 0),
    }
    assert [(o.division_code, o.organ) for o in offices_in(one, f.COUNTY, ON, show="unread")] == [
        (f.COUNTY, "federation"),
        (f.TOWNSHIP, "civil_affairs"),
    ]
    first = next(offices_in(one, f.CITY, ON, limit=1))
    assert (
        next(o.division_code for o in offices_in(one, f.CITY, ON, after=f"{first.division_code}.{first.organ}"))
        == f.COUNTY
    )


def test_those_who_have_not_are_reminded_once_a_day(people: dict[str, User]) -> None:
    one = sent(people)
    receipts.give_receipt(circular_id=one.pk, by=people["decider"], at=AT)
    assert receipts.remind_unread(circular_id=one.pk, by=people["city"], at=AT) == 4
    told = Notice.objects.filter(kind="circular_owing")
    assert set(told.values_list("division_code", "organ")) == {
        (f.CITY, "civil_affairs"),
        (f.COUNTY, "federation"),
        (f.TOWNSHIP, "civil_affairs"),
        (f.OTHER_COUNTY, "civil_affairs"),
    }
    assert told[0].params == {"circular": one.pk}
    with pytest.raises(CircularRefused, match="今天已经催阅过"):
        receipts.remind_unread(circular_id=one.pk, by=people["city"], at=AT)


@pytest.mark.parametrize(
    ("day", "reminded"), [(date(2026, 6, 7), 0), (date(2026, 6, 8), 5), (date(2026, 6, 12), 5), (date(2026, 6, 18), 0)]
)
def test_the_daily_round_reminds_near_the_last_day(people: dict[str, User], day: date, reminded: int) -> None:
    sent(people)
    assert receipts.remind_due(at=f.moment(day)) == reminded
    assert receipts.remind_due(at=f.moment(day)) == 0


def test_a_correction_takes_the_place_of_the_old_one_and_its_readers_are_told(people: dict[str, User]) -> None:
    old = sent(people)
    receipts.give_receipt(circular_id=old.pk, by=people["decider"], at=AT)
    draft = operations.correct_circular(circular_id=old.pk, by=people["city"], at=AT)
    assert operations.correct_circular(circular_id=old.pk, by=people["city"], at=AT).pk == draft.pk
    with pytest.raises(CircularRefused, match="更正了什么"):
        operations.publish_circular(circular_id=draft.pk, by=people["city"], at=AT)
    changed = replace(TEXT, text="一、时间\n七月底前完成。")
    operations.change_circular(
        circular_id=draft.pk, version=draft.version, content=changed, changed="期限改到七月底", by=people["city"], at=AT
    )
    new = operations.publish_circular(circular_id=draft.pk, by=people["city"], at=AT)
    old.refresh_from_db()
    assert (old.state, new.state) == ("corrected", "published")
    assert set(Notice.objects.filter(kind="circular_corrected").values_list("division_code", "organ")) == {
        (f.COUNTY, "civil_affairs")
    }
    assert list(queries.unread_circulars(standing_of(people["decider"], on=ON))) == [new]  # receipts are given anew
    assert queries.newer_of(old.pk) == new


def test_one_that_is_withdrawn_waits_for_nobody_and_its_readers_are_told_why(people: dict[str, User]) -> None:
    one = sent(people)
    receipts.read_circular(circular_id=one.pk, by=people["clerk"], at=AT)
    with pytest.raises(CircularRefused, match="原因"):
        operations.withdraw_circular(circular_id=one.pk, reason=" ", by=people["city"], at=AT)
    operations.withdraw_circular(circular_id=one.pk, reason="文号有误", by=people["city"], at=AT)
    assert Notice.objects.get(kind="circular_withdrawn").division_code == f.TOWNSHIP
    assert queries.unread_circulars(standing_of(people["decider"], on=ON)).count() == 0
    with pytest.raises(CircularRefused, match="不用回执"):
        receipts.give_receipt(circular_id=one.pk, by=people["decider"], at=AT)
    with pytest.raises(CircularRefused, match="催阅"):
        receipts.remind_unread(circular_id=one.pk, by=people["city"], at=AT)


def test_what_was_published_is_not_changed_not_even_by_sql(people: dict[str, User]) -> None:
    one = sent(people)
    with pytest.raises(CircularRefused, match="不能改"):
        operations.change_circular(circular_id=one.pk, version=one.version, content=TEXT, by=people["city"], at=AT)
    with pytest.raises(IntegrityError, match="corrected by a new one"), transaction.atomic():
        Circular.objects.filter(pk=one.pk).update(text="别的")
    with pytest.raises(WrongState):
        operations.publish_circular(circular_id=one.pk, by=people["city"], at=AT)


def test_two_who_change_the_same_draft_do_not_overwrite_each_other(people: dict[str, User]) -> None:
    draft = operations.draft_circular(content=TEXT, from_code=f.CITY, by=people["city"], at=AT)
    operations.change_circular(circular_id=draft.pk, version=1, content=TEXT, by=people["city"], at=AT)
    with pytest.raises(CircularRefused, match="刚才被别人改动过"):
        operations.change_circular(circular_id=draft.pk, version=1, content=TEXT, by=people["city"], at=AT)


def test_it_goes_out_by_itself_at_its_moment_and_once(people: dict[str, User]) -> None:
    draft = operations.draft_circular(content=TEXT, from_code=f.CITY, by=people["city"], at=AT)
    with pytest.raises(CircularRefused, match="已过"):
        operations.schedule_circular(
            circular_id=draft.pk, version=draft.version, publish_at=AT, by=people["city"], at=AT
        )
    operations.schedule_circular(
        circular_id=draft.pk, version=1, publish_at=AT + timedelta(hours=2), by=people["city"], at=AT
    )
    assert receipts.publish_due(at=AT + timedelta(hours=1)) == 0
    assert receipts.publish_due(at=AT + timedelta(hours=2)) == 1
    assert receipts.publish_due(at=AT + timedelta(hours=2)) == 0
    assert sees(people["clerk"], draft)


def test_one_that_nobody_would_get_goes_back_to_the_drafts(people: dict[str, User]) -> None:
    content = replace(TEXT, to=Addressees(f.CITY, role="auditor"))
    draft = operations.draft_circular(content=content, from_code=f.CITY, by=people["city"], at=AT)
    operations.schedule_circular(
        circular_id=draft.pk, version=1, publish_at=AT + timedelta(hours=2), by=people["city"], at=AT
    )
    assert receipts.publish_due(at=AT + timedelta(hours=2)) == 0
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert Event.objects.filter(action="circular.unsent").exists()


def test_its_pdf_is_made_once_and_kept_with_its_digest(people: dict[str, User]) -> None:
    from lxbt.core import crypto
    from lxbt.documents.queries import content_of
    from lxbt.notices.operations.typesetting import pdf_of_circular

    one = sent(people)
    assert one.pdf is not None
    kept = content_of(one.pdf)
    assert kept.startswith(b"%PDF-")
    assert bytes(one.pdf.digest) == crypto.sm3(kept)
    assert pdf_of_circular(one) == kept  # the same version, the same bytes


def test_without_fonts_it_is_published_all_the_same_and_the_pdf_comes_later(
    people: dict[str, User], settings: Any, tmp_path: Any
) -> None:
    from lxbt.notices.operations.typesetting import typeset_missing

    settings.LXBT_FONTS = str(tmp_path)
    one = sent(people)
    assert (one.state, one.pdf) == ("published", None)
    assert typeset_missing(at=AT) == 0
    settings.LXBT_FONTS = ""
    assert typeset_missing(at=AT) == 1
    assert typeset_missing(at=AT) == 0


def test_papers_go_with_the_draft_and_are_told_by_content(people: dict[str, User]) -> None:
    from lxbt.documents.models import OfficeFile
    from lxbt.documents.operations import OfficeFileRefused

    draft = operations.draft_circular(content=TEXT, from_code=f.CITY, by=people["city"], at=AT)
    operations.attach_to_circular(
        circular_id=draft.pk, name="表.pdf", content=b"%PDF-1.7\n%%EOF", by=people["city"], at=AT
    )
    with pytest.raises(OfficeFileRefused, match="内容不是"):
        operations.attach_to_circular(circular_id=draft.pk, name="表.pdf", content=b"MZ", by=people["city"], at=AT)
    assert [p.name for p in queries.papers_of(draft.pk)] == ["表.pdf"]
    operations.discard_circular(circular_id=draft.pk, by=people["city"], at=AT)
    assert OfficeFile.objects.count() == 0


def test_every_act_is_in_the_record(people: dict[str, User]) -> None:
    one = sent(people)
    receipts.give_receipt(circular_id=one.pk, by=people["decider"], at=AT)
    receipts.remind_unread(circular_id=one.pk, by=people["city"], at=AT)
    operations.withdraw_circular(circular_id=one.pk, reason="文号有误", by=people["city"], at=AT)
    actions = list(Event.objects.filter(subject_kind="circular").order_by("pk").values_list("action", flat=True))
    assert actions == [
        "circular.drafted",
        "circular.published",
        "circular.received",
        "circular.reminded",
        "circular.withdrawn",
    ]
