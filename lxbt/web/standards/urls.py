"""Addresses of standards."""

from __future__ import annotations

from django.urls import path

from lxbt.web.standards import views

urlpatterns = [
    path("standards/", views.standards, name="standards"),
    path("standards/new/", views.standard_new, name="standard_new"),
    path("standards/<int:standard_id>/", views.standard, name="standard"),
    path("standards/dibao/new/", views.dibao_new, name="dibao_new"),
    path("parameters/", views.parameters, name="parameters"),
]
