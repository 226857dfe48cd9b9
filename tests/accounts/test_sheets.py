"""Many accounts from one sheet: planned, opened in the background, nothing twice, what is wrong said by cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lxbt.accounts.models import AccountSheet, Appointment, SheetRow, User
from lxbt.accounts.operations import sheets
from lxbt.accounts.operations.first_passwords import show_slips
from lxbt.accounts.operations.lapsing import Settling
from lxbt.accounts.operations.leaving import close_account
from lxbt.accounts.queries import sheets as reads
from lxbt.accounts.queries import standing_of
from lxbt.accounts.rules.sheet import COLUMNS, EXAMPLE
from lxbt.documents.rules.workbooks import read_lines
from tests import factories as f
from tests.accounts.test_attacks import given as opened

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
HEADS = list(COLUMNS.values())


@pytest.fixture
def administrator(db: None, settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
    f.load_places()
    city = f.account("administrator", f.CITY)
    return opened(city, "county_admin", "administrator", f.COUNTY)


def row(
    name: str,
    *,
    username: str = "",
    organ: str = "民政",
    place: str = f"{f.TOWNSHIP} 大智街道",
    role: str = "受理初审",
    role2: str = "",
    day: Any = "",
    number: str | None = None,
) -> list[Any]:
    return [
        name,
        username,
        organ,
        place,
        role,
        role2,
        "",
        day,
        "",
        f.number_of(name + username) if number is None else number,
    ]


def plan(by: User, *rows: list[Any]) -> AccountSheet:
    return sheets.plan_sheet(lines=[HEADS, *rows], name="账号.xlsx", digest=bytes(32), by=by, on=DAY)


def run_through(sheet: AccountSheet, by: User) -> None:
    sheets.start_sheet(sheet_id=sheet.pk, by=by, at=f.moment(DAY))
    while sheets.open_some(at=f.moment(DAY), on=DAY):
        pass


def faults(sheet: AccountSheet) -> dict[str, tuple[str, str]]:
    return {r.cells[0]: (r.column, r.reason) for r in SheetRow.objects.filter(sheet=sheet, state="error")}


def test_a_sheet_is_planned_before_anything_opens(administrator: User) -> None:
    sheet = plan(
        administrator,
        row(EXAMPLE + "王敏"),
        row("张一"),
        row("李二", username="own_name", role="受理初审", role2="督导查询"),
        row("王三", organ="农业"),
    )
    assert reads.row_counts(sheet.pk) == {"error": 1, "open": 2}
    assert not User.objects.filter(name__in=["张一", "李二"]).exists()


def test_the_right_rows_open_with_sealed_passwords_and_the_wrong_ones_do_not(administrator: User) -> None:
    sheet = plan(
        administrator,
        row("张一"),
        row("李二", username="own_name", role2="督导查询", day="2027-12-31"),
        row("王三", organ="农业"),
    )
    run_through(sheet, administrator)
    sheet.refresh_from_db()
    assert (sheet.state, reads.row_counts(sheet.pk)) == ("done", {"error": 1, "opened": 2})
    named = User.objects.get(username="own_name")
    assert {a.role for a in standing_of(named, on=DAY).appointed} == {"clerk", "supervisor"}
    assert {a.until for a in Appointment.objects.filter(user=named)} == {date(2028, 1, 1)}
    assert User.objects.get(name="张一").username == "420102002_zhangyi"
    slips = show_slips(by=administrator)
    assert not any(slip.user.check_password(slip.password) for slip in slips)  # a half opens nothing
    assert len(slips) == 2


def test_the_same_sheet_sent_twice_opens_nothing_twice(administrator: User) -> None:
    rows = [row("张一"), row("李二", username="own_name")]
    run_through(plan(administrator, *rows), administrator)
    before = User.objects.count()
    again = plan(administrator, *rows)
    assert reads.row_counts(again.pk) == {"same": 2}
    run_through(again, administrator)
    assert User.objects.count() == before


def test_two_sheets_planned_with_the_same_rows_open_them_once(administrator: User) -> None:
    one, two = plan(administrator, row("张一")), plan(administrator, row("张一"))
    run_through(one, administrator)
    run_through(two, administrator)
    assert reads.row_counts(two.pk) == {"same": 1}
    assert User.objects.filter(name="张一").count() == 1


def test_every_wrong_row_says_which_cell_and_why(administrator: User) -> None:
    f.account("clerk", f.OTHER_TOWNSHIP, username="taken_elsewhere")
    f.account("clerk", f.TOWNSHIP, username="is_here")
    sheet = plan(
        administrator,
        row("没有角色", role=""),
        row("部门不符", organ="财政"),
        row("别处", place=f"{f.OTHER_TOWNSHIP} 某街道"),
        row("越级", place="420100000000 武汉市"),
        row("兼任", role="受理初审", role2="民政审定"),
        row("期限", day="昨天"),
        row("过期", day="2026-03-01"),
        row("占用", username="taken_elsewhere"),
        row("已有", username="is_here"),
        row("格式", username="AB CD"),
        row("重复一", username="twice"),
        row("重复二", username="twice"),
    )
    assert faults(sheet) == {
        "没有角色": ("role1", "role_missing"),
        "部门不符": ("role1", "role_organ"),
        "别处": ("place", "place_unknown"),
        "越级": ("place", "place_unknown"),
        "兼任": ("role2", "role_apart"),
        "期限": ("last_day", "day_unreadable"),
        "过期": ("last_day", "day_past"),
        "占用": ("username", "username_taken"),
        "已有": ("username", "account_differs"),
        "格式": ("username", "username_form"),
        "重复二": ("username", "username_twice"),
    }


def test_a_sheet_gives_no_more_than_its_sender_may(administrator: User) -> None:
    sheet = plan(
        administrator,
        row("残联", organ="残联", role="残联审核", place=f"{f.COUNTY} 江岸区"),
        row("民政", role="标准发布", place=f"{f.TOWNSHIP} 大智街道"),
    )
    assert faults(sheet) == {"残联": ("role1", "role_not_yours"), "民政": ("role1", "role_not_yours")}


def test_a_sheet_planned_by_somebody_removed_meanwhile_opens_nothing(administrator: User) -> None:
    sheet = plan(administrator, row("张一"))
    sheets.start_sheet(sheet_id=sheet.pk, by=administrator, at=f.moment(DAY))
    city = User.objects.get(username="4201_administrator")
    close_account(user=administrator, note="调离", by=city, on=DAY, settling=Settling(lapse=True))
    while sheets.open_some(at=f.moment(DAY), on=DAY):
        pass
    assert reads.row_counts(sheet.pk) == {"error": 1}
    assert not User.objects.filter(name="张一").exists()


def test_a_sheet_without_titles_or_rows_or_with_too_many_is_refused(administrator: User) -> None:
    for lines in ([["a", "b"], ["c", "d"]], [HEADS], [HEADS, *([row("某")] * 2001)]):
        with pytest.raises(sheets.SheetRefused):
            sheets.plan_sheet(lines=lines, name="x", digest=b"", by=administrator, on=DAY)


def test_two_thousand_accounts_are_opened_in_handfuls_with_few_statements_each(
    administrator: User, django_assert_max_num_queries: Any
) -> None:
    sheet = plan(administrator, *(row(f"某{n}", username=f"bulk_{n}") for n in range(2000)))
    sheets.start_sheet(sheet_id=sheet.pk, by=administrator, at=f.moment(DAY))
    with django_assert_max_num_queries(60):
        assert sheets.open_some(at=f.moment(DAY), on=DAY) == sheets.CHUNK
    while sheets.open_some(at=f.moment(DAY), on=DAY):
        pass
    assert reads.row_counts(sheet.pk) == {"opened": 2000}


# --- by the pages


def test_the_template_filled_in_goes_all_the_way_through_the_pages(
    administrator: User, logged_in: Callable[[User], Client]
) -> None:
    client = logged_in(administrator)
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("account_template")).content))
    sheet = book.worksheets[0]
    assert [str(cell.value).rstrip("*") for cell in sheet[1]] == HEADS
    lists = [validation.sqref for validation in sheet.data_validations.dataValidation]
    assert len(lists) == 5  # organ, place and three roles have drop-down lists
    place = book.worksheets[2]["A2"].value
    for column, value in enumerate(["周四", "zhou_si", "民政", place, "受理初审"], start=1):
        sheet.cell(3, column, value)
    sheet.cell(3, len(HEADS), f.number_of("zhou_si"))
    sheet.cell(4, len(HEADS), f.number_of("wu_wu"))
    for column, value in enumerate(["吴五", "wu_wu", "民政", "不存在街道", "受理初审"], start=1):
        sheet.cell(4, column, value)
    out = io.BytesIO()
    book.save(out)
    answer = client.post(reverse("account_sheets"), {"file": SimpleUploadedFile("a.xlsx", out.getvalue())})
    address = answer.headers["Location"]
    page = client.get(address).content.decode()
    assert "开通 1 个账号" in page
    assert "这个区划不在您可以开通账号的范围" in page
    client.post(address, {"act": "start"})
    from django.utils import timezone

    while sheets.open_some(at=timezone.now(), on=timezone.localdate()):
        pass
    assert User.objects.get(username="zhou_si").opened_by_id == administrator.pk
    wrong = openpyxl.load_workbook(io.BytesIO(client.get(address + "errors/").content)).worksheets[0]
    assert [cell.value for cell in wrong[2]][:5] == ["吴五", "wu_wu", "民政", "不存在街道", "受理初审"]
    assert "区划" in str(wrong.cell(2, len(HEADS) + 1).value)
    assert len(read_lines(client.get(address + "errors/").content)) == 2  # mended, it can be sent again as it is
    shown = client.post(reverse("slips"), {"act": "show"}).content.decode()
    assert "zhou_si" in shown
    client.post(reverse("slips"), {"act": "printed", "user": [User.objects.get(username="zhou_si").pk]})
    assert "zhou_si" not in client.post(reverse("slips"), {"act": "show"}).content.decode()


def test_a_file_that_is_no_sheet_is_refused_on_the_page(
    administrator: User, logged_in: Callable[[User], Client]
) -> None:
    answer = logged_in(administrator).post(
        reverse("account_sheets"), {"file": SimpleUploadedFile("a.xlsx", b"<html><script>1</script></html>")}
    )
    assert "不是 XLSX 或 CSV 表格" in answer.content.decode()


def test_another_administrator_does_not_see_the_sheet(administrator: User, logged_in: Callable[[User], Client]) -> None:
    sheet = plan(administrator, row("张一"))
    peer = opened(User.objects.get(username="4201_administrator"), "peer", "administrator", f.COUNTY)
    assert logged_in(peer).get(reverse("account_sheet", args=[sheet.pk])).status_code == 404
    assert logged_in(peer).post(reverse("account_sheet", args=[sheet.pk]), {"act": "start"}).status_code == 404
