"""A bulletin from its plan to the receipts: planned, made when its time comes, published, read, receipted, urged; and a
notice written, corrected, withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from lxbt.notices.models import Circular
from lxbt.rollout.models import Bulletin
from lxbt.rollout.operations.bulletins import issue_due
from lxbt.statistics.models import Figure
from tests import factories as f
from tests.documents.test_typesetting import pages_of
from tests.journeys.conftest import BOTH, Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def figures() -> None:
    """Two months of the province, a city and the nation."""
    for month, living in ((date(2026, 9, 1), 1200), (date(2026, 10, 1), 1234)):
        for code, level in ((f.PROVINCE, 1), (f.CITY, 2)):
            for subsidy in ("living", "care"):
                Figure.objects.create(
                    month=month,
                    division_code=code,
                    level=level,
                    subsidy=subsidy,
                    persons=living,
                    started=9,
                    stopped=3,
                    items=living,
                    regular=Decimal(living) * 80,
                )


def test_a_bulletin_from_its_plan_to_the_receipts(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    f.load_places()
    figures()
    f.account("coordinator", f.PROVINCE, username="coordinator")
    f.account("decider", f.COUNTY, username="decider")
    f.account("reviewer", f.COUNTY, username="reviewer")

    # a coordinator plans it
    coordinator = visitor()
    coordinator.log_in("coordinator")
    coordinator.open("/bulletins/new/")
    coordinator.looked_at("bulletin-new", *BOTH)
    coordinator.page.fill("#id_number", "鄂民通报〔{年}〕{期}号")
    coordinator.page.select_option("#id_interval", "daily")
    coordinator.page.fill("#id_receipt_days", "7")
    coordinator.presses("form[data-main] button.btn-primary")
    coordinator.sees("已保存，下一期")
    coordinator.open("/bulletins/")
    coordinator.looked_at("bulletins", *BOTH)

    # its time comes
    plan = Bulletin.objects.get()
    assert issue_due(at=timezone.localtime(plan.next_due_at)) == 1

    # somebody looks, and it goes out
    coordinator.open("/notices/")
    coordinator.sees("已按时生成，请审阅后发布")
    coordinator.presses("form[action^='/notices/'] button.btn-sm")
    coordinator.sees("湖北省残疾人两项补贴工作情况通报")
    coordinator.sees("享受困难残疾人生活补贴1,234人")
    coordinator.presses(".page-head a.btn-primary")
    coordinator.sees("发布给 2 个单位")
    coordinator.looked_at("bulletin-publish", *BOTH)
    coordinator.presses("button[value=publish]")
    coordinator.sees("已发布，收文单位现在可以看到")
    sent = Circular.objects.get()

    # the dashboard says the same
    coordinator.open(f"/statistics/?code={f.PROVINCE}")
    coordinator.sees("1,234")

    # the county sees it, reads it, gives the receipt, keeps the PDF
    decider = visitor()
    decider.log_in("decider")
    decider.open("/notices/")
    decider.sees("湖北省残疾人两项补贴工作情况通报")
    decider.looked_at("notices", *BOTH)
    decider.presses("table a >> nth=0")
    decider.sees("未读")
    decider.sees("1,234")
    decider.looked_at("bulletin-read", *BOTH)
    with decider.page.expect_download() as downloading:
        decider.page.click(".page-head a.btn")
    downloading.value.save_as(tmp_path / "bulletin.pdf")
    pdf = (tmp_path / "bulletin.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) >= 2
    decider.page.fill("#reply", "已转各街道")
    decider.presses("button[name=receipt]")
    decider.sees("您单位已于")

    # the coordinator sees the receipt and urges the others
    coordinator.open(f"/circulars/{sent.pk}/receipts/?show=received")
    coordinator.sees("江岸区民政部门")
    coordinator.sees("已转各街道")
    coordinator.looked_at("receipts", *BOTH)
    coordinator.presses("button[value=remind]")
    coordinator.sees("已提醒 1 个单位")
    reviewer = visitor()
    reviewer.log_in("reviewer")
    reviewer.open("/notices/")
    reviewer.sees("请尽快阅读并签收")


def test_a_notice_is_written_corrected_and_withdrawn(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    f.load_places()
    f.account("coordinator", f.COUNTY, username="coordinator")
    f.account("clerk", f.TOWNSHIP, username="clerk")
    paper = tmp_path / "form.pdf"
    paper.write_bytes(b"%PDF-1.7\n%%EOF")
    coordinator = visitor()
    coordinator.log_in("coordinator")
    coordinator.open("/circulars/new/")
    coordinator.looked_at("notice-new", *BOTH)
    coordinator.page.fill("#id_title", "关于年底前核对账户的通知")
    coordinator.page.fill("#id_text", "一、时间\n十二月十日前完成。")
    coordinator.page.check("#id_urgent")
    coordinator.page.set_input_files("#file", paper)
    coordinator.presses("button[value=publish]")
    coordinator.presses("button[value=publish]")

    clerk = visitor()
    clerk.log_in("clerk")
    clerk.sees("特急通知待阅")
    clerk.looked_at("notice-urgent", *BOTH)
    clerk.presses(".alert a")
    clerk.sees("form.pdf")
    clerk.looked_at("notice-read", *BOTH)
    clerk.presses("form[action$='/read/'] button")
    clerk.sees("已读")

    coordinator.presses("button[value=correct]")
    coordinator.page.fill("#id_changed", "期限改到十二月二十日")
    coordinator.page.fill("#id_text", "一、时间\n十二月二十日前完成。")
    coordinator.presses("button[value=publish]")
    coordinator.presses("button[value=publish]")
    clerk.open("/notices/")
    clerk.sees("您单位读过的通知已更正")
    clerk.open(f"/circulars/{Circular.objects.get(state='corrected').pk}/")
    clerk.sees("期限改到十二月二十日")
    clerk.looked_at("notice-corrected", *BOTH)

    new = Circular.objects.get(state="published")
    coordinator.open(f"/circulars/{new.pk}/")
    coordinator.page.click("button[data-dialog=withdraw]")
    coordinator.page.fill("#withdraw-reason", "与上级通知重复")
    coordinator.presses("#withdraw button.btn-danger-solid")
    coordinator.sees("已撤回")
    clerk.open(f"/circulars/{new.pk}/")
    clerk.sees("与上级通知重复")
    clerk.sees("正文已不再显示")
    clerk.looked_at("notice-withdrawn", *BOTH)
