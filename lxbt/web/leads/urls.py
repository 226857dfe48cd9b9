"""Addresses of leads."""

from __future__ import annotations

from django.urls import path

from lxbt.web.leads import views

urlpatterns = [
    path("leads/", views.leads, name="leads"),
    path("leads/export/", views.export, name="leads_export"),
    path("leads/<int:lead_id>/", views.lead, name="lead"),
    path("leads/<int:lead_id>/slip/", views.slip, name="lead_slip"),
]
