"""The main job end to end, by the people who do it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from tests import factories as f
from tests.journeys.conftest import Visitor
from tests.web.test_scope import PNG

NEW = {"username": "420102002_li", "name": "李敏", "password": "window-clerk-77"}


@pytest.mark.django_db(transaction=True)
def test_from_an_opened_account_to_the_sum_the_ministry_sees(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    f.load_places()
    f.usual_standards()
    for role in (
        "administrator",
        "security_administrator",
        "reviewer",
        "decider",
        "payment_officer",
        "payment_approver",
    ):
        f.account(role, f.COUNTY)
    f.account("supervisor", f.NATION, username="00_supervisor")
    f.account("clerk", f.TOWNSHIP, username="second_clerk")
    month = f"{timezone.localdate():%Y-%m}"

    slip = the_county_opens_an_account(visitor())
    first = f"{slip}-{another_sees_the_identity_card(visitor())}"
    numbers = the_clerk_takes_two_applications(visitor(), first)
    for number in numbers:
        an_official_passes(visitor(), "420102_reviewer", number, "残联")
        an_official_passes(visitor(), "420102_decider", number, "民政")
    officer = visitor()
    total = a_batch_is_drawn(officer, month)
    another_person_approves(visitor(), total)
    failed = the_file_goes_out_and_comes_back_with_one_failure(officer, tmp_path)
    the_failure_is_corrected(officer, tmp_path)
    another_person_agrees(visitor())
    second = a_batch_is_drawn(officer, month)
    assert second == failed
    another_person_approves(visitor(), second)
    the_second_file_is_paid(officer, tmp_path)
    the_ministry_sees(visitor(), total)


def the_county_opens_an_account(admin: Visitor) -> str:
    admin.open("/login/")
    admin.looked_at("01-login")
    admin.log_in("420102_administrator")
    admin.open("/accounts/")
    admin.looked_at("02-accounts")
    admin.presses("text=开通账号")
    admin.page.fill("#id_name", NEW["name"])
    admin.page.fill("#id_username", NEW["username"])
    admin.page.fill("#id_identity_number", f.number_of(NEW["username"]))
    admin.page.select_option("#id_place", f.TOWNSHIP)
    admin.page.check("input[name=roles][value=clerk]")
    admin.looked_at("03-account-new")
    admin.presses("main button:has-text('开通账号')")
    password = admin.page.inner_text("#opened-password")
    admin.looked_at("04-account-opened")
    return password


def another_sees_the_identity_card(guard: Visitor) -> str:
    guard.log_in("420102_security_administrator")
    guard.open("/accounts/second-halves/")
    guard.page.fill("main input[name=identity_number]", f.number_of(NEW["username"]))
    guard.looked_at("04-second-half")
    guard.presses("main button:has-text('人证相符')")
    guard.looked_at("04-second-half-given")
    return guard.page.inner_text("#second-half")


def the_clerk_takes_two_applications(clerk: Visitor, first_password: str) -> list[str]:
    page = clerk.page
    clerk.log_in(NEW["username"], first_password)
    clerk.looked_at("05-first-password")
    page.fill("#id_old", first_password)
    page.fill("#id_new", NEW["password"])
    page.fill("#id_again", NEW["password"])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    clerk.looked_at("06-workbench-empty")
    numbers = []
    for serial, name in ((11, "张建国"), (22, "王秀英")):
        with page.expect_navigation():
            page.keyboard.press("n")
        fill_application(clerk, f.identity_number(serial=serial), name)
        if not numbers:
            clerk.looked_at("07-application-new")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        clerk.sees("已受理")
        numbers.append(page.url.rstrip("/").rsplit("/", 1)[1])
        if len(numbers) == 1:
            clerk.looked_at("08-case-examine")
            clerk.open(f"/applications/{numbers[0]}/receipt/")
            clerk.looked_at("09-receipt")
    for number in numbers:
        clerk.open(f"/applications/{number}/")
        clerk.presses("button[name=act][value=pass]")
    clerk.open("/inbox/")
    clerk.sees("没有等您办理的件")
    return numbers


def fill_application(clerk: Visitor, number: str, name: str) -> None:
    page = clerk.page
    page.fill("#id_id_number", number)
    page.fill("#id_name", name)
    page.select_option("#id_division", f.TOWNSHIP)
    page.fill("#id_certificate_number", number + "42")
    page.fill("#id_issued_on", "2024-05-10")
    page.fill("#id_valid_until", "2034-05-09")
    page.select_option("#id_area", "urban")
    page.select_option("#id_economic", "dibao")
    page.check("input[name=subsidies][value=living]")
    page.check("input[name=subsidies][value=care]")
    page.check("input[name=long_term_care][value=yes]")
    page.fill("#id_phone", "13800138000")
    page.fill("#id_account_number", "6222020000000000" + number[-4:-1])
    page.fill("#id_bank", "汉口银行")
    page.fill("#id_holder", name)
    page.check("input[name=papers][value=id_card]")
    page.check("input[name=papers][value=certificate]")
    page.wait_for_selector("#estimate >> text=220.00")


def an_official_passes(official: Visitor, username: str, number: str, step: str) -> None:
    official.log_in(username)
    official.open("/inbox/")
    official.looked_at(f"10-inbox-{username}")
    official.open(f"/applications/{number}/")
    official.sees(
        "护理补贴" if "reviewer" in username else "120.00"
    )  # the Federation sees the disability, not the household and what it comes to
    official.looked_at(f"11-case-{username}")
    official.page.fill("#id_opinion", f"{step}审查无误。")
    official.presses("button[name=act][value=pass]")
    official.sees("已办理")


def a_batch_is_drawn(officer: Visitor, month: str) -> str:
    page = officer.page
    if "/login/" in page.url or page.url == "about:blank":
        officer.log_in("420102_payment_officer")
    officer.open("/batches/draw/")
    page.select_option("#id_payer", f.COUNTY)
    page.fill("#id_month", month)
    officer.looked_at("12-draw")
    officer.presses("main button:has-text('编制')")
    officer.sees("您是编制人，不能复核")
    officer.looked_at("13-batch-drawn")
    return page.inner_text(".tile-value >> nth=0").strip()


def another_person_approves(approver: Visitor, total: str) -> None:
    page = approver.page
    approver.log_in("420102_payment_approver")
    approver.open("/batches/?state=drawn")
    approver.looked_at("14-batches")
    approver.presses("main a:has-text('复核') >> nth=-1")
    page.fill("input[name=typed]", total)
    approver.looked_at("15-batch-approve")
    approver.presses("button[value=approve]")
    approver.sees("已复核并锁定")


def the_file_goes_out_and_comes_back_with_one_failure(officer: Visitor, folder: Path) -> str:
    page = officer.page
    page.reload()
    with page.expect_download() as download:
        page.click("button:has-text('导出银行文件')")
    sent = folder / "out.csv"
    download.value.save_as(sent)
    rows = list(csv.DictReader(io.StringIO(sent.read_bytes().decode("gb18030"))))
    lines = [row for row in rows if row["序号"] != "合计"]
    assert len(lines) == 4
    assert sum(float(row["金额"]) for row in lines) == 440
    result = folder / "result.csv"
    result.write_bytes(bank_result(lines, fail=0).encode("gb18030"))
    take_result(officer, result)
    officer.sees("退票 1 笔")
    officer.looked_at("16-batch-with-failure")
    return lines[0]["金额"]


def bank_result(lines: list[dict[str, str]], fail: int | None) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["序号", "账号", "户名", "金额", "状态", "原因"])
    for place, row in enumerate(lines):
        bad = place == fail
        writer.writerow(
            [row["序号"], row["账号"], row["户名"], row["金额"], "失败" if bad else "成功", "户名不符" if bad else ""]
        )
    return out.getvalue()


def take_result(officer: Visitor, file: Path) -> None:
    page = officer.page
    officer.open("/results/")
    page.set_input_files("#id_file", file)
    officer.presses("main button:has-text('导入回盘')")


def the_failure_is_corrected(officer: Visitor, folder: Path) -> None:
    page = officer.page
    officer.open("/failed/")
    officer.sees("户名不符")
    officer.looked_at("17-failed")
    officer.presses("main a:has-text('更正账户')")
    page.fill("#id_account_number", "6222020000000000999")
    page.fill("#id_bank", "汉口银行")
    page.fill("#id_reason", "户名不符，本人提供新卡")
    paper = folder / "card.png"
    paper.write_bytes(PNG)
    page.set_input_files("#id_paper", paper)
    officer.looked_at("18-account-corrected")
    officer.presses("main form button[type=submit]:has-text('账户')")
    officer.sees("另一人")
    officer.looked_at("19-person")


def another_person_agrees(second: Visitor) -> None:
    second.log_in("second_clerk")
    second.open("/proposals/")
    second.looked_at("19a-proposals")
    second.presses("main h2 a")
    second.looked_at("19b-proposal")
    second.presses("button[name=act][value=accept]")
    second.sees("已同意")


def the_second_file_is_paid(officer: Visitor, folder: Path) -> None:
    page = officer.page
    page.reload()
    with page.expect_download() as download:
        page.click("button:has-text('导出银行文件')")
    sent = folder / "second.csv"
    download.value.save_as(sent)
    lines = [row for row in csv.DictReader(io.StringIO(sent.read_bytes().decode("gb18030"))) if row["序号"] != "合计"]
    assert len(lines) == 1
    result = folder / "second-result.csv"
    result.write_text(bank_result(lines, fail=None), encoding="utf-8")
    officer.open("/results/")
    label = page.inner_text("#id_batch option:has-text('第 2 批')")
    page.select_option("#id_batch", label=label)
    page.set_input_files("#id_file", result)
    officer.presses("main button:has-text('导入回盘')")
    officer.sees("成功 1 笔")


def the_ministry_sees(ministry: Visitor, total: str) -> None:
    ministry.log_in("00_supervisor")
    ministry.open("/statistics/")
    ministry.looked_at("20-nation")
    ministry.sees(total)
    ministry.presses("main table a:has-text('看下级') >> nth=0")
    assert date.today().year >= 2026
