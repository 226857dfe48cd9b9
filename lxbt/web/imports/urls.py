"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from lxbt.web.imports import listing, opening, totals, views

urlpatterns = [
    path("imports/", listing.imports, name="imports"),
    path("imports/export/", listing.export, name="imports_export"),
    path("imports/new/", opening.import_new, name="import_new"),
    path("imports/templates/<str:import_kind>/", listing.import_template, name="import_template"),
    path("imports/totals/", totals.import_totals, name="import_totals"),
    path("imports/totals/declare/", totals.declare, name="import_declare"),
    path("imports/totals/export/", totals.export, name="import_totals_export"),
    path("imports/<int:import_id>/", views.import_page, name="import"),
    path("imports/<int:import_id>/act/", views.import_act, name="import_act"),
    path("imports/<int:import_id>/errors/", views.import_errors, name="import_errors"),
]
