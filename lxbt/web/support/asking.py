"""Reporting a question or fault from any page: what was on the screen is shown before it is sent, known answers are
proposed while one types.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from lxbt.core.refusal import Refusal
from lxbt.documents.rules import LARGEST
from lxbt.support.operations.questions import Screen, ask_question
from lxbt.support.queries import answers, questions
from lxbt.support.rules.questions import FILES, LIMITS, Line
from lxbt.web.kit.access import OfficialRequest, page
from lxbt.web.kit.components import Choice, Crumb, Segments
from lxbt.web.kit.errors import last_error
from lxbt.web.kit.refusals import show_refusal
from lxbt.web.support.words import KINDS, PARTS, page_name, vocabulary

WIDEST = 20_000  # pixels of a window


class AskForm(forms.Form):
    kind = forms.ChoiceField(label=lazy("哪一类"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    title = forms.CharField(
        label=lazy("一句话说清问题"), max_length=80, help_text=lazy("例如：退票更正账户以后怎样重发")
    )
    text = forms.CharField(
        label=lazy("详细情况"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("做了什么、本来应该怎样、实际怎样。不写姓名和号码，长号码会自动遮住。"),
    )
    route = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    screen = forms.CharField(required=False, max_length=60_000, widget=forms.HiddenInput(attrs={"data-screen": ""}))
    width = forms.IntegerField(
        required=False, min_value=1, max_value=WIDEST, widget=forms.HiddenInput(attrs={"data-screen-width": ""})
    )


def known_route(name: str) -> str:
    """The name of a page, if there is one so called: nothing else of an address is kept."""
    try:
        return name if name in get_resolver().reverse_dict else ""
    except NoReverseMatch:
        return ""


def lines_of(sent: str) -> list[Line]:
    """What is kept of a screen that a browser told of."""
    try:
        told = json.loads(sent) if sent else []
    except ValueError:
        return []
    return vocabulary().screen(told) if isinstance(told, list) else []


def grouped(lines: list[Line] | list[list[str]]) -> list[tuple[str, list[str]]]:
    """The lines of a screen by part, for reading."""
    found: dict[str, list[str]] = {}
    for line in lines:
        part, text = (line.part, line.text) if isinstance(line, Line) else line
        found.setdefault(part, []).append(text)
    return [(str(label), found[part]) for part, label in PARTS.items() if part in found]


def pictures_of(request: OfficialRequest) -> list[bytes]:
    """The pictures that came along, one more than may come and one byte more than may be long, so that too much is
    seen.
    """
    return [upload.read(LARGEST + 1) for upload in request.FILES.getlist("pictures")[: FILES + 1]]


@page()
def question_new(request: OfficialRequest) -> HttpResponse:
    """The form; it knows which page it was opened from."""
    form = AskForm(
        request.POST or None,
        initial={"kind": request.GET.get("kind", "question"), "route": known_route(request.GET.get("from", ""))},
    )
    reference = last_error(request)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        route = known_route(data["route"])
        lines = lines_of(data["screen"]) if request.POST.get("with_screen") == "1" else []
        screen = Screen(route, page_name(route), lines, data["width"], reference, request.focus)
        try:
            made = ask_question(
                kind=data["kind"],
                title=data["title"],
                text=data["text"],
                screen=screen,
                pictures=pictures_of(request),
                by=request.user,
                at=request.now.at,
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已提交，由上级单位答复，进展会在通知里告诉您。"))
            return redirect("question", question_id=made.pk)
    kind, route = form["kind"].value() or "question", known_route(form["route"].value() or "")
    context = {
        "form": form,
        "reference": reference,
        "files": FILES,
        "route": route,
        "page_called": page_name(route),
        "screen": grouped(lines_of(form["screen"].value() or "")),
        "kinds": Segments("kind", _("哪一类"), [Choice(key, str(label), key == kind) for key, label in KINDS.items()]),
        "limits": {str(key): days for key, days in LIMITS.items()},
        "desk": questions.desk_above(request.user.place_code, request.user.organ, on=request.today),
        "near": answers.for_page(route, standing=request.standing) if route else [],
        "for_page": bool(route),
        "crumbs": [Crumb(_("问题答复"), reverse("questions")), Crumb(_("报告问题"))],
    }
    return render(request, "support/new.html", context)


@require_POST
@page()
def question_near(request: OfficialRequest) -> HttpResponse:
    """Known answers near to what is being typed. By POST: what somebody types never stands in an address."""
    text = f"{request.POST.get('title', '')} {request.POST.get('text', '')}"[:400]
    route = known_route(request.POST.get("route", ""))
    near: Any = answers.answers_near(request.standing, text, route=route)
    if not near and route:
        return render(
            request,
            "support/_near.html",
            {"near": answers.for_page(route, standing=request.standing), "for_page": True},
        )
    return render(request, "support/_near.html", {"near": near})


@require_POST
@page()
def question_screen(request: OfficialRequest) -> HttpResponse:
    """What would be kept of the screen, shown to the reporter before it is sent."""
    return render(request, "support/_screen.html", {"screen": grouped(lines_of(request.POST.get("screen", "")))})
