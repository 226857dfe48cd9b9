"""Addresses of help."""

from __future__ import annotations

from django.urls import path

from lxbt.web.help import views

urlpatterns = [
    path("help/", views.help_page, name="help"),
    path("help/panel/", views.help_panel, name="help_panel"),
    path("help/pictures/<slug:picture>.png", views.help_picture, name="help_picture"),
    path("help/books/<slug:volume>.pdf", views.help_book, name="help_book"),
    path("help/<slug:book>/<slug:topic>/", views.help_topic, name="help_topic"),
]
