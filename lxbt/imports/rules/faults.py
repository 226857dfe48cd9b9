"""What may be wrong with a cell: a sentence for the person who sent the file, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong (or worth saying) in one cell. `shown` is the cell as it stands in the file."""

    column: str
    code: str
    shown: str


@dataclass(frozen=True, slots=True)
class Words:
    """The problem in a sentence, and how to mend it."""

    problem: str
    mend: str


FAULTS: dict[str, Words] = {
    "missing": Words("这一格是必填的，没有填", "补填后重新导入这一行"),
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
    "certificate_other_person": Words("残疾人证号的前 18 位与身份证号不一致", "核对是哪一个号码写错，或是串了行"),
    "certificate_class": Words("残疾人证号末两位与残疾类别、等级两列不一致", "对照残疾人证，改正证号或类别、等级"),
    "subsidy_unknown": Words("补贴类型认不出来", "填“生活补贴”或“护理补贴”"),
    "subsidy_both": Words("一格里写了两项补贴", "分成两行，每行一项补贴"),
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
    "name_form": Words("姓名里有数字、符号或缺字", "只填姓名，说明写到备注列；生僻字按身份证填写"),
    "account_form": Words("银行账号的写法不对", "只填账号数字，不带银行名称"),
    "account_digits_lost": Words(
        "银行账号按数字存放，末尾几位已经丢失，无法推定", "把这一列设为文本格式，按存折或银行卡重新填写"
    ),
    "phone_form": Words("联系电话的写法不对", "填 11 位手机号，或带区号的座机号码"),
    "economic_unknown": Words("低保类别认不出来", "填低保、低保边缘、低收入、支出型困难、特困或无"),
    "category_unknown": Words("残疾类别认不出来", "填视力、听力、言语、肢体、智力、精神或多重"),
    "grade_unknown": Words("残疾等级认不出来", "填一级、二级、三级或四级"),
    "change_unknown": Words("变更类型认不出来", "填新增、停发、提标、等级变更、迁入、迁出、暂停、恢复或其他"),
    "decision_unknown": Words("办理结果认不出来", "填同意、不同意、撤回或办理中"),
    "state_unknown": Words("残疾人证状态认不出来", "填有效、冻结、注销或过期"),
    "area_unknown": Words("城乡认不出来", "填城镇或农村"),
    "sex_unknown": Words("性别认不出来", "填男或女"),
    "count_form": Words("这里应是整数", "只填数字"),
    "text_long": Words("文字太长", "缩短后重新导入：关系 20 字、银行 60 字、住址 200 字、其他 500 字以内"),
    "record_utf8": Words("这一行不是 UTF-8 编码", "按 UTF-8 编码后重新推送这一行"),
    "record_form": Words("这一行不是一个 JSON 对象", "一行写一个 JSON 对象，不要换行"),
    "key_unknown": Words("记录里有不认识的字段", "对照接口说明里这一类记录的字段，去掉或改名"),
    "value_form": Words("字段的值应是不含控制字符的文字或数字", "不要写成对象、列表、真假值，去掉换行和控制字符"),
    "ref_form": Words("没有写记录编号，或编号不是 1 到 64 个字符的文字", "每条记录写自己系统里不变的编号"),
    "ref_personal": Words("记录编号里有身份证号", "改用自己系统里的流水号，不要用身份证号作编号"),
    "formula_error": Words("这一格的公式出错，没有数值", "把公式改成数值后重新导入"),
    "identity_old": Words("身份证号是 15 位旧号，已按 18 位新号读入", "核对新号是否与现在的身份证一致"),
}
