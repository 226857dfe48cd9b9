"""The lists that other bodies give: what each row says, under which column titles. Pure.

A list is either a register of events (deaths, moves: each list adds) or a roster (who is on 低保 now: the newest list
of a division replaces the ones before it). The day of the event and the day that the list was received are kept apart:
news of a death comes late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lxbt.core import idnumber
from lxbt.core.months import Month
from lxbt.registry.rules.days import day_fault


class ValueKind(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    NAME = "name"
    IDENTITY_NUMBER = "identity_number"
    DATE = "date"
    MONTH = "month"
    MONEY = "money"  # yuan, two places
    CHOICE = "choice"  # one of `choices`


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its key in `ListRow`, its title, how it is read, other titles it is met under."""

    key: str
    title: str
    kind: ValueKind = ValueKind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)  # word in the cell -> value kept


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list. `roster`: the newest list of a division is the whole truth there; else each list adds events."""

    key: str
    title: str
    body: str  # who gives it
    columns: tuple[Column, ...]
    roster: bool = False

    def column(self, key: str) -> Column | None:
        """The column of a key, None where this list has none."""
        return next((column for column in self.columns if column.key == key), None)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row as read: `row` is its number in the file.

    Without an identity number it can only ever propose a person.
    """

    row: int
    name: str
    identity_number: str = ""
    birth: date | None = None
    event_on: date | None = None
    since_month: Month | None = None
    until_month: Month | None = None  # exclusive: the first month without it
    amount: Decimal | None = None  # yuan a month
    value: str = ""
    place: str = ""
    reference: str = ""
    note: str = ""


NAME = Column("name", "姓名", ValueKind.NAME, ("人员姓名", "对象姓名", "死者姓名", "逝者姓名"), required=True)
NUMBER = Column(
    "identity_number",
    "身份证号",
    ValueKind.IDENTITY_NUMBER,
    ("身份证号码", "公民身份号码", "公民身份证号", "证件号码", "证件号"),
)
BIRTH = Column("birth", "出生日期", ValueKind.DATE, ("出生年月日", "出生年月"))
PLACE = Column("place", "户籍地", ValueKind.TEXT, ("户籍地址", "住址", "户籍所在地", "乡镇街道"))
REFERENCE = Column("reference", "编号", ValueKind.TEXT, ("登记编号", "证明编号", "文书号", "业务编号"))
NOTE = Column("note", "备注", ValueKind.TEXT, ("说明", "原因"))
_TAIL = (BIRTH, PLACE, REFERENCE, NOTE)


def _event(title: str, *aliases: str) -> Column:
    return Column("event_on", title, ValueKind.DATE, aliases, required=True)


def _since(title: str, *aliases: str) -> Column:
    return Column("since_month", title, ValueKind.MONTH, ("开始月份", "起始月份", "享受起始月", *aliases))


UNTIL = Column("until_month", "停止月份", ValueKind.MONTH, ("终止月份", "截止月份", "停发月份"))
MONTHLY = Column("amount", "月金额", ValueKind.MONEY, ("金额", "月标准", "月补助金额", "发放金额"))

