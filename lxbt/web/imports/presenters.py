"""One import as its page shows it: steps, bar, plan beside actual, rows, what is asked before writing and undoing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lxbt.imports import queries
from lxbt.imports.kinds import kind_of
from lxbt.imports.operations.intake import layout_of
from lxbt.imports.operations.undoing import moves_money
from lxbt.imports.states import (
    CHANGED,
    CONFLICT,
    DONE,
    ERROR,
    KEPT,
    LEFT,
    NEW,
    OUTCOMES,
    PAUSED,
    PLANNED,
    PLANNING,
    SAME,
    STOPPED,
    UNDOING,
    WRITING,
    WRITTEN,
)
from lxbt.web.imports import words
from lxbt.web.kit.components import Column, Confirm, Progress, Row, Step, Tab, Table
from lxbt.web.kit.formats import percent, whole

MOVING = (PLANNING, WRITING, PAUSED)  # states with a bar
TABS = 8  # reasons that have a tab of their own


def size_words(size: int) -> str:
    """18.4 MB."""
    return f"{size / 2**20:,.1f} MB" if size >= 2**20 else f"{max(1, size // 1024):,} KB"


def span_words(seconds: float) -> str:
    """8 秒, 3 分 05 秒, 1 小时 20 分."""
    whole_ = int(seconds)
    if whole_ < 60:
        return _("%(s)d 秒") % {"s": whole_}
    if whole_ < 3600:
        return _("%(m)d 分 %(s)d 秒") % {"m": whole_ // 60, "s": whole_ % 60}
    return _("%(h)d 小时 %(m)d 分") % {"h": whole_ // 3600, "m": whole_ % 3600 // 60}


def is_writing(entry: Any) -> bool:
    """Whether the pass writes, or wrote, also while it is halted."""
    return entry.state in (WRITING, DONE) or (entry.state in (PAUSED, STOPPED) and entry.before_pause == WRITING)


def steps_of(entry: Any) -> list[Step]:
    """选文件 → 对列 → 看计划 → 写入 → 核对."""
    at = 2 if not entry.titles or entry.state == "uploaded" else 3
    if is_writing(entry):
        at = 4
    if entry.state in (DONE, UNDOING, "undone"):
        at = 5
    mapped = len(entry.mapping)
    by_hand = sum(how == "by_hand" for how in entry.sure.values())
    sheets = len(entry.sheets)
    details = [
        _("%(size)s，%(n)s 个工作表") % {"size": size_words(entry.size), "n": sheets}
        if sheets
        else size_words(entry.size),
        _("%(n)s 列，%(m)s 列手动") % {"n": mapped, "m": by_hand}
        if by_hand
        else _("%(n)s 列") % {"n": mapped}
        if entry.titles
        else "",
        _("%(n)s 行") % {"n": whole(sum(entry.planned.values()))} if entry.planned else "",
        percent(progress_share(entry), 1)
        if is_writing(entry) and entry.state != DONE
        else _("%(n)s 行") % {"n": whole(written(entry.counts))}
        if entry.state == DONE
        else "",
        _("控制合计"),
    ]
    names = [_("选文件"), _("对列"), _("看计划"), _("写入"), _("核对")]
    return [
        Step(
            name,
            "refused"
            if entry.state == "refused" and n == at
            else "done"
            if n < at
            else "current"
            if n == at
            else "future",
            when=detail,
        )
        for n, (name, detail) in enumerate(zip(names, details, strict=True), start=1)
    ]


def written(counts: dict[str, int]) -> int:
    """Rows that are written, or would be."""
    return sum(counts.get(outcome, 0) for outcome in WRITTEN)


def kept(counts: dict[str, int]) -> int:
    """Rows that stay with the sender."""
    return sum(counts.get(outcome, 0) for outcome in KEPT)


def progress_share(entry: Any) -> float:
    """How much of the pass is behind us, 0 to 1: by rows where a plan told how many there are, else by the file."""
    planned = sum(entry.planned.values()) if is_writing(entry) else 0
    return min(1.0, sum(entry.counts.values()) / planned) if planned else float(entry.share)


def progress_of(entry: Any, now: datetime) -> Progress:
    """The bar of planning and writing."""
    done = sum(entry.counts.values())
    planned = sum(entry.planned.values()) if is_writing(entry) else 0
    total = planned or (max(done, round(done / entry.share)) if entry.share else done)
    rate, left = queries.rate_and_left(entry)
    running = entry.state != PAUSED
    return Progress(
        total=total,
        written=written(entry.counts),
        unchanged=entry.counts.get(SAME, 0),
        rejected=kept(entry.counts),
        rate=round(rate) or None,
        elapsed=span_words((now - entry.began_at).total_seconds()) if entry.began_at and running else "",
        left=span_words(left.total_seconds()) if isinstance(left, timedelta) and running else "",
        running=running,
        about=not planned and entry.share < 1,
        wanted="" if is_writing(entry) else _("将写入"),
    )


def said(entry: Any) -> str:
    """What those who hear the page are told: it changes with every tenth, not with every row."""
    if entry.state == UNDOING:
        return _("正在撤销")
    name = words.state_chip(entry.state).word
    return _("%(state)s，已完成 %(n)s%%") % {"state": name, "n": int(progress_share(entry) * 10) * 10}


def compared(entry: Any) -> Table:
    """What was foreseen beside what was done, row by row; then what that made."""
    doing = is_writing(entry) and bool(entry.counts)
    shown = [outcome for outcome in OUTCOMES if entry.planned.get(outcome) or (doing and entry.counts.get(outcome))]
    rows = [
        Row(
            [
                str(words.OUTCOMES[o]),
                entry.planned.get(o, 0) if entry.planned else "—",
                entry.counts.get(o, 0) if doing else "—",
            ]
        )
        for o in shown
    ]
    totals = [
        _("合计（行）"),
        sum(entry.planned.values()) if entry.planned else "—",
        sum(entry.counts.values()) if doing else "—",
    ]
    return Table(
        caption=_("计划与实际"),
        columns=[Column(_("这些行"), phone="lead"), Column(_("计划"), "num"), Column(_("已做"), "num")],
        rows=rows,
        totals=totals,
        cards=False,
    )


def effects_of(entry: Any) -> list[tuple[str, int]]:
    """What the rows made: persons, periods, payments."""
    return [(str(label), entry.effects[key]) for key, label in words.EFFECTS.items() if entry.effects.get(key)]


@dataclass(frozen=True)
class FaultLine:
    """One thing wrong in one row. `row_no` is empty where the row stands above already."""

    row_no: int | None
    chip: Any
    sheet: str
    column: str
    shown: str
    problem: str
    mend: str
    wrong: bool
    row: int  # by which it is mended
    place: int  # the column that is mended; -1 for none


def fault_lines(entry: Any, rows: Sequence[Any], code: str) -> list[FaultLine]:
    """The rows with every fault on a line of its own, the one asked for first."""
    kind, layout = kind_of(entry.kind), layout_of(entry)
    places = {key: at for at, key in layout.mapping.items()}
    lines = []
    for row in rows:
        sheet, number = layout.where(row.row_no)
        faults = sorted(row.faults, key=lambda fault: fault[1] != code)
        for n, (column, found, shown) in enumerate(faults):
            lines.append(
                FaultLine(
                    None if n else number,
                    None if n else words.row_chip(row.outcome),
                    "" if n or not layout.also else sheet,
                    words.column_name(kind, column),
                    shown,
                    words.problem(found),
                    words.mend(found),
                    row.outcome in (ERROR, CONFLICT),
                    row.row_no,
                    places.get(column, -1),
                )
            )
    return lines


def reason_tabs(entry: Any, code: str, show: str) -> list[Tab]:
    """Rows that stay with the sender, by what stands against them; those with a remark last."""
    tabs = []
    if whole_ := kept(entry.counts):
        tabs.append(Tab(_("全部"), "?#rows", whole_, show != "remarked" and not code))
        found = sorted(entry.reasons.items(), key=lambda pair: -pair[1])
        tabs += [Tab(short(c), f"?code={c}#rows", n, code == c and show != "remarked") for c, n in found[:TABS]]
    return tabs


def short(code: str) -> str:
    """The first part of the sentence."""
    return words.problem(code).split(_("，"))[0].partition(";")[0]


def remark_lines(entry: Any) -> list[tuple[str, str, int, str]]:
    """Remarks of rows that are accepted: sentence, what to do, rows, where to see them."""
    return [
        (words.problem(code), words.mend(code), count, f"?show=remarked&code={code}#rows")
        for code, count in sorted(entry.remarks.items(), key=lambda pair: -pair[1])
    ]


@dataclass(frozen=True)
class Writing:
    """What is about to be written, by the choices made."""

    accepts: list[str]
    new: int
    changed: int
    remarked: int
    remarked_known: bool  # more were remarked than are kept to be counted
    left: int

    @property
    def rows(self) -> int:
        """Rows that will be written, at least."""
        return (
            self.new
            + (self.changed if "changed" in self.accepts else 0)
            - (0 if "remarked" in self.accepts else self.remarked)
        )


def writing_of(entry: Any, accepts: list[str]) -> Writing:
    """The numbers behind the choice."""
    planned = entry.planned
    kept_remarks = queries.remarked_outcomes(entry.pk)
    writable = sum(kept_remarks.get(o, 0) for o in (NEW, CHANGED) if o == NEW or "changed" in accepts)
    return Writing(
        accepts,
        planned.get(NEW, 0),
        planned.get(CHANGED, 0),
        writable,
        sum(kept_remarks.values()) < queries.REMARKED_KEPT,
        planned.get(SAME, 0) + planned.get(CONFLICT, 0) + planned.get(ERROR, 0) + planned.get(LEFT, 0),
    )


def stop_dialog(entry: Any) -> Confirm:
    """Before stopping: what stays and what can be done afterwards."""
    writing = is_writing(entry)
    done = (
        _("已写入"),
        ngettext("%(n)s 行，保留", "%(n)s 行，保留", written(entry.counts)) % {"n": whole(written(entry.counts))},
    )
    then = (_("以后"), _("可以接着写入余下的行，也可以整个撤销") if writing else _("可以改对列后重新核对"))
    return Confirm(
        id="stop",
        title=_("停止这次导入？"),
        act=_("停止导入"),
        url=reverse("import_act", args=[entry.pk]),
        fields=[("act", "stop")],
        danger=True,
        consequences=[done, then] if writing else [(_("已写入"), _("0 行，还没有写入")), then],
    )


def undo_dialog(entry: Any) -> Confirm:
    """Before taking an import back: what goes, what stays; from ten persons on the number is typed."""
    persons, payments = entry.effects.get("persons", 0), entry.effects.get("payments", 0)
    told = [
        (_("删去"), _("本次新建的 %(n)s 人，%(m)s 条发放记录") % {"n": whole(persons), "m": whole(payments)}),
        (_("恢复"), _("本次更新过的 %(n)s 人改回原样") % {"n": whole(entry.effects.get("changed", 0))}),
        (_("不能撤销"), _("之后已办理申请、审定、发放或变更的人，须逐人更正")),
    ]
    if moves_money(entry):
        told.append((_("由谁决定"), _("取消享受资格或发放记录，须由另一人同意后才撤销")))
    rows = written(entry.counts)
    return Confirm(
        id="undo",
        title=_("撤销整个导入？"),
        act=_("提交撤销") if moves_money(entry) else _("撤销这次导入"),
        url=reverse("import_act", args=[entry.pk]),
        fields=[("act", "undo")],
        danger=True,
        consequences=told,
        text=_("文件本身保留，撤销后可以重新上传、重新导入。"),
        reason_label=_("说明（另一人据此复核，至少 4 个字）") if moves_money(entry) else "",
        typed=Decimal(rows) if rows >= 10 else None,
        typed_label=_("输入已写入的行数以确认：%(n)s") % {"n": whole(rows)},
    )


def checked(entry: Any, may_see: Callable[[str], bool]) -> dict[str, Any] | None:
    """The sum of the file beside what the paying bodies declared for its months; None where it recorded no payments."""
    found = queries.declared_for(entry.pk)
    if not found:
        return None
    states = {state: sum(line.state == state for line in found) for state in ("agrees", "differs", "missing")}
    return {
        "file": sum((line.own for line in found), Decimal(0)),
        "recorded": sum((line.recorded_amount for line in found), Decimal(0)),
        "declared": sum((line.declared_amount for line in found if line.declared_amount is not None), Decimal(0))
        if states["missing"] < len(found)
        else None,
        "months": len({line.month for line in found}),
        "states": [(words.month_chip(state), count) for state, count in states.items() if count],
        "payers": sorted({line.payer for line in found if may_see(line.payer)}),
    }


def may_be_planned(entry: Any) -> bool:
    """Whether columns may still be set and a plan made."""
    return entry.state in ("uploaded", PLANNED) or (entry.state == STOPPED and entry.before_pause != WRITING)
