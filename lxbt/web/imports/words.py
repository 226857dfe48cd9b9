"""The words of batch import: states, outcomes, what was written, why a row was not taken."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.documents.rules.workbooks import SENTENCES, Fault
from lxbt.entitlements.rules import REASONS
from lxbt.imports.kinds import kinds
from lxbt.imports.rules.conflicts import words_of
from lxbt.imports.rules.kinds import Kind
from lxbt.web.kit.components import Chip
from lxbt.web.kit.components.parts import Tone
from lxbt.web.words import listed, translated

STATES: dict[str, tuple[Promise, Tone, str]] = {
    "uploaded": (lazy("待对列"), "warn", "columns"),
    "planning": (lazy("正在核对"), "run", ""),
    "planned": (lazy("待确认写入"), "warn", "checkbox"),
    "writing": (lazy("正在写入"), "run", ""),
    "paused": (lazy("已暂停"), "hold", ""),
    "stopped": (lazy("已停止"), "off", "player-stop"),
    "done": (lazy("已完成"), "ok", ""),
    "undoing": (lazy("正在撤销"), "run", "arrow-back-up"),
    "undone": (lazy("已撤销"), "off", "arrow-back-up"),
    "refused": (lazy("读不了"), "bad", "file-off"),
}
OUTCOMES: dict[str, Promise] = {
    "new": lazy("新增"),
    "changed": lazy("与已登记不同，变更"),
    "same": lazy("已有且相同，跳过"),
    "conflict": lazy("与已有数据矛盾"),
    "error": lazy("填写有误"),
    "left": lazy("按选择未写入"),
}
ROW_CHIPS: dict[str, tuple[Promise, Tone, str]] = {
    "new": (lazy("新增"), "run", "plus"),
    "changed": (lazy("变更"), "run", "arrows-exchange"),
    "same": (lazy("相同"), "off", "equal"),
    "conflict": (lazy("矛盾"), "warn", "git-compare"),
    "error": (lazy("有误"), "bad", ""),
    "left": (lazy("未写入"), "off", "circle-minus"),
}
EFFECTS: dict[str, Promise] = {
    "persons": lazy("新建人员"),
    "changed": lazy("更新人员"),
    "rights": lazy("新建补贴享受期"),
    "held": lazy("其中先不发放，须另作决定"),
    "payments": lazy("写入发放记录"),
    "changes": lazy("写入历史变更"),
    "listed": lazy("写入名单"),
    "repeated": lazy("名单中已有"),
    "unknown": lazy("本系统没有此人"),
    "doubtful": lazy("其中与当时规定不符"),
    "skipped": lazy("标题、空行和合计行，跳过"),
    "interrupted": lazy("其中月份有间断的补贴"),
    "left": lazy("撤销时保留的人员"),
}
MOVED: dict[str, Promise] = {
    "right": lazy("新增享受资格"),
    "paid": lazy("记为已发，不再发放"),
    "facts": lazy("改动正在享受的人"),
}
SURE: dict[str, Promise] = {
    "title": lazy("列名相同"),
    "alias": lazy("按列名识别"),
    "content": lazy("按内容识别"),
    "remembered": lazy("按上次的对列"),
    "by_hand": lazy("手动"),
    "once": lazy("文件里只说一次"),
    "set": lazy("由您设定"),
    "unfolded": lazy("由横排展开"),
    "month": lazy("按月份选定"),
}
MONTHS: dict[str, tuple[Promise, Tone]] = {
    "agrees": (lazy("一致"), "ok"),
    "differs": (lazy("不一致"), "bad"),
    "missing": (lazy("未申报"), "warn"),
    "none": (lazy("无数据"), "off"),
}
NOTICES: dict[str, Promise] = {
    "import_planned": lazy("“%(file)s”（%(kind)s）已逐行核对，请看计划，确认后写入。"),
    "import_done": lazy("“%(file)s”（%(kind)s）已写入完成，请核对合计和未通过的行。"),
}


def state_chip(state: str) -> Chip:
    """The state of an import."""
    word, tone, icon = STATES[state]
    return Chip(str(word), tone, icon)


def row_chip(outcome: str) -> Chip:
    """What became of a row."""
    word, tone, icon = ROW_CHIPS[outcome]
    return Chip(str(word), tone, icon)


def month_chip(state: str) -> Chip:
    """How what was declared and what is recorded stand to each other."""
    word, tone = MONTHS[state]
    return Chip(str(word), tone)


def kind_name(key: str) -> str:
    """历史发放; a kind no longer known as it is written."""
    found = kinds().get(key)
    return translated(found.title) if found else key


def column_name(kind: Kind, key: str) -> str:
    """The title of a column of ours; 整行 where a whole row is meant."""
    return translated(kind.column(key).title) if kind.has(key) else _("整行")


def missing_names(kind: Kind, missing: list[str]) -> str:
    """The columns that a file lacks: 身份证号、补贴类型或生活补贴金额."""
    return listed(_("或").join(column_name(kind, key) for key in group.split("|")) for group in missing)


def problem(code: str) -> str:
    """What is wrong, or worth looking at, in a sentence."""
    if code in REASONS:
        return _("按当月规定不应享受：%(reason)s") % {"reason": translated(REASONS[code].sentence).rstrip(_("。"))}
    words = words_of(code)
    return translated(words.problem) if words else code


def mend(code: str) -> str:
    """How to mend it; where it is a rule that stands against, the document."""
    if code in REASONS:
        return _("按实际发放记录，请核实。依据 %(basis)s") % {"basis": REASONS[code].basis}
    words = words_of(code)
    return translated(words.mend) if words else ""


def fault_of_file(code: str) -> str:
    """Why a file could not be read."""
    return translated(SENTENCES[Fault(code)]) if code in set(Fault) else _("文件无法读取，请另存为 XLSX 再传。")
