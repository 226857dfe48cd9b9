"""Addresses of the pages, as each page package declares them in its `urls`.

Nothing personal stands in an address: persons by number are asked for by POST.
"""

from __future__ import annotations

from django.urls import URLPattern

from lxbt.web.kit.declared import modules

urlpatterns: list[URLPattern] = [route for page in modules("urls") for route in page.urlpatterns]
