"""Addresses of provincial."""

from __future__ import annotations

from django.urls import path

from lxbt.web.provincial import differences, views

urlpatterns = [
    path("provinces/", views.provinces, name="provinces"),
    path("provinces/new/", views.province_new, name="province_new"),
    path("provinces/<int:client_pk>/", views.province, name="province"),
    path("provinces/<int:client_pk>/batches/", views.province_batches, name="province_batches"),
    path("provinces/<int:client_pk>/batches/<int:pushed_id>/", views.province_batch, name="province_batch"),
    path("provinces/<int:client_pk>/differences/", differences.province_differences, name="province_differences"),
    path(
        "provinces/<int:client_pk>/differences/<int:difference_id>/",
        differences.province_difference,
        name="province_difference",
    ),
    path("provinces/<int:client_pk>/events/", differences.province_deliveries, name="province_deliveries"),
]
