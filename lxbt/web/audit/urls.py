"""Addresses of audit."""

from __future__ import annotations

from django.urls import path

from lxbt.web.audit import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/<int:event_id>/", views.audit_event, name="audit_event"),
    path("audit/export/", views.audit_export, name="audit_export"),
    path("audit/seals/", views.audit_seals, name="audit_seals"),
    path("audit/anchors/", views.audit_anchors, name="audit_anchors"),
]
