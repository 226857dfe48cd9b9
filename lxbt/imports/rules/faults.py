"""What may be wrong with a cell: a sentence for the person who sent the file, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from lxbt.core.readers.sentences import READING, Words


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong (or worth saying) in one cell. `shown` is the cell as it stands in the file."""

    column: str
    code: str
    shown: str


FAULTS: dict[str, Words] = {
    **READING,
    "missing": Words("这一格是必填的，没有填", "补填后重新导入这一行"),
    "certificate_other_person": Words("残疾人证号的前 18 位与身份证号不一致", "核对是哪一个号码写错，或是串了行"),
    "certificate_class": Words("残疾人证号末两位与残疾类别、等级两列不一致", "对照残疾人证，改正证号或类别、等级"),
    "subsidy_unknown": Words("补贴类型认不出来", "填“生活补贴”或“护理补贴”"),
    "subsidy_both": Words("一格里写了两项补贴", "分成两行，每行一项补贴"),
    "economic_unknown": Words("低保类别认不出来", "填低保、低保边缘、低收入、支出型困难、特困或无"),
    "category_unknown": Words("残疾类别认不出来", "填视力、听力、言语、肢体、智力、精神或多重"),
    "grade_unknown": Words("残疾等级认不出来", "填一级、二级、三级或四级"),
    "grade_differs": Words("残疾类别一格里写的等级与残疾等级一列不一致", "对照残疾人证改正"),
    "change_unknown": Words("变更类型认不出来", "填新增、停发、提标、等级变更、迁入、迁出、暂停、恢复或其他"),
    "decision_unknown": Words("办理结果认不出来", "填同意、不同意、撤回或办理中"),
    "state_unknown": Words("残疾人证状态认不出来", "填有效、冻结、注销或过期"),
    "area_unknown": Words("城乡认不出来", "填城镇或农村"),
    "yes_no_unknown": Words("认不出来是还是否", "填是或否"),
    "ratio_form": Words("收入倍数认不出来", "填家庭人均收入除以低保标准的倍数，如 1.3 或 130%"),
    "employment_unknown": Words("就业认不出来", "填无业、已就业或在校学生"),
    "self_care_unknown": Words("自理能力认不出来", "填能自理、部分不能自理、基本不能自理或完全不能自理"),
    "care_setting_unknown": Words("照护方式认不出来", "填居家或机构托养"),
    "pension_unknown": Words("养老保险待遇认不出来", "填未享受、城乡居民养老保险或职工养老保险"),
    "de_facto_orphan_unknown": Words("事实无人抚养儿童待遇认不出来", "填全额、部分或无"),
    "household_unknown": Words("特殊家庭认不出来", "填一户多残、依老养残、老残一体，几项用顿号隔开"),
    "components_form": Words("多重残疾的组成认不出来", "每类写类别和等级，用顿号隔开，如视力一级、言语二级"),
    "allowances_form": Words("其他补贴认不出来", "每项写名称和每月元数，用顿号隔开，如取暖补贴 300、孤困儿童 900"),
    "sex_unknown": Words("性别认不出来", "填男或女"),
    "record_utf8": Words("这一行不是 UTF-8 编码", "按 UTF-8 编码后重新推送这一行"),
    "record_form": Words("这一行不是一个 JSON 对象", "一行写一个 JSON 对象，不要换行"),
    "key_unknown": Words("记录里有不认识的字段", "对照接口说明里这一类记录的字段，去掉或改名"),
    "value_form": Words("字段的值应是不含控制字符的文字或数字", "不要写成对象、列表、真假值，去掉换行和控制字符"),
    "ref_form": Words("没有写记录编号，或编号不是 1 到 64 个字符的文字", "每条记录写自己系统里不变的编号"),
    "ref_personal": Words("记录编号里有身份证号", "改用自己系统里的流水号，不要用身份证号作编号"),
    "identity_old": Words("身份证号是 15 位旧号，已按 18 位新号读入", "核对新号是否与现在的身份证一致"),
}
