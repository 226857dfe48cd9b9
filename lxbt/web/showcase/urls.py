"""Addresses of showcase."""

from __future__ import annotations

from django.urls import path

from lxbt.web.showcase import views

urlpatterns = [
    path("components/", views.showcase, name="components"),
    path("components/why/", views.explain, name="component_why"),
    path("components/reveal/", views.reveal, name="component_reveal"),
]
