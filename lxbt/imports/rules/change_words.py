"""Words of changes and of decisions, as counties write them."""

from __future__ import annotations

from collections.abc import Mapping

CHANGES: Mapping[str, str] = {
    word: key
    for key, words in {
        "new": (
            "新增",
            "新办",
            "新申请",
            "增加",
            "初次申请",
            "首次",
            "新增享受",
            "新增人员",
            "增",
            "新享受",
            "新纳入",
            "纳入",
            "首次发放",
            "新审批",
            "new",
        ),
        "stop": (
            "停发",
            "停止",
            "退出",
            "取消",
            "减少",
            "注销",
            "终止",
            "停止发放",
            "减",
            "停保",
            "核减",
            "死亡",
            "死亡停发",
            "死亡退出",
            "取消资格",
            "停发补贴",
            "终止发放",
            "减员",
            "stop",
        ),
        "rise": (
            "提标",
            "调标",
            "标准调整",
            "调整标准",
            "提高标准",
            "标准提高",
            "标准变更",
            "调待",
            "调增",
            "标准提标",
            "补贴提标",
            "rise",
        ),
        "grade": (
            "等级变更",
            "级别变更",
            "等级变化",
            "残疾等级变更",
            "等级调整",
            "残疾等级变化",
            "类别变更",
            "残疾类别变更",
            "等级",
            "类别等级变更",
            "残疾等级调整",
            "grade",
        ),
        "move_in": ("迁入", "转入", "户籍迁入", "迁移转入", "户口迁入", "move_in"),
        "move_out": ("迁出", "转出", "户籍迁出", "迁移转出", "户口迁出", "迁移", "move_out"),
        "suspend": ("暂停", "暂停发放", "缓发", "暂缓", "暂缓发放", "中止", "suspend"),
        "resume": ("恢复", "恢复发放", "续发", "复发", "重新享受", "恢复享受", "续领", "resume"),
        "arrears": ("补发", "arrears", "补发放", "追补", "补差", "补发差额", "提标补发", "补发补贴"),
        "other": (
            "变更",
            "调整",
            "其他",
            "其它",
            "其他变更",
            "信息变更",
            "银行账号变更",
            "账号变更",
            "账户变更",
            "追缴",
            "其他变动",
            "other",
        ),
    }.items()
    for word in words
}

DECISIONS: Mapping[str, str] = {
    **dict.fromkeys(("granted", "同意", "批准", "通过", "审批通过", "给予", "予以批准", "准予", "合格"), "granted"),
    **dict.fromkeys(
        ("refused", "不同意", "不批准", "不通过", "未通过", "不予", "不予批准", "拒绝", "不合格", "退回"), "refused"
    ),
    **dict.fromkeys(("withdrawn", "撤回", "撤销", "放弃", "撤销申请", "主动放弃"), "withdrawn"),
    **dict.fromkeys(("pending", "办理中", "审核中", "在办", "待审定", "未办结"), "pending"),
}
