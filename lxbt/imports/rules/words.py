"""The words that clerks write in cells, and what they mean here. Compared without spaces, after NFKC."""

from __future__ import annotations

from collections.abc import Mapping

LIVING_WORDS = frozenset(
    {
        "生活",
        "生活补贴",
        "困难",
        "困难补贴",
        "困难生活补贴",
        "困难残疾人生活补贴",
        "困难残疾人生活补助",
        "困难残疾人补贴",
        "困难残疾人",
        "生活补助",
        "困难生活",
        "困补",
        "困难类",
        "残疾人生活补贴",
        "困难残疾人生活",
        "困难补助",
        "困难残疾人补助",
        "困难生活补助",
        "残疾人生活补助",
        "困残",
        "困残补贴",
        "困残生活补贴",
        "贫困残疾人生活补贴",
        "贫困残疾人生活补助",
        "living",
    }
)
CARE_WORDS = frozenset(
    {
        "护理",
        "护理补贴",
        "重度",
        "重度补贴",
        "重度护理补贴",
        "重度残疾人护理补贴",
        "重度残疾人护理补助",
        "重度残疾人补贴",
        "重度残疾人",
        "护理补助",
        "重度护理",
        "重补",
        "护补",
        "重度类",
        "残疾人护理补贴",
        "重度残疾人护理",
        "重残护理补贴",
        "重残",
        "重残护理",
        "重残补贴",
        "重残护理补助",
        "重度补助",
        "重度残疾人补助",
        "残疾人护理补助",
        "重度残疾护理补贴",
        "重度护理补助",
        "重度残疾人护理费",
        "care",
    }
)
BOTH_WORDS = frozenset(
    {
        "两项",
        "两项补贴",
        "两项都有",
        "双补",
        "双享",
        "均享受",
        "残疾人两项补贴",
        "同时享受",
        "两项均享受",
        "都享受",
        "两补",
        "双补贴",
    }
)

