"""Columns that tell what was applied for, decided and changed."""

from __future__ import annotations

from lxbt.imports.rules.kinds.shapes import Column, titles

CHANGE = Column(
    "change",
    "变更类型",
    "change",
    titles(
        "变更 变动类型 变动情况 变更情况 变更类别 变动 异动类型 异动 变化类型 变更种类 "
        "增减类型 增减情况 变化情况 变更事项 变动类别 业务类型 办理类型"
    ),
    note="新增、停发、提标、等级变更、迁入、迁出、暂停、恢复、其他。",
    example="新增",
)


REASON = Column(
    "reason",
    "原因",
    "text",
    titles("变更原因 变动原因 停发原因 事由 异动原因 变更事由 增减原因 变化原因 退出原因 新增原因 停发事由 减少原因"),
    note="例如死亡、残疾人证过期。",
    example="",
)


EFFECTIVE = Column(
    "month",
    "生效月份",
    "month",
    titles(
        "生效年月 执行月份 变更月份 变动月份 执行年月 起始月份 停发月份 新增月份 月份 "
        "年月 生效时间 执行时间 变更时间 变动时间 变更年月 变动年月 停发时间 生效月 "
        "执行月 异动月份 起效月份"
    ),
    required=True,
    note="从哪个月起这样发，写成 2019-03。",
    example="2019-03",
)


OLD = Column(
    "old_value",
    "变更前",
    "text",
    titles("原值 变动前 原标准 原等级 变更前内容 原金额 变更前标准 变更前等级 原内容"),
    note="变更前的标准、等级或住址。",
    example="",
)


NEW = Column(
    "new_value",
    "变更后",
    "text",
    titles("新值 变动后 新标准 现标准 新等级 现等级 变更后内容 现金额 变更后标准 变更后等级 现内容 新金额"),
    note="变更后的标准、等级或住址。",
    example="",
)


DECIDED = Column(
    "decided_on",
    "审定日期",
    "past",
    titles("审批日期 批准日期 审定时间 审批时间 批准时间 办理日期 决定日期 办理时间 审核日期"),
    note="写成 2019-03-05。",
    example="2019-03-05",
)


APPLIED = Column(
    "applied_on",
    "申请日期",
    "past",
    titles("申请时间 提出申请日期 登记日期 申报日期 申报时间 递交日期"),
    required=True,
    note="写成 2026-03-05。",
    example="2026-03-05",
)


ACCEPTED_ON = Column(
    "accepted_on",
    "受理日期",
    "past",
    ("受理时间", "乡镇受理日期", "收件日期"),
    note="乡镇（街道）受理的日子。",
    example="2026-03-05",
)


REVIEWED_ON = Column(
    "reviewed_on",
    "残联审核日期",
    "past",
    ("县残联审核日期", "残联审核时间", "审核日期"),
    note="县级残联审核的日子。",
    example="2026-03-20",
)


NOTICED_ON = Column(
    "noticed_on", "公示日期", "past", ("公示时间", "公示开始日期"), note="公示开始的日子；没有公示的留空。"
)


DECISION = Column(
    "decision",
    "办理结果",
    "decision",
    titles("审批结果 审定结果 审批意见 审核结果 办理状态 结果"),
    required=True,
    note="同意、不同意、撤回或办理中。",
    example="同意",
)
