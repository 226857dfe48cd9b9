"""Slips with first passwords: shown to be printed, wiped when the paper is there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lxbt.accounts.operations import first_passwords
from lxbt.accounts.rules import SLIPS_KEPT, Permission
from lxbt.core.readers.whole import whole_number
from lxbt.divisions import queries as divisions
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb


@page(Permission.MANAGE_ACCOUNTS)
def slips(request: OfficialRequest) -> HttpResponse:
    """How many slips wait. Asked to (by POST), the slips themselves; told that they are printed, their passwords go."""
    crumbs = [Crumb(_("账号与授权"), reverse("accounts")), Crumb(_("密码条"))]
    act = request.POST.get("act")
    if act == "printed":
        ids = [number for key in request.POST.getlist("user") if (number := whole_number(key)) is not None]
        done = first_passwords.slips_printed(user_ids=ids, by=request.user)
        messages.success(request, _("已销毁 %(n)d 个初始密码。密码条请封好交给本人。") % {"n": done})
        return redirect("slips")
    if act == "show":
        found = first_passwords.show_slips(by=request.user)
        if found:
            places = {code: divisions.full_name_of(code) for code in {slip.user.place_code for slip in found}}
            shown = [(slip.user, places[slip.user.place_code], slip.password) for slip in found]
            return render(request, "accounts/slips_print.html", {"slips": shown, "crumbs": crumbs})
    waiting = first_passwords.slips_waiting(by=request.user)
    return render(request, "accounts/slips.html", {"waiting": waiting, "days": SLIPS_KEPT, "crumbs": crumbs})
