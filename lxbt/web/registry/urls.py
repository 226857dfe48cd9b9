"""Addresses of registry."""

from __future__ import annotations

from django.urls import path

from lxbt.web.registry import listing, nation, rights, views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("persons/", views.persons, name="persons"),
    path("persons/export/", listing.export, name="persons_export"),
    path("persons/<int:person_id>/", views.person, name="person"),
    path("persons/<int:person_id>/change/", views.person_change, name="person_change"),
    path("persons/<int:person_id>/right/", rights.person_right, name="person_right"),
    path("persons/<int:person_id>/account/", views.person_account, name="person_account"),
    path("persons/<int:person_id>/reveal/<str:kind>/", views.reveal, name="reveal"),
    path("nation/", nation.nation, name="nation"),
]
