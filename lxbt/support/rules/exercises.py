"""The exercises of practice mode: what to do, in the words of the screen. Pure; what checks them is in `lxbt.practice`.

A role is trained when all of its exercises have been passed; a role without exercises is not counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    """One thing to do in the practice county.

    `start` names the address where it begins; texts are Chinese, as on the screen.
    """

    key: str
    role: str
    title: str
    story: str
    steps: tuple[str, ...]
    hint: str
    start: str


EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        "clerk_apply",
        "clerk",
        "在窗口受理一件申请",
        "张练习本人带着身份证和残疾人证来申请两项补贴，家里是低保，城镇户口，生活需要长期照护。",
        (
            "打开“窗口受理”，按下面给的号码填写，两项补贴都选上。",
            "办理人选本人，长期照护选 6 个月以上，账户填下面给的。",
            "材料勾上身份证和残疾人证。",
            "看右边能领多少，再点“受理并转初审”。",
        ),
        "号码可以从题目里抄；提交按钮不亮时，旁边会说还缺几项。",
        "application_new",
    ),
    Exercise(
        "clerk_return",
        "clerk",
        "缺材料的退回补正，补齐后送回",
        "李练习的申请少了残疾人证，请他补来。",
        (
            "在“待我办理”里打开李练习的申请。",
            "写明缺残疾人证，点“退回，请补正”。",
            "假定他当天补来了：再打开这一件，写一句收到什么，点“已补正，送回原环节”。",
        ),
        "退回以后，在“待我办理”的“退回补正”标签里能找到它。",
        "inbox",
    ),
    Exercise(
        "clerk_account",
        "clerk",
        "给换了银行卡的人更正账户",
        "王练习换了社保卡，带着新卡来窗口。",
        (
            "在“人员查询”按姓名找到王练习，打开人员页。",
            "点“更正账户”，填下面给的新账号，户名是他本人。",
            "再点“更正账户”保存。",
        ),
        "旧账户不会删掉，只是从今天起不再用。",
        "persons",
    ),
    Exercise(
        "verifier_visit",
        "verifier",
        "入户核实一条预警",
        "比对提示周练习可能已经去世。您到他家，他本人开的门。",
        (
            "打开“预警核实”，点开周练习的一条，点“入户核实”。",
            "拍一张照片，或者选一张图片作为凭据。",
            "结论选不属实，核实方式选入户，写一句看到的情况和依据。",
            "点“提交县民政复核”。",
        ),
        "没有凭据交不上去；预警是疑似，他的补贴没有停过。",
        "alerts",
    ),
    Exercise(
        "reviewer_pass",
        "reviewer",
        "审核一件申请的残疾人证",
        "张练习的申请初审过了，等残联审核。",
        (
            "在“待我办理”里打开张练习的申请。",
            "看残疾人证的号码、类别、等级和有效期。",
            "两项补贴都选“通过”，写意见，提交。",
        ),
        "残联看残疾状况，家庭经济不在这里看。",
        "inbox",
    ),
    Exercise(
        "decider_decide",
        "decider",
        "审定两件：一件给，一件不给",
        "张练习两项都符合；赵练习是三级残疾人，申请的是护理补贴，当地只发一、二级。",
        (
            "在“待我办理”里打开张练习的申请，两项都选“通过”，写意见，提交审定结果。",
            "打开赵练习的申请，看计算结果里的理由。",
            "护理补贴选“不予”，写明为什么，提交审定结果。",
        ),
        "不予的意见会写进告知书，写清楚是哪一条不符。",
        "inbox",
    ),
    Exercise(
        "officer_draw",
        "payment_officer",
        "编制本月的发放批次",
        "三个人审定了，等着本月发放。",
        ("打开“发放批次”，点“编制批次”。", "选练习县和本月，点“编制”。", "看合计和笔数，再看和上月差在哪里。"),
        "再编制一次也不会重复：只带出其间的变化。",
        "batches",
    ),
    Exercise(
        "officer_correct",
        "payment_officer",
        "更正一笔退票的账户",
        "银行回盘里，孙练习的一笔退了票：户名不符。",
        (
            "打开“退票与账户”，找到孙练习。",
            "点“更正账户”，填下面给的账号，户名是他本人。",
            "再点“更正账户”保存，钱随下一批次重发。",
        ),
        "更正以前，他的两项补贴都暂缓。",
        "failed_items",
    ),
    Exercise(
        "approver_approve",
        "payment_approver",
        "复核并锁定一个批次",
        "同事编制了本月的批次，等您复核。",
        (
            "打开“发放批次”，点要复核的批次。",
            "看合计、笔数和差在哪里，点开一笔看来由。",
            "照着输入合计数，点“复核通过并锁定”。",
        ),
        "合计数要输得和页面上一样，按钮才会亮。",
        "batches",
    ),
    Exercise(
        "drafter_draft",
        "standard_drafter",
        "起草一行提高了的标准",
        "县里发文，把护理补贴提高到每人每月 150 元。",
        (
            "打开“补贴标准”，点“起草标准”：地区选练习县，依据填下面给的文号，点“下一步：填表”。",
            "点“加一行”：补贴选护理，金额填 150，等级选一级和二级，点“保存这一行”。",
            "看右边的测算。",
        ),
        "起草的人不能自己发布。",
        "standards",
    ),
)
BY_KEY = {exercise.key: exercise for exercise in EXERCISES}
TRAINED_ROLES = tuple(dict.fromkeys(exercise.role for exercise in EXERCISES))


def of_role(role: str) -> tuple[Exercise, ...]:
    """The exercises of a role, in order."""
    return tuple(exercise for exercise in EXERCISES if exercise.role == role)


def finished(role: str, passed: Collection[str]) -> bool:
    """Whether somebody who passed these exercises is trained in the role."""
    wanted = of_role(role)
    return bool(wanted) and all(exercise.key in passed for exercise in wanted)
