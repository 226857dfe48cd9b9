"""Kinds of file that are taken in, and the columns of each. The Chinese titles are those of the template and of files as they come."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` names the reader of its cells, `aliases` are other titles it has in files as they come."""

    key: str
    title: str
    kind: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    note: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. Of each group in `one_of` at least one column must be there, and filled in every row."""

    key: str
    title: str
    version: int
    columns: tuple[Column, ...]
    one_of: tuple[tuple[str, ...], ...] = ()

    def column(self, key: str) -> Column:
        """The column of that key; KeyError when the kind has none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether the kind has a column of that key."""
        return any(column.key == key for column in self.columns)


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|「[^「」]*」|<[^<>]*>")
_LEAVE_OUT = re.compile(r"[\s*·:、,.;/\\_\-—\"'“”‘’()\[\]【】\u200b-\u200f\u2060\ufeff]+")
_NUMBERED = re.compile(r"^[0-9]{1,2}(?=[^0-9])")
_UNIT = re.compile(r"(单位元|人民币|元每月|元月|元)$")


def plain_title(title: object) -> str:
    """A title as it is compared: without spaces, line breaks, asterisks, what stands in brackets, a leading number, the unit."""
    text = unicodedata.normalize("NFKC", "" if title is None else str(title))
    text = _BRACKETS.sub("", text) or text
    text = _LEAVE_OUT.sub("", text)
    text = _NUMBERED.sub("", text)
    return _UNIT.sub("", text) or text


NAME = Column(
    "name", "姓名", "name",
    ("姓名", "残疾人姓名", "申请人姓名", "申请人", "补贴对象姓名", "补贴对象", "享受人姓名", "享受人", "领取人姓名", "领取人", "受益人姓名", "受益人", "对象姓名", "人员姓名",
     "残疾人", "名字", "发放对象", "发放对象姓名", "被补贴人姓名", "救助对象姓名", "持证人姓名", "本人姓名"),
    required=True, note="与身份证一致；少数民族姓名的间隔点用“·”。", example="张三",
)  # fmt: skip
IDENTITY = Column(
    "identity_number", "身份证号", "identity",
    ("身份证号码", "公民身份号码", "公民身份证号码", "公民身份证号", "居民身份证号", "居民身份证号码", "证件号码", "证件号", "有效证件号码", "身份证件号码", "身份证件号", "身份证",
     "身份号码", "身份证编号", "本人身份证号", "本人身份证号码", "残疾人身份证号", "残疾人身份证号码", "申请人身份证号", "申请人身份证号码", "补贴对象身份证号", "补贴对象身份证号码",
     "享受人身份证号", "享受人身份证号码", "领取人身份证号", "领取人身份证号码", "受益人身份证号", "受益人身份证号码", "对象身份证号", "对象身份证号码", "社会保障号码", "社会保障号", "IDCARD"),
    required=True, note="18 位，设为文本格式后再填，末位字母为大写 X。", example="11010119900307491X",
)  # fmt: skip
CERTIFICATE = Column(
    "certificate_number", "残疾人证号", "certificate",
    ("残疾证号", "残疾证号码", "残疾人证号码", "残疾人证件号", "残疾人证件号码", "残疾人证编号", "残疾证编号", "中华人民共和国残疾人证号", "第二代残疾人证号", "二代证号", "二代残疾证号",
     "二代残疾人证号", "残疾人证", "残疾证", "残疾证件号", "残疾证件号码", "残证号", "残疾人证证号", "残疾证证号", "三代证号", "证号"),
    note="20 位，补办过的后面有 B1、B2；与身份证号不符的不收。", example="11010119900307491X42",
)  # fmt: skip
CATEGORY = Column(
    "category", "残疾类别", "category", ("残疾类型", "残疾种类", "残疾类别名称", "残别", "残疾类", "类别", "致残类别", "残疾人类别"),
    note="视力、听力、言语、肢体、智力、精神、多重。", example="肢体",
)  # fmt: skip
GRADE = Column(
    "grade", "残疾等级", "grade", ("残疾级别", "残疾程度", "残疾等级名称", "残级", "等级", "级别", "残疾人等级", "伤残等级"),
    note="一级到四级。", example="二级",
)  # fmt: skip
SUBSIDY = Column(
    "subsidy", "补贴类型", "subsidy",
    ("补贴种类", "补贴项目", "补贴类别", "补贴名称", "补助类型", "补助类别", "补助项目", "补助种类", "两项补贴类型", "两项补贴类别", "两项补贴种类", "项目名称", "补贴项目名称", "享受补贴类型",
     "享受补贴类别", "享受补贴种类", "享受补贴项目", "享受类别", "享受类型", "享受项目", "发放项目", "发放类型", "发放类别", "补贴", "项目", "类型", "种类", "待遇类型"),
    note="生活补贴或护理补贴；两项都享受的写成两行。", example="护理补贴",
)  # fmt: skip
LIVING_AMOUNT = Column(
    "living_amount", "生活补贴金额", "money",
    ("生活补贴", "困难残疾人生活补贴", "困难残疾人生活补贴金额", "困难生活补贴", "困难补贴", "困难补贴金额", "生活补贴发放金额", "困难生活补贴金额", "困难残疾人补贴", "生活补贴标准",
     "困难残疾人生活补贴标准", "困难残疾人生活补贴发放金额", "困难残疾人", "生活补助", "生活补助金额", "困难残疾人生活补助", "应发生活补贴", "实发生活补贴"),
    note="一行写两项补贴时用；没有的留空。", example="",
)  # fmt: skip
CARE_AMOUNT = Column(
    "care_amount", "护理补贴金额", "money",
    ("护理补贴", "重度残疾人护理补贴", "重度残疾人护理补贴金额", "重度护理补贴", "重度补贴", "重度补贴金额", "护理补贴发放金额", "重度护理补贴金额", "重度残疾人补贴", "护理补贴标准",
     "重度残疾人护理补贴标准", "重度残疾人护理补贴发放金额", "重度残疾人", "护理补助", "护理补助金额", "重度残疾人护理补助", "应发护理补贴", "实发护理补贴"),
    note="一行写两项补贴时用；没有的留空。", example="",
)  # fmt: skip
AMOUNT = Column(
    "amount", "发放金额", "money",
    ("金额", "实发金额", "补贴金额", "补助金额", "发放额", "实发", "实发数", "应发金额", "应发", "发放数额", "月补贴金额", "补贴额", "发放补贴金额", "当月金额", "本月金额", "本月发放金额",
     "当月发放金额", "发放资金", "月发放金额", "拨付金额", "已发金额", "打卡金额", "补贴资金", "享受金额", "交易金额"),
    note="元，最多两位小数。", example="80.00",
)  # fmt: skip
STANDARD_AMOUNT = Column(
    "standard_amount", "补贴标准", "money",
    ("发放标准", "标准", "月标准", "补助标准", "享受标准", "月补贴标准", "补贴标准每月", "发放标准每月", "每月标准", "标准金额", "补贴发放标准", "执行标准", "月发放标准", "享受补贴标准", "补贴标准元每人每月"),
    note="元/月，最多两位小数。", example="80.00",
)  # fmt: skip
PAID_MONTH = Column(
    "paid_month", "发放月份", "month",
    ("所属年月", "发放年月", "月份", "补贴月份", "所属月份", "年月", "发放期", "当前月份", "发放时间", "补贴年月", "所属期", "账期", "发放所属月份", "本次发放月份", "最近发放月份", "期间", "时间"),
    note="写成 2026-10。", example="2026-10",
)  # fmt: skip
SINCE_MONTH = Column(
    "since_month", "起始享受月份", "month",
    ("起始月份", "享受起始月份", "开始享受月份", "开始享受时间", "享受开始时间", "起始享受时间", "享受起始时间", "享受起始年月", "起始年月", "开始月份", "起享月份", "起享时间", "开始发放月份",
     "开始发放时间", "首发月份", "首次发放月份", "起补月份", "享受时间", "享受补贴起始时间", "享受补贴时间", "享受补贴起始月份", "起始享受年月", "开始时间", "起始时间", "待遇起始月份", "补贴起始月份",
     "补贴开始时间", "起补时间", "享受待遇开始时间"),
    note="从哪个月起享受，写成 2019-03。", example="2019-03",
)  # fmt: skip
DIVISION = Column(
    "division", "所在区划", "division",
    ("区划", "区划代码", "行政区划", "行政区划代码", "所属区划", "户籍区划", "户籍区划代码", "户籍地区划", "所在地区", "乡镇", "乡镇街道", "街道", "街镇", "镇街", "镇", "乡", "乡镇名称", "所属乡镇",
     "所属街道", "所在乡镇", "所在街道", "村社区", "村居", "村", "社区", "村居委会", "村委会", "居委会", "所属村", "所属社区", "村名", "地区", "所属地区", "所属乡镇街道", "乡镇村", "户籍所在乡镇",
     "户籍所在地区划", "辖区"),
    note="12 位区划代码或名称，可从下拉列表选择。", example="",
)  # fmt: skip
ECONOMIC = Column(
    "economic", "低保类别", "economic",
    ("经济状况", "家庭经济状况", "困难类型", "困难类别", "低保情况", "是否低保", "低保类型", "救助类型", "救助类别", "家庭类型", "经济困难类型", "低保状态", "是否低保户", "是否低保对象", "困难情况",
     "家庭困难类型", "人员类别", "对象类别", "人员类型", "对象类型", "家庭情况", "家庭类别", "低收入类型", "身份类别", "救助身份"),
    note="低保、低保边缘、低收入、支出型困难、特困、无；也可写城市低保、农村低保。", example="农村低保",
)  # fmt: skip
AREA = Column(
    "area",
    "城乡",
    "area",
    ("城乡类别", "城乡类型", "城乡属性", "城镇农村", "户口性质", "户籍性质", "户口类型", "户籍类型", "户口类别", "户籍类别", "城乡分类"),
    note="城镇或农村。",
    example="农村",
)
ISSUED = Column(
    "certificate_issued_on", "发证日期", "past",
    ("残疾人证发证日期", "残疾证发证日期", "发证时间", "办证日期", "办证时间", "领证日期", "领证时间", "残疾证发证时间", "残疾人证发证时间", "签发日期", "首次发证日期", "批准日期", "残疾证办理时间", "残疾证办证日期"),
    note="写成 2019-03-05。", example="2019-03-05",
)  # fmt: skip
UNTIL = Column(
    "certificate_until", "残疾人证有效期止", "day",
    ("有效期", "有效期至", "有效期止", "残疾证有效期", "残疾人证有效期", "残疾证有效期至", "残疾人证有效期至", "残疾证有效期止", "到期日期", "到期时间", "证件有效期", "有效日期", "残疾证到期时间",
     "残疾证到期日期", "残疾人证到期日期", "有效截止日期", "有效期截止", "截止日期"),
    note="最后一天，写成 2029-03-05；长期有效的写“长期”。", example="2029-03-05",
)  # fmt: skip
STATE = Column(
    "certificate_state", "残疾人证状态", "state", ("证件状态", "残疾证状态", "状态", "持证状态", "证状态", "残疾人证件状态", "当前状态"),
    note="有效、冻结、注销、过期。", example="有效",
)  # fmt: skip
BANK = Column(
    "bank", "开户行", "bank",
    ("开户银行", "银行名称", "开户行名称", "银行", "开户行全称", "开户网点", "所属银行", "发卡行", "发卡银行", "代发银行", "发放银行", "开户银行名称", "开户机构", "金融机构", "账户银行", "开户社", "开户信用社"),
    note="银行全称，精确到网点更好。", example="农村商业银行江岸支行",
)  # fmt: skip
HOLDER = Column(
    "account_holder", "户名", "name",
    ("开户名", "账户名", "账户名称", "开户人", "开户人姓名", "户主姓名", "持卡人", "持卡人姓名", "账户姓名", "银行户名", "开户姓名", "收款人", "收款人姓名", "账号户名", "卡主", "卡主姓名", "帐户名", "帐户名称",
     "开户户名", "一卡通户名", "存折户名"),
    note="账户不是本人的，写监护人等持卡人的姓名。", example="张三",
)  # fmt: skip
ACCOUNT = Column(
    "account_number", "银行账号", "account",
    ("银行卡号", "账户", "账号", "卡号", "一卡通账号", "一卡通卡号", "一卡通号", "一卡通", "帐号", "银行帐号", "银行账户", "存折账号", "存折号", "银行卡账号", "社保卡号", "社会保障卡号", "社保卡账号",
     "社会保障卡账号", "收款账号", "收款人账号", "收款账户", "惠农一卡通账号", "惠民一卡通账号", "惠农卡号", "个人账号", "发放账号", "发放账户", "开户账号", "银行卡", "打卡账号", "社保卡银行账号", "帐户",
     "银行卡或存折号"),
    note="设为文本格式后再填。", example="6228480402564890018",
)  # fmt: skip
PHONE = Column(
    "phone", "联系电话", "phone",
    ("电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "移动电话", "联系手机", "本人电话", "本人联系电话", "联系号码", "家庭电话", "残疾人联系电话", "残疾人电话"),
    note="手机号或带区号的座机。", example="13800000000",
)  # fmt: skip
ADDRESS = Column(
    "address", "住址", "address",
    ("家庭住址", "地址", "居住地址", "现住址", "户籍地址", "户籍地", "现居住地址", "联系地址", "详细地址", "家庭地址", "户口所在地", "户籍所在地", "常住地址", "现居住地", "居住地", "户籍住址", "家庭详细地址"),
    note="门牌到户。", example="和平路 1 号",
)  # fmt: skip
GUARDIAN = Column(
    "guardian_name", "监护人姓名", "name",
    ("监护人", "法定监护人", "法定监护人姓名", "代理人", "代理人姓名", "法定代理人", "委托人", "监护人或代理人", "照料人", "照料人姓名", "代办人", "代办人姓名", "代领人", "代领人姓名", "监护人代理人姓名"),
    note="没有监护人的留空。", example="",
)  # fmt: skip
RELATION = Column(
    "guardian_relation", "与监护人关系", "relation",
    ("监护人关系", "与残疾人关系", "与本人关系", "关系", "与申请人关系", "与监护人的关系", "与被监护人关系", "监护关系", "与补贴对象关系", "与残疾人的关系", "与持卡人关系"),
    note="例如父子、配偶。", example="",
)  # fmt: skip
NOTE = Column("note", "备注", "text", ("说明", "备注说明", "备注1", "其他", "备注信息", "其他说明"), note="可以不填。", example="")
MONTH = replace(
    PAID_MONTH, key="month", title="所属月份", required=True,
    aliases=("所属年月", "发放年月", "月份", "补贴月份", "发放月份", "年月", "发放期", "发放时间", "补贴年月", "所属期", "账期", "发放所属月份", "所属期间", "期间", "补贴所属月份", "补贴所属期", "补发月份",
     "时间", "月度",
     "发放期间"),
)  # fmt: skip
YEAR = Column("year", "年", "year", ("年度", "年份", "所属年度", "所属年份", "发放年度", "发放年份", "补贴年度"), note="年和月分两列写时用。")
MONTH_OF_YEAR = Column("month_of_year", "月", "month_number", ("月份", "所属月", "发放月", "月度"), note="年和月分两列写时用。")
ORGAN = Column(
    "paying_organ", "发放部门", "text", ("发放单位", "发放机关", "拨付单位", "经办单位", "主管部门", "业务部门", "发放机构", "资金发放单位", "拨付部门", "发放主体", "经办部门"),
    note="民政、残联或其他部门。", example="民政",
)  # fmt: skip
PAID_ON = Column(
    "paid_on", "发放日期", "past", ("到账日期", "拨付日期", "打款日期", "支付日期", "入账日期", "实际发放日期", "实发日期", "到账时间", "打卡日期", "打款时间", "拨付时间", "交易日期"),
    note="钱到账的日子，写成 2019-03-05。", example="2019-03-25",
)  # fmt: skip
BATCH_NOTE = Column(
    "batch_note", "批次说明", "text", ("批次", "批次号", "发放批次", "批次名称", "期次", "发放批次号", "批次备注"), note="例如一季度补发。", example=""
)
CHANGE = Column(
    "change", "变更类型", "change", ("变更", "变动类型", "变动情况", "变更情况", "变更类别", "变动", "异动类型", "异动", "变化类型", "变更种类", "增减类型", "增减情况", "变化情况", "变更事项", "变动类别",
     "业务类型", "办理类型"),
    note="新增、停发、提标、等级变更、迁入、迁出、暂停、恢复、其他。", example="新增",
)  # fmt: skip
REASON = Column(
    "reason", "原因", "text", ("变更原因", "变动原因", "停发原因", "事由", "异动原因", "变更事由", "增减原因", "变化原因", "退出原因", "新增原因", "停发事由", "减少原因"),
    note="例如死亡、残疾人证过期。", example="",
)  # fmt: skip
EFFECTIVE = Column(
    "month", "生效月份", "month",
    ("生效年月", "执行月份", "变更月份", "变动月份", "执行年月", "起始月份", "停发月份", "新增月份", "月份", "年月", "生效时间", "执行时间", "变更时间", "变动时间", "变更年月", "变动年月",
     "停发时间",
     "生效月", "执行月", "异动月份", "起效月份"),
    required=True, note="从哪个月起这样发，写成 2019-03。", example="2019-03",
)  # fmt: skip
OLD = Column(
    "old_value",
    "变更前",
    "text",
    ("原值", "变动前", "原标准", "原等级", "变更前内容", "原金额", "变更前标准", "变更前等级", "原内容"),
    note="变更前的标准、等级或住址。",
    example="",
)
NEW = Column(
    "new_value",
    "变更后",
    "text",
    ("新值", "变动后", "新标准", "现标准", "新等级", "现等级", "变更后内容", "现金额", "变更后标准", "变更后等级", "现内容", "新金额"),
    note="变更后的标准、等级或住址。",
    example="",
)
DECIDED = Column(
    "decided_on",
    "审定日期",
    "past",
    ("审批日期", "批准日期", "审定时间", "审批时间", "批准时间", "办理日期", "决定日期", "办理时间", "审核日期"),
    note="写成 2019-03-05。",
    example="2019-03-05",
)
DIED = Column(
    "died_on", "死亡日期", "past", ("死亡时间", "去世日期", "去世时间", "亡故日期", "死亡年月日", "注销死亡日期"), note="写成 2019-03-05。", example=""
)
APPLIED = Column(
    "applied_on",
    "申请日期",
    "past",
    ("申请时间", "提出申请日期", "登记日期", "申报日期", "申报时间", "递交日期"),
    required=True,
    note="写成 2026-03-05。",
    example="2026-03-05",
)
ACCEPTED_ON = Column("accepted_on", "受理日期", "past", ("受理时间", "乡镇受理日期", "收件日期"), note="乡镇（街道）受理的日子。", example="2026-03-05")
REVIEWED_ON = Column("reviewed_on", "残联审核日期", "past", ("县残联审核日期", "残联审核时间", "审核日期"), note="县级残联审核的日子。", example="2026-03-20")
NOTICED_ON = Column("noticed_on", "公示日期", "past", ("公示时间", "公示开始日期"), note="公示开始的日子；没有公示的留空。")
DECISION = Column(
    "decision",
    "办理结果",
    "decision",
    ("审批结果", "审定结果", "审批意见", "审核结果", "办理状态", "结果"),
    required=True,
    note="同意、不同意、撤回或办理中。",
    example="同意",
)
LOOSE_NAME = replace(NAME, required=False)

AMOUNTS = ("subsidy", "living_amount", "care_amount")
KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "recipients", "现有领取人", 1,
            (NAME, IDENTITY, CERTIFICATE, CATEGORY, GRADE, SUBSIDY, LIVING_AMOUNT, CARE_AMOUNT, AMOUNT, STANDARD_AMOUNT, PAID_MONTH, SINCE_MONTH, DIVISION, ECONOMIC, AREA,
             ISSUED, UNTIL, BANK, HOLDER, ACCOUNT, PHONE, ADDRESS, GUARDIAN, RELATION, NOTE),
            (AMOUNTS,),
        ),
        Kind(
            "history", "历史发放", 1,
            (LOOSE_NAME, IDENTITY, MONTH, YEAR, MONTH_OF_YEAR, SUBSIDY, LIVING_AMOUNT, CARE_AMOUNT, AMOUNT, STANDARD_AMOUNT, ORGAN, PAID_ON, BATCH_NOTE, CHANGE, REASON, DIVISION, NOTE),
            (AMOUNTS,),
        ),
        Kind("changes", "历史变更", 1, (LOOSE_NAME, IDENTITY, SUBSIDY, replace(CHANGE, required=True), EFFECTIVE, OLD, NEW, REASON, DECIDED, DIVISION, NOTE)),
        Kind(
            "applications", "申请办理", 1,
            (NAME, IDENTITY, SUBSIDY, APPLIED, ACCEPTED_ON, REVIEWED_ON, NOTICED_ON, DECISION, DECIDED, REASON, DIVISION, NOTE),
        ),
        Kind(
            "registry", "人员登记", 1,
            (NAME, IDENTITY, CERTIFICATE, CATEGORY, GRADE, ISSUED, UNTIL, STATE, ECONOMIC, AREA, DIED, PHONE, ADDRESS, DIVISION, NOTE),
        ),
    )
}  # fmt: skip
INSTEAD: Mapping[str, tuple[str, ...]] = {"month": ("year", "month_of_year")}  # a column that others together may stand for


def kind_named(key: str) -> Kind:
    """The kind of that key; KeyError when there is none."""
    return KINDS[key]


def list_kind(name: str, title: str, columns: Iterable[Column] = ()) -> Kind:
    """The kind `list:<name>` of an external list for comparison: a person, and what the list says of the person."""
    return Kind(f"list:{name}", title, 1, (LOOSE_NAME, IDENTITY, *columns, DIVISION, NOTE))


def lacking(kind: Kind, mapped: Iterable[str]) -> tuple[str, ...]:
    """The required keys that no column of a file stands for; a group of which one is needed is joined by "|"."""
    there = set(mapped)
    for key, others in INSTEAD.items():
        if there.issuperset(others):
            there.add(key)
    single = [column.key for column in kind.columns if column.required and column.key not in there]
    groups = ["|".join(group) for group in kind.one_of if not there.intersection(group)]
    return (*single, *groups)
