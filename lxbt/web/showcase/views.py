"""A page that shows every component with invented data, for those who build pages and for the tests of the look."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lxbt.web.kit import components as c
from lxbt.web.showcase.data import figures, parts, tables

YEAR = 2026


class Sample(forms.Form):
    """A form with every kind of field, one of them wrong."""

    place = forms.CharField(label="手动填写", initial="江岸区")
    number = forms.RegexField(
        r"^\d{17}[\dX]$", label="身份证号", error_messages={"invalid": "少一位，现为 17 位，请对照证件"}
    )
    area = forms.ChoiceField(label="居住地", choices=[("same", "同户籍"), ("other", "另有住处")])
    note = forms.CharField(
        label="意见", required=False, help_text="会写入告知书", widget=forms.Textarea(attrs={"rows": 2})
    )
    agreed = forms.BooleanField(label="已当面告知", required=False)


def showcase(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    form = Sample({"place": "江岸区", "number": "42010219790614524", "area": "same"})
    crumbs = [c.Crumb("支持"), c.Crumb("组件与状态")]
    context = {"shell": sample_shell(), "form": form, "crumbs": crumbs, **parts(), **tables(), **figures()}
    return render(request, "components/showcase.html", context)


def explain(request: HttpRequest) -> HttpResponse:
    """The explanation of one invented amount: a part for the popover, a page for those who follow the link."""
    explanation = c.Explanation(
        title="为什么是 20.00 元",
        subtitle="生活补贴 · 所属 2025-07 · 2025-10 批次",
        lines=[("应发：一、二级标准", Decimal("140.00")), ("减：2025-07 已发", Decimal("-120.00"))],
        total_label="本次补发",
        total=Decimal("20.00"),
        notes=[
            ("为何事后才补", "标准 2025-09-12 公布，自 2025-07 执行；7、8 月已按旧标准发出。"),
            ("依据", "武汉市 2025 标准 第 1 行（一、二级 140.00）"),
            ("当时情形", "城市低保，肢体二级，证件有效"),
        ],
        record=c.Link("抽取记录 PL-202510-004471", "#"),
    )
    if request.headers.get("HX-Request"):
        return render(request, "components/explanation.html", {"it": explanation})
    return render(
        request, "components/explanation_page.html", {"shell": sample_shell(), "explanation": explanation, "crumbs": []}
    )


def reveal(request: HttpRequest) -> HttpResponse:
    """An invented full number, for a reason."""
    if request.method == "POST":
        return HttpResponse("420102195803113427")
    return render(
        request, "components/reveal_page.html", {"shell": sample_shell(), "label": "刘秀英的身份证号", "crumbs": []}
    )


def sample_shell(unread: int = 2, today: date | None = None) -> c.Shell:
    """A shell with invented data, for pages shown without a login."""
    item = c.NavItem
    return c.Shell(
        user_name="王敏",
        organ="civil",
        organ_label="民政",
        place="大智街道",
        role_label="受理初审",
        division_trail=[c.Crumb("湖北省", "#"), c.Crumb("武汉市", "#"), c.Crumb("江岸区", "#"), c.Crumb("大智街道")],
        environment="演示环境 · 数据虚构",
        today=today or date(YEAR, 11, 24),
        unread=unread,
        nav=[
            c.NavGroup("", [item("工作台", "#", "layout-dashboard", current=True), item("通知", "#", "bell", unread)]),
            c.NavGroup(
                "受理",
                [
                    item("窗口受理", "#", "file-plus"),
                    item("申请办件", "#", "files", 23),
                    item("跨省代收", "#", "arrows-up-down", 2),
                    item("公示", "#", "speakerphone", 5),
                ],
            ),
            c.NavGroup(
                "对象",
                [
                    item("人员查询", "#", "user-search"),
                    item("主动服务", "#", "heart-handshake", 21),
                    item("定期复核", "#", "clipboard-check", 46),
                ],
            ),
            c.NavGroup(
                "核查与发放", [item("预警核实", "#", "alert-triangle", 4), item("本街道名册", "#", "list-details")]
            ),
            c.NavGroup(
                "支持",
                [
                    item("统计", "#", "chart-bar"),
                    item("问题上报", "#", "message-report"),
                    item("操作指南", "#", "book"),
                ],
            ),
        ],
        tabs=[
            item("工作台", "#", "layout-dashboard", current=True),
            item("受理", "#", "file-plus"),
            item("人员", "#", "user-search"),
            item("预警", "#", "alert-triangle"),
        ],
        search_url="#",
        notices_url="#",
        help_url="#",
        profile_url="#",
    )
