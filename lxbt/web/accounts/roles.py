"""Who may do what, in words; and what the ministry says of the two organs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lxbt.accounts import queries
from lxbt.accounts.operations.organs import allow_both_organs
from lxbt.accounts.queries import managing
from lxbt.accounts.rules import BY_KEY, INCOMPATIBLE, ROLES, WITHHELD, WORDS, Organ, Permission, Role
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.divisions.rules import NATION, Level
from lxbt.web.accounts.forms import OrgansForm
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Chip, Column, Crumb, Empty, Row, Table
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.words import ORGANS, listed, translated

LEVELS = {
    Level.NATION: lazy("部"),
    Level.PROVINCE: lazy("省"),
    Level.CITY: lazy("市"),
    Level.COUNTY: lazy("县"),
    Level.TOWNSHIP: lazy("乡"),
}


def apart_from(role: Role) -> list[str]:
    """The roles that must not go with this one."""
    return sorted(
        translated(BY_KEY[key].label) for pair in INCOMPATIBLE if role.key in pair for key in pair - {role.key}
    )


@page()
def roles(request: OfficialRequest) -> HttpResponse:
    """Every role with what it may do, where it is given, what must not go with it."""
    held = {role.key for role in request.standing.roles()}
    told = [
        {
            "label": translated(role.label),
            "description": translated(role.description),
            "mine": role.key in held,
            "organs": listed(ORGANS[organ] for organ in Organ if organ in role.organs),
            "levels": listed(LEVELS[level] for level in Level if level in role.levels),
            "may": [translated(words) for permission, words in WORDS.items() if permission in role.permissions],
            "apart": listed(apart_from(role)),
            "grants": len(role.grants),
        }
        for role in ROLES
    ]
    marks = Table(
        caption=_("角色和权限"),
        columns=[Column(_("可以做什么"), phone="lead"), *(Column(translated(role.label)) for role in ROLES)],
        rows=[
            Row(cells=[translated(words), *("✓" if permission in role.permissions else "" for role in ROLES)])
            for permission, words in WORDS.items()
        ],
        cards=False,
    )
    withheld = [
        (ORGANS[organ], [translated(WORDS[p]) for p in Permission if p in permissions])
        for organ, permissions in WITHHELD.items()
    ]
    return render(
        request,
        "accounts/roles.html",
        {"roles": told, "marks": marks, "withheld": withheld, "crumbs": [Crumb(_("角色与权限"))]},
    )


@page(Permission.MANAGE_ACCOUNTS)
def both_organs(request: OfficialRequest) -> HttpResponse:
    """Where civil affairs may open the Federation's accounts: the ministry's page."""
    if (
        NATION not in request.standing.areas(Permission.MANAGE_ACCOUNTS)
        or request.standing.organ != Organ.CIVIL_AFFAIRS
    ):
        raise Http404
    places = [(NATION, _("全国（各省另有规定的除外）"))] + [
        (node.code, node.name) for node in divisions.children(NATION)
    ]
    form = OrgansForm(request.POST or None, places=places, initial={"since": request.today, "division_code": NATION})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            allow_both_organs(
                division_code=data["division_code"],
                allowed=data["allowed"] == "yes",
                since=data["since"],
                by=request.user,
                on=request.today,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("both_organs")
    rows = list(managing.both_organs_rows()[:100])
    names = queries.names_of([row.set_by_id for row in rows if row.set_by_id])
    table = Table(
        caption=_("规定"),
        columns=[
            Column(_("适用范围"), phone="lead"),
            Column(_("自哪天起"), phone="first"),
            Column(_("民政开通残联账号")),
            Column(_("规定人")),
        ],
        rows=[
            Row(
                cells=[
                    _("全国") if row.division_code == NATION else divisions.name_of(row.division_code),
                    row.since,
                    Chip(_("允许"), "ok") if row.allowed else Chip(_("不允许"), "off", "ban"),
                    names.get(row.set_by_id or 0, _("系统")),
                ]
            )
            for row in rows
        ],
        empty=Empty(_("还没有规定"), _("没有规定时，残联账号由残联的管理员开通。"), icon="building-community"),
    )
    return render(
        request,
        "accounts/organs.html",
        {"form": form, "table": table, "crumbs": [Crumb(_("账号与授权"), reverse("accounts")), Crumb(_("两部门"))]},
    )
