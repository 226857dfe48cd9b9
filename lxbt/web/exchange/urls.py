"""Addresses of exchange."""

from __future__ import annotations

from django.urls import path

from lxbt.web.exchange import views

urlpatterns = [
    path("exchange/", views.exchange, name="exchange"),
    path("exchange/act/", views.exchange_act, name="exchange_act"),
    path("exchange/demo/", views.exchange_demo, name="exchange_demo"),
    path("exchange/<str:direction>/<int:message_id>/", views.exchange_message, name="exchange_message"),
]
