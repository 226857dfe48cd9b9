"""The components as template tags: `{% load lxbt %}`. Each takes one value of `lxbt.web.kit.components` and renders its
template.

`{% show value %}` renders any of them, text, money and dates too; the named tags exist so that templates read well.
"""

from __future__ import annotations

import warnings
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context, RequestContext
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lxbt.accounts.rules.looking import REASONS
from lxbt.web.kit import components as c
from lxbt.web.kit import drawing
from lxbt.web.kit import formats as f
from lxbt.web.kit.charts import chart_data, chart_rows
from lxbt.web.kit.paging import changed_query as paging_query
from lxbt.web.words import translated

register = template.Library()

ICONS = frozenset((Path(__file__).parent.parent / "icons.txt").read_text(encoding="utf-8").split())

FILES: dict[type, str] = {
    c.Amount: "amount",
    c.Approval: "approval",
    c.AreaMap: "chart",
    c.BarChart: "chart",
    c.Behind: "behind",
    c.Bridge: "bridge",
    c.Chip: "chip",
    c.Clock: "clock",
    c.Confirm: "confirm",
    c.Decision: "decision",
    c.Empty: "empty",
    c.Explanation: "explanation",
    c.LineChart: "chart",
    c.Link: "link",
    c.MaskedValue: "masked",
    c.Person: "person",
    c.Progress: "progress",
    c.Segments: "segments",
    c.Share: "share",
    c.Strip: "strip",
    c.Subsidies: "subsidies",
    c.Table: "table",
    c.Tile: "tile",
}


def rendered(context: Context, value: Any, file: str, **more: Any) -> SafeString:
    """The template `components/<file>.html` with `it` and what else it needs; request and CSRF token are passed on."""
    engine = context.template.engine  # type: ignore[union-attr]
    inner = context.new(
        {"it": value, "request": context.get("request"), "csrf_token": context.get("csrf_token"), **more}
    )
    return engine.get_template(f"components/{file}.html").render(inner)


