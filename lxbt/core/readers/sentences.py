"""What may be wrong with a value, whichever door it came through: a sentence, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The problem in a sentence, and how to mend it."""

    problem: str
    mend: str


READING: dict[str, Words] = {
    "identity_form": Words("身份证号的位数或字符不对，应为 18 位", "对照身份证核对后改正"),
    "identity_check": Words("身份证号的校验位不对，号码里有写错的数字", "对照身份证逐位核对后改正"),
    "identity_birth": Words("身份证号里的出生日期不存在或不可能", "对照身份证核对第 7 至 14 位后改正"),
    "identity_digits_lost": Words(
        "身份证号按数字存放，末尾几位已经丢失，无法推定", "把这一列设为文本格式，按身份证重新填写"
    ),
    "identity_scientific": Words(
        "身份证号变成了科学计数的写法，末尾几位已经丢失", "把这一列设为文本格式，按身份证重新填写"
    ),
    "certificate_form": Words(
        "残疾人证号不对，应为 18 位身份证号加 1 位类别和 1 位等级，共 20 位",
        "对照残疾人证核对后改正，补办的后面加 B1、B2",
    ),
    "certificate_digits_lost": Words(
        "残疾人证号按数字存放，末尾几位已经丢失，无法推定", "把这一列设为文本格式，按残疾人证重新填写"
    ),
    "month_form": Words("月份的写法认不出来", "写成 2019-03 这样的年月"),
    "month_ambiguous": Words("按小数存放的年月分不清是 1 月还是 10 月", "写成 2019-01 或 2019-10"),
    "month_impossible": Words("没有这个月份，或早于 2016 年 1 月，或晚于下个月", "查原台账后改正年月"),
    "day_form": Words("日期的写法认不出来，或没有这一天", "写成 2019-03-05 这样的日期"),
    "day_future": Words("这个日期还没有到", "核对后改正日期"),
    "money_form": Words("金额不是数字，可能混入了字母或其他文字", "只填数字，例如 80.00"),
    "money_negative": Words("金额是负数", "补扣、退回的钱不在这里导入，填实际发放的金额"),
    "money_zero": Words("金额是 0", "没有发放的月份不要填，或填实际金额"),
    "money_places": Words("金额超过两位小数", "改成精确到分的金额"),
    "money_large": Words("金额大得不合情理", "核对小数点和单位，金额以元计"),
    "digits_foreign": Words("数字里有上标、带圈或其他文字的数字，不是 0 至 9", "改成普通的 0 至 9 后再填"),
    "name_long": Words("姓名超过 60 个字符，放不下", "对照身份证核对；证件上确有这么长的，请向上级报告"),
    "name_form": Words("姓名里有数字、符号或缺字", "只填姓名，说明写到备注列；生僻字按身份证填写"),
    "account_form": Words("银行账号的写法不对", "只填账号数字，不带银行名称"),
    "account_digits_lost": Words(
        "银行账号按数字存放，末尾几位已经丢失，无法推定", "把这一列设为文本格式，按存折或银行卡重新填写"
    ),
    "phone_form": Words("联系电话的写法不对", "填 11 位手机号，或带区号的座机号码"),
    "count_form": Words("这里应是整数", "只填数字"),
    "text_long": Words("文字太长", "缩短后重新导入：关系 20 字、银行 60 字、住址 200 字、其他 500 字以内"),
    "formula_error": Words("这一格的公式出错，没有数值", "把公式改成数值后重新导入"),
}
