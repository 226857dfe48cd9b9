"""Columns that tell who somebody is and how somebody lives."""

from __future__ import annotations

from dataclasses import replace

from lxbt.imports.rules.kinds.shapes import Column, titles

NAME = Column(
    "name",
    "姓名",
    "name",
    titles(
        "姓名 残疾人姓名 申请人姓名 申请人 补贴对象姓名 补贴对象 享受人姓名 享受人 "
        "领取人姓名 领取人 受益人姓名 受益人 对象姓名 人员姓名 残疾人 名字 发放对象 "
        "发放对象姓名 被补贴人姓名 救助对象姓名 持证人姓名 本人姓名"
    ),
    required=True,
    note="与身份证一致；少数民族姓名的间隔点用“·”。",
    example="张三",
)


IDENTITY = Column(
    "identity_number",
    "身份证号",
    "identity",
    titles(
        "身份证号码 公民身份号码 公民身份证号码 公民身份证号 居民身份证号 居民身份证号码 "
        "证件号码 证件号 有效证件号码 身份证件号码 身份证件号 身份证 身份号码 身份证编号 "
        "本人身份证号 本人身份证号码 残疾人身份证号 残疾人身份证号码 申请人身份证号 "
        "申请人身份证号码 补贴对象身份证号 补贴对象身份证号码 享受人身份证号 享受人身份证号码 "
        "领取人身份证号 领取人身份证号码 受益人身份证号 受益人身份证号码 对象身份证号 "
        "对象身份证号码 社会保障号码 社会保障号 IDCARD"
    ),
    required=True,
    note="18 位，设为文本格式后再填，末位字母为大写 X。",
    example="11010119900307491X",
)


CERTIFICATE = Column(
    "certificate_number",
    "残疾人证号",
    "certificate",
    titles(
        "残疾证号 残疾证号码 残疾人证号码 残疾人证件号 残疾人证件号码 残疾人证编号 "
        "残疾证编号 中华人民共和国残疾人证号 第二代残疾人证号 二代证号 二代残疾证号 "
        "二代残疾人证号 残疾人证 残疾证 残疾证件号 残疾证件号码 残证号 残疾人证证号 "
        "残疾证证号 三代证号 证号"
    ),
    note="20 位，补办过的后面有 B1、B2；与身份证号不符的不收。",
    example="11010119900307491X42",
)


CATEGORY = Column(
    "category",
    "残疾类别",
    "category",
    titles(
        "残疾类型 残疾种类 残疾类别名称 残别 残疾类 类别 致残类别 残疾人类别 残疾类别等级 残疾类别及等级 "
        "残疾类别和等级 残疾等级类别 残疾类型等级 类别等级 残疾情况"
    ),
    note="视力、听力、言语、肢体、智力、精神、多重。",
    example="肢体",
)


GRADE = Column(
    "grade",
    "残疾等级",
    "grade",
    titles("残疾级别 残疾程度 残疾等级名称 残级 等级 级别 残疾人等级 伤残等级"),
    note="一级到四级。",
    example="二级",
)


DIVISION = Column(
    "division",
    "所在区划",
    "division",
    titles(
        "区划 区划代码 行政区划 行政区划代码 所属区划 户籍区划 户籍区划代码 户籍地区划 "
        "所在地区 乡镇 乡镇街道 街道 街镇 镇街 镇 乡 乡镇名称 所属乡镇 所属街道 "
        "所在乡镇 所在街道 村社区 村居 村 社区 村居委会 村委会 居委会 所属村 所属社区 "
        "村名 地区 所属地区 所属乡镇街道 乡镇村 户籍所在乡镇 户籍所在地区划 辖区"
    ),
    note="12 位区划代码或名称，可从下拉列表选择。",
    example="",
)


