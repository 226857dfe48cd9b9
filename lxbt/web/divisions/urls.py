"""Addresses of divisions."""

from __future__ import annotations

from django.urls import path

from lxbt.web.divisions import views

urlpatterns = [
    path("divisions/", views.divisions, name="divisions"),
    path("divisions/<str:code>/", views.divisions, name="division"),
]
