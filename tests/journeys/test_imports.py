"""A clerk brings in the spreadsheet that is there: columns, plan, writing, what came back, and taking it all back."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.utils import timezone
from playwright.sync_api import Page

from lxbt.accounts.models import User
from lxbt.core.months import Month
from lxbt.documents.queries import large_file
from lxbt.documents.queries import opened as opened_file
from lxbt.imports.kinds import kind_of
from lxbt.imports.models import Import
from lxbt.imports.operations.intake import open_import, start_pass
from lxbt.imports.operations.recognising import recognise_file
from lxbt.imports.tasks import take_turn
from lxbt.payments.models import Batch
from lxbt.proposals.operations import accept, effect_now
from lxbt.proposals.queries import waiting_for
from lxbt.registry.models import Person
from tests import factories as f
from tests.imports.county import open_window
from tests.journeys.conftest import Visitor
from tests.web.test_import_pages import identity

CLERK = "420102002_clerk"
TITLES = ["序号", "残疾人姓名", "证件号码", "补助项目", "发多少（元）", "发放年月", "低保情况", "联系方式"]


def awkward(path: Path) -> Path:
    """As clerks keep it: a title over the table, numbers as numbers, a total below, errors in between."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("大智街道")
    sheet.merge_range("A1:H1", "大智街道残疾人两项补贴发放表（2026年10月）")
    for place, title in enumerate(TITLES):
        sheet.write(1, place, title)
    names = ["王秀兰", "李建国", "买买提·艾力", "赵敏", "陈桂兰", "刘洋", "周芳"]
    for n, name in enumerate(names):
        row = n + 2
        number = identity(n + 1)
        sheet.write(row, 0, n + 1)
        sheet.write(row, 1, name)
        if n == 3:
            sheet.write_number(row, 2, int(number[:17] + "0"))  # stored as a number: the last digits are lost
        else:
            sheet.write_string(row, 2, f" {number} ")
        sheet.write(row, 3, "重度护理" if n % 2 else "困难生活")
        sheet.write(row, 4, "8o.00" if n == 4 else 120 if n % 2 == 0 else 100)
        sheet.write(row, 5, "2026年10月")
        sheet.write(row, 6, "是" if n % 2 == 0 else "否")
        sheet.write(row, 7, f"1380013800{n}")
    sheet.write(len(names) + 2, 1, "合计")
    sheet.write_formula(len(names) + 2, 4, "=SUM(E3:E9)", value=660)
    book.add_worksheet("说明").write(0, 0, "本表由街道民政办填报")
    book.close()
    return path


def opened(download: Any) -> openpyxl.Workbook:
    """A workbook that was downloaded."""
    return openpyxl.load_workbook(io.BytesIO(Path(download.path()).read_bytes()))


def working(page: Page, state: str) -> Import:
    """The worker goes on, and the page sees it by itself."""
    for _turn in range(50):
        entry = Import.objects.latest("pk")
        if entry.state in ("planning", "writing", "undoing"):
            take_turn(entry)
        elif entry.state == state:
            return entry
        time.sleep(0.05)
    raise AssertionError(entry.state)


def chip(page: Page, word: str) -> None:
    """The page has become this state, without anybody reloading it."""
    page.wait_for_selector(f".page-head .chip:has-text('{word}')")


