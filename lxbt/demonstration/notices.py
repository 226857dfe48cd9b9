"""Notices on their way, some read, and a bulletin planned, through the real operations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lxbt.accounts.queries import user_named
from lxbt.core.clock import BEIJING
from lxbt.divisions.rules import NATION
from lxbt.notices.models import Circular
from lxbt.notices.operations.circulars import draft_circular, publish_circular
from lxbt.notices.operations.receipts import give_receipt, read_circular
from lxbt.notices.rules import Addressees, Content
from lxbt.rollout.operations.bulletins import BulletinPlan, plan_bulletin
from lxbt.rollout.rules.bulletins import FIRST_TEXT, FIRST_TITLE, Interval

HUBEI = "420000000000"
ASKED = """一、时间要求
请各地在回执期限前核对本地现有领取人的申报合计，差额逐笔说明。
二、工作要求
核对须经两人。发现同一人重复登记的，先在“疑似重复”中处理。
三、问题反馈
操作中的问题从页面上的“问题反馈”逐级提出，不得通过社交软件传送个人信息。"""
TOLD = """本系统每月 2 日凌晨按规则比对全国数据，疑似情形作为预警派到县级。
请县级在工作台查看，入户核实后提出结论。预警是疑似，不是结论，核实前不停发、不追缴。"""


def notices(day: date) -> None:
    """A notice of the ministry, an urgent one of a province with receipts, a monthly bulletin; nothing when it was done
    before.
    """
    nation, province = user_named("00_coordinator"), user_named("42_coordinator")
    if nation is None or province is None or Circular.objects.exists():
        return

    def at(days: int, hour: int) -> datetime:
        return datetime.combine(day - timedelta(days=days), time(hour, 20), BEIJING)

    told = Content(
        title="关于做好每月数据比对预警核实的通知",
        text=TOLD,
        to=Addressees(NATION, (1, 2, 3, 4)),
        issuer="演示单位（部级）",
        number="演示〔2026〕3号",
    )
    first = draft_circular(content=told, from_code=NATION, by=nation, at=at(12, 9))
    publish_circular(circular_id=first.pk, by=nation, at=at(12, 10))
    asked = Content(
        title="关于核对现有领取人申报合计的通知",
        text=ASKED,
        to=Addressees(HUBEI, (2, 3, 4)),
        issuer="演示单位（湖北省）",
        number="演示鄂〔2026〕12号",
        addressee="各市、州、县民政局和残联，各乡镇、街道",
        urgent=True,
        receipt_due_on=day + timedelta(days=5),
    )
    second = draft_circular(content=asked, from_code=HUBEI, by=province, at=at(3, 14))
    publish_circular(circular_id=second.pk, by=province, at=at(3, 15))
    for name, reply in (("420102_decider", "已部署到各街道"), ("420102_reviewer", "")):
        reader = user_named(name)
        if reader is not None:
            read_circular(circular_id=first.pk, by=reader, at=at(11, 9))
            give_receipt(circular_id=second.pk, reply=reply, by=reader, at=at(2, 9))
    plan = BulletinPlan(
        title=FIRST_TITLE,
        number="演示鄂通报〔{年}〕{期}号",
        issuer="演示单位（湖北省）",
        addressee="各市、州、县民政局和残联",
        text=FIRST_TEXT,
        area=HUBEI,
        levels=(2, 3),
        interval=Interval.MONTHLY,
        day=10,
        at=time(9, 0),
        receipt_days=7,
    )
    plan_bulletin(plan=plan, from_code=HUBEI, by=province, at=at(1, 9))
