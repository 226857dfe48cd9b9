"""Addresses of rollout."""

from __future__ import annotations

from django.urls import path

from lxbt.web.rollout import counties, planning, views

urlpatterns = [
    path("rollout/", views.rollout, name="rollout"),
    path("rollout/export/", views.export, name="rollout_export"),
    path("rollout/counties/", counties.rollout_counties, name="rollout_counties"),
    path("rollout/counties/export/", counties.export_counties, name="rollout_counties_export"),
    path("rollout/plan/", planning.rollout_plan, name="rollout_plan"),
    path("rollout/remark/", views.remark, name="rollout_remark"),
    path("rollout/recount/", views.recount, name="rollout_recount"),
]