@pytest.mark.django_db(transaction=True)
def test_a_clerk_imports_an_awkward_file_mends_it_and_takes_it_back(
    visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    f.load_places()
    f.usual_standards()
    open_window()
    f.account("clerk", f.TOWNSHIP)
    f.account("decider", f.COUNTY)
    clerk = visitor()
    page = clerk.page
    clerk.log_in(CLERK)
    clerk.open("/imports/")
    clerk.sees("还没有导入过")
    clerk.looked_at("60-imports-empty")
    with page.expect_download() as taken:
        page.click("a:has-text('下载模板') >> nth=0")
    assert opened(taken.value).worksheets[0].cell(1, 1).value == "姓名*"

    with page.expect_navigation():
        page.keyboard.press("i")
    page.keyboard.press("1")
    clerk.looked_at("61-import-new")
    page.set_input_files("#id_file", awkward(tmp_path / "大智街道10月发放表.xlsx"))
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    the_columns_are_set(clerk)
    entry = the_plan_is_looked_at(clerk)
    it_is_written(clerk)
    assert Person.objects.count() == 5
    mended = the_errors_come_back_mended(clerk, tmp_path)
    assert Person.objects.count() == 7
    assert mended.counts == {"new": 2}
    it_is_taken_back(clerk, entry)
    assert Person.objects.count() == 2
    on_a_phone(visitor(390, 844), entry, mended)


def the_columns_are_set(clerk: Visitor) -> None:
    page = clerk.page
    chip(page, "待对列")
    clerk.sees("缺少") if page.query_selector(".alert-bad") else None
    page.select_option("select[name=column-4]", "amount")
    clerk.looked_at("62-import-columns")
    page.focus("select[name=column-4]")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def the_plan_is_looked_at(clerk: Visitor) -> Import:
    page = clerk.page
    chip(page, "正在核对")
    clerk.looked_at("63-import-planning")
    entry = working(page, "planned")
    chip(page, "待确认写入")
    clerk.sees("身份证号按数字存放，末尾几位已经丢失，无法推定")
    clerk.sees("金额不是数字")
    clerk.looked_at("64-import-planned")
    with page.expect_navigation():
        page.keyboard.press("w")
    page.fill("#confirm-reason", "上线数据，逐行核对")
    clerk.looked_at("65-import-confirm")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    clerk.sees("等另一人确认")
    clerk.looked_at("65b-import-waiting")
    agreed_by_another(entry)
    clerk.open(f"/imports/{entry.pk}/")
    return entry


def agreed_by_another(entry: Import) -> None:
    """The county's decider agrees to what waits about the import."""
    (proposal,) = waiting_for(subject_kind="import", subject_id=entry.pk)
    now = timezone.localtime()
    _effect, digest = effect_now(proposal, now.date())
    by = User.objects.get(appointments__role="decider")
    accept(proposal_id=proposal.pk, digest=digest, by=by, at=now, on=now.date())


def it_is_written(clerk: Visitor) -> None:
    page = clerk.page
    chip(page, "正在写入")
    with page.expect_navigation():
        page.keyboard.press("p")
    chip(page, "已暂停")
    clerk.looked_at("66-import-paused")
    with page.expect_navigation():
        page.keyboard.press("p")
    working(page, "done")
    chip(page, "已完成")
    clerk.sees("写入完成。")
    clerk.looked_at("67-import-done")


def place_of(titles: list[Any], *words: str) -> int:
    """The column whose title holds one of these."""
    return next(n for n, title in enumerate(titles) if any(word in title for word in words))


def the_errors_come_back_mended(clerk: Visitor, tmp_path: Path) -> Import:
    page = clerk.page
    with page.expect_download() as taken:
        page.click("text=错误表（原样加说明列）")
    book = opened(taken.value)
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    sheet.cell(2, place_of(titles, "证件号码", "身份证号") + 1).value = identity(4)
    sheet.cell(3, place_of(titles, "金额", "发多少") + 1).value = 80
    path = tmp_path / "改好.xlsx"
    book.save(path)
    clerk.open("/imports/new/?kind=recipients")
    page.set_input_files("#id_file", path)
    clerk.presses("text=上传并对列")
    clerk.presses("button[value=plan]")
    working(page, "planned")
    chip(page, "待确认写入")
    clerk.presses("text=写入… ")
    page.fill("#confirm-reason", "改好的两行")
    clerk.presses("button[value=write]")
    agreed_by_another(Import.objects.latest("pk"))
    clerk.open(f"/imports/{Import.objects.latest('pk').pk}/")
    mended = working(page, "done")
    chip(page, "已完成")
    return mended


def it_is_taken_back(clerk: Visitor, entry: Import) -> None:
    page = clerk.page
    clerk.open(f"/imports/{entry.pk}/")
    page.click("text=撤销导入")
    page.wait_for_selector("dialog[open]")
    page.screenshot(
        path=str(Path(__file__).resolve().parent.parent.parent / "build" / "journeys" / "68-import-undo.png")
    )
    page.fill("#undo-reason", "文件有误，整个撤销")
    clerk.presses("dialog[open] button:has-text('提交撤销')")
    agreed_by_another(entry)
    for _turn in range(20):
        found = Import.objects.get(pk=entry.pk)
        if found.state != "undoing":
            break
        take_turn(found)
    clerk.open(f"/imports/{entry.pk}/")
    chip(page, "已撤销")
    clerk.open("/imports/")
    clerk.looked_at("69-imports")


def on_a_phone(phone: Visitor, *entries: Import) -> None:
    phone.log_in(CLERK)
    wide = []
    for name, address in {
        "imports": "/imports/",
        "import-new": "/imports/new/",
        "import": f"/imports/{entries[1].pk}/",
    }.items():
        phone.open(address)
        phone.looked_at(f"phone-{name}")
        if (across := phone.page.evaluate("document.documentElement.scrollWidth")) > 390:
            wide.append(f"{name}: {across}")
    assert wide == []


def taken(kind: str, lines: list[str], name: str, by: User) -> Import:
    """A file written by the worker."""
    entry, _known = open_import(
        kind=kind_of(kind),
        division_code=f.COUNTY,
        name=name,
        parts=["\n".join(lines).encode()],
        by=by,
        at=timezone.now(),
    )
    with opened_file(large_file(entry.file_id)) as path:
        recognise_file(entry=entry, path=path, kind=kind_of(kind), by=by)
    for act in ("plan", "write"):
        start_pass(import_id=entry.pk, act=act, by=by, at=timezone.now())
        while (entry := Import.objects.get(pk=entry.pk)).state in ("planning", "writing"):
            take_turn(entry)
    return entry


@pytest.mark.django_db(transaction=True)
def test_a_county_lays_its_history_beside_its_books(visitor: Callable[..., Visitor]) -> None:
    f.load_places()
    f.usual_standards()
    open_window()
    by = f.account("payment_officer", f.COUNTY)
    f.account("supervisor", f.PROVINCE, username="42_supervisor")
    months = [str(month) for month in Month(2016, 1).until(Month(2019, 7))]
    lines = ["姓名,身份证号,月份,补贴类型,金额,发放部门"]
    lines += [f"王秀兰,{identity(1)},{month},护理补贴,{60 if month < '2018-01' else 80},县残联" for month in months]
    lines += [f"李建国,{identity(2)},{month},护理补贴,60,县残联" for month in months[:12]]
    entry = taken("history", lines, "江岸区_历史发放_2016-2019.csv", by)
    taken(
        "changes",
        [
            "姓名,身份证号,补贴类型,变更类型,生效月份,变更前,变更后,原因",
            f"王秀兰,{identity(1)},护理补贴,提标,2018-01,60,80,调整标准",
            f"王秀兰,{identity(1)},护理补贴,停发,2019-07,,,迁出",
        ],
        "变更.csv",
        by,
    )
    officer = visitor()
    page = officer.page
    officer.log_in("420102_payment_officer")
    officer.open("/imports/totals/")
    officer.sees("有数据、未申报")
    page.fill(
        "#id_lines",
        "\n".join(
            f"{month} 护理补贴 {2 if month < '2017-01' else 1} {120 if month < '2017-01' else 60}"
            for month in months[:18]
        ),
    )
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    officer.sees("已申报 18 项合计。")
    officer.presses("a:has-text('一致') >> nth=0")
    officer.looked_at("70-totals")
    officer.open(f"/imports/{entry.pk}/")
    officer.looked_at("71-import-history")
    officer.open("/batches/?state=recorded")
    officer.looked_at("72-batches-recorded")
    officer.open(f"/batches/{Batch.objects.filter(state='recorded').latest('pk').pk}/")
    officer.looked_at("73-batch-recorded")
    officer.open(f"/persons/{Person.objects.get(name='王秀兰').pk}/")
    officer.sees("上线前已发护理补贴")
    officer.sees("2016-01 至 2019-06，共 42 个月")
    officer.sees("上线前提标（护理补贴）")
    officer.looked_at("74-person-history")
    page.click(".why >> nth=0")
    page.wait_for_selector("#popover:has-text('历史台账实发')")
    above = visitor()
    above.log_in("42_supervisor")
    above.open("/imports/totals/")
    above.presses("a:has-text('武汉市') >> nth=0")
    above.looked_at("75-totals-city")
    phone = visitor(390, 844)
    phone.log_in("420102_payment_officer")
    phone.open("/imports/totals/")
    phone.looked_at("phone-totals")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
