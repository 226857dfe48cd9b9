"""Addresses of releases."""

from __future__ import annotations

from django.urls import path

from lxbt.web.releases import views

urlpatterns = [
    path("releases/", views.releases, name="releases"),
    path("releases/<int:release_id>/", views.release_act, name="release_act"),
]
