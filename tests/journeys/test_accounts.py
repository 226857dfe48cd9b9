"""A city's administrator opens accounts from a sheet, prints the slips, and lets a county administrator go."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.utils import timezone

from lxbt.accounts.models import User
from lxbt.accounts.operations import sheets
from lxbt.accounts.operations.appointing import open_account
from lxbt.accounts.rules import Organ
from lxbt.divisions.models import Division
from tests import factories as f
from tests.journeys.conftest import BOTH, Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def filled(template: bytes) -> bytes:
    """The template with one right row and one wrong row."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    places = [cell.value for cell in book.worksheets[2]["A"] if cell.value]
    county = next(place for place in places if str(place).startswith(f.COUNTY))
    for number, row in enumerate(
        (["孙六", "sun_liu", "民政", county, "民政审定"], ["钱七", "qian_qi", "农业", county, "民政审定"]), start=3
    ):
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(number, column, value)
        book.worksheets[0].cell(number, book.worksheets[0].max_column, f.number_of(row[1]))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_accounts_from_a_sheet_to_the_slips_and_a_county_administrator_who_leaves(
    visitor: Callable[..., Visitor],
) -> None:
    f.load_places()
    city = f.account("administrator", f.CITY, username="city_admin")
    leaver, _first = open_account(
        username="leaver",
        name="李主任",
        organ=Organ.CIVIL_AFFAIRS,
        place=Division.objects.get(code=f.COUNTY),
        roles=["administrator"],
        identity_number=f.number_of("leaver"),
        by=city,
        on=timezone.localdate(),
    )
    open_account(
        username="below",
        name="王办事",
        organ=Organ.CIVIL_AFFAIRS,
        place=Division.objects.get(code=f.TOWNSHIP),
        roles=["clerk"],
        identity_number=f.number_of("below"),
        by=leaver,
        on=timezone.localdate(),
    )
    admin = visitor()
    admin.log_in("city_admin")
    admin.open("/accounts/")
    admin.looked_at("accounts", *BOTH)
    admin.open("/accounts/sheets/")
    admin.looked_at("accounts-sheets", *BOTH)
    template = admin.context.request.get(admin.address + "/accounts/sheets/template/").body()
    admin.page.set_input_files(
        "#id_file", {"name": "账号.xlsx", "mimeType": "application/octet-stream", "buffer": filled(template)}
    )
    admin.presses("form[enctype] button[type=submit]")
    admin.sees("部门请填民政、残联、财政或审计")
    admin.looked_at("accounts-sheet", *BOTH)
    admin.presses("button:has-text('开通 1 个账号')")
    while sheets.open_some(at=timezone.now(), on=timezone.localdate()):
        pass
    admin.page.wait_for_selector("text=打印密码条")
    admin.presses("a:has-text('打印密码条')")
    admin.presses("button:has-text('显示并打印')")
    admin.sees("sun_liu")
    admin.looked_at("accounts-slips", *BOTH)
    admin.presses("button:has-text('销毁第一段')")
    admin.sees("没有待打印的密码条")
    admin.open(f"/accounts/{leaver.pk}/")
    admin.looked_at("account", *BOTH)
    admin.presses("a:has-text('停用或离任')")
    admin.page.fill("#id_note", "调离")
    admin.page.check("input[value=close]")
    admin.presses("button:has-text('从今天起停用')")
    admin.sees("请选择移交给谁，或者确认一并收回")
    admin.looked_at("account-end", *BOTH)
    admin.page.check("input[value=lapse]")
    admin.presses("button:has-text('从今天起停用')")
    admin.sees("离任")
    assert not User.objects.get(username="leaver").is_active
    admin.open("/roles/")
    admin.looked_at("roles", *BOTH)
