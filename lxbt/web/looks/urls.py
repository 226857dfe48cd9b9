"""Addresses of looks."""

from __future__ import annotations

from django.urls import path

from lxbt.web.looks import views

urlpatterns = [
    path("looks/", views.looks, name="looks"),
    path("looks/<int:look_id>/", views.look, name="look"),
]
