"""Addresses of proposals."""

from __future__ import annotations

from django.urls import path

from lxbt.web.proposals import views

urlpatterns = [
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/<int:proposal_id>/", views.proposal, name="proposal"),
    path("proposals/<int:proposal_id>/paper/", views.proposal_paper, name="proposal_paper"),
]
