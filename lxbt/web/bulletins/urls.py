"""Addresses of bulletins."""

from __future__ import annotations

from django.urls import path

from lxbt.web.bulletins import views

urlpatterns = [
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/new/", views.bulletin_new, name="bulletin_new"),
    path("bulletins/<int:bulletin_id>/", views.bulletin, name="bulletin"),
    path("bulletins/<int:bulletin_id>/act/", views.bulletin_act, name="bulletin_act"),
]
