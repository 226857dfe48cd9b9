"""Addresses for provinces' programs."""

from __future__ import annotations

from django.urls import path

from lxbt.provincial.api import api

urlpatterns = [path("provincial/v1/", api.urls)]
