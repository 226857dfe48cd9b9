"""The contact directory: drilled by the tree, searched, kept and confirmed by each office, exported, printed."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION
from lxbt.support.operations import directory as operations
from lxbt.support.queries import directory as queries
from lxbt.support.rules.directory import is_stale
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Person, Row, Table
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.kit.remember import look_for, looked_for
from lxbt.web.kit.sheets import Sheet, send_sheet
from lxbt.web.words import ORGANS

if TYPE_CHECKING:
    from lxbt.support.models import Office

LIMIT = 50_000


class OfficeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    telephone = forms.CharField(
        label=lazy("值班电话"), max_length=30, help_text=lazy("办公电话，例如 027-8888 0000；不填个人手机")
    )
    telephone_2 = forms.CharField(label=lazy("备用电话"), max_length=30, required=False)
    hours = forms.CharField(
        label=lazy("值班时间"),
        max_length=60,
        required=False,
        help_text=lazy("例如：工作日 9:00 至 12:00，14:00 至 17:30"),
    )
    address = forms.CharField(label=lazy("地址"), max_length=100, required=False)
    contact_id = forms.TypedChoiceField(
        label=lazy("联系人"), required=False, coerce=int, empty_value=None, help_text=lazy("这个单位在用的账号")
    )

    def __init__(self, *args: Any, contacts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_id"].choices = [("", _("不写")), *contacts]  # type: ignore[attr-defined]


@page()
def directory(request: OfficialRequest) -> HttpResponse:
    """A division with what lies directly below it; the own upper levels beside; or what a search finds."""
    if request.method == "POST":
        return look_for(request, "directory", request.POST.get("q", ""), at=reverse("directory"))
    text = looked_for(request, "directory") if not request.GET.get("at") else ""
    at = request.GET.get("at") or request.standing.place_code
    node = divisions.division(at)
    if node is None:
        raise Http404
    above = queries.offices_above(request.standing.place_code)
    if text:
        table = office_table(request, queries.offices_found(text), _("查到的单位"))
    else:
        below = divisions.children(at)
        codes = [at, *(one.code for one in below)]
        table = office_table(
            request,
            queries.offices_of(codes),
            _("本级和下一级"),
            codes=codes,
            drill={one.code for one in below if one.level < 4},
        )
    organ = request.standing.organ.value
    trail = [one for one in divisions.trail(at) if one.code != NATION]
    context = {
        "node": node,
        "table": table,
        "q": text,
        "above": office_table(request, queries.offices_of(above), _("我的上级"), codes=above, only=organ)
        if above
        else None,
        "stale": queries.stale_count(request.standing.place_code, organ, request.today)
        if queries.may_keep(request.standing, request.standing.place_code, organ)
        else 0,
        "crumbs": [Crumb(_("通讯录"), f"?at={NATION}"), *(Crumb(one.name, f"?at={one.code}") for one in trail)],
        "at": at,
    }
    return render(request, "support/directory.html", context)


def office_table(
    request: OfficialRequest,
    found: Any,
    caption: str,
    *,
    codes: list[str] | None = None,
    drill: Collection[str] = (),
    only: str = "",
) -> Table:
    """The entries of divisions, with a line to fill in where one is missing that this account keeps."""
    if codes is None:
        lines = [(one.division_code, one.organ, one) for one in found]
    else:
        asked = list(queries.ORGANS)
        asked += sorted({organ for _code, organ in found} - set(asked))
        lines = [
            (code, organ, found.get((code, organ)))
            for code in codes
            for organ in asked
            if organ in queries.ORGANS or (code, organ) in found
        ]
        if only in queries.ORGANS:
            lines = [line for line in lines if line[1] == only or line[2] is not None]
    rows = []
    for code, organ, one in lines:
        keeps = queries.may_keep(request.standing, code, organ)
        if (
            one is None
            and not keeps
            and codes is not None
            and len(codes) > 1
            and code != codes[0]
            and organ != "civil_affairs"
        ):
            continue  # one line for a place without entries is enough
        url = f"{reverse('directory')}?at={code}" if code in drill else ""
        rows.append(
            Row(
                cells=[
                    Person(divisions.name_of(code), url=url),
                    str(ORGANS[organ]),
                    one.telephone if one else "—",
                    one.telephone_2 if one else "",
                    one.hours if one else "",
                    one.contact_name if one else "",
                    confirmed(one, request) if one else Chip(_("未填"), "off"),
                ],
                url=reverse("office", args=[code, organ]) if keeps else url,
                action=(_("修改") if one else _("填写")) if keeps else "",
            )
        )
    return Table(
        caption=caption,
        columns=[
            Column(_("单位"), phone="lead"),
            Column(_("部门"), phone="first"),
            Column(_("值班电话")),
            Column(_("备用电话")),
            Column(_("值班时间")),
            Column(_("联系人")),
            Column(_("确认"), phone="corner"),
        ],
        rows=rows,
        empty=Empty(_("没有找到"), _("换个地名、拼音首字母或电话再查。"), icon="phone-off"),
    )


def confirmed(one: Office, request: OfficialRequest) -> Chip:
    """When it was last confirmed; a warning after a year."""
    if is_stale(one.confirmed_on, request.today):
        return Chip(_("%(day)s，待确认") % {"day": f"{one.confirmed_on:%Y-%m-%d}"}, "warn")
    return Chip(f"{one.confirmed_on:%Y-%m-%d}", "ok")


@page()
def office(request: OfficialRequest, code: str, organ: str) -> HttpResponse:
    """Keep one entry; saving it confirms it."""
    node = divisions.division(code)
    if node is None or organ not in ORGANS or not queries.may_keep(request.standing, code, organ):
        raise Http404
    found = queries.office(code, organ)
    if request.method == "POST" and request.POST.get("act") == "confirm":
        try:
            operations.confirm_office(division_code=code, organ=organ, by=request.user, on=request.today)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已确认无误。"))
        return redirect(f"{reverse('directory')}?at={code}")
    names = ("version", "telephone", "telephone_2", "hours", "address", "contact_id")
    initial = (
        {name: getattr(found, name) for name in names}
        if found
        else {"version": 0, "hours": _("工作日 9:00 至 12:00，14:00 至 17:30")}
    )
    form = OfficeForm(request.POST or None, initial=initial, contacts=queries.contacts_at(code, organ))
    if request.method == "POST" and form.is_valid():
        try:
            operations.keep_office(
                division_code=code, organ=organ, **form.cleaned_data, by=request.user, on=request.today
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("通讯录已更新。"))
            return redirect(f"{reverse('directory')}?at={code}")
    name = _("%(place)s%(organ)s") % {"place": node.name, "organ": ORGANS[organ]}
    crumbs = [Crumb(_("通讯录"), f"{reverse('directory')}?at={code}"), Crumb(name)]
    return render(request, "support/office.html", {"form": form, "name": name, "found": found, "crumbs": crumbs})


@page()
def directory_export(request: OfficialRequest) -> HttpResponse:
    """The entries of a division and all below it."""
    at = request.GET.get("at") or request.standing.place_code
    if divisions.division(at) is None:
        raise Http404
    heads = [
        _("单位"),
        _("代码"),
        _("部门"),
        _("值班电话"),
        _("备用电话"),
        _("值班时间"),
        _("地址"),
        _("联系人"),
        _("最近确认"),
    ]
    cells = [
        [
            divisions.name_of(one.division_code),
            one.division_code,
            ORGANS[one.organ],
            one.telephone,
            one.telephone_2,
            one.hours,
            one.address,
            one.contact_name,
            one.confirmed_on,
        ]
        for one in queries.offices_in(at)[:LIMIT]
    ]
    return send_sheet(
        request, Sheet(_("通讯录"), heads, cells, "directory.exported", "list", "directory", at, personal=False)
    )