ECONOMIC: Mapping[str, tuple[str, str | None]] = {
    word: meaning
    for meaning, words in {
        ("dibao", None): (
            "低保",
            "低保户",
            "低保对象",
            "低保家庭",
            "最低生活保障",
            "最低生活保障对象",
            "最低生活保障家庭",
            "低保人员",
            "低保户家庭",
            "是",
            "低保人口",
            "在册低保",
            "享受低保",
            "低保A类",
            "低保B类",
            "低保C类",
            "A类低保",
            "B类低保",
            "C类低保",
            "一类低保",
            "二类低保",
            "三类低保",
            "低保一类",
            "低保二类",
            "低保三类",
            "dibao",
        ),
        ("dibao", "urban"): (
            "城市低保",
            "城镇低保",
            "城低",
            "城市低保户",
            "城市低保对象",
            "城市居民最低生活保障",
            "城市最低生活保障",
            "城镇低保户",
            "低保城市",
            "低保城镇",
            "城市低保家庭",
        ),
        ("dibao", "rural"): (
            "农村低保",
            "农低",
            "农村低保户",
            "农村低保对象",
            "农村居民最低生活保障",
            "农村最低生活保障",
            "低保农村",
            "农村低保家庭",
        ),
        ("dibao_margin", None): (
            "低保边缘",
            "低边",
            "低保边缘家庭",
            "低保边缘户",
            "低保边缘对象",
            "边缘户",
            "低保边缘人口",
            "最低生活保障边缘家庭",
            "边缘家庭",
            "低保边缘人员",
            "低保边缘家庭成员",
            "dibao_margin",
        ),
        ("low_income", None): (
            "低收入",
            "低收入家庭",
            "低收入户",
            "低收入对象",
            "低收入人口",
            "低收入困难家庭",
            "低收入农户",
            "low_income",
        ),
        ("expenditure_hardship", None): (
            "支出型",
            "支出型困难",
            "支出型困难家庭",
            "支出型贫困",
            "支出型低收入",
            "支出型贫困家庭",
            "支出型困难对象",
            "刚性支出困难",
            "刚性支出困难家庭",
            "支出型低收入家庭",
            "刚性支出",
            "expenditure_hardship",
        ),
        ("destitute", None): (
            "特困",
            "特困人员",
            "特困供养",
            "五保",
            "五保户",
            "特困供养人员",
            "特困对象",
            "分散供养",
            "集中供养",
            "特困分散供养",
            "特困集中供养",
            "分散供养特困",
            "集中供养特困",
            "五保对象",
            "分散特困",
            "集中特困",
            "特困户",
            "destitute",
        ),
        ("destitute", "urban"): ("城市特困", "城市特困人员", "城市三无"),
        ("destitute", "rural"): ("农村特困", "农村特困人员", "农村五保"),
        ("none", None): (
            "无",
            "否",
            "非低保",
            "一般",
            "普通",
            "一般户",
            "一般家庭",
            "普通家庭",
            "非困难",
            "不是",
            "非低保户",
            "非低保家庭",
            "一般居民",
            "一般残疾人",
            "普通户",
            "非低保对象",
            "其他",
            "其它",
            "none",
        ),
    }.items()
    for word in words
}
AREAS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "城镇",
            "城市",
            "非农",
            "非农业",
            "非农业户口",
            "城镇户口",
            "城",
            "城镇居民",
            "城市居民",
            "居民户口",
            "非农户口",
            "城区",
            "居民",
            "城市户口",
            "urban",
        ),
        "urban",
    ),
    **dict.fromkeys(
        ("农村", "农业", "农业户口", "农村户口", "农", "农村居民", "乡村", "农户", "农村户籍", "rural"), "rural"
    ),
}
SEXES: Mapping[str, str] = {
    **dict.fromkeys(("男", "男性", "1", "male"), "male"),
    **dict.fromkeys(("女", "女性", "2", "female"), "female"),
}
CATEGORY_STEMS: Mapping[str, str] = {
    "视力": "vision",
    "听力": "hearing",
    "言语": "speech",
    "语言": "speech",
    "肢体": "physical",
    "智力": "intellectual",
    "精神": "mental",
    "多重": "multiple",
    "综合": "multiple",
}
CATEGORY_WORDS: Mapping[str, str] = {
    **{
        str(number): word
        for number, word in enumerate(
            ("vision", "hearing", "speech", "physical", "intellectual", "mental", "multiple"), start=1
        )
    },
    "视残": "vision",
    "听残": "hearing",
    "言残": "speech",
    "肢残": "physical",
    "智残": "intellectual",
    "精残": "mental",
    "盲": "vision",
    "聋": "hearing",
    "哑": "speech",
    "肢": "physical",
    "智": "intellectual",
    "vision": "vision",
    "hearing": "hearing",
    "speech": "speech",
    "physical": "physical",
    "intellectual": "intellectual",
    "mental": "mental",
    "multiple": "multiple",
}
GRADE_WORDS: Mapping[str, int] = {
    word: grade
    for grade, words in {
        1: ("1", "一", "壹", "I", "Ⅰ"),
        2: ("2", "二", "贰", "II", "Ⅱ"),
        3: ("3", "三", "叁", "III", "Ⅲ"),
        4: ("4", "四", "肆", "IV", "Ⅳ"),
    }.items()
    for word in words
}
STATES: Mapping[str, str] = {
    **dict.fromkeys(("有效", "正常", "在用", "正常持证", "有效证件", "生效", "valid"), "valid"),
    **dict.fromkeys(("冻结", "暂停", "已冻结", "frozen"), "frozen"),
    **dict.fromkeys(("注销", "已注销", "作废", "死亡注销", "cancelled"), "cancelled"),
    **dict.fromkeys(("过期", "到期", "已过期", "逾期", "失效", "超期", "过期未换", "expired"), "expired"),
}
YES = frozenset({"是", "有", "享受", "在享", "需要", "1", "y", "yes", "true", "√", "对"})
NO = frozenset({"否", "无", "没有", "不享受", "未享受", "不需要", "0", "n", "no", "false", "×", "不是"})
EMPLOYMENT: Mapping[str, str] = {
    **dict.fromkeys(("无业", "未就业", "失业", "无", "没有", "否"), "none"),
    **dict.fromkeys(("已就业", "就业", "在业", "在职", "有", "是"), "employed"),
    **dict.fromkeys(("在校学生", "学生", "在校", "在读"), "student"),
}
SELF_CARE: Mapping[str, str] = {
    **dict.fromkeys(("能自理", "完全自理", "自理", "能够自理"), "able"),
    **dict.fromkeys(("部分不能自理", "部分自理", "半自理", "部分丧失"), "partly_unable"),
    **dict.fromkeys(("基本不能自理", "大部分不能自理", "基本丧失"), "mostly_unable"),
    **dict.fromkeys(("完全不能自理", "不能自理", "全护理", "完全丧失", "失能"), "unable"),
}
CARE_SETTINGS: Mapping[str, str] = {
    **dict.fromkeys(("居家", "在家", "家庭", "居家照护"), "home"),
    **dict.fromkeys(("机构托养", "机构", "托养机构", "集中托养", "寄宿托养", "养老机构"), "institution"),
}
PENSIONS: Mapping[str, str] = {
    **dict.fromkeys(("未享受", "无", "没有", "不享受", "未参保"), "none"),
    **dict.fromkeys(("城乡居民养老保险", "城乡居民", "居民", "城居保", "居民养老"), "residents"),
    **dict.fromkeys(("职工养老保险", "职工", "企业职工", "退休", "退休金", "机关事业"), "employees"),
}
HOUSEHOLD: Mapping[str, str] = {
    "一户多残": "several_disabled",
    "依老养残": "cared_by_elderly",
    "老残一体": "elderly_disabled",
}
DE_FACTO_ORPHAN: Mapping[str, str] = {
    **dict.fromkeys(("全额", "是", "有", "享受"), "full"),
    **dict.fromkeys(("部分", "差额", "补差"), "partial"),
    **dict.fromkeys(("无", "没有", "否", "不享受"), "none"),
}
