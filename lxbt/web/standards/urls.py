"""Addresses of standards."""

from __future__ import annotations

from django.urls import path

from lxbt.web.standards import library, parameters, revisions, sheet, views

urlpatterns = [
    path("standards/", views.standards, name="standards"),
    path("standards/new/", revisions.standard_new, name="standard_new"),
    path("standards/revisions/<int:revision_id>/", revisions.revision, name="revision"),
    path("standards/revisions/<int:revision_id>/rows/new/", revisions.revision_row, name="revision_row_new"),
    path("standards/revisions/<int:revision_id>/rows/<int:standard_id>/", revisions.revision_row, name="revision_row"),
    path("standards/revisions/<int:revision_id>/sheet/", sheet.revision_sheet, name="revision_sheet"),
    path("standards/schemes/", library.schemes, name="schemes"),
    path("standards/schemes/<slug:scheme_name>/", library.scheme, name="scheme"),
    path("standards/<int:standard_id>/", views.standard, name="standard"),
    path("standards/dibao/new/", views.dibao_new, name="dibao_new"),
    path("parameters/", parameters.parameters, name="parameters"),
]
