"""Addresses of home."""

from __future__ import annotations

from django.urls import path

from lxbt.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
]
