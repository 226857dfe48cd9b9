"""How each figure is made, from when it is, and how it differs from its sisters; and the words for causes."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.entitlements.rules import REASONS


@dataclass(frozen=True)
class Definition:
    """A figure explained: its name, how it is made, and what it is not."""

    name: object  # lazy text
    made: object
    differs: object


MONTH = (
    Definition(
        lazy("领取人（生活、护理）"),
        lazy("本月批次已复核、应发金额大于零的人，两项各计一次；退票的人仍有待遇，计在内。"),
        lazy("与“享受补贴”（人员查询）不同：那里是今天有待遇的人，本月还没有列入批次的也计在内。"),
    ),
    Definition(
        lazy("新增、停发"),
        lazy("与上月批次相比，本月开始和不再有待遇的人项，原因见“新增原因”“停发原因”。"),
        lazy("退票不是停发，重发不是新增；没有上月批次的第一个月不计新增。上月人数＋新增－停发＝本月人数。"),
    ),
    Definition(
        lazy("本月发放"),
        lazy("本月各批次的常规、补发、抵扣之和，退票的不计；补发和抵扣可以属于以前的月份。"),
        lazy("与银行实际到账的差，是还没有回盘的和退票的。"),
    ),
    Definition(
        lazy("退票未补"),
        lazy("本月批次中银行退回、到现在还没有重新发出的笔数。"),
        lazy("是笔数，不是人数；补发后自动减少。"),
    ),
)
COVERAGE = (
    Definition(
        lazy("有效持证"),
        lazy("今天户籍在本地，证件没有到期、冻结、注销，人没有去世、迁出。"),
        lazy("与残联登记的总数不同：失效的不计。"),
    ),
    Definition(
        lazy("护理补贴、生活补贴"),
        lazy("有效持证的人中，今天有待遇的（暂停的不计）。“实发”是最近一个已结束月份批次中的人。"),
        lazy("有待遇的人和实发的人相差的，是尚未列入批次的、待确认的和当月才开始的。"),
    ),
    Definition(
        lazy("护理覆盖、生活覆盖"),
        lazy("一、二级持证人中有护理补贴的比例；低保和低保边缘持证人中有生活补贴的比例。"),
        lazy("三、四级领取护理补贴的人不在分子里，所以不会高于 100%。"),
    ),
)
CAUSES = {
    "deceased": lazy("死亡"),
    "moved_out": lazy("户籍迁出"),
    "imprisoned": lazy("服刑"),
    "certificate_missing": lazy("没有残疾人证"),
    "certificate_expired": lazy("证件到期"),
    "certificate_frozen": lazy("证件冻结"),
    "certificate_cancelled": lazy("证件注销"),
    "destitute": lazy("纳入特困供养"),
    "work_injury_care": lazy("领取工伤生活护理费"),
    "orphan": lazy("领取孤儿基本生活费"),
    "de_facto_orphan": lazy("领取事实无人抚养儿童补贴"),
    "retired_cadre": lazy("享受离休待遇"),
    "higher_other_benefit": lazy("择高享受老年人护理补贴"),
    "long_term_care": lazy("没有长期照护需要"),
    "not_covered": lazy("不再符合任何一条标准"),
    "suspended": lazy("暂停"),
    "ended": lazy("资格终止（放弃、退出）"),
    "moved_away": lazy("迁往外县"),
    "held": lazy("往月或资格待确认"),
    "not_drawn": lazy("有待遇，未列入本月批次"),
    "granted": lazy("新审定"),
    "resumed": lazy("恢复享受"),
    "moved_in": lazy("外县迁入"),
    "eligible_again": lazy("重新符合条件"),
    "drawn_again": lazy("有待遇，上月未列入批次"),
}


def cause_words(cause: str) -> str:
    """A cause on the screen; a reason of the rule without a short word in its own sentence."""
    if cause in CAUSES:
        return str(CAUSES[cause])
    return _(REASONS[cause].sentence) if cause in REASONS else cause
