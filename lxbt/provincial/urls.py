"""Addresses for provinces' programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from lxbt.provincial.api import api
from lxbt.provincial.api.errors import Problem, told


def told_as_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A method that an address does not take is told like every other fault."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        problem = Problem(
            405, "method", _("这个地址不接受这种请求方法。"), remedy=_("对照接口说明（openapi.json）核对。")
        )
        answer = told(api, request, problem)
        answer["Allow"] = response["Allow"]
        return answer

    return answered


routes, label, space = api.urls
for route in routes:
    if isinstance(route, URLPattern):
        route.callback = told_as_json(route.callback)
urlpatterns = [path("provincial/v1/", (routes, label, space))]
