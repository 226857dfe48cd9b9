"""Addresses of payments."""

from __future__ import annotations

from django.urls import path

from lxbt.web.payments import files, first_draw, held, money, reconciling, trial, unmatched, views

urlpatterns = [
    path("batches/", views.batches, name="batches"),
    path("batches/draw/", views.draw, name="draw"),
    path("batches/reconciling/", reconciling.reconciling, name="reconciling"),
    path("batches/reconciling/export/", reconciling.reconciling_export, name="reconciling_export"),
    path("batches/trial/", trial.trial, name="trial"),
    path("batches/trial/export/", trial.trial_export, name="trial_export"),
    path("batches/<int:batch_id>/", views.batch, name="batch"),
    path("batches/<int:batch_id>/act/", views.batch_act, name="batch_act"),
    path("batches/<int:batch_id>/file/", files.bank_file, name="bank_file"),
    path("batches/<int:batch_id>/accounts/export/", files.changed_accounts_export, name="changed_accounts_export"),
    path("batches/<int:batch_id>/export/", files.export, name="batch_export"),
    path("payments/first-draw/", first_draw.first_draw, name="first_draw"),
    path("payments/held/", held.held_months, name="held"),
    path("payments/held/ask/", held.held_ask, name="held_ask"),
    path("results/", files.results, name="results"),
    path("results/unmatched/", unmatched.unmatched_rows, name="unmatched_rows"),
    path("results/unmatched/export/", unmatched.unmatched_export, name="unmatched_export"),
    path("results/unmatched/<int:unmatched_id>/", unmatched.unmatched_row, name="unmatched_row"),
    path("failed/", money.failed_items, name="failed_items"),
    path("recoveries/", money.recoveries, name="recoveries"),
    path("recoveries/<int:person_id>/<int:batch_id>/<str:subsidy>/", money.recovery, name="recovery"),
    path("items/<int:person_id>/<str:subsidy>/<str:month>/<int:seq>/", money.explain_item, name="explain_item"),
]
