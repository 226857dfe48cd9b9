"""Addresses of applications."""

from __future__ import annotations

from django.urls import path

from lxbt.web.applications import entry, export, papers, views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("applications/", views.applications, name="applications"),
    path("applications/export/", export.export, name="applications_export"),
    path("applications/new/", entry.application_new, name="application_new"),
    path("applications/new/draft/", entry.application_draft, name="application_draft"),
    path("applications/new/lookup/", entry.application_lookup, name="application_lookup"),
    path("applications/new/estimate/", entry.application_estimate, name="application_estimate"),
    path("applications/<str:number>/", views.application, name="application"),
    path("applications/<str:number>/act/", views.application_act, name="application_act"),
    path("applications/<str:number>/draft/", views.application_case_draft, name="application_case_draft"),
    path("applications/<str:number>/papers/", papers.application_attach, name="application_attach"),
    path("applications/<str:number>/papers/<int:paper_id>/", papers.application_paper, name="application_paper"),
    path("applications/<str:number>/receipt/", views.receipt, name="application_receipt"),
]