_ALL = (
    ListKind(
        "deaths",
        "死亡登记",
        "公安、卫生健康",
        (
            NAME,
            NUMBER,
            _event("死亡日期", "死亡时间", "注销日期", "户口注销日期"),
            Column(
                "value",
                "来源",
                ValueKind.CHOICE,
                ("数据来源", "注销原因"),
                choices={
                    "公安": "police",
                    "公安注销": "police",
                    "户口注销": "police",
                    "死亡注销": "police",
                    "卫健": "health",
                    "卫健死亡": "health",
                    "死亡证明": "health",
                    "死亡医学证明": "health",
                },
            ),
            *_TAIL,
        ),
    ),
    ListKind("cremations", "火化登记", "民政殡葬", (NAME, NUMBER, _event("火化日期", "火化时间"), *_TAIL)),
    ListKind(
        "moves",
        "户籍迁出",
        "公安",
        (
            NAME,
            NUMBER,
            _event("迁出日期", "迁移日期"),
            Column("value", "迁入地", ValueKind.TEXT, ("迁往地", "迁入地址")),
            *_TAIL,
        ),
    ),
    ListKind(
        "dibao",
        "低保和低保边缘在册",
        "民政社会救助",
        (
            NAME,
            NUMBER,
            Column(
                "value",
                "类别",
                ValueKind.CHOICE,
                ("救助类别", "对象类别", "低保类别"),
                choices={
                    "低保": "dibao",
                    "城市低保": "dibao",
                    "农村低保": "dibao",
                    "城镇低保": "dibao",
                    "低保边缘": "dibao_margin",
                    "低保边缘家庭": "dibao_margin",
                    "边缘": "dibao_margin",
                },
            ),
            _since("纳入月份", "纳入时间"),
            UNTIL,
            MONTHLY,
            *_TAIL,
        ),
        roster=True,
    ),
    ListKind(
        "destitute",
        "特困人员在册",
        "民政社会救助",
        (NAME, NUMBER, _since("纳入月份", "认定月份"), UNTIL, MONTHLY, *_TAIL),
        roster=True,
    ),
    ListKind(
        "work_injury_care",
        "工伤保险生活护理费",
        "人力资源和社会保障",
        (NAME, NUMBER, _since("领取起始月"), UNTIL, MONTHLY, *_TAIL),
        roster=True,
    ),
    ListKind(
        "orphans",
        "孤儿和事实无人抚养儿童",
        "民政儿童福利",
        (
            NAME,
            NUMBER,
            Column(
                "value",
                "类别",
                ValueKind.CHOICE,
                ("儿童类别", "保障类别"),
                required=True,
                choices={
                    "孤儿": "orphan",
                    "艾滋病病毒感染儿童": "orphan",
                    "艾滋感染儿童": "orphan",
                    "事实无人抚养儿童": "full",
                    "事实无人抚养": "full",
                    "事实无人抚养全额": "full",
                    "全额": "full",
                    "事实无人抚养差额": "partial",
                    "差额": "partial",
                },
            ),
            _since("保障起始月"),
            UNTIL,
            MONTHLY,
            *_TAIL,
        ),
        roster=True,
    ),
    ListKind(
        "prison", "服刑人员", "司法行政", (NAME, NUMBER, _event("判决生效日期", "收监日期", "入监日期"), UNTIL, *_TAIL)
    ),
    ListKind(
        "elderly_care",
        "老年人护理补贴",
        "民政养老服务",
        (NAME, NUMBER, _since("发放起始月"), UNTIL, MONTHLY, *_TAIL),
        roster=True,
    ),
    ListKind(
        "public_employees",
        "财政供养和企业登记",
        "财政、市场监管",
        (
            NAME,
            NUMBER,
            Column(
                "value",
                "类别",
                ValueKind.CHOICE,
                ("人员类别", "登记类别"),
                required=True,
                choices={
                    "财政供养": "public",
                    "在编": "public",
                    "机关事业单位": "public",
                    "退休": "pension",
                    "养老金": "pension",
                    "企业法人": "owner",
                    "法定代表人": "owner",
                    "股东": "owner",
                    "个体工商户": "owner",
                },
            ),
            _since("任职月份"),
            UNTIL,
            *_TAIL,
        ),
        roster=True,
    ),
    ListKind(
        "life_signs",
        "资格认定",
        "人力资源和社会保障、民政",
        (
            NAME,
            NUMBER,
            _event("认定日期", "最近认定日期", "活动日期"),
            Column(
                "value",
                "结果",
                ValueKind.CHOICE,
                ("认定结果",),
                choices={"通过": "alive", "已认定": "alive", "健在": "alive", "未通过": "failed", "未认定": "failed"},
            ),
            *_TAIL,
        ),
    ),
)
LISTS: Mapping[str, ListKind] = {kind.key: kind for kind in _ALL}


def event_day_fault(row: ListRow, *, on: date) -> str | None:
    """Why the event of a row cannot be of its day (`registry.rules.days`): before birth, before 1900, not come yet."""
    if row.event_on is None:
        return None
    number = idnumber.normalise(row.identity_number)
    birth = (idnumber.birth_of(number) if len(number) == 18 else None) or row.birth
    return day_fault(row.event_on, birth=birth, on=on)


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """One record of a list as a system tells it: its own number there, and the running number of the change (higher is
    newer).

    `withdrawn`: the record was wrong and is taken back. Who left a roster is told by `until_month` instead.
    """

    kind: str
    division_code: str  # the area that the list speaks of
    record_id: str
    sequence: int
    row: ListRow
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Complete:
    """A system says that a roster is complete: as of which day, with how many records."""

    kind: str
    division_code: str
    sequence: int
    as_of: date
    count: int


@dataclass(frozen=True, slots=True)
class RecordsTaken:
    """What became of told records: new, changed, taken back, and those known already or older than what is known."""

    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    same: int = 0
    unknown: int = 0  # of the new and changed: fit nobody registered here


@dataclass(frozen=True, slots=True)
class ListTaken:
    """What became of rows: kept anew, known already by their content, and how many fit no person registered here."""

    new: int
    same: int
    unknown_person: int

    def __add__(self, other: ListTaken) -> ListTaken:
        return ListTaken(self.new + other.new, self.same + other.same, self.unknown_person + other.unknown_person)
