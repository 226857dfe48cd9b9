"""Addresses of practice."""

from __future__ import annotations

from django.urls import path

from lxbt.web.practice import views

urlpatterns = [
    path("practice/", views.practice, name="practice"),
    path("practice/start/", views.practice_start, name="practice_start"),
    path("practice/leave/", views.practice_leave, name="practice_leave"),
    path("practice/<int:attempt_id>/", views.practice_exercise, name="practice_exercise"),
    path("practice/<int:attempt_id>/check/", views.practice_check, name="practice_check"),
    path("training/", views.training_page, name="training"),
    path("training/export/", views.training_export, name="training_export"),
]
