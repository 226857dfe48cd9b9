"""Events and seals as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lxbt.divisions import queries as divisions
from lxbt.web.audit.words import FIELDS, SUBJECTS, action_words
from lxbt.web.kit.components import Column, Empty, Page, Row, Table


def subject_words(event: Any) -> str:
    """批次 42."""
    return f"{SUBJECTS.get(event.subject_kind, event.subject_kind)} {event.subject_id}".strip()


def place_words(code: str) -> str:
    """The name of a place, a dash for none."""
    return divisions.name_of(code) if code else "—"


def cells_of(event: Any) -> list[str]:
    """The event as the list and the export show it, in the order of the columns below."""
    return [
        f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
        event.by_name or _("系统"),
        place_words(event.by_place),
        origin_words(event.origin),
        action_words(event.action),
        subject_words(event),
        place_words(event.division_code),
        event.why,
    ]


def origin_words(origin: str) -> str:
    """A network address as it is, the system's own doors in words."""
    return {"terminal": _("命令行"), "worker": _("后台任务")}.get(origin, origin) or "—"


def event_table(shown: Sequence[Any], page: Page) -> Table:
    """The list of events."""
    columns = [
        Column(_("时间"), phone="first"),
        Column(_("谁")),
        Column(_("所在单位")),
        Column(_("来源"), phone="hide"),
        Column(_("做了什么"), phone="lead"),
        Column(_("涉及对象")),
        Column(_("地区")),
        Column(_("理由")),
    ]
    return Table(
        caption=_("操作记录"),
        columns=columns,
        rows=[Row(cells=cells_of(e), url=reverse("audit_event", args=[e.pk]), action=_("查看")) for e in shown],
        page=page,
        empty=Empty(_("没有符合条件的记录"), _("放宽日期，或换个条件、辖区再看。"), icon="fingerprint"),
    )


def changes_of(event: Any) -> list[tuple[str, str, str, bool]]:
    """(field, before, after, whether only digests are kept) of what the act changed."""
    rows = []
    for name, (before, after) in event.changes.items():
        digest = any(isinstance(v, str) and v.startswith("#") for v in (before, after))
        rows.append((str(FIELDS.get(name, name)), value_words(before), value_words(after), digest))
    return rows


def value_words(value: object) -> str:
    """A kept value for a reader."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "\n".join(value_words(item) for item in value)
    if isinstance(value, dict):
        return "\n".join(f"{key} {value_words(item)}" for key, item in value.items())
    return str(value)


def seal_table(shown: Sequence[Any], page: Page | None) -> Table:
    """The list of seals."""
    return Table(
        caption=_("封存"),
        columns=[
            Column(_("序号"), phone="first"),
            Column(_("记录数"), "num"),
            Column(_("记录编号")),
            Column(_("封存时间")),
            Column(_("摘要（SM3）"), phone="lead"),
        ],
        rows=[
            Row(
                cells=[
                    b.number,
                    b.count,
                    f"{b.first_id}–{b.last_id}",
                    f"{timezone.localtime(b.sealed_at):%Y-%m-%d %H:%M:%S}",
                    bytes(b.digest).hex(),
                ]
            )
            for b in shown
        ],
        page=page,
        empty=Empty(_("还没有封存"), _("后台每 30 秒封存一次；没有运行后台时，可运行 lxbt audit seal。"), icon="lock"),
    )
