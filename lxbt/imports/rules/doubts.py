"""What makes a careful clerk ask before a row is taken: words of a status, events, remarks, marks on the sheet.

Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from lxbt.core.readers.sentences import Words
from lxbt.imports.rules.kinds.shapes import titles

_TAKE = "查实后改掉这一处，或在“疑问”里答“照收”"
DOUBTS: dict[str, Words] = {
    "row_hidden": Words("有隐藏的行：这一行在表里是隐藏的", _TAKE),
    "row_struck": Words("有删除线的行：这一行划了删除线", _TAKE),
    "row_coloured": Words("有标了底色的行：这一行的底色与别的行不同", _TAKE),
    "row_comment": Words("有批注的行：这一行带批注", _TAKE),
    "status_other": Words("状态一列写的不是正常在享", _TAKE),
    "event_date": Words("死亡、停发、退出或迁出的一列有内容", _TAKE),
    "note_doubt": Words("备注里写着死亡、停发、迁出、过期等情况", _TAKE),
    "note_months": Words("备注里写的月份与所属月份不是同一个月", "一个月一行，按月分开写，或在“疑问”里答“照收”"),
    "months_many": Words("一格金额含几个月：发放月数不是 1", "按月分开写，一个月一行，或在“疑问”里答“照收”"),
    "arrears_beside": Words("这一行另写有补发，那一列没有读入", "补发的另写一行，在变更类型或备注写“补发”"),
    "sum_differs": Words("各月之和与这一行写的合计不一致", _TAKE),
    "two_columns": Words("两列都可能是这一项，这一行写的不一样", "在“列对照”里指明是哪一列，或把两列改成一样"),
    "account_phone": Words("银行账号是一个手机号码", "对照存折或银行卡填写账号，或在“疑问”里答“照收”"),
    "account_placeholder": Words("银行账号像是占位的数字", "对照存折或银行卡填写账号"),
    "account_shared": Words(
        "同一个银行账号写在几个人名下", "核对各人的账号；确是同一监护人代领的，写明户名和与监护人关系"
    ),
    "holder_other": Words("户名是别人，没有写明与残疾人的关系", "补填监护人或与监护人关系，或改成本人的账户"),
    "name_placeholder": Words("姓名像是占位的文字", "填写本人姓名"),
    "line_cut": Words("文件在这一行断了，后面的内容可能没有", "从原系统重新导出整个文件"),
}
TOLD: Mapping[str, str] = {
    "total_differs": "合计对不上：{}",
    "said_once": "文件里只说一次的：{}，各行按此读入，请核对",
    "unfolded": "月份横排或写成几个月的，已展开成一月一行：{}",
    "table_unread": "没有读的表：{}",
    "sheet_unread": "没有读的工作表：{}",
    "columns_unread": "没有读的列{}",
    "column_unread": "列{}没有读",
    "links": "表格的公式引用别的文件，读的是上次保存时的数值，请核对",
    "line_cut": "文件的最后一行没有写完，后面的内容可能没有",
}  # of a file as a whole
WHY_UNREAD: Mapping[str, str] = {
    "not_chosen": "没有选它",
    "empty": "空表",
    "hidden": "隐藏的工作表",
    "no_table": "没有这类数据的列",
    "too_many": "工作表太多，超过 60 张",
}


def told_sentence(code: str, about: str) -> str:
    """What is to be said of a file as a whole."""
    return TOLD[code].format(about)


STATUS_TITLE = re.compile(
    r"(?:人员|享受|发放|补贴|当前|待遇|打款|支付|交易|处理|到账|代发|在享|生存|认定|资格|核查|对象|生活|领取|银行返回|返回)*"
    r"(?:状态|结果|标志|标识)"
    r"|是否(?:已)?(?:发放|享受|在享|停发|死亡|注销|暂停|成功|到账|健在|迁出|退出|失效|冻结)(?:成功|补贴)?"
    r"|人员情况|生存情况|健在情况|变动情况|动态"
)
EVENT_TITLE = re.compile(
    r"(?:死亡|去世|亡故|病故|停发|退出|注销|迁出|终止|暂停|停止|取消|冻结)(?:日期|时间|年月|月份|日|起始月份|原因|说明|情况)?"
    r"|(?:失败|退回|退票|未发放?|不予发放)(?:原因|说明|日期|时间|信息)"
)
NOTE_TITLE = re.compile(r"备注.*|说明|其他|其它|情况说明|原因|变更原因|批次说明|注")
ARREARS_TITLE = re.compile(r"(?:补发|补差|追补)(?:金额|额|标准|月份|月数|起止|时间|合计)?|.*补发金额")
COUNT_TITLE = re.compile(r"(?:发放|补发|享受|补贴|应发|实发|计发)?月(?:份)?数|(?:发放|补发|享受)(?:几个)?月数|几个月")
_FINE = frozenset(
    titles(
        "正常 在享 享受 正常享受 正常发放 在册 有效 在保 成功 发放成功 已发 已发放 发放 到账 已到账 支付成功 "
        "交易成功 处理成功 "
        "打款成功 代发成功 存活 健在 在世 生存 通过 已支付 已打款 已拨付 已付 已代发 在用 新增 续发 续领 恢复 "
        "恢复发放 正常在享 "
        "享受中 发放中 在发 在领 领取中 正常领取 已享受 核查通过 认证通过 已认证 有效持证 正常持证 是 有 √ ✓ 对 S "
        "成功发放 "
        "入账成功 已入账 合格 符合 符合条件 无变动 无变化 不变 无"
    )
)
_NOT_SO = re.compile(r"是否(?:已)?(?:停发|死亡|注销|暂停|迁出|退出|失效|冻结)")
_NO = frozenset(["否", "无", "未", "没有", "不是", "N", "NO", "×", "0", "正常"])
_OTHERS = re.compile(
    r"(?:原?户主|(?:其|之)?(?:父亲?|母亲?|父母|丈夫|妻子?|配偶|监护人|爱人|老伴|儿子|女儿|家属|子女|哥哥?|弟弟?|姐姐?|妹妹?|爷爷|奶奶)|原监护人|原代领人|原持卡人)"
    r"[^,，;；。、]{0,10}?(?:死亡|去世|已故|病故|亡故|过世|逝世|迁出|外出|失联|服刑)"
    r"|死亡证明|(?:非|未|无)(?:死亡|停发|重复|过期)|不(?:重复|停发)"
)
_NOTED = re.compile(
    r"死亡|去世|亡故|病故|逝世|过世|已故|身故|离世|停发|停止|暂停|暂缓|缓发|取消|注销|销户|迁出|迁往|迁移|户口迁|户籍迁|转出"
    r"|失联|失踪|服刑|收监|坐牢|在押|退出|不再享受|不享受|过期|到期|失效|冻结|重复|待核|待查|待定|待补|待确认|未核|存疑|有疑|核实中|核查中"
    r"|不符合|不合格|多发|追回|追缴|冲销|冲减|冲账|退回|退款|退票|失败|未到账|未发|没发|未打款|账号有误|账号错|卡号错|户名不符|姓名不符|错误"
)
_SPACES = re.compile(r"\s+")
_BLANK = frozenset(("", "-", "--", "—", "——", "/", "无", "没有", "暂无", "空", "0", "否", "正常", "NULL", "NONE"))
_PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}", re.ASCII)
_PLACEHOLDER = re.compile(r"(\d)\1{5,}|0*1?23456(?:7(?:8(?:90*)?)?)?\d{0,4}|0{6,}", re.ASCII)
_NAME_PLACEHOLDER = re.compile(
    r"(?:[\u4e00-\u9fff]{0,2}(?:某某?|某人|XX?X?|××?))|待[定补填查核]|未知|测试\d*|姓名|无名氏?|同上|不详|张三丰?示例",
    re.IGNORECASE,
)
_NOTE_MONTH = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?P<first>1[0-2]|0?[1-9])(?:月份?)?(?:[-~—–至到、和及]+(?:(?P<other>20\d\d)年)?(?P<last>1[0-2]|0?[1-9]))?月"
)
_ONLY_IN_HISTORY = re.compile(r"补发|含|包括|共|合发|一并|累计|个月|季度")


def seen(cell: object) -> str:
    """A cell as it is compared with the words here."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", "" if cell is None else str(cell)))


