"""The guide on the page: a panel beside every page, the whole books, finding in both."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from lxbt.documents.typesetting import TypesettingRefused
from lxbt.support.operations.manual import NoSuchBook, book
from lxbt.support.queries import answers, guide
from lxbt.support.rules.guide import MANUAL
from lxbt.web.help import presenters
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Crumb
from lxbt.web.kit.remember import look_for, looked_for

OPEN = 2  # sections of the panel that stand open
ANSWERS = 5  # known answers shown in the panel


@page()
def help_page(request: OfficialRequest) -> HttpResponse:
    """The guides of one's roles and the manual; what was looked for; with ?page=, what helps on that page."""
    if request.method == "POST":
        return look_for(request, "help", request.POST.get("q", ""))
    language, roles = presenters.language(), role_keys(request)
    asked, at = looked_for(request, "help"), request.GET.get("page", "")
    here = guide.topics_for_page(at, roles=roles, language=language) if at else []
    every = guide.topics(language)
    context = {
        "asked": asked,
        "found": presenters.found(guide.found(asked, roles=roles, language=language)) if asked else [],
        "here": [presenters.section(topic) for topic in here],
        "mine": presenters.entries(guide.guides_for(roles, language=language)),
        "manual": presenters.entries([topic for topic in every if topic.book == MANUAL]),
        "guides": presenters.entries([topic for topic in every if topic.book != MANUAL]),
        "roles": request.standing.roles(),
    }
    return render(request, "help/help.html", context)


@page()
def help_panel(request: OfficialRequest) -> HttpResponse:
    """The panel beside a page. Words to find come by POST and are kept nowhere."""
    language, roles = presenters.language(), role_keys(request)
    at = request.GET.get("page", "")[:60]
    asked = request.POST.get("q", "").strip()[:60]
    context: dict[str, Any] = {"at": at, "asked": asked, "open": OPEN}
    if asked:
        context["found"] = presenters.found(guide.found(asked, roles=roles, language=language))
        context["known"] = list(answers.answers_found(request.standing, asked)[:ANSWERS])
    else:
        topics = guide.topics_for_page(at, roles=roles, language=language)
        context["sections"] = [presenters.section(topic) for topic in topics]
        context["known"] = answers.for_page(at, standing=request.standing)[:ANSWERS] if at else []
        context["mine"] = presenters.entries([t for t in guide.guides_for(roles, language=language) if t not in topics])
    return render(request, "help/_panel.html", context)


@page()
def help_topic(request: OfficialRequest, book: str, topic: str) -> HttpResponse:
    """One topic whole, with its neighbours in the book."""
    language = presenters.language()
    shown = guide.topic(book, topic, language=language)
    if shown is None:
        raise Http404
    shelf = [one for one in guide.topics(language) if one.book == book]
    place = shelf.index(shown)
    context = {
        "section": presenters.section(shown),
        "crumbs": [Crumb(_("帮助"), reverse("help")), Crumb(_("操作手册") if book == MANUAL else _("操作指南"))],
        "before": presenters.entry(shelf[place - 1]) if place else None,
        "after": presenters.entry(shelf[place + 1]) if place + 1 < len(shelf) else None,
    }
    return render(request, "help/topic.html", context)


@page()
def help_picture(request: OfficialRequest, picture: str) -> HttpResponse:
    """A picture of the manual that a build made."""
    path = guide.picture_file(picture)
    if path is None:
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/png")
    patch_cache_control(response, private=True, max_age=3600)
    return response


@page()
def help_book(request: OfficialRequest, volume: str) -> HttpResponse:
    """The manual, or the guide of a role, as PDF."""
    try:
        content = book(volume, language=presenters.language())
    except NoSuchBook:
        raise Http404 from None
    except TypesettingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("help")
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="lxbt-{volume}.pdf"'
    return response


def role_keys(request: OfficialRequest) -> list[str]:
    """The roles held."""
    return [role.key for role in request.standing.roles()]
