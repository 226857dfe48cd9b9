"""Addresses of statistics."""

from __future__ import annotations

from django.urls import path

from lxbt.web.statistics import behind, coverage, views

urlpatterns = [
    path("statistics/", views.statistics, name="statistics"),
    path("statistics/export/", views.export, name="statistics_export"),
    path("statistics/rows/", behind.figure_rows, name="statistics_rows"),
    path("statistics/rows/export/", behind.rows_export, name="statistics_rows_export"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/export/", coverage.export, name="coverage_export"),
]