def status_doubt(title: str, text: str) -> bool:
    """Whether what stands in a column of a status is something else than that all is well."""
    if not text or text in _BLANK - {"否", "0"}:
        return False
    if _NOT_SO.fullmatch(title):
        return text not in _NO
    return text.removesuffix("状态") not in _FINE


def event_doubt(text: str) -> bool:
    """Whether a column of deaths and endings says anything."""
    return text not in _BLANK


def note_doubt(text: str) -> bool:
    """Whether a remark says something that speaks against paying this person."""
    return bool(text) and _NOTED.search(_OTHERS.sub("", text)) is not None


def note_months(text: str, year: int, month: int) -> bool:
    """Whether a remark on a payment names another month than its own, or several."""
    if not text or not _ONLY_IN_HISTORY.search(text):
        return False
    for found in _NOTE_MONTH.finditer(text):
        first, last = int(found["first"]), int(found["last"] or found["first"])
        if first != last or first != month or (found["year"] and int(found["year"]) != year):
            return True
    return "季度" in text or re.search(r"[2-9二三四五六七八九十]个月", text) is not None


ODD_ACCOUNT = re.compile(
    rf"^(?:{_PHONE.pattern}|{_PLACEHOLDER.pattern})$", re.ASCII | re.MULTILINE
)  # in lines of accounts


def account_doubt(account: str) -> str:
    """The code of what is odd about an account number; empty when nothing is."""
    if _PHONE.fullmatch(account):
        return "account_phone"
    return "account_placeholder" if _PLACEHOLDER.fullmatch(account) else ""


def is_placeholder(name: str) -> bool:
    """Whether a name stands for none."""
    return _NAME_PLACEHOLDER.fullmatch(name) is not None


def watched(titles: Mapping[int, str], mapped: Mapping[int, str]) -> dict[int, str]:
    """Columns that are looked at for doubts: place -> status, event, note, arrears or count."""
    found = {}
    for at, title in titles.items():
        key = mapped.get(at, "")
        if key in ("note", "reason", "batch_note"):
            found[at] = "note"
        elif key:
            continue
        elif STATUS_TITLE.fullmatch(title):
            found[at] = "status"
        elif EVENT_TITLE.fullmatch(title):
            found[at] = "event"
        elif ARREARS_TITLE.fullmatch(title):
            found[at] = "arrears"
        elif COUNT_TITLE.fullmatch(title):
            found[at] = "count"
        elif NOTE_TITLE.fullmatch(title):
            found[at] = "note"
    return found
