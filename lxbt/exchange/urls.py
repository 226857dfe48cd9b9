"""Addresses for machines."""

from __future__ import annotations

from django.urls import path, re_path

from lxbt.exchange import views

urlpatterns = [
    re_path(
        r"^dci/(?P<namespace>ibr|social|dr|list)/v1\.0\.0/registry/(?P<path>[a-z/-]{1,60})$",
        views.registry,
        name="exchange_registry",
    ),
    path("oauth2/client/token", views.token, name="exchange_token"),
    path(".well-known/jwks.json", views.keys, name="exchange_keys"),
]
