"""The second half of a first password: given to the owner by an official who has the identity card in hand."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from lxbt.accounts import queries
from lxbt.accounts.operations import first_passwords
from lxbt.accounts.rules import BY_KEY, SLIPS_KEPT
from lxbt.accounts.rules.signing_in import GIVES_SECOND_HALF
from lxbt.core.refusal import Refusal
from lxbt.divisions import queries as divisions
from lxbt.web.accounts.forms import CardForm
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb, Empty
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.words import ORGANS, listed, translated


@sensitive_post_parameters("identity_number")
@page(*GIVES_SECOND_HALF)
def second_halves(request: OfficialRequest) -> HttpResponse:
    """Whose first passwords wait for their second half; each is given for the number on the card, and shown once."""
    waiting = first_passwords.halves_to_give(by=request.user, on=request.today)
    wanted = request.POST.get("user", "")
    form = CardForm(request.POST or None)
    if request.method == "POST":
        user = next((one for one in waiting if str(one.pk) == wanted), None)
        if user is None:
            raise Http404
        if form.is_valid():
            try:
                second = first_passwords.give_second_half(
                    user=user,
                    identity_number=form.cleaned_data["identity_number"],
                    by=request.user,
                    at=request.now.at,
                    on=request.today,
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                context = {"account": user, "place": divisions.name_of(user.place_code), "second": second}
                return render(request, "accounts/half_given.html", context)
    held = queries.roles_held([user.pk for user in waiting], on=request.today)
    names = queries.names_of([user.opened_by_id for user in waiting if user.opened_by_id])
    rows = [
        {
            "it": user,
            "place": divisions.full_name_of(user.place_code),
            "organ": ORGANS[user.organ],
            "roles": listed(translated(BY_KEY[key].label) for key in held.get(user.pk, ())),
            "opener": names.get(user.opened_by_id or 0, _("系统")),
            "errors": [str(e) for es in form.errors.values() for e in es] if str(user.pk) == wanted else [],
        }
        for user in waiting
    ]
    context = {
        "rows": rows,
        "days": SLIPS_KEPT,
        "nothing": Empty(_("没有等您核验身份的账号"), _("别的管理员开通或重置的账号，在这里核验本人后给密码第二段。")),
        "crumbs": [Crumb(_("账号与授权"), reverse("accounts")), Crumb(_("核验身份"))],
    }
    return render(request, "accounts/second_halves.html", context)
