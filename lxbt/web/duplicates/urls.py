"""Addresses of duplicates."""

from __future__ import annotations

from django.urls import path

from lxbt.web.duplicates import views

urlpatterns = [
    path("matches/", views.matches, name="matches"),
    path("matches/look/", views.matches_look, name="matches_look"),
    path("matches/<int:match_id>/", views.match, name="match"),
]
