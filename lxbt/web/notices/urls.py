"""Addresses of notices."""

from __future__ import annotations

from django.urls import path

from lxbt.web.notices import reading, tracking, views, writing

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/<int:notice_id>/", views.notice_open, name="notice_open"),
    path("circulars/new/", writing.circular_new, name="circular_new"),
    path("circulars/<int:circular_id>/", reading.circular, name="circular"),
    path("circulars/<int:circular_id>/read/", reading.circular_read, name="circular_read"),
    path("circulars/<int:circular_id>/pdf/", reading.circular_pdf, name="circular_pdf"),
    path("circulars/<int:circular_id>/papers/<int:paper_id>/", reading.circular_paper, name="circular_paper"),
    path("circulars/<int:circular_id>/edit/", writing.circular_edit, name="circular_edit"),
    path("circulars/<int:circular_id>/publish/", writing.circular_publish, name="circular_publish"),
    path("circulars/<int:circular_id>/act/", writing.circular_act, name="circular_act"),
    path("circulars/<int:circular_id>/receipts/", tracking.circular_receipts, name="circular_receipts"),
    path("circulars/<int:circular_id>/export/", tracking.circular_export, name="circular_export"),
]
