"""Addresses of matching."""

from __future__ import annotations

from django.urls import path

from lxbt.web.matching import apart, campaigns, case, listing, rules, watching

urlpatterns = [
    path("alerts/", listing.alerts, name="alerts"),
    path("alerts/export/", listing.export, name="alerts_export"),
    path("alerts/<int:suspicion_id>/", case.alert, name="alert"),
    path("alerts/<int:suspicion_id>/visit/", case.visit, name="alert_visit"),
    path("alerts/<int:suspicion_id>/proofs/<int:proof_id>/", case.proof, name="alert_proof"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/export/", campaigns.export, name="campaign_export"),
    path("rules/", rules.rules, name="rules"),
    path("rules/apart/", apart.rules_apart, name="rules_apart"),
    path("rules/apart/export/", apart.rules_apart_export, name="rules_apart_export"),
    path("rules/run/", rules.run, name="rules_run"),
    path("rules/<str:rule_code>/", rules.rule, name="rule"),
    path("signals/", watching.signals, name="signals"),
    path("signals/<int:signal_id>/", watching.signal, name="signal"),
]