ECONOMIC = Column(
    "economic",
    "低保类别",
    "economic",
    titles(
        "经济状况 家庭经济状况 困难类型 困难类别 低保情况 是否低保 低保类型 救助类型 "
        "救助类别 家庭类型 经济困难类型 低保状态 是否低保户 是否低保对象 困难情况 "
        "家庭困难类型 人员类别 对象类别 人员类型 对象类型 家庭情况 家庭类别 低收入类型 "
        "身份类别 救助身份"
    ),
    note="低保、低保边缘、低收入、支出型困难、特困、无；也可写城市低保、农村低保。",
    example="农村低保",
)


AREA = Column(
    "area",
    "城乡",
    "area",
    titles("城乡类别 城乡类型 城乡属性 城镇农村 户口性质 户籍性质 户口类型 户籍类型 户口类别 户籍类别 城乡分类"),
    note="城镇或农村。",
    example="农村",
)


ISSUED = Column(
    "certificate_issued_on",
    "发证日期",
    "past",
    titles(
        "残疾人证发证日期 残疾证发证日期 发证时间 办证日期 办证时间 领证日期 领证时间 "
        "残疾证发证时间 残疾人证发证时间 签发日期 首次发证日期 批准日期 残疾证办理时间 "
        "残疾证办证日期"
    ),
    note="写成 2019-03-05。",
    example="2019-03-05",
)


UNTIL = Column(
    "certificate_until",
    "残疾人证有效期止",
    "day",
    titles(
        "有效期 有效期至 有效期止 残疾证有效期 残疾人证有效期 残疾证有效期至 "
        "残疾人证有效期至 残疾证有效期止 到期日期 到期时间 证件有效期 有效日期 "
        "残疾证到期时间 残疾证到期日期 残疾人证到期日期 有效截止日期 有效期截止 截止日期"
    ),
    note="最后一天，写成 2029-03-05；长期有效的写“长期”。",
    example="2029-03-05",
)


STATE = Column(
    "certificate_state",
    "残疾人证状态",
    "state",
    titles("证件状态 残疾证状态 状态 持证状态 证状态 残疾人证件状态 当前状态"),
    note="有效、冻结、注销、过期。",
    example="有效",
)


PHONE = Column(
    "phone",
    "联系电话",
    "phone",
    titles(
        "电话 手机 手机号 手机号码 联系方式 电话号码 移动电话 联系手机 本人电话 "
        "本人联系电话 联系号码 家庭电话 残疾人联系电话 残疾人电话"
    ),
    note="手机号或带区号的座机。",
    example="13800000000",
)


ADDRESS = Column(
    "address",
    "住址",
    "address",
    titles(
        "家庭住址 地址 居住地址 现住址 户籍地址 户籍地 现居住地址 联系地址 详细地址 "
        "家庭地址 户口所在地 户籍所在地 常住地址 现居住地 居住地 户籍住址 家庭详细地址"
    ),
    note="门牌到户。",
    example="和平路 1 号",
)


GUARDIAN = Column(
    "guardian_name",
    "监护人姓名",
    "name",
    titles(
        "监护人 法定监护人 法定监护人姓名 代理人 代理人姓名 法定代理人 委托人 "
        "监护人或代理人 照料人 照料人姓名 代办人 代办人姓名 代领人 代领人姓名 "
        "监护人代理人姓名"
    ),
    note="没有监护人的留空。",
    example="",
)


RELATION = Column(
    "guardian_relation",
    "与监护人关系",
    "relation",
    titles(
        "监护人关系 与残疾人关系 与本人关系 关系 与申请人关系 与监护人的关系 与被监护人关系 "
        "监护关系 与户主关系 与户主的关系 与开户人关系 与账户人关系 与补贴对象关系 与残疾人的关系 与持卡人关系"
    ),
    note="例如父子、配偶。",
    example="",
)


NOTE = Column(
    "note", "备注", "text", titles("说明 备注说明 备注1 其他 备注信息 其他说明"), note="可以不填。", example=""
)


DIED = Column(
    "died_on",
    "死亡日期",
    "past",
    titles("死亡时间 去世日期 去世时间 亡故日期 死亡年月日 注销死亡日期"),
    note="写成 2019-03-05。",
    example="",
)


LOOSE_NAME = replace(NAME, required=False)