@register.simple_tag(takes_context=True)
def show(context: Context, value: Any) -> SafeString:
    """Any value as it belongs on the screen."""
    if (file := FILES.get(type(value))) is not None:
        return rendered(context, value, file, **extras(value))
    if value is None:
        return mark_safe(f.DASH)
    if isinstance(value, Decimal):
        return conditional_escape(f.money(value))
    if isinstance(value, date):
        return conditional_escape(f.day(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return conditional_escape(f.whole(value))
    return conditional_escape(value)


def extras(value: Any) -> dict[str, Any]:
    """What a component's template needs besides the component: places on paper, rows of its table, data of its
    chart.
    """
    match value:
        case c.Clock():
            blocks, width = drawing.clock_blocks(value)
            return {"blocks": blocks, "width": width}
        case c.Strip():
            return {"drawing": drawing.strip_drawing(value), "runs": drawing.strip_runs(value), "states": strip_words()}
        case c.Bridge():
            return {"drawing": drawing.bridge_drawing(value)}
        case c.Share():
            rest = 1 - value.since
            width = round(max(0.0, min(1.0, (value.value - value.since) / rest if rest else 0)) * 60, 1)
            return {"width": width, "hatch": range(-6, 60, 5)}
        case c.Table():
            totals = list(zip(value.columns, value.totals, strict=True)) if value.totals else []
            return {
                "rows": [(row, list(zip(value.columns, row.cells, strict=True))) for row in value.rows],
                "totals": totals,
            }
        case c.Progress():
            share = 1000 / value.total if value.total else 0
            return {"widths": [round(n * share, 1) for n in (value.written, value.unchanged, value.rejected)]}
        case c.AreaMap() | c.LineChart() | c.BarChart():
            heads, rows = chart_rows(value)
            data = chart_data(value, outline_url=outline_address(value.outline) if isinstance(value, c.AreaMap) else "")
            return {
                "heads": heads,
                "rows": rows,
                "data": json_script(data, f"{value.id}-data"),
                "map": isinstance(value, c.AreaMap),
            }
    return {}


def outline_address(outline: str) -> str:
    """Where the map outline lies; empty for a body that has none (兵团), and then only the table is shown."""
    try:
        return static("vendor/maps/china.json" if outline == "china" else f"vendor/maps/province/{outline}.json")
    except ValueError:
        return ""


def strip_words() -> dict[str, str]:
    """The states of the month strip in words."""
    return {
        "paid": _("按月发"),
        "paid_later": _("事后补发"),
        "topped_up": _("差额补发"),
        "recovered": _("多发已收回"),
        "overpaid": _("疑似多发"),
        "resent": _("退票重发"),
        "waiting": _("待发"),
        "none": _("无资格"),
    }


for _name in [
    "chip",
    "clock",
    "masked",
    "segments",
    "share",
    "strip",
    "bridge",
    "table",
    "amount",
    "approval",
    "empty",
    "explanation",
    "progress",
    "confirm",
    "decision",
    "link",
    "tile",
    "chart",
    "person",
]:
    register.simple_tag(show, takes_context=True, name=_name)


@register.simple_tag(takes_context=True)
def steps(context: Context, value: Any, plain: bool = False) -> SafeString:
    """The steps of a procedure (`Step`), with who, when, used and limit."""
    return rendered(context, value, "steps", plain=plain)


@register.simple_tag(takes_context=True)
def facts(context: Context, value: Any, single: bool = False) -> SafeString:
    """Facts (`Fact`) with source and the day received, two columns unless `single`."""
    return rendered(context, value, "facts", single=single)


@register.simple_tag(takes_context=True)
def reasons(context: Context, value: Any) -> SafeString:
    """The decision panel: one column for each `Decision`."""
    return rendered(context, value, "decisions")


@register.simple_tag(takes_context=True)
def timeline(context: Context, value: Any) -> SafeString:
    """Dated events (`Event`), latest first as given."""
    return rendered(context, value, "timeline")


@register.simple_tag(takes_context=True)
def milestones(context: Context, value: Any) -> SafeString:
    """The days of the month's work (`Milestone`)."""
    return rendered(context, value, "milestones")


@register.simple_tag(takes_context=True)
def tiles(context: Context, value: Any, small: bool = False) -> SafeString:
    """A row of figures (`Tile`)."""
    return rendered(context, value, "tiles", small=small)


@register.simple_tag(takes_context=True)
def tabs(context: Context, value: Any, label: str = "") -> SafeString:
    """Filters with counts (`Tab`)."""
    return rendered(context, value, "tabs", label=label)


@register.simple_tag(takes_context=True)
def why(context: Context, amount: Decimal | None, url: str = "") -> SafeString:
    """An amount as a dotted link to its explanation."""
    return rendered(context, c.Amount(amount, url), "amount")


@register.simple_tag(takes_context=True)
def table_head(context: Context, columns: Any, picks: bool = False, actions: bool = False) -> SafeString:
    """The head of a table (`Column`); sortable heads keep every other part of the address."""
    sort = (context["request"].GET.get("sort") or "") if context.get("request") else ""
    heads = []
    for column in columns:
        state = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(sort, "") if column.sort else ""
        url = (
            changed_query(context, sort=f"-{column.sort}" if state == "ascending" else column.sort, after=None)
            if column.sort
            else ""
        )
        heads.append({"column": column, "sorted": state, "url": url})
    return rendered(context, heads, "table_head", picks=picks, actions=actions)


@register.simple_tag(takes_context=True)
def paging(context: Context, page: c.Page) -> SafeString:
    """The foot of a list: shown of total, first page, next page; the filters stay."""
    first = changed_query(context, after=None) if page.paged else ""
    following = changed_query(context, after=page.next_key) if page.next_key else ""
    return rendered(context, page, "paging", first=first, following=following)


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """The address's query with some values changed; None takes one away."""
    return changed_query(context, **changes)


def changed_query(context: Context, **changes: Any) -> str:
    """The same of a page's own request; of an empty one where a page is made without."""
    request = context.get("request")
    return paging_query(request.GET if request is not None else QueryDict(), **changes)


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, source: str = "", hint: str = "") -> SafeString:
    """A form field with label, required mark, hint and errors, each bound to the control for those who hear
    the page.
    """
    ids = []
    note = hint or str(bound.help_text or "")
    if note:
        ids.append(f"{bound.id_for_label}-hint")
    if bound.errors:
        ids.append(f"{bound.id_for_label}-error")
    attrs: dict[str, Any] = {"aria-describedby": " ".join(ids)} if ids else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    if (
        getattr(bound.field.widget, "allow_multiple_selected", False) and kind == "checkbox"
    ):  # several boxes under one label
        kind = "checkboxes"
    if kind not in ("checkbox", "checkboxes", "radio", "file") and "class" not in bound.field.widget.attrs:
        attrs["class"] = "control"
    return rendered(context, bound, "field", control=bound.as_widget(attrs=attrs), note=note, source=source, kind=kind)


@register.simple_tag(takes_context=True)
def errors(context: Context, form: Any) -> SafeString:
    """All errors of a form as a list of links to their fields; nothing when there are none."""
    return rendered(context, form, "errors") if form.errors else mark_safe("")


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An outline icon from the sprite, for the eye only: the word stands beside it."""
    if name not in ICONS:
        warnings.warn(f"icon {name!r} is not in lxbt/web/icons.txt", stacklevel=2)
    address = static("vendor/icons.svg")
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', css, address, name)


@register.simple_tag
def subsidy(code: str, named: bool = False) -> SafeString:
    """The mark of a subsidy: 生 in a square, 护 in a circle; with `named` its name after it."""
    letter, name = {"living": (_("生"), _("生活补贴")), "care": (_("护"), _("护理补贴"))}[code]
    if named:
        return format_html(
            '<span class="sub-named"><span class="sub sub-{}" aria-hidden="true">{}</span>{}</span>', code, letter, name
        )
    return format_html(
        '<span class="sub sub-{}" role="img" aria-label="{}" title="{}">{}</span>', code, name, name, letter
    )


for _filter in (
    f.money,
    f.whole,
    f.signed,
    f.month,
    f.day,
    f.weekday,
    f.lookup,
    f.percent,
    f.trimmed,
    f.signed_trimmed,
    f.half,
    f.less,
    f.plus,
    f.words,
):
    register.filter(_filter.__name__, _filter)
register.simple_tag(f.month, name="month")
register.simple_tag(f.day, name="day")


@register.simple_tag(takes_context=True)
def bar(context: Context, share: float, tone: str = "", note: str = "") -> SafeString:
    """A share of one as a bar with its percentage."""
    value = c.Share(share, tone, note)  # type: ignore[arg-type]
    return rendered(context, value, "share", **extras(value))


@register.simple_tag
def reveal_reasons() -> list[tuple[str, str]]:
    """The reasons offered for seeing a protected value in full: as they are kept, and as the reader reads them."""
    return [(reason, translated(reason)) for reason in REASONS]


@register.simple_tag
def script_words() -> SafeString:
    """The few words that scripts put on the page, in the user's language."""
    return json_script(
        {
            "close": _("关闭"),
            "out": _("登录已到时限，刚才没有提交，写下的还在这一页。请在新窗口重新登录，再回来按一次提交。"),
            "offline": _("网络断开，刚才的操作没有送达。已写的内容还在，请稍后再试。"),
            "failed": _("系统没有办成，没有改动任何数据。请稍后再试。"),
            "expired": _("登录已过期。请先在另一窗口登录，再回到本页继续，已写的内容还在。"),
            "reason": _("请写明理由。"),
            "items": _("件"),
            "sum": _("合计"),
            "yuan": _("元"),
            "saved": _("已自动保存"),
            "unsaved": _("草稿没有存上，稍后再试"),
            "living": _("生"),
            "care": _("护"),
            "why": _("为什么"),
        },
        "script-words",
    )


@register.simple_tag(takes_context=True)
def page_language(context: RequestContext) -> str:
    """The value of the `lang` attribute."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"
